"""An order for a buyer, who pays it without an account."""

from datetime import datetime

from ninja import Field, Router, Schema, Status

from accounts.api.edge import ApiRequest, PathName, refused
from orgs.api.subjects import organization_seen_by
from subscriptions.actions.checkout import Choice
from subscriptions.api.changes import ChoiceIn
from subscriptions.checking_out import order_by_link, take_link_back

router = Router(tags=["billing"])


class BuyerLinkOut(Schema):
    """An order, and where whoever holds the card pays it."""

    url: str = Field(description="Whoever has it sees the order, and may pay it.")
    plan: str
    interval: str
    seats: int
    expires_at: datetime


@router.put(
    "/organizations/{name}/buyer-link",
    response={200: BuyerLinkOut, **refused(402, 403, 404, 409)},
    operation_id="make_buyer_link",
    summary="Prepare an order for a buyer",
)
def make(request: ApiRequest, name: PathName, payload: ChoiceIn) -> BuyerLinkOut:
    """One is open at a time; the same again is the same. It is good for seven days."""
    link = order_by_link(
        organization=organization_seen_by(request.auth, name),
        choice=Choice(payload.plan, payload.interval, payload.seats),
        actor=request.auth,
    )
    return BuyerLinkOut(
        url=link.address,
        plan=link.plan_key,
        interval=link.interval,
        seats=link.seats,
        expires_at=link.expires_at,
    )


@router.delete(
    "/organizations/{name}/buyer-link",
    response={204: None, **refused(403, 404)},
    operation_id="revoke_buyer_link",
    summary="Take an order for a buyer back",
)
def revoke(request: ApiRequest, name: PathName) -> Status[None]:
    """The link leads nowhere any more. Twice is once."""
    take_link_back(organization=organization_seen_by(request.auth, name), actor=request.auth)
    return Status(204, None)
