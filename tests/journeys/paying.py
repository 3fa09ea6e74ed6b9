"""How companies of the pictured world come by their states of money."""

from accounts.models import User
from orgs.models import Organization
from subscriptions.actions.checkout import Choice
from subscriptions.changing import confirm_change
from subscriptions.checking_out import look_after_return, start_checkout
from subscriptions.models import StripeCustomer
from subscriptions.quotes import quote_change
from tests.builders import an_actor
from tests.sandbox_control import FAILS_LATER, pay, the_sandbox


def pays(
    organization: Organization,
    owner: User,
    *,
    seats: int,
    plan: str = "team",
    trial: bool = False,
) -> None:
    """Pay on the payment page, and come back."""
    attempt = start_checkout(
        organization=organization,
        choice=Choice(plan, "month", seats, trial=trial),
        accepts_terms=True,
        actor=an_actor(owner),
    )
    assert pay(attempt.session_id)["ok"]
    assert look_after_return(organization, seconds=20)


def waits(organization: Organization, owner: User) -> None:
    """Ask for a seat more with a card that fails."""
    customer = StripeCustomer.objects.get(organization=organization, is_current=True).customer_id
    the_sandbox().call("portal/card", customer=customer, card=FAILS_LATER)
    row = organization.subscriptions.get()
    quote = quote_change(
        organization=organization,
        choice=Choice(row.plan_key, row.interval, row.quantity + 1),
        actor=an_actor(owner),
    )
    confirm_change(organization=organization, quote=quote.token, actor=an_actor(owner))


def fails(organization: Organization) -> None:
    """Let its next charges be declined."""
    customer = StripeCustomer.objects.get(organization=organization, is_current=True).customer_id
    the_sandbox().call("decline_next", customer=customer, times=20)


def invoice(name: str) -> str:
    """Return where its newest invoice is shown."""
    customer = StripeCustomer.objects.get(organization__name=name, is_current=True).customer_id
    found = [one for one in the_sandbox().ledger()["invoices"] if one["customer"] == customer]
    return str(found[-1]["hosted_invoice_url"])
