"""People from outside on one project: invited with a level, and asked before they have it."""

from datetime import timedelta

from django.db import transaction

from accounts import actors
from accounts.models import User
from kernel import clock
from kernel.actor import Actor
from orgs import project_events as events
from orgs.actions.access import write_role
from orgs.actions.invitations import address_of
from orgs.actions.projects import again, note
from orgs.decision import NOT_FOUND, Decision
from orgs.invitation_limits import spend_one
from orgs.levels import Level
from orgs.models import CollaboratorInvitation, Project, ProjectRole
from orgs.models.offer import Outcome, digest
from orgs.policy import decide, require
from orgs.refusals import (
    AlreadyCollaborating,
    AlreadyInvited,
    InvitationClosed,
    NobodyTakenIn,
)
from orgs.seats import require_room_for_offer

LIFE = timedelta(days=7)
RESTING = frozenset({"standing_restricted", "standing_suspended", "pay_invoice_first"})
"""Why an offer cannot be accepted now, though whoever made it holds the right as before."""


@transaction.atomic
def invite_collaborator(
    *, project: Project, email: str, level: Level, actor: Actor
) -> CollaboratorInvitation:
    """Offer somebody from outside a level for seven days.

    On a private project it needs a free seat, which is taken when they accept. Locks the
    organization. Refuses with AlreadyCollaborating, AlreadyInvited, NoSeatLeft or
    TooManyInvitations.
    """
    require(actor, "collaborators:invite", project)
    project = again(project)
    require(actor, "collaborators:invite", project)
    email = address_of(email)
    if project.roles.filter(user__email__iexact=email).exists():
        raise AlreadyCollaborating(field="email")
    for lapsed in project.collaborator_invitations.lapsed_unmarked().for_address(email):
        _close(lapsed, Outcome.LAPSED, actor)
    if project.collaborator_invitations.open().for_address(email).exists():
        raise AlreadyInvited(field="email")
    if project.is_private and project.organization is not None:
        require_room_for_offer(project.organization, to=email)
    spend_one(project.organization, actor, field="email")
    invitation = CollaboratorInvitation(
        project=project,
        email=email,
        level=level,
        invited_by_id=actor.person_id,
        expires_at=clock.now() + LIFE,
    )
    invitation.renew_token()
    invitation.save()
    _note_sent(invitation, actor)
    return invitation


@transaction.atomic
def resend_collaborator_invitation(
    *, invitation: CollaboratorInvitation, actor: Actor
) -> CollaboratorInvitation:
    """Send a new link for seven days more; links sent before open nothing any more.

    Whoever sends it again stands behind it from now on. Refuses with InvitationClosed,
    TooManyInvitations, or NoSeatLeft where accepting would find none.
    """
    invitation = _held(invitation, actor, "collaborators:invite")
    project = invitation.project
    if project.is_private and project.organization is not None:
        require_room_for_offer(project.organization, to=invitation.email, instead_of=1)
    spend_one(project.organization, actor)
    invitation.round += 1
    invitation.invited_by_id = actor.person_id
    invitation.sent_at = clock.now()
    invitation.expires_at = clock.now() + LIFE
    invitation.renew_token()
    invitation.save(update_fields=["round", "invited_by", "sent_at", "expires_at", "token_hash"])
    _note_sent(invitation, actor)
    return invitation


@transaction.atomic
def revoke_collaborator_invitation(*, invitation: CollaboratorInvitation, actor: Actor) -> None:
    """Withdraw an open offer; withdrawing twice is once. Never gated."""
    require(actor, "projects:revoke", invitation.project)
    if invitation.outcome == Outcome.REVOKED:
        return
    _close(_held(invitation, actor, "projects:revoke"), Outcome.REVOKED, actor)


