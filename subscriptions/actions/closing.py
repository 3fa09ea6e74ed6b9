"""An organization's end: begun, taken back, and carried out when its time is over."""

from datetime import timedelta

import structlog
from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.refusals import Refusal, Remedy
from orgs.events import DELETED, ClosingBegun, ClosingUndone, OrganizationClosed
from orgs.models import Organization
from orgs.models.invitation import Outcome
from orgs.models.organization import State
from orgs.models.transfer import TransferOutcome
from orgs.policy import require
from orgs.refusals import ClosingOver, ConfirmationWrong, OrganizationClosing, OwnsProjects
from subscriptions.events import GrantEnded
from subscriptions.refusals import CheckoutUnderWay, SubscriptionRuns
from subscriptions.standing import settle

UNDO_FOR = timedelta(days=30)
"""How long a deletion can be taken back."""
log = structlog.get_logger()


@transaction.atomic
def begin_closing(*, organization: Organization, confirmation: str, actor: Actor) -> Organization:
    """Delete an organization whose name was typed; for thirty days this can be taken back.

    Until then it can be read, exported and left. Twice is once. Locks the organization, and asks
    policy again. Refuses with ConfirmationWrong, SubscriptionRuns, CheckoutUnderWay or
    OwnsProjects, each with what comes first.
    """
    require(actor, "organization:delete", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "organization:delete", organization)
    if organization.state == State.CLOSING:
        return organization
    if organization.state == State.CLOSED:
        raise OrganizationClosing
    if confirmation != organization.name:
        raise ConfirmationWrong(field="confirmation")
    require_nothing_left(organization)
    organization.state, organization.closes_at = State.CLOSING, clock.now() + UNDO_FOR
    organization.save(update_fields=["state", "closes_at"])
    record(
        ClosingBegun(organization=organization.name, closes_at=organization.closes_at.isoformat()),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return organization


@transaction.atomic
def undo_closing(*, organization: Organization, actor: Actor) -> Organization:
    """Take a deletion back: everything is as it was. Twice is once. Locks the organization.

    Refuses with ClosingOver, also when nobody has carried out yet what is over.
    """
    require(actor, "organization:undo_delete", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "organization:undo_delete", organization)
    if organization.state == State.OPEN:
        return organization
    if organization.closes_at is None or organization.closes_at <= clock.now():
        raise ClosingOver
    organization.state, organization.closes_at = State.OPEN, None
    organization.save(update_fields=["state", "closes_at"])
    record(ClosingUndone(organization=organization.name), actor=actor, organization=organization)
    settle(organization.pk, actor=actor)
    return organization


def close_due(limit: int = 100) -> int:
    """Close every organization whose time to undo is over; returns how many were closed.

    One for which something is still paid stays, with an alarm: nobody shall pay for what is gone.
    """
    due = Organization.objects.filter(state=State.CLOSING, closes_at__lte=clock.now())
    closed = 0
    for pk in list(due.order_by("closes_at", "pk").values_list("pk", flat=True)[:limit]):
        try:
            closed += _close_if_due(pk)
        except Refusal as refusal:
            log.error("not closed", organization_id=pk, reason=refusal.reason)
        except Exception as error:  # it stays due; the others must not wait for it
            log.error("not closed", organization_id=pk, exc_info=error)
    return closed


def require_nothing_left(organization: Organization) -> None:
    """Refuse while something is paid for, could be paid for, or is owned; the caller holds the
    lock.
    """
    billing = f"/orgs/{organization.name}/billing/"
    payer = "owner or billing manager"
    if organization.subscriptions.live().exists():
        raise SubscriptionRuns(remedy=Remedy("Cancel the subscription", payer, billing))
    if organization.checkout_attempts.open().exists():
        raise CheckoutUnderWay(remedy=Remedy("Look at the open payment page", payer, billing))
    if organization.projects.exists():
        projects = f"/orgs/{organization.name}/projects/"
        raise OwnsProjects(remedy=Remedy("Move its projects to somebody else", "owner", projects))


def tear_down(organization: Organization, *, why: str) -> None:
    """End everything that hangs on an organization; the caller holds its lock.

    Members, teams and invitations go, grants and tokens end, the log stays. Its names stay in the
    ledger, so they are burned, unless whoever calls releases them.
    """
    people = sorted(organization.memberships.values_list("user_id", flat=True))
    organization.invitations.lapsed_unmarked().update(
        outcome=Outcome.LAPSED, answered_at=clock.now()
    )
    offers = organization.invitations.open()
    told = OrganizationClosed(
        organization=organization.name,
        display_name=organization.display_name,
        why=why,
        members=len(people),
        teams=organization.teams.count(),
        invitations=offers.count(),
    )
    offers.update(outcome=Outcome.REVOKED, answered_at=clock.now())
    organization.transfers_in.open().update(
        outcome=TransferOutcome.DECLINED, answered_at=clock.now()
    )
    organization.teams.all().delete()
    organization.memberships.all().delete()
    organization.service_tokens.live().update(revoked_at=clock.wall())
    _end_grants(organization, why)
    organization.state, organization.closes_at = State.CLOSED, None
    organization.closed_at, organization.seats_taken = clock.now(), 0
    organization.save(update_fields=["state", "closes_at", "closed_at", "seats_taken"])
    record(
        told,
        actor=SYSTEM,
        organization=organization,
        about=[f"user:{person}" for person in people],
    )
    settle(organization.pk, actor=SYSTEM)


@transaction.atomic
def _close_if_due(pk: int) -> bool:
    organization = Organization.objects.lock(pk)
    over = organization.closes_at is not None and organization.closes_at <= clock.now()
    if organization.state != State.CLOSING or not over:
        return False
    require_nothing_left(organization)
    tear_down(organization, why=DELETED)
    return True


def _end_grants(organization: Organization, why: str) -> None:
    for grant in organization.grants.unended():
        grant.ended_at = clock.now()
        grant.save(update_fields=["ended_at"])
        record(
            GrantEnded(grant_id=grant.pk, kind=grant.kind, why=f"the organization was {why}"),
            actor=SYSTEM,
            organization=organization,
        )
