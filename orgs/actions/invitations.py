"""Offering places, and what becomes of the offers."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import actors
from accounts.models import User
from accounts.refusals import FreshSignInRequired
from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.refusals import Invalid, Remedy
from orgs import events
from orgs.decision import Decision
from orgs.invitation_limits import spend_one
from orgs.models import Invitation, Membership, Organization
from orgs.models.invitation import Outcome, digest
from orgs.models.organization import State
from orgs.policy import allowed_or_refused, decide, require
from orgs.queries import verified_addresses
from orgs.refusals import (
    AlreadyInvited,
    AlreadyMember,
    InvitationClosed,
    InvitationForAnother,
    NoSeatLeft,
    OrganizationClosing,
)
from orgs.roles import Role
from orgs.seats import claim_seat_for_joiner, seated_addresses

LIFE = timedelta(days=7)

PERMISSION = {
    Role.OWNER: "members:invite_owner",
    Role.MEMBER: "members:invite_member",
    Role.BILLING_MANAGER: "members:invite_billing_manager",
}
"""What inviting into a role asks for; every other role asks for ``members:invite``."""
RIGHT_IS_GONE = frozenset({"not_found", "role_too_low", "not_a_company"})
LONGEST_ADDRESS = 254
"""As much as a mail can be sent to, and as is stored."""
MOST_WORDS = 500
"""As much as somebody who declines can say."""


@transaction.atomic
def invite_member(
    *,
    organization: Organization,
    role: str,
    actor: Actor,
    email: str = "",
    user: User | None = None,
) -> Invitation:
    """Offer ``email``, or the account ``user``, a place for seven days; it costs a seat only when
    accepted.

    An address with and one without an account are answered alike. Locks the organization, and asks
    policy again under the lock: seat holders and open seat invitations together never pass the
    limit. Refuses with AlreadyMember, AlreadyInvited or TooManyInvitations.
    """
    _ask_to_offer(role, organization, actor)
    organization = Organization.objects.lock(organization.pk)
    answer = _ask_to_offer(role, organization, actor)
    email = "" if user is not None else address_of(email)
    if not seated_addresses(organization, [user.email if user is not None else email]):
        allowed_or_refused(answer)
    members = organization.memberships
    if (members.filter(user=user) if user else members.filter(email_key=email.lower())).exists():
        raise AlreadyMember(field="email")
    invitations = organization.invitations
    same = invitations.filter(user=user) if user else invitations.for_address(email)
    for lapsed in same.lapsed_unmarked():
        close_invitation(lapsed, Outcome.LAPSED, actor=SYSTEM)
    if same.open().exists():
        raise AlreadyInvited(field="email")
    spend_one(organization, actor, field="email")
    invitation = an_offer(organization, email=email, user=user, role=role, actor=actor)
    invitation.save()
    record_sent(invitation, organization, actor)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, actor: Actor) -> Invitation:
    """Send a new link for seven days more; links sent before open nothing any more.

    Whoever sends it again stands behind it from now on: it is their right to offer the role that
    acceptance asks for. Refuses with InvitationClosed, OrganizationClosing or TooManyInvitations.
    """
    organization = invitation.organization
    permission = _resending(invitation.role)
    require(actor, permission, organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, permission, organization)
    invitation = organization.invitations.get(pk=invitation.pk)
    if not invitation.is_open:
        raise InvitationClosed
    if organization.state != State.OPEN:
        raise OrganizationClosing(f"{organization} is being closed; nobody is invited any more.")
    spend_one(organization, actor)
    invitation.round += 1
    invitation.invited_by_id = actor.person_id
    invitation.sent_at = clock.now()
    invitation.expires_at = clock.now() + LIFE
    invitation.renew_token()
    invitation.save(update_fields=["round", "invited_by", "sent_at", "expires_at", "token_hash"])
    record_sent(invitation, organization, actor)
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
    close_invitation(invitation, Outcome.REVOKED, actor=actor)


@transaction.atomic
def accept_invitation(*, token: str, user: User, actor: Actor) -> Membership:
    """Join ``user`` to the organization behind the link; holding the link is the proof.

    Locks the organization, then asks everything again: whether the offer and the organization are
    open, and whether whoever stands behind the offer may still make it. A member who follows a link
    to themselves closes the offer and spends no second seat; one to somebody else stays open. Other
    offers to the same person close along with this one. Nobody becomes an owner by token. Refuses
    with InvitationClosed, InvitationForAnother, FreshSignInRequired, AlreadyMember or NoSeatLeft.
    """
    organization, invitation = _locked_offer(token, user.pk)
    if not may_still_offer(invitation, organization):
        raise InvitationClosed
    if invitation.role == Role.OWNER and actor.scopes is not None:
        raise FreshSignInRequired(Remedy("Accept it on its page", "you", f"/invitations/{token}/"))
    addresses = verified_addresses(user)
    membership = organization.memberships.filter(user=user).first()
    if membership is not None:
        if invitation.user_id != user.pk and invitation.email.lower() not in addresses:
            raise AlreadyMember("You are a member already; this invitation is for somebody else.")
        close_invitation(invitation, Outcome.ACCEPTED, actor=actor)
        return membership
    claim_seat_for_joiner(organization, role=invitation.role, user_id=user.pk)
    membership = organization.memberships.create(user=user, role=invitation.role)
    record(
        events.MemberJoined(user_id=user.pk, member=str(user), role=membership.role),
        actor=actor,
        organization=organization,
        about=[f"user:{user.pk}", f"invitation:{invitation.pk}"],
    )
    _mark(invitation, Outcome.ACCEPTED)
    for other in organization.invitations.open().for_person(user, addresses):
        close_invitation(other, Outcome.ACCEPTED, actor=actor)
    return membership


@transaction.atomic
def decline_invitation(*, token: str, actor: Actor, words: str = "") -> None:
    """Say no to an offer, and why, if one likes; holding the link is the proof.

    The words (at most 500 characters) are for the inviter and the owners. Refuses with
    InvitationClosed, InvitationForAnother or Invalid.
    """
    words = words.strip()
    if len(words) > MOST_WORDS:
        raise Invalid(f"Say it in at most {MOST_WORDS} characters.", field="words")
    organization, invitation = _locked_offer(token, actor.person_id)
    if not words:
        close_invitation(invitation, Outcome.DECLINED, actor=actor)
        return
    _mark(invitation, Outcome.DECLINED)
    record(
        events.InvitationDeclined(
            invitation_id=invitation.pk,
            email=invitation.addressee,
            role=invitation.role,
            words=words,
        ),
        actor=actor,
        organization=organization,
        about=[f"invitation:{invitation.pk}"],
    )


def invitation_behind(token: str) -> Invitation:
    """Return the open invitation of a link, for showing it. Refuses with InvitationClosed.

    Links that are unknown, answered, withdrawn, lapsed, of an organization that closes, and of an
    inviter who may not offer this any more, look alike.
    """
    found = (
        Invitation.objects.open()
        .filter(token_hash=digest(token), organization__state=State.OPEN)
        .select_related("organization", "invited_by", "user")
        .first()
    )
    if found is None or not may_still_offer(found, found.organization):
        raise InvitationClosed
    return found


def may_still_offer(invitation: Invitation, organization: Organization) -> bool:
    """Whether whoever stands behind an offer still holds the right to make it.

    Standing and seats are no matter here: the seat is claimed by itself.
    """
    inviter = invitation.invited_by
    answer = decide(actors.person(inviter), offering(invitation.role), organization)
    return inviter.is_active and answer.reason not in RIGHT_IS_GONE


def offering(role: str) -> str:
    """Return the permission that inviting into a role asks for."""
    return PERMISSION.get(Role(role), "members:invite")


def an_offer(
    organization: Organization, *, email: str, user: User | None, role: str, actor: Actor
) -> Invitation:
    """Return an invitation that is not stored yet, with the token of its first round."""
    invitation = Invitation(
        organization=organization,
        email=email,
        user=user,
        role=role,
        invited_by_id=actor.person_id,
        expires_at=clock.now() + LIFE,
    )
    invitation.renew_token()
    return invitation


def record_sent(invitation: Invitation, organization: Organization, actor: Actor) -> None:
    """Write that a link is to go out; the mail is what hears it."""
    record(
        events.InvitationSent(
            invitation_id=invitation.pk,
            email=invitation.addressee,
            role=invitation.role,
            round=invitation.round,
        ),
        actor=actor,
        organization=organization,
        about=[f"invitation:{invitation.pk}"],
    )


def _ask_to_offer(role: str, organization: Organization, actor: Actor) -> Decision:
    """Refuse who may not offer the role. That no seat is left is for the caller to weigh: somebody
    from outside may be seated already.
    """
    answer = decide(actor, offering(role), organization)
    return answer if answer.reason == NoSeatLeft.reason else allowed_or_refused(answer)


def address_of(email: str) -> str:
    """Return an address as it is kept. Refuses with Invalid."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(
            "This is not an e-mail address.", reason="email_malformed", field="email"
        ) from None
    email = User.objects.normalize_email(email)
    if len(email) > LONGEST_ADDRESS:
        raise Invalid(
            f"An address here has at most {LONGEST_ADDRESS} characters.",
            reason="email_malformed",
            field="email",
        )
    return email


