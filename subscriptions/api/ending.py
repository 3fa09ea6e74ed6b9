"""Canceling, resuming, and why an organization has what it has."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema
from pydantic import ConfigDict, StringConstraints

from accounts.api.edge import ONE_LINE, ApiRequest, Input, PathName, refused
from orgs.api.subjects import organization_seen_by
from orgs.entitlements import UNLIMITED, Feature, Standing
from orgs.policy import require
from subscriptions.ending import cancel_at_period_end, resume
from subscriptions.explaining import Explanation, explain_all

router = Router(tags=["billing"])


class SubscriptionIn(Input):
    """Which subscription, by the id that billing tells."""

    subscription: Annotated[str, StringConstraints(max_length=255, pattern=ONE_LINE)]

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"subscription": "sub_1PqR"}]}
    )


class EndOut(Schema):
    """Whether it is done; otherwise it is noted, and done once Stripe answers."""

    done: bool


class GivenOut(Schema):
    """Of a feature whether it is ``open``; of a limit its ``number``, null for no limit."""

    open: bool | None
    number: int | None
    unlimited: bool


class ContributionOut(Schema):
    """One reason. It counts as `active`, `grace`, `over`, `set`, `suspends` or `closes`."""

    name: str
    counts: str
    gives: GivenOut | None = Field(description="Null where it gives and takes nothing.")
    until: datetime | None


class ExplanationOut(Schema):
    """What holds of a feature or limit now, and each reason by itself."""

    of: str
    standing: Standing
    answer: GivenOut
    until: datetime | None = Field(description="When what holds changes by itself.")
    contributions: list[ContributionOut]


@router.post(
    "/organizations/{name}/subscription/cancel",
    response={200: EndOut, **refused(403, 404, 409)},
    operation_id="cancel_subscription",
    summary="End a subscription with its period",
)
def cancel(request: ApiRequest, name: PathName, payload: SubscriptionIn) -> EndOut:
    """Everything stays open until then. Twice is once."""
    done = cancel_at_period_end(
        organization=organization_seen_by(request.auth, name),
        subscription_id=payload.subscription,
        actor=request.auth,
    )
    return EndOut(done=done)


@router.post(
    "/organizations/{name}/subscription/resume",
    response={200: EndOut, **refused(403, 404, 409)},
    operation_id="resume_subscription",
    summary="Let a canceled subscription go on",
)
def go_on(request: ApiRequest, name: PathName, payload: SubscriptionIn) -> EndOut:
    """As long as it has not ended. Twice is once."""
    done = resume(
        organization=organization_seen_by(request.auth, name),
        subscription_id=payload.subscription,
        actor=request.auth,
    )
    return EndOut(done=done)


@router.get(
    "/organizations/{name}/billing/why",
    response={200: list[ExplanationOut], **refused(403, 404)},
    operation_id="explain_entitlements",
    summary="Explain every feature and limit",
)
def why(request: ApiRequest, name: PathName) -> list[ExplanationOut]:
    """Each reason by itself. For owners and billing managers."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "billing:read", organization)
    return [_shown(each) for each in explain_all(organization)]


def _shown(found: Explanation) -> ExplanationOut:
    return ExplanationOut(
        of=found.of,
        standing=found.standing,
        answer=_given(found, found.answer),
        until=found.until,
        contributions=[
            ContributionOut(
                name=each.name,
                counts=each.counts,
                gives=_given(found, each.gives) if each.gives is not None else None,
                until=each.until,
            )
            for each in found.contributions
        ],
    )


def _given(found: Explanation, gives: bool | int) -> GivenOut:
    if isinstance(found.of, Feature):
        return GivenOut(open=bool(gives), number=None, unlimited=False)
    unlimited = gives == UNLIMITED
    return GivenOut(open=None, number=None if unlimited else int(gives), unlimited=unlimited)
