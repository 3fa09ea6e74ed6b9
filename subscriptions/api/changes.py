"""Changing what is paid for: first its figures, then the change at these figures."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict, StrictInt, StringConstraints

from accounts.api.edge import ONE_LINE, ApiRequest, Input, PathName, refused
from orgs.api.subjects import organization_seen_by
from subscriptions.actions.checkout import MOST_SEATS, Choice
from subscriptions.actions.following import fix_seats, set_ceiling
from subscriptions.api.money import MoneyOut, in_minor_units
from subscriptions.catalog import Interval
from subscriptions.changing import confirm_change
from subscriptions.gateway.client import in_a_hurry
from subscriptions.models import SubscriptionChange
from subscriptions.quotes import Quote, quote_change

router = Router(tags=["billing"])


class ChoiceIn(Input):
    """What the subscription shall become."""

    plan: Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]
    interval: Interval
    seats: Annotated[StrictInt, Field(ge=1, le=MOST_SEATS)]

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"plan": "team", "interval": "month", "seats": 5}]},
    )


class LineOut(Schema):
    """One line of the invoice that a change brings; below zero it is credit."""

    text: str
    amount: MoneyOut


class QuoteOut(Schema):
    """What a change costs, and what it takes away. Confirm it with ``quote``, within ten minutes.

    ``due_now`` is charged at once; what is given back is credited with invoices to come.
    """

    plan: str
    interval: str
    seats: int
    due_now: MoneyOut
    total: MoneyOut = Field(description="What its invoice says, before credit is used.")
    lines: list[LineOut]
    next_invoice: MoneyOut | None = Field(description="Null where a new cycle begins.")
    next_invoice_at: datetime
    per_period: MoneyOut = Field(description="Before discounts and tax.")
    losing: list[str] = Field(description="What the new plan has less of.")
    projects_over_limit: list[str] = Field(description="Private ones, the newest first.")
    invitations_without_seat: int
    quote: str


class ConfirmIn(Input):
    """The figures that are confirmed."""

    quote: Annotated[str, StringConstraints(max_length=2000, pattern=ONE_LINE)]

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"quote": "eyJvcmdhbml6YXRpb24i…"}]}
    )


class ChangeOut(Schema):
    """A change: ``applied``; ``asked`` while it is under way; ``unpaid`` while it waits for its
    payment, until ``lapses_at``; ``lapsed`` or ``refused`` when it came to nothing.
    """

    state: SubscriptionChange.State
    plan: str
    interval: str
    seats: int
    lapses_at: datetime | None


class CeilingIn(Input):
    """Up to how many seats follow who takes one."""

    ceiling: Annotated[StrictInt, Field(ge=1, le=MOST_SEATS)]

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"ceiling": 25}]})


class CeilingOut(Schema):
    """Up to how many seats follow who takes one, and since when."""

    ceiling: int
    set_at: datetime


@router.put(
    "/organizations/{name}/subscription/seat-ceiling",
    response={200: CeilingOut, **refused(402, 403, 404, 409)},
    operation_id="set_seat_ceiling",
    summary="Let seats follow who takes one",
)
def follow(request: ApiRequest, name: PathName, payload: CeilingIn) -> CeilingOut:
    """Paid is for who takes a seat, prorated from the day they join, up to the ceiling."""
    row = set_ceiling(
        organization=organization_seen_by(request.auth, name),
        ceiling=payload.ceiling,
        actor=request.auth,
    )
    return CeilingOut(ceiling=row.ceiling, set_at=row.set_at)


@router.delete(
    "/organizations/{name}/subscription/seat-ceiling",
    response={204: None, **refused(403, 404, 409)},
    operation_id="fix_seats",
    summary="Fix the number of seats",
)
def fix(request: ApiRequest, name: PathName) -> Status[None]:
    """The seats that are paid for stay, taken or not; twice is once."""
    fix_seats(organization=organization_seen_by(request.auth, name), actor=request.auth)
    return Status(204, None)


@router.post(
    "/organizations/{name}/subscription/quote",
    response={200: QuoteOut, **refused(402, 403, 404, 409)},
    operation_id="quote_change",
    summary="See what a change of the subscription costs",
)
def quote(request: ApiRequest, name: PathName, payload: ChoiceIn) -> QuoteOut:
    """Changes nothing. For owners and billing managers."""
    with in_a_hurry():
        found = quote_change(
            organization=organization_seen_by(request.auth, name),
            choice=Choice(payload.plan, payload.interval, payload.seats),
            actor=request.auth,
        )
    return _shown(found)


@router.post(
    "/organizations/{name}/subscription/change",
    response={200: ChangeOut, **refused(402, 403, 404, 409)},
    operation_id="change_subscription",
    summary="Change the subscription at the figures of a quote",
)
def change(request: ApiRequest, name: PathName, payload: ConfirmIn) -> ChangeOut:
    """Charged are the figures of the quote, or it is refused as `quote_stale` and nothing is."""
    made = confirm_change(
        organization=organization_seen_by(request.auth, name),
        quote=payload.quote,
        actor=request.auth,
    )
    return shown_change(made)


def shown_change(change: SubscriptionChange) -> ChangeOut:
    """Return a change as it is answered."""
    return ChangeOut(
        state=SubscriptionChange.State(change.state),
        plan=change.plan_key,
        interval=change.interval,
        seats=change.quantity,
        lapses_at=change.lapses_at,
    )


def _shown(quote: Quote) -> QuoteOut:
    return QuoteOut(
        plan=quote.new.plan_key,
        interval=quote.new.interval,
        seats=quote.seats,
        due_now=in_minor_units(quote.due),
        total=in_minor_units(quote.total),
        lines=[LineOut(text=text, amount=in_minor_units(each)) for text, each in quote.lines],
        next_invoice=in_minor_units(quote.next_total) if quote.next_total is not None else None,
        next_invoice_at=quote.next_at,
        per_period=in_minor_units(quote.per_period),
        losing=list(quote.losing),
        projects_over_limit=[project.name for project in quote.surplus],
        invitations_without_seat=quote.offered_beyond,
        quote=quote.token,
    )
