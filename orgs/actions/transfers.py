"""A project changes its owner: offered by one side, accepted by the other.

Levels belong to a place: what teams and people had under the old owner ends when the project moves,
and the preview names each of them.
"""

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from audit.events import Event
from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.refusals import Forbidden, NotFound
from orgs import project_events as events
from orgs.actions.access import end_role
from orgs.actions.collaborators import end_collaborator_invitations
from orgs.actions.projects import again
from orgs.invitation_limits import lock_sender
from orgs.models import Organization, Project, ProjectTransfer
from orgs.models.transfer import TransferOutcome
from orgs.policy import require
from orgs.private_projects import claim_private_project, release_private_project
from orgs.refusals import AlreadyProposed, AlreadyTheirs, TooManyOffers, TransferOver
from orgs.seats import recount
from orgs.transfer_queries import still_standing

LIFE = timedelta(days=7)
DAY = timedelta(hours=24)
A_DAY = 50
"""How many projects one person offers a day, those left out that were accepted."""


@transaction.atomic
def propose_transfer(
    *,
    project: Project,
    actor: Actor,
    to_organization: Organization | None = None,
    to_user: User | None = None,
) -> ProjectTransfer:
    """Offer a project to one other owner, for seven days; nothing moves before they accept.

    Locks the organization that gives. Refuses with AlreadyTheirs, AlreadyProposed or
    TooManyOffers.
    """
    return _propose(project, actor, to_organization, to_user)


def _propose(
    project: Project,
    actor: Actor,
    to_organization: Organization | None = None,
    to_user: User | None = None,
    *,
    to_others: bool = True,
) -> ProjectTransfer:
    require(actor, "projects:transfer_out", project)
    project = again(project)
    require(actor, "projects:transfer_out", project)
    if (to_organization is None) == (to_user is None):
        raise ValueError("a transfer has one receiver")
    if project.organization == to_organization and project.owner == to_user:
        raise AlreadyTheirs
    for lapsed in project.transfers.lapsed_unmarked():
        _end(lapsed, TransferOutcome.LAPSED, SYSTEM)
    if project.transfers.open().exists():
        raise AlreadyProposed
    if to_others:
        _require_room(actor)
    transfer = ProjectTransfer.objects.create(
        project=project,
        from_organization=project.organization,
        from_user=project.owner,
        to_organization=to_organization,
        to_user=to_user,
        proposed_by_id=actor.person_id,
        expires_at=clock.now() + LIFE,
    )
    proposed = events.TransferProposed(
        transfer_id=transfer.pk,
        project=project.name,
        receiver=str(transfer.receiver),
        to_user_id=transfer.to_user_id,
    )
    _note(proposed, transfer, actor)
    received = events.TransferReceived(
        transfer_id=transfer.pk, project=project.name, organization=str(project.organization)
    )
    _tell_receiver(received, transfer, actor)
    return transfer


@transaction.atomic
def accept_transfer(*, transfer: ProjectTransfer, actor: Actor) -> Project:
    """Take an offered project over. Team grants and levels of the old owner's people end with it.

    Whoever accepts stands where a creator stands, so that a manager goes on administering it; who
    created it before has nothing by that any more. Locks both organizations in their order, then
    the project. Refuses with TransferOver, also when whoever offered it may not do so any more.
    """
    _require_receiver(transfer, actor)
    _lock_sides(transfer)
    project = Project.objects.lock(transfer.project_id)
    transfer = _still_open(transfer)
    _require_receiver(transfer, actor)
    if not still_standing([transfer]):
        raise TransferOver
    if (project.organization_id, project.owner_id) != (
        transfer.from_organization_id,
        transfer.from_user_id,
    ):
        raise TransferOver  # it moved by another road
    grants, roles = end_rights(project, actor)
    _move(project, transfer, actor)
    _mark(transfer, TransferOutcome.ACCEPTED)
    moved = events.ProjectMoved(
        transfer_id=transfer.pk,
        project=project.name,
        giver=str(transfer.from_organization or transfer.from_user),
        receiver=str(transfer.receiver),
        from_user_id=transfer.from_user_id,
        to_user_id=transfer.to_user_id,
        grants_ended=grants,
        roles_ended=roles,
    )
    _note(moved, transfer, actor)
    received = events.ProjectReceived(
        transfer_id=transfer.pk,
        project=project.name,
        organization=str(transfer.from_organization),
    )
    _tell_receiver(received, transfer, actor)
    return project


