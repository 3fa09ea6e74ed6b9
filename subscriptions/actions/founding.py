"""Founding a company: self-service, immediate, and restricted until paid."""

from django.db import transaction

from accounts.models import User
from kernel.actor import Actor
from orgs.actions.organizations import create_organization
from orgs.models import Organization
from orgs.models.organization import Kind
from subscriptions.standing import settle


@transaction.atomic
def found_company(
    *, name: str, display_name: str, owner: User, actor: Actor, url: str = "", description: str = ""
) -> Organization:
    """Make a company with ``owner`` as its owner; it stands restricted until it pays.

    Anybody may found. Locks the name. Refuses with NameMalformed or NameRefused.
    """
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
