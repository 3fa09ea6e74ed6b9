"""Questions from programs: may this person do that? Explained, many at once, in the order asked."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema
from pydantic import AfterValidator, ConfigDict

from accounts.api.edge import ApiRequest, Input, ProblemRemedy, refused, require_scope
from kernel.actor import Actor, ActorKind
from orgs.decision import Decision
from orgs.facts import Subject
from orgs.matrix import MATRIX, PROJECT_MATRIX
from orgs.policy import answer, decide_many
from orgs.refusals import REFUSED_AS
from saas.api.named import Named, facts_of_project, is_of_a_project
from saas.api.problems import shown_remedy

MOST = 500
UUID_FORM = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
EXTERNAL = r"external:[!-~]{1,200}"
NAME = r"[A-Za-z0-9._-]{1,100}"
KNOWN = MATRIX | PROJECT_MATRIX

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
    """A personal token asks about its owner, a host about everyone, a service token about the
    people and things of its organization; each needs `decisions:ask`.

    What the asker may not know of is answered `not_found`, exactly like what does not exist.
    """
    require_scope(request.auth, "decisions:ask")
    return DecisionsOut(decisions=[_shown(each) for each in _decided(request.auth, payload)])


NOBODY = Actor(ActorKind.PERSON)
"""Who a question is about whose person the asker may not know of, and any person who did not sign
in just now: what an answer rests on is read by then.
"""


def _decided(asker: Actor, asked: QuestionsIn) -> list[Decision]:
    """Answer one question about a project in one statement, and any others in two."""
    first = asked.questions[0]
    if len(asked.questions) == 1 and is_of_a_project(first.subject):
        facts = facts_of_project(asker, first.user, first.subject)
        return [answer(NOBODY, first.permission, facts)]
    named = Named(
        asker,
        (question.user for question in asked.questions),
        (question.subject for question in asked.questions),
    )
    return decide_many(
        [
            (named.person(each.user) or NOBODY, each.permission, _subject(named, each))
            for each in asked.questions
        ]
    )


def _subject(named: Named, question: QuestionIn) -> Subject | None:
    """Return what is asked about; for nobody, nothing is found."""
    return named.subject(question.subject) if named.person(question.user) else None


def _shown(decision: Decision) -> DecisionOut:
    return DecisionOut(
        allowed=decision.allowed,
        reason=decision.reason,
        because=decision.because,
        until=decision.until,
        remedy=shown_remedy(decision.remedy),
        sentence=decision.sentence,
    )
