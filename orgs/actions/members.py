"""People in an organization: changing roles, leaving, removing."""

from django.db import transaction

from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs.actions.transfers import take_back_offers
from orgs.events import MemberLeft, MemberVisibilitySet, RoleChanged
from orgs.models import Membership, Organization
from orgs.offboarding import end_rights
from orgs.policy import require
from orgs.refusals import LastOwner
from orgs.roles import Role, takes_seat
from orgs.seats import claim_seat_for_joiner, recount, release_seat


@transaction.atomic
def leave(*, organization: Organization, actor: Actor) -> None:
    """Take the actor out of the organization; never gated. Refuses the last owner with LastOwner.

    Locks the organization, then reads the membership again.
    """
    require(actor, "members:leave", organization)
    organization = Organization.objects.lock(organization.pk)
    membership = organization.memberships.filter(user_id=actor.person_id).first()
    if membership is None:
        raise NotFound
    end_membership(organization, membership, actor=actor, how="left")


@transaction.atomic
def remove_member(*, organization: Organization, user: User, actor: Actor) -> None:
    """Take ``user`` out with every team right; owners remove anybody, managers plain members only.

    Another owner is removed after a fresh sign-in only. Removing oneself is leaving. Locks the
    organization, and asks policy again under the lock. Refuses with LastOwner.
    """
    require(actor, "members:remove_member", organization)
    organization = Organization.objects.lock(organization.pk)
    membership = organization.memberships.filter(user=user).first()
    if membership is None:
        raise NotFound("This person is not a member.")
    is_plain = membership.role == Role.MEMBER
    require(actor, "members:remove_member" if is_plain else "members:remove", organization)
    how = "left" if user.pk == actor.user_id else "removed"
    if how == "removed" and membership.role == Role.OWNER:
        require(actor, "members:change_owners", organization)
    end_membership(organization, membership, actor=actor, how=how)


@transaction.atomic
def change_role(*, organization: Organization, user: User, role: str, actor: Actor) -> Membership:
    """Give a member another role. Entering a role with a seat takes one; leaving it gives it back.

    Becoming an owner, or an owner no more, needs a fresh sign-in. Becoming billing manager empties
    the person's teams; being owner no longer takes back the projects they had on offer. Twice is
    once. Locks the organization, and asks policy again under the lock. Refuses with LastOwner or
    NoSeatLeft.
    """
    require(actor, "members:change_role", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "members:change_role", organization)
    membership = organization.memberships.filter(user=user).first()
    if membership is None:
        raise NotFound("This person is not a member.")
    before = membership.role
    if before == role:
        return membership
    if Role.OWNER in (before, role):
        require(actor, "members:change_owners", organization)
    if role == Role.BILLING_MANAGER:
        require(actor, "members:invite_billing_manager", organization)
    if before == Role.OWNER:
        keep_an_owner(organization, membership)
    if takes_seat(role) and not takes_seat(before):
        require(actor, "members:change_role_into_seat", organization)
        claim_seat_for_joiner(organization, role=role, user_id=user.pk)
    elif takes_seat(before) and not takes_seat(role):
        release_seat(organization, role=before)
        membership.team_memberships.all().delete()
    if before == Role.OWNER:
        take_back_offers(organization, user.pk, actor=actor)
    membership.role = role
    membership.save(update_fields=["role"])
    recount(organization)  # who loses the seat of a role may hold one by a private project
    record(
        RoleChanged(user_id=user.pk, member=str(user), before=before, after=role),
        actor=actor,
        organization=organization,
        about=[f"user:{user.pk}"],
    )
    return membership


@transaction.atomic
def show_myself(*, organization: Organization, is_public: bool, actor: Actor) -> Membership:
    """Let the public profile show the actor, or not; nobody chooses that for somebody else.

    Twice is once. Locks the organization, then reads the membership again.
    """
    require(actor, "members:show_self", organization)
    organization = Organization.objects.lock(organization.pk)
    membership = organization.memberships.filter(user_id=actor.person_id).first()
    if membership is None:
        raise NotFound
    if membership.is_public == is_public:
        return membership
    membership.is_public = is_public
    membership.save(update_fields=["is_public"])
    person = membership.user
    record(
        MemberVisibilitySet(
            user_id=person.pk, member=str(person), visibility="shown" if is_public else "hidden"
        ),
        actor=actor,
        organization=organization,
        about=[f"user:{person.pk}"],
    )
    return membership


def end_membership(
    organization: Organization, membership: Membership, *, actor: Actor, how: str
) -> None:
    """Take somebody out with every right that hangs on the place; one event names them all.

    The caller holds the organization's lock, and has asked policy. Refuses with LastOwner.
    """
    if membership.role == Role.OWNER:
        keep_an_owner(organization, membership)
    person, lost = membership.user, end_rights(membership, actor=actor)
    release_seat(organization, role=membership.role)
    record(
        MemberLeft(
            user_id=person.pk,
            member=str(person),
            role=membership.role,
            how=how,
            lost="; ".join(loss.words for loss in lost) or "nothing else",
        ),
        actor=actor,
        organization=organization,
        about=[f"user:{person.pk}"],
    )
    membership.delete()
    recount(organization)


def keep_an_owner(organization: Organization, leaving: Membership) -> None:
    """Refuse to lose the last owner; the caller holds the organization's lock."""
    if not organization.memberships.owners().exclude(pk=leaving.pk).exists():
        raise LastOwner