def _locked_offer(token: str, person_id: int) -> tuple[Organization, Invitation]:
    """Return the open offer of a link to a person, read again under the organization's lock."""
    offer = Invitation.objects.open().filter(token_hash=digest(token)).first()
    if offer is None:
        raise InvitationClosed
    organization = Organization.objects.lock(offer.organization_id)
    invitation = (
        organization.invitations.open().filter(pk=offer.pk, token_hash=digest(token)).first()
    )
    if invitation is None or organization.state != State.OPEN:
        raise InvitationClosed
    if invitation.user_id not in (None, person_id):
        raise InvitationForAnother
    return organization, invitation


def _resending(role: str) -> str:
    """Sending again takes no further seat: ask for the role alone."""
    return "members:resend_invitation" if role == Role.MEMBER else "members:resend_any_invitation"


def _require_revoking(actor: Actor, invitation: Invitation) -> None:
    """Ask who may withdraw this offer: owners any, managers those of plain members."""
    require(actor, "members:revoke_invitation", invitation.organization)
    if invitation.role != Role.MEMBER:
        require(actor, "members:revoke_any_invitation", invitation.organization)


def close_invitation(invitation: Invitation, outcome: Outcome, *, actor: Actor) -> None:
    """Close an offer, and write how; the caller holds the organization's lock."""
    _mark(invitation, outcome)
    record(
        events.InvitationClosed(
            invitation_id=invitation.pk,
            email=invitation.addressee,
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
