"""Why an organization may, and starting to pay for it."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, StrictBool, StrictInt

from accounts.api.edge import ApiRequest, Input, PathName, refused
from accounts.api.people import PersonOut, shown_person
from orgs.api.subjects import organization_seen_by
from orgs.entitlements import Standing
from orgs.policy import require
from subscriptions.actions.checkout import MOST_SEATS, Choice
from subscriptions.actions.terms import renew_grant
from subscriptions.api.changes import ChangeOut, shown_change
from subscriptions.api.money import MoneyOut, in_minor_units
from subscriptions.catalog import Interval
from subscriptions.checking_out import start_checkout
from subscriptions.models import Grant, Subscription
from subscriptions.queries import Billing, billing_of
from subscriptions.refusals import TermsNotAccepted

router = Router(tags=["billing"])


class SubscriptionOut(Schema):
    """What is paid for. ``ends_at`` is set when it ends by itself; otherwise it renews."""

    id: str = Field(description="Stripe's.")
    plan: str
    status: str
    interval: str
    seats: int
    seat_ceiling: int | None = Field(
        description="Up to how many seats follow who takes one; null for a fixed number."
    )
    price_per_seat: MoneyOut | None
    renews_at: datetime | None
    ends_at: datetime | None
    trial_ends_at: datetime | None = Field(description="Nothing is charged before.")


class GraceOut(Schema):
    """A payment is outstanding, or a subscription or grant is over; rights hold until
    ``ends_at``.
    """

    since: datetime | None
    ends_at: datetime | None


class GrantOut(Schema):
    """Free use, or a contract with what was agreed; of a number, -1 is no limit."""

    kind: str
    seats: int | None
    private_projects: int | None
    since: datetime
    until: datetime
    renewable_from: datetime = Field(description="From then on its term can be confirmed.")


class BillingOut(Schema):
    """Why the organization may, at a glance."""

    standing: Standing
    until: datetime | None = Field(description="When the standing changes by itself.")
    seats_taken: int
    seats_offered: int = Field(description="In open invitations.")
    subscription: SubscriptionOut | None
    change: ChangeOut | None = Field(description="Of the subscription, while it is on its way.")
    grace: GraceOut | None
    grant: GrantOut | None


class CheckoutIn(Input):
    """What is to be bought. ``accepts_terms`` says that the terms at `/terms/` are accepted."""

    plan: Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]
    interval: Interval
    seats: Annotated[StrictInt, Field(ge=1, le=MOST_SEATS)]
    accepts_terms: StrictBool
    trial: StrictBool = Field(False, description="Begin with fourteen days free; once.")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"plan": "team", "interval": "month", "seats": 5, "accepts_terms": True}]
        },
    )


class CheckoutOut(Schema):
    """The organization's one open payment page, and what is bought there."""

    url: str
    plan: str
    interval: str
    seats: int
    expires_at: datetime
    begun_by: PersonOut


@router.get(
    "/organizations/{name}/billing",
    response={200: BillingOut, **refused(403, 404)},
    operation_id="get_billing",
    summary="Read billing",
)
def get_billing(request: ApiRequest, name: PathName) -> BillingOut:
    """Owners and billing managers, in every standing. Asks nothing of Stripe."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "billing:read", organization)
    billing = billing_of(organization)
    return BillingOut(
        standing=billing.standing,
        until=billing.until,
        seats_taken=organization.seats_taken,
        seats_offered=billing.seats_offered,
        subscription=_subscription(billing),
        change=shown_change(billing.change) if billing.change is not None else None,
        grace=_grace(billing),
        grant=_grant(billing.grant) if billing.grant is not None else None,
    )


@router.post(
    "/organizations/{name}/checkout",
    response={201: CheckoutOut, **refused(402, 403, 404, 409)},
    operation_id="start_checkout",
    summary="Go to payment",
)
def checkout(request: ApiRequest, name: PathName, payload: CheckoutIn) -> Status[CheckoutOut]:
    """Answers the one open payment page of the organization, whoever began it.

    Asking again for the same choice answers the same page; another choice ends it first.
    """
    try:
        attempt = start_checkout(
            organization=organization_seen_by(request.auth, name),
            choice=Choice(payload.plan, payload.interval, payload.seats, payload.trial),
            accepts_terms=payload.accepts_terms,
            actor=request.auth,
        )
    except TermsNotAccepted:  # the form calls its field otherwise
        raise TermsNotAccepted(field="accepts_terms") from None
    shown = CheckoutOut(
        url=attempt.url,
        plan=attempt.plan_key,
        interval=attempt.interval,
        seats=attempt.seats,
        expires_at=attempt.expires_at,
        begun_by=shown_person(attempt.begun_by, request.auth),
    )
    return Status(201, shown)


class RenewalIn(Input):
    """The end of the term that is confirmed, as it was told; and that all is as it was."""

    until: AwareDatetime
    confirms: StrictBool

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"until": "2027-11-30T12:00:00Z", "confirms": True}]},
    )


@router.post(
    "/organizations/{name}/grant/renew",
    response={200: GrantOut, **refused(403, 404, 409)},
    operation_id="renew_grant",
    summary="Confirm a grant, so that it goes on",
)
def renew(request: ApiRequest, name: PathName, payload: RenewalIn) -> GrantOut:
    """From thirty days before its end on, also when it is over. Confirming twice is once."""
    return _grant(
        renew_grant(
            organization=organization_seen_by(request.auth, name),
            seen_until=payload.until,
            confirms=payload.confirms,
            actor=request.auth,
        )
    )


def _grant(grant: Grant) -> GrantOut:
    return GrantOut(
        kind=grant.kind,
        seats=grant.seats,
        private_projects=grant.private_projects,
        since=grant.since,
        until=grant.until,
        renewable_from=grant.renewable_from,
    )


def _subscription(billing: Billing) -> SubscriptionOut | None:
    row: Subscription | None = billing.subscription
    if row is None:
        return None
    price = billing.price
    renews = billing.is_live and row.ends_at is None
    return SubscriptionOut(
        id=row.subscription_id,
        plan=row.plan_key,
        status=row.status,
        interval=row.interval,
        seats=row.quantity,
        seat_ceiling=billing.ceiling,
        price_per_seat=in_minor_units(price.money) if price else None,
        renews_at=row.period_end if renews else None,
        ends_at=row.ended_at or row.ends_at,
        trial_ends_at=row.trial_end if row.is_trial else None,
    )


def _grace(billing: Billing) -> GraceOut | None:
    if billing.grace_ends is None:
        return None
    return GraceOut(since=billing.grace_since, ends_at=billing.grace_ends)
