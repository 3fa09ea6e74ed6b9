"""Questions from programs: may this person do that? Explained, many at once, in the order asked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Router, Schema
from pydantic import AfterValidator, ConfigDict

from accounts import actors
from accounts.api.edge import ApiRequest, Input, ProblemRemedy, refused, require_scope
from accounts.models import ExternalUser, User
from kernel.actor import Actor, ActorKind
from orgs.api.subjects import subjects_named
from orgs.decision import Decision
from orgs.facts import Subject
from orgs.matrix import MATRIX, PROJECT_MATRIX
from orgs.models import ExternalProject
from orgs.policy import decide_many
from orgs.refusals import REFUSED_AS
from saas.api.problems import shown_remedy

MOST = 500
UUID_FORM = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
EXTERNAL = r"external:[!-~]{1,200}"
NAME = r"[A-Za-z0-9._-]{1,100}"
KNOWN = MATRIX | PROJECT_MATRIX
EXTERNALLY = "external:"

router = Router(tags=["decisions"])


def known_permission(permission: str) -> str:
    """Return a permission of the matrix. Raises ValueError."""
    if permission not in KNOWN:
        raise ValueError("There is no such permission.")
    return permission


class QuestionIn(Input):
    """May ``user`` do ``permission`` on ``subject``?"""

    user: Annotated[
        str,
        Field(
            pattern=rf"^({UUID_FORM}|{EXTERNAL})$",
            description="A person's id here, or `external:ID` in a host's own words.",
        ),
    ]
    permission: Annotated[
        str, AfterValidator(known_permission), Field(json_schema_extra={"enum": sorted(KNOWN)})
    ]
    subject: Annotated[
        str,
        Field(
            pattern=rf"^(organization:{NAME}|project:({EXTERNAL}|{NAME})|team:{NAME}/{NAME})$",
            description="`organization:NAME`, `team:ORGANIZATION/TEAM`, `project:NAME`, or"
            " `project:external:ID` in a host's own words.",
        ),
    ]


class QuestionsIn(Input):
    """Up to 500 questions; they cost the same few queries together as one alone."""

    questions: Annotated[list[QuestionIn], Field(min_length=1, max_length=MOST)]

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "questions": [
                        {
                            "user": "3f2b8c1e-7f0a-4f5e-9a56-0d2f4a1b6c7d",
                            "permission": "teams:grow",
                            "subject": "organization:guild",
                        }
                    ]
                }
            ]
        },
    )


class DecisionOut(Schema):
    """An explained answer."""

    allowed: bool
    reason: Annotated[str, Field(json_schema_extra={"enum": ["ok", *sorted(REFUSED_AS)]})]
    because: str = Field(description="The path that answered, such as `owner of guild`.")
    until: datetime | None = Field(description="When the answer changes by itself.")
    remedy: ProblemRemedy | None
    sentence: str


class DecisionsOut(Schema):
    """The answers in the order of the questions."""

    decisions: list[DecisionOut]


@router.post(
    "/decisions",
    response={200: DecisionsOut, **refused(403)},
    operation_id="decide",
    summary="Ask what people may do",
)
def decide(request: ApiRequest, payload: QuestionsIn) -> DecisionsOut:
    """A personal token asks about its owner, a host about everyone; both need `decisions:ask`.

    What the asker may not know of is answered `not_found`, exactly like what does not exist.
    """
    require_scope(request.auth, "decisions:ask")
    people = people_asked_about(request.auth, {question.user for question in payload.questions})
    subjects = subjects_named(question.subject for question in payload.questions)
    subjects |= projects_called(request.auth, {each.subject for each in payload.questions})
    asked = [
        _question(people.get(_key(question.user)), question, subjects)
        for question in payload.questions
    ]
    return DecisionsOut(decisions=[_shown(decision) for decision in decide_many(asked)])


def people_asked_about(asker: Actor, users: Iterable[str]) -> dict[str, Actor]:
    """Return the people whom ``asker`` may ask about, by what they were called in the questions.

    They are asked about as people who did not sign in just now: what needs that is told so.
    ``external:ID`` is a host's own word for somebody in its directory.
    """
    ids = {UUID(user) for user in users if not user.startswith(EXTERNALLY)}
    found = User.objects.filter(public_id__in=ids, is_active=True)
    if asker.kind is not ActorKind.HOST:
        found = found.filter(pk__in=[asker.user_id])
    called = {user.removeprefix(EXTERNALLY) for user in users if user.startswith(EXTERNALLY)}
    external = _directory(asker, called) if called else {}
    return {str(user.public_id): actors.person(user) for user in found} | external


def _directory(asker: Actor, called: set[str]) -> dict[str, Actor]:
    """Return the people of a host's directory; to all others ``external:`` names nobody."""
    if asker.kind is not ActorKind.HOST:
        return {}
    rows = ExternalUser.objects.filter(
        host=asker.credential_id, external_id__in=called, user__is_active=True
    ).select_related("user")
    return {f"{EXTERNALLY}{row.external_id}": actors.person(row.user) for row in rows}


def projects_called(asker: Actor, subjects: Iterable[str]) -> dict[str, Subject]:
    """Return the projects that a host calls by ids of its own."""
    prefix = f"project:{EXTERNALLY}"
    called = {name.removeprefix(prefix) for name in subjects if name.startswith(prefix)}
    if not called or asker.kind is not ActorKind.HOST:
        return {}
    rows = ExternalProject.objects.filter(
        host=asker.credential_id, external_id__in=called
    ).select_related("project")
    return {f"{prefix}{row.external_id}": row.project for row in rows}


def _key(user: str) -> str:
    """Return what a question's user is looked up by: ids in any case, words as they are."""
    return user if user.startswith(EXTERNALLY) else user.lower()


NOBODY = Actor(ActorKind.PERSON)


def _question(
    person: Actor | None, question: QuestionIn, subjects: dict[str, Subject]
) -> tuple[Actor, str, Subject | None]:
    """Return the question as policy knows it; about nobody, nothing is found."""
    if person is None:
        return NOBODY, question.permission, None
    return person, question.permission, subjects.get(question.subject)


def _shown(decision: Decision) -> DecisionOut:
    return DecisionOut(
        allowed=decision.allowed,
        reason=decision.reason,
        because=decision.because,
        until=decision.until,
        remedy=shown_remedy(decision.remedy),
        sentence=decision.sentence,
    )
