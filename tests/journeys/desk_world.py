"""What staff did at their desk, in the world that pictures are taken of."""

from dataclasses import replace
from datetime import timedelta

from accounts.models import StaffRole, User
from kernel import clock
from orgs.entitlements import Limit
from orgs.models import Organization
from subscriptions.actions.contracts import Agreed, give_contract
from subscriptions.actions.founding import found_company
from subscriptions.actions.holds import place_hold
from subscriptions.actions.leaking import keep_findings
from subscriptions.actions.overrides import Setting, set_override
from subscriptions.leaks import Finding
from subscriptions.returning import give_money_back
from tests.builders import an_actor
from tests.journeys.paying import pays
from tests.sandbox_control import the_sandbox


def at_the_desk(ana: User, vera: User) -> dict[str, str]:
    """Let staff have set, granted and suspended something; returns how it is addressed."""
    staff = replace(an_actor(vera), staff_role=StaffRole.BILLING).as_staff()
    until = clock.now() + timedelta(days=90)
    salt = _company(ana, "salt-works", "Salt Works")
    agreed = Agreed(seats=40, private_projects=-1, until=until)
    contract = give_contract(organization=salt, agreed=agreed, reason="Order 4711.", actor=staff)
    set_override(
        organization=salt,
        setting=Setting("limit", Limit.SEATS, 45),
        until=until,
        reason="Five more for the summer school.",
        actor=staff,
    )
    moss = _company(ana, "moss-hill", "Moss Hill")
    pays(moss, ana, seats=2)
    hold = place_hold(organization=moss, reason="It sent spam to our users.", actor=staff)
    customer = moss.stripe_customers.get().customer_id
    [paid] = [one for one in the_sandbox().ledger()["invoices"] if one["customer"] == customer]
    give_money_back(
        organization=moss,
        invoice_id=paid["id"],
        amount=1000,
        reason="They were away for a month.",
        actor=staff,
    )
    keep_findings(
        [
            Finding("paying_twice", "northwind", "sub_1PqRstUv", "one of two that run"),
            Finding("paying_ownerless", "", "sub_1AbCdEfG", "customer cus_NobodyHere"),
        ]
    )
    return {
        "salt": str(salt.pk),
        "moss": str(moss.pk),
        "moss_invoice": paid["id"],
        "contract": str(contract.pk),
        "override": str(salt.overrides.get().pk),
        "hold": str(hold.pk),
        "moss_subscription": moss.subscriptions.get().subscription_id,
        "northwind_pk": str(Organization.objects.get(name="northwind").pk),
    }


def _company(owner: User, name: str, words: str) -> Organization:
    return found_company(name=name, display_name=words, owner=owner, actor=an_actor(owner))