@transaction.atomic
def decline_transfer(*, transfer: ProjectTransfer, actor: Actor) -> None:
    """Say no to an offer; never gated. Refuses with TransferOver."""
    _require_receiver(transfer, actor, growing=False)
    _lock_sides(transfer)
    _require_receiver(transfer, actor, growing=False)
    _close(transfer, TransferOutcome.DECLINED, actor)


@transaction.atomic
def cancel_transfer(*, transfer: ProjectTransfer, actor: Actor) -> None:
    """Take an offer back; canceling twice is once. Refuses with TransferOver."""
    _require_giver(transfer, actor)
    if transfer.outcome == TransferOutcome.CANCELED:
        return
    _lock_sides(transfer)
    require(actor, "projects:transfer_out", _still_open(transfer).project)
    _close(transfer, TransferOutcome.CANCELED, actor)


def _require_giver(transfer: ProjectTransfer, actor: Actor) -> None:
    """Ask who may take an offer back.

    Once it was accepted the project is the receiver's, and whoever made the offer has no level
    there any more; they hear that it is over, not that they may not.
    """
    try:
        require(actor, "projects:transfer_out", transfer.project)
    except (Forbidden, NotFound):
        is_open = ProjectTransfer.objects.open().filter(pk=transfer.pk).exists()
        if transfer.proposed_by_id == actor.user_id and not is_open:
            raise TransferOver from None
        raise


def take_back_offers(organization: Organization, user_id: int, *, actor: Actor) -> None:
    """End what somebody offered of an organization's projects while they might.

    Whoever calls asked policy, and holds the organization's lock; the receiver's is not needed,
    since an answer takes the giver's too.
    """
    for offer in organization.transfers_out.open().filter(proposed_by=user_id).order_by("project"):
        _close(offer, TransferOutcome.CANCELED, actor)


@transaction.atomic
def bring_in(*, project: Project, organization: Organization, actor: Actor) -> Project:
    """Move one's own project into an organization where one may receive: both sides are one.

    Locks both organizations in their order, before an offer locks the one that gives.
    """
    require(actor, "projects:transfer_out", project)
    _lock(project.organization_id, organization.pk)
    transfer = _propose(project, actor, organization, to_others=False)
    return accept_transfer(transfer=transfer, actor=actor)


@transaction.atomic
def take_out(*, project: Project, actor: Actor) -> Project:
    """Move a project from an organization to oneself: both sides are one. Never gated."""
    user = User.objects.get(pk=actor.person_id)
    transfer = _propose(project, actor, to_user=user, to_others=False)
    return accept_transfer(transfer=transfer, actor=actor)


def _require_room(actor: Actor) -> None:
    """Let nobody fill mailboxes with offers: of those that were not accepted, a day takes so many.

    Refuses with TooManyOffers.
    """
    lock_sender(actor)
    lately = ProjectTransfer.objects.filter(
        proposed_by_id=actor.person_id, proposed_at__gt=clock.now() - DAY
    ).exclude(outcome=TransferOutcome.ACCEPTED)
    times = list(lately.order_by("-proposed_at").values_list("proposed_at", flat=True)[:A_DAY])
    if len(times) == A_DAY:
        again_at = times[-1] + DAY
        raise TooManyOffers(
            f"You have offered {A_DAY} projects within a day that nobody accepted yet. The next can"
            f" be offered at {again_at:%H:%M} UTC on {again_at:%-d %B}.",
            again_at=again_at,
        )


def _require_receiver(transfer: ProjectTransfer, actor: Actor, *, growing: bool = True) -> None:
    """Let the receiving side through; to all others the offer does not exist."""
    organization = transfer.to_organization
    if organization is None:
        if transfer.to_user_id != actor.user_id:
            raise NotFound
        return
    if not growing:
        require(actor, "projects:decline_transfer", organization)
        return
    is_private = transfer.project.is_private
    require(actor, "projects:receive", organization)
    if is_private:
        require(actor, "projects:create_private", organization)


def _lock_sides(transfer: ProjectTransfer) -> None:
    _lock(transfer.from_organization_id, transfer.to_organization_id)