@transaction.atomic
def accept_collaboration(*, token: str, user: User, actor: Actor) -> ProjectRole:
    """Give ``user`` the level behind the link; holding the link is the proof.

    Everything is asked again under the lock, also whether whoever invited may still do so. A level
    that is there already is never lowered. Refuses with InvitationClosed, NobodyTakenIn or
    NoSeatLeft.
    """
    invitation = _behind(token)
    project = invitation.project
    answer = _offering(invitation)
    if not answer.allowed:
        raise NobodyTakenIn if answer.reason in RESTING else InvitationClosed
    role = project.roles.filter(user=user).first()
    if role is None or role.level < invitation.level:
        role = write_role(project, user, Level(invitation.level), actor=actor)
    _close(invitation, Outcome.ACCEPTED, actor)
    return role


@transaction.atomic
def decline_collaboration(*, token: str, actor: Actor) -> None:
    """Say no to an offer; holding the link is the proof. Refuses with InvitationClosed."""
    _close(_behind(token), Outcome.DECLINED, actor)


def end_collaborator_invitations(project: Project, *, actor: Actor) -> None:
    """Withdraw every offer of a project's present owner; the caller asked and holds the locks."""
    for lapsed in project.collaborator_invitations.lapsed_unmarked().order_by("pk"):
        _close(lapsed, Outcome.LAPSED, actor)
    for invitation in project.collaborator_invitations.open().order_by("pk"):
        _close(invitation, Outcome.REVOKED, actor)


def collaboration_behind(token: str) -> CollaboratorInvitation:
    """Return the open offer of a link, for showing it. Refuses with InvitationClosed.

    One whose inviter may not make it any more looks like one that is unknown.
    """
    found = (
        CollaboratorInvitation.objects.open()
        .filter(token_hash=digest(token))
        .select_related("project__organization", "project__owner", "invited_by")
        .first()
    )
    if found is None:
        raise InvitationClosed
    answer = _offering(found)
    if not answer.allowed and answer.reason not in RESTING:
        raise InvitationClosed
    return found


def _offering(invitation: CollaboratorInvitation) -> Decision:
    """Say whether whoever stands behind an offer may make it now."""
    inviter = invitation.invited_by
    if not inviter.is_active:
        return NOT_FOUND
    return decide(actors.person(inviter), "collaborators:invite", invitation.project)


def _behind(token: str) -> CollaboratorInvitation:
    """Lock upward from the link's project, and read the offer again."""
    offer = collaboration_behind(token)
    project = again(offer.project)
    found = (
        project.collaborator_invitations.open()
        .filter(pk=offer.pk, token_hash=digest(token))
        .first()
    )
    if found is None:
        raise InvitationClosed
    found.project = project
    return found


def _held(
    invitation: CollaboratorInvitation, actor: Actor, permission: str
) -> CollaboratorInvitation:
    """Ask policy before and under the lock, and read an open offer again."""
    require(actor, permission, invitation.project)
    project = again(invitation.project)
    require(actor, permission, project)
    found = project.collaborator_invitations.open().filter(pk=invitation.pk).first()
    if found is None:
        raise InvitationClosed
    found.project = project
    return found


def _close(invitation: CollaboratorInvitation, outcome: Outcome, actor: Actor) -> None:
    invitation.outcome, invitation.answered_at = outcome, clock.now()
    invitation.save(update_fields=["outcome", "answered_at"])
    closed = events.CollaboratorInvitationClosed(
        invitation_id=invitation.pk,
        email=invitation.email,
        project=invitation.project.name,
        level=Level(invitation.level).key,
        outcome=outcome,
    )
    note(closed, invitation.project, actor, _itself(invitation))


def _note_sent(invitation: CollaboratorInvitation, actor: Actor) -> None:
    invited = events.CollaboratorInvited(
        invitation_id=invitation.pk,
        email=invitation.email,
        project=invitation.project.name,
        level=Level(invitation.level).key,
        round=invitation.round,
    )
    note(invited, invitation.project, actor, _itself(invitation))


def _itself(invitation: CollaboratorInvitation) -> str:
    """Name an offer as a subject of the log: whose it was is forgotten by this name."""
    return f"collaboration:{invitation.pk}"
