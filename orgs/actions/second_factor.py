"""Whether an organization demands a second factor of its members."""

from django.db import transaction

from accounts.actors import has_second_factor
from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from orgs.events import SecondFactorDemanded, SecondFactorReleased
from orgs.models import Organization
from orgs.policy import require
from orgs.queries import without_second_factor
from orgs.refusals import SecondFactorRequired

PERMISSION = "organization:demand_second_factor"
RELEASING = "organization:release_second_factor"


@transaction.atomic
def demand_second_factor(*, organization: Organization, demand: bool, actor: Actor) -> Organization:
    """Switch the demand on or off; twice is once.

    Who has none keeps the membership, and may do nothing but leave until there is one. An owner who
    demands it has one: nobody locks themselves out. Switching it off needs a fresh sign-in.
    Locks the organization, and asks policy again under the lock. Refuses with SecondFactorRequired.
    """
    require(actor, PERMISSION, organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, PERMISSION, organization)
    if organization.requires_second_factor == demand:
        return organization
    if not demand:
        require(actor, RELEASING, organization)
    elif not has_second_factor(User.objects.get(pk=actor.person_id)):
        raise SecondFactorRequired
    organization.requires_second_factor = demand
    organization.save(update_fields=["requires_second_factor"])
    happened = (
        SecondFactorDemanded(without=without_second_factor(organization).count())
        if demand
        else SecondFactorReleased()
    )
    record(happened, actor=actor, organization=organization)
    return organization