def _lock(*ids: int | None) -> None:
    """Lock organizations in their order."""
    sides = [pk for pk in ids if pk is not None]
    list(Organization.objects.select_for_update(no_key=True).filter(pk__in=sides).order_by("pk"))


def _still_open(transfer: ProjectTransfer) -> ProjectTransfer:
    found = (
        ProjectTransfer.objects.open()
        .select_related(
            "project",
            "from_organization",
            "to_organization",
            "from_user",
            "to_user",
            "proposed_by",
        )
        .filter(pk=transfer.pk)
        .first()
    )
    if found is None:
        raise TransferOver
    return found


def end_rights(project: Project, actor: Actor) -> tuple[int, int]:
    """End every level under the old owner, those on offer included; return how many grants and
    roles that were.

    Each person who loses a level of their own has it in their log, and is told.
    """
    end_collaborator_invitations(project, actor=actor)
    grants, _ = project.team_grants.all().delete()
    roles = list(project.roles.select_related("user").order_by("pk"))
    for role in roles:
        end_role(project, role, actor=actor)
    return grants, len(roles)


def cancel_open_offer(project: Project, *, actor: Actor) -> None:
    """End the offer of a project that goes; the caller holds the locks of its owner and itself."""
    for offer in project.transfers.open():
        _close(offer, TransferOutcome.CANCELED, actor)


def _move(project: Project, transfer: ProjectTransfer, actor: Actor) -> None:
    """Change the owner, who counts as creator, and both counters; the caller holds the locks of
    both sides.
    """
    giver, receiver = _fresh(transfer.from_organization_id), _fresh(transfer.to_organization_id)
    if project.is_private and receiver is not None:
        claim_private_project(receiver)
    project.organization, project.owner = receiver, transfer.to_user
    project.created_by_id, project.created_by_organization = actor.person_id, None
    project.save(update_fields=["organization", "owner", "created_by", "created_by_organization"])
    if giver is not None:
        if project.is_private:
            release_private_project(giver)
        recount(giver)


def _fresh(organization_id: int | None) -> Organization | None:
    return Organization.objects.get(pk=organization_id) if organization_id is not None else None


def _close(transfer: ProjectTransfer, outcome: TransferOutcome, actor: Actor) -> None:
    """End an open offer; the caller holds the locks of both sides."""
    Project.objects.lock(transfer.project_id)
    _end(_still_open(transfer), outcome, actor)


def _end(transfer: ProjectTransfer, outcome: TransferOutcome, actor: Actor) -> None:
    """Mark how an offer ended, and tell it in the logs of both sides."""
    _mark(transfer, outcome)
    closed = events.TransferClosed(
        transfer_id=transfer.pk,
        project=transfer.project.name,
        receiver=str(transfer.receiver),
        to_user_id=transfer.to_user_id,
        outcome=outcome,
    )
    _note(closed, transfer, actor)
    received = events.ReceivedTransferClosed(
        transfer_id=transfer.pk,
        project=transfer.project.name,
        organization=str(transfer.from_organization),
        outcome=outcome,
    )
    _tell_receiver(received, transfer, actor)


def _mark(transfer: ProjectTransfer, outcome: TransferOutcome) -> None:
    transfer.outcome, transfer.answered_at = outcome, clock.now()
    transfer.save(update_fields=["outcome", "answered_at"])


def _note(event: Event, transfer: ProjectTransfer, actor: Actor) -> None:
    """Record in the log of the organization that gives; of the one that receives when a person
    gives.
    """
    sides = [
        f"organization:{pk}"
        for pk in (transfer.from_organization_id, transfer.to_organization_id)
        if pk is not None
    ]
    people = [f"user:{pk}" for pk in (transfer.from_user_id, transfer.to_user_id) if pk is not None]
    record(
        event,
        actor=actor,
        organization=transfer.from_organization or transfer.to_organization,
        about=[f"project:{transfer.project_id}", *sides, *people],
    )


def _tell_receiver(event: Event, transfer: ProjectTransfer, actor: Actor) -> None:
    """Record in the receiver's own log what stands in that of the organization that gives: nobody
    reads the log of another owner.
    """
    if transfer.from_organization_id is None:
        return
    person = [f"user:{transfer.to_user_id}"] if transfer.to_user_id is not None else []
    record(
        event,
        actor=actor,
        organization=transfer.to_organization,
        about=[f"project:{transfer.project_id}", *person],
    )
