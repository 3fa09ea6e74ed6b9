"""Asking for a free organization: what an applicant can do without a browser."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict, StrictInt, StringConstraints

from accounts.api.edge import (
    NO_NUL,
    ApiRequest,
    Cursor,
    Input,
    Line,
    Listed,
    Name,
    Size,
    Text,
    WebAddress,
    listed,
    person_behind,
    refused,
)
from community.actions import applications as actions
from community.actions.questions import answer_question
from community.models import Application, Decision, Question
from community.models.application import LONGEST_TEXT, MOST_PEOPLE
from community.queries import application_of, place_in_queue
from community.states import State
from kernel.pagination import page_of
from kernel.refusals import NotFound

SCOPE = "applications:write"
LongText = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=NO_NUL)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=NO_NUL)]

router = Router(tags=["applications"])


class ReviewQuestionOut(Schema):
    """What a reviewer wants to know."""

    id: UUID
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


class OutcomeOut(Schema):
    """What was decided, once it counts."""

    outcome: str
    reason: str
    words: str
    at: datetime


class ApplicationOut(Schema):
    """An application as its applicant sees it."""

    id: UUID
    state: State
    name: str
    display_name: str
    url: str
    description: str
    intended_use: str
    people: int | None
    repository_url: str
    license_url: str
    maintainers: str
    created_at: datetime
    submitted_at: datetime | None
    place_in_queue: int | None = Field(description="1 is next; null for what does not wait.")
    questions: list[ReviewQuestionOut]
    decision: OutcomeOut | None
    organization: str | None = Field(description="The name of what came of it.")


class ApplicationIn(Input):
    """What is to be told; what is left out stays as it is. A draft asks for little."""

    name: Name | None = None
    display_name: Line | None = None
    url: WebAddress | None = None
    description: Text | None = None
    intended_use: LongText | None = None
    people: Annotated[StrictInt, Field(ge=1, le=MOST_PEOPLE)] | None = None
    repository_url: WebAddress | None = None
    license_url: WebAddress | None = None
    maintainers: LongText | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "bakers",
                    "display_name": "Bakers without borders",
                    "url": "https://bakers.example",
                    "description": "Recipes that measure themselves.",
                    "intended_use": "Publishing our recipes as packages.",
                    "people": 12,
                }
            ]
        },
    )


class AnswerIn(Input):
    """The answer to one question; it stays as it is given."""

    text: Words

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "We began in 2019."}]}
    )


class AppealIn(Input):
    """What another reviewer should look at again; a name that is gone is replaced by ``name``."""

    words: Words
    name: Name | None = None

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"words": "The license is in LICENSE.md."}]}
    )


@router.get(
    "/applications",
    response={200: Listed[ApplicationOut], **refused(403)},
    operation_id="list_applications",
    summary="List your applications",
)
def list_applications(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = "", limit: Size = 50
) -> object:
    """The newest first."""
    applicant = person_behind(request.auth, SCOPE)
    rows = Application.objects.filter(applicant=applicant).select_related("organization")
    page = page_of(rows, order=["-id"], cursor=cursor, size=limit)
    return listed(request, response, page, _shown)


@router.post(
    "/applications",
    response={201: ApplicationOut, **refused(403)},
    operation_id="begin_application",
    summary="Begin an application",
)
def begin(request: ApiRequest, payload: ApplicationIn) -> Status[ApplicationOut]:
    """It is a draft until it is submitted."""
    application = actions.begin_application(
        applicant=person_behind(request.auth, SCOPE), actor=request.auth, **_told(payload)
    )
    return Status(201, _shown(application))


@router.get(
    "/applications/{application_id}",
    response={200: ApplicationOut, **refused(403, 404)},
    operation_id="get_application",
    summary="Read an application",
)
def read(request: ApiRequest, application_id: UUID) -> ApplicationOut:
    """With its place in the queue, the reviewer's questions, and the decision."""
    return _shown(_own(request, application_id))


@router.patch(
    "/applications/{application_id}",
    response={200: ApplicationOut, **refused(403, 404, 409)},
    operation_id="edit_application",
    summary="Change an application",
)
def edit(request: ApiRequest, application_id: UUID, payload: ApplicationIn) -> ApplicationOut:
    """Until somebody reads it."""
    found = _own(request, application_id)
    return _shown(actions.edit_application(application=found, actor=request.auth, **_told(payload)))


@router.post(
    "/applications/{application_id}/submit",
    response={200: ApplicationOut, **refused(403, 404, 409)},
    operation_id="submit_application",
    summary="Submit an application",
)
def submit(request: ApiRequest, application_id: UUID) -> ApplicationOut:
    """Into the queue. Several may compete for one name."""
    found = _own(request, application_id)
    return _shown(actions.submit_application(application=found, actor=request.auth))


@router.post(
    "/applications/{application_id}/questions/{question_id}/answer",
    response={200: ApplicationOut, **refused(403, 404, 409)},
    operation_id="answer_question",
    summary="Answer a reviewer's question",
)
def answer(
    request: ApiRequest, application_id: UUID, question_id: UUID, payload: AnswerIn
) -> ApplicationOut:
    """With the last answer it is its reviewer's again."""
    found = _own(request, application_id)
    question = Question.objects.filter(application=found, public_id=question_id).first()
    if question is None:
        raise NotFound
    return _shown(answer_question(question=question, text=payload.text, actor=request.auth))


@router.post(
    "/applications/{application_id}/withdraw",
    response={200: ApplicationOut, **refused(403, 404, 409)},
    operation_id="withdraw_application",
    summary="Withdraw an application",
)
def withdraw(request: ApiRequest, application_id: UUID) -> ApplicationOut:
    """At any time before its outcome."""
    found = _own(request, application_id)
    return _shown(actions.withdraw_application(application=found, actor=request.auth))


@router.post(
    "/applications/{application_id}/appeal",
    response={200: ApplicationOut, **refused(403, 404, 409)},
    operation_id="appeal_decision",
    summary="Appeal a decision",
)
def appeal(request: ApiRequest, application_id: UUID, payload: AppealIn) -> ApplicationOut:
    """Once; another reviewer looks at it."""
    found = _own(request, application_id)
    after = actions.appeal_decision(
        application=found, actor=request.auth, words=payload.words, name=payload.name or ""
    )
    return _shown(after)


def _own(request: ApiRequest, public_id: UUID) -> Application:
    return application_of(person_behind(request.auth, SCOPE), public_id)


def _told(payload: ApplicationIn) -> dict[str, Any]:
    return payload.model_dump(exclude_none=True)


def _shown(application: Application) -> ApplicationOut:
    organization = application.organization
    decision = application.decisions.carried_out().order_by("-carried_out_at").first()
    return ApplicationOut(
        id=application.public_id,
        place_in_queue=place_in_queue(application),
        questions=[_question(each) for each in application.questions.order_by("asked_at", "pk")],
        decision=_decision(decision) if decision is not None else None,
        organization=organization.name if organization is not None else None,
        **{name: getattr(application, name) for name in _ALIKE},
    )


_ALIKE = (*actions.FIELDS, "state", "created_at", "submitted_at")
"""What is shown as it is stored."""


def _question(question: Question) -> ReviewQuestionOut:
    return ReviewQuestionOut(
        id=question.public_id,
        text=question.text,
        asked_at=question.asked_at,
        answer=question.answer,
        answered_at=question.answered_at,
    )


def _decision(decision: Decision) -> OutcomeOut:
    return OutcomeOut(
        outcome=decision.outcome,
        reason=decision.reason,
        words=decision.words,
        at=decision.carried_out_at or decision.effective_at,
    )
