"""Contracts: what staff agreed on with a company, for a term, with its numbers enforced."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Invalid, NotFound
from orgs.entitlements import UNLIMITED
from orgs.models import Organization
from orgs.models.organization import State
from orgs.policy import require_staff
from orgs.refusals import OrganizationClosing
from subscriptions.actions.changes import require_seats_for_all
from subscriptions.actions.staff import MOST, a_day_ahead, a_reason
from subscriptions.events import GrantEnded, GrantGiven
from subscriptions.models import Grant
from subscriptions.models.grant import GrantKind
from subscriptions.refusals import NothingToSell, SubscriptionRuns
from subscriptions.standing import settle


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a contract says: ``private_projects`` of -1 is no limit."""

    seats: int
    private_projects: int
    until: datetime


@transaction.atomic
def give_contract(
    *, organization: Organization, agreed: Agreed, reason: str, actor: Actor
) -> Grant:
    """Let a company in under a contract. One that runs ends for it, and both are kept.

    The same again is the same. What is paid through Stripe ends first: nobody pays twice. Locks the
    organization. Refuses with NothingToSell, OrganizationClosing, SubscriptionRuns, SeatsOutOfRange
    or Invalid.
    """
    require_staff(actor, "money:change")
    organization = Organization.objects.lock(organization.pk)
    if not organization.is_company:
        raise NothingToSell
    if organization.state != State.OPEN:
        raise OrganizationClosing
    if organization.subscriptions.live().exists():
        raise SubscriptionRuns(
            "A subscription is still running. Cancel it first; the contract begins when it is over."
        )
    require_seats_for_all(organization, agreed.seats)
    if not UNLIMITED <= agreed.private_projects <= MOST:
        raise Invalid(
            f"Choose a number up to {MOST:,}, or -1 for no limit.", field="private_projects"
        )
    reason, until = a_reason(reason), a_day_ahead(agreed.until)
    running = organization.grants.unended().filter(kind=GrantKind.CONTRACT).first()
    if running is not None:
        said = Agreed(running.seats or 0, running.private_projects or 0, running.until)
        if said == agreed:
            return running
        _end(organization, running, why="another contract took its place", actor=actor)
    grant = organization.grants.create(
        kind=GrantKind.CONTRACT,
        seats=agreed.seats,
        private_projects=agreed.private_projects,
        reason=reason,
        given_by_id=actor.user_id,
        since=clock.now(),
        until=until,
    )
    record(
        GrantGiven(grant_id=grant.pk, kind=grant.kind, until=grant.until.isoformat()),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return grant


@transaction.atomic
def end_contract(*, organization: Organization, grant_id: int, reason: str, actor: Actor) -> Grant:
    """End a contract before its term, without grace; twice is once. Refuses with NotFound."""
    require_staff(actor, "money:change")
    organization = Organization.objects.lock(organization.pk)
    grant = organization.grants.filter(pk=grant_id, kind=GrantKind.CONTRACT).first()
    if grant is None:
        raise NotFound
    if grant.ended_at is None:
        _end(organization, grant, why=a_reason(reason), actor=actor)
        settle(organization.pk, actor=actor)
    return grant


def _end(organization: Organization, grant: Grant, *, why: str, actor: Actor) -> None:
    grant.ended_at = clock.now()
    grant.save(update_fields=["ended_at"])
    record(
        GrantEnded(grant_id=grant.pk, kind=grant.kind, why=why),
        actor=actor,
        organization=organization,
    )
