"""Offering places, and what becomes of the offers."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.refusals import Invalid
from orgs import events
from orgs.models import Invitation, Membership, Organization
from orgs.models.invitation import Outcome, digest
from orgs.policy import require
from orgs.queries import verified_addresses
from orgs.refusals import AlreadyInvited, AlreadyMember, InvitationClosed
from orgs.roles import Role
from orgs.seats import claim_seat

LIFE = timedelta(days=7)

PERMISSION = {
    Role.MEMBER: "members:invite_member",
    Role.BILLING_MANAGER: "members:invite_billing_manager",
}
"""What inviting into a role asks for; every other role asks for ``members:invite``."""


@transaction.atomic
def invite_member(*, organization: Organization, email: str, role: str, actor: Actor) -> Invitation:
    """Offer ``email`` a place for seven days; it costs a seat only when accepted.

    Locks the organization, and asks policy again under the lock: seat holders and open seat
    invitations together never pass the limit. Refuses with AlreadyMember or AlreadyInvited.
    """
    permission = PERMISSION.get(Role(role), "members:invite")
    require(actor, permission, organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, permission, organization)
    email = address_of(email)
    if organization.memberships.filter(user__email__iexact=email).exists():
        raise AlreadyMember(field="email")
    _close_lapsed(organization, email)
    if organization.invitations.open().for_address(email).exists():
        raise AlreadyInvited(field="email")
    invitation = Invitation(
        organization=organization,
        email=email,
        role=role,
        invited_by_id=actor.person_id,
        expires_at=clock.now() + LIFE,
    )
    invitation.renew_token()
    invitation.save()
    _record_sent(invitation, organization, actor)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, actor: Actor) -> Invitation:
    """Send a new link for seven days more; links sent before open nothing any more."""
    organization = invitation.organization
    permission = PERMISSION.get(Role(invitation.role), "members:invite")
    require(actor, _without_seat(permission), organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, _without_seat(permission), organization)
    invitation = organization.invitations.get(pk=invitation.pk)
    if not invitation.is_open:
        raise InvitationClosed
    invitation.round += 1
    invitation.sent_at = clock.now()
    invitation.expires_at = clock.now() + LIFE
    invitation.renew_token()
    invitation.save(update_fields=["round", "sent_at", "expires_at", "token_hash"])
    _record_sent(invitation, organization, actor)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: Actor) -> None:
    """Withdraw an open invitation; withdrawing twice is once. Never gated."""
    _require_revoking(actor, invitation)
    organization = Organization.objects.lock(invitation.organization_id)
    _require_revoking(actor, invitation)
    invitation = organization.invitations.get(pk=invitation.pk)
    if invitation.outcome == Outcome.REVOKED:
        return
    if not invitation.is_open:
        raise InvitationClosed
    _close(invitation, Outcome.REVOKED, actor=actor)


@transaction.atomic
def accept_invitation(*, token: str, user: User, actor: Actor) -> Membership:
    """Join ``user`` to the organization behind the link; holding the link is the proof.

    Locks the organization, then reads the invitation again. A member who follows a link to an
    address of their own closes the offer and spends no second seat; that of somebody else stays
    open. Refuses with InvitationClosed, AlreadyMember or NoSeatLeft.
    """
    offer = Invitation.objects.open().filter(token_hash=digest(token)).first()
    if offer is None:
        raise InvitationClosed
    organization = Organization.objects.lock(offer.organization_id)
    invitation = (
        organization.invitations.open().filter(pk=offer.pk, token_hash=digest(token)).first()
    )
    if invitation is None or not organization.is_open:
        raise InvitationClosed
    membership = organization.memberships.filter(user=user).first()
    if membership is not None:
        if invitation.email.lower() not in verified_addresses(user):
            raise AlreadyMember("You are a member already; this invitation is for somebody else.")
        _close(invitation, Outcome.ACCEPTED, actor=actor)
        return membership
    claim_seat(organization, role=invitation.role)
    membership = organization.memberships.create(user=user, role=invitation.role)
    record(
        events.MemberJoined(user_id=user.pk, member=str(user), role=membership.role),
        actor=actor,
        organization=organization,
        about=[f"user:{user.pk}", f"invitation:{invitation.pk}"],
    )
    _mark(invitation, Outcome.ACCEPTED)
    return membership


@transaction.atomic
def decline_invitation(*, token: str, actor: Actor) -> None:
    """Say no to an offer; holding the link is the proof. Refuses with InvitationClosed."""
    offer = Invitation.objects.open().filter(token_hash=digest(token)).first()
    if offer is None:
        raise InvitationClosed
    organization = Organization.objects.lock(offer.organization_id)
    invitation = (
        organization.invitations.open().filter(pk=offer.pk, token_hash=digest(token)).first()
    )
    if invitation is None:
        raise InvitationClosed
    _close(invitation, Outcome.DECLINED, actor=actor)


def invitation_behind(token: str) -> Invitation:
    """Return the open invitation of a link, for showing it. Refuses with InvitationClosed."""
    found = (
        Invitation.objects.open()
        .filter(token_hash=digest(token))
        .select_related("organization", "invited_by")
        .first()
    )
    if found is None:
        raise InvitationClosed
    return found


def address_of(email: str) -> str:
    """Return an address as it is compared. Refuses what is none."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(
            "This is not an e-mail address.", reason="email_malformed", field="email"
        ) from None
    return User.objects.normalize_email(email)


def _without_seat(permission: str) -> str:
    """Sending again takes no further seat: ask for the role alone."""
    return (
        "members:revoke_invitation" if permission == "members:invite_member" else "members:remove"
    )


def _require_revoking(actor: Actor, invitation: Invitation) -> None:
    """Ask who may withdraw this offer: owners any, managers those of plain members."""
    require(actor, "members:revoke_invitation", invitation.organization)
    if invitation.role != Role.MEMBER:
        require(actor, "members:remove", invitation.organization)


def _close_lapsed(organization: Organization, email: str) -> None:
    for lapsed in organization.invitations.lapsed_unmarked().for_address(email):
        _close(lapsed, Outcome.LAPSED, actor=SYSTEM)


def _close(invitation: Invitation, outcome: Outcome, *, actor: Actor) -> None:
    _mark(invitation, outcome)
    record(
        events.InvitationClosed(
            invitation_id=invitation.pk,
            email=invitation.email,
            role=invitation.role,
            outcome=outcome,
        ),
        actor=actor,
        organization=invitation.organization,
        about=[f"invitation:{invitation.pk}"],
    )


def _mark(invitation: Invitation, outcome: Outcome) -> None:
    invitation.outcome = outcome
    invitation.answered_at = clock.now()
    invitation.save(update_fields=["outcome", "answered_at"])


def _record_sent(invitation: Invitation, organization: Organization, actor: Actor) -> None:
    record(
        events.InvitationSent(
            invitation_id=invitation.pk,
            email=invitation.email,
            role=invitation.role,
            round=invitation.round,
        ),
        actor=actor,
        organization=organization,
        about=[f"invitation:{invitation.pk}"],
    )
