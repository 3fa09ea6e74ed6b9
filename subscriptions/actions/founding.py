"""Founding a company: self-service, immediate, and restricted until paid."""

from django.db import transaction

from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import Remedy
from orgs.actions.organizations import create_organization
from orgs.models import Organization
from orgs.models.organization import Kind
from orgs.name_availability import lock_skeleton
from subscriptions.refusals import TooManyUnpaid
from subscriptions.standing import settle
from subscriptions.unpaid import MOST_UNPAID, unpaid_companies_of


@transaction.atomic
def found_company(
    *, name: str, display_name: str, owner: User, actor: Actor, url: str = "", description: str = ""
) -> Organization:
    """Make a company with ``owner`` as its owner; it stands restricted until it pays.

    Anybody may found, with at most three unpaid companies at a time. Locks the name, then the
    person, so that two foundings of theirs are counted one after the other. Refuses with
    NameMalformed, NameRefused or TooManyUnpaid.
    """
    lock_skeleton(name)
    require_room(owner)
    organization = create_organization(
        name=name,
        display_name=display_name,
        kind=Kind.COMPANY,
        owner=owner,
        actor=actor,
        url=url,
        description=description,
    )
    settle(organization.pk, actor=actor)
    return organization


def require_room(owner: User) -> None:
    """Refuse a person's fourth unpaid company. Locks the person. Refuses with TooManyUnpaid."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    unpaid = unpaid_companies_of(owner)
    if len(unpaid) < MOST_UNPAID:
        return
    names = ", ".join(sorted(each.name for each in unpaid))
    raise TooManyUnpaid(
        f"You own {len(unpaid)} companies that are not paid for: {names}. Nobody may own more than"
        f" {MOST_UNPAID} of them at a time.",
        remedy=Remedy("Subscribe for one of them, or delete one", "you", "/orgs/"),
    )
