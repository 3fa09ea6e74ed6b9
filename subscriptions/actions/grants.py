"""Granting free use."""

from datetime import timedelta

from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import Actor
from orgs.models import Organization
from subscriptions.events import GrantGiven
from subscriptions.models import Grant
from subscriptions.models.grant import GrantKind
from subscriptions.standing import settle

COMMUNITY_TERM = timedelta(days=365)


@transaction.atomic
def give_community_grant(
    *, organization: Organization, reason: str, actor: Actor, term: timedelta = COMMUNITY_TERM
) -> Grant:
    """Let a community organization in free for a term, and open its gates; twice is once.

    The use case that calls has asked policy: staff who review. Locks the organization.
    """
    organization = Organization.objects.lock(organization.pk)
    standing_one = organization.grants.unended().filter(kind=GrantKind.COMMUNITY).first()
    if standing_one is not None:
        return standing_one
    grant = organization.grants.create(
        kind=GrantKind.COMMUNITY,
        reason=reason,
        given_by_id=actor.user_id,
        since=clock.now(),
        until=clock.now() + term,
    )
    record(
        GrantGiven(grant_id=grant.pk, kind=grant.kind, until=grant.until.isoformat()),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return grant
