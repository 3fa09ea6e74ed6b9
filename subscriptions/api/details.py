"""Where invoices go, and what they say."""

from typing import Annotated

from ninja import Field, Router, Schema
from pydantic import ConfigDict, StringConstraints

from accounts.api.edge import ONE_LINE, ApiRequest, Input, PathName, refused
from orgs.api.subjects import organization_seen_by
from orgs.policy import require
from subscriptions.actions.details import MOST_ON_INVOICES, Details
from subscriptions.detailing import keep_details
from subscriptions.refusals import NoCustomerYet

router = Router(tags=["billing"])


class DetailsIn(Input):
    """What shall stand on invoices. An empty purchase order is none."""

    email: Annotated[str, StringConstraints(max_length=254, pattern=ONE_LINE)]
    purchase_order: Annotated[
        str, StringConstraints(max_length=MOST_ON_INVOICES, pattern=ONE_LINE)
    ] = ""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"email": "invoices@acme.example", "purchase_order": "PO-4711"}]
        },
    )


class DetailsOut(Schema):
    """What stands on invoices, as the last look at Stripe saw it."""

    email: str
    purchase_order: str
    done: bool = Field(description="False while a change is noted, and Stripe has not answered.")


@router.get(
    "/organizations/{name}/billing/details",
    response={200: DetailsOut, **refused(403, 404, 409)},
    operation_id="get_billing_details",
    summary="Read what stands on invoices",
)
def read(request: ApiRequest, name: PathName) -> DetailsOut:
    """For owners and billing managers; there are none before anything was bought."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "billing:read", organization)
    customer = organization.stripe_customers.filter(is_current=True).first()
    if customer is None:
        raise NoCustomerYet
    return DetailsOut(email=customer.email, purchase_order=customer.purchase_order, done=True)


@router.put(
    "/organizations/{name}/billing/details",
    response={200: DetailsOut, **refused(403, 404, 409)},
    operation_id="set_billing_details",
    summary="Change what stands on invoices",
)
def change(request: ApiRequest, name: PathName, payload: DetailsIn) -> DetailsOut:
    """From the next invoice on. Twice is once."""
    organization = organization_seen_by(request.auth, name)
    done = keep_details(
        organization=organization,
        details=Details(payload.email, payload.purchase_order),
        actor=request.auth,
    )
    return DetailsOut(email=payload.email, purchase_order=payload.purchase_order, done=done)
