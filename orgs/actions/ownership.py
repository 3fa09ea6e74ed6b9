"""Handing an organization over: one transaction, in which there is an owner at every moment."""

from django.db import transaction

from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from kernel.refusals import Invalid, NotFound
from orgs.actions.members import end_membership
from orgs.actions.transfers import take_back_offers
from orgs.events import OwnershipTransferred
from orgs.models import Membership, Organization
from orgs.policy import require
from orgs.refusals import ConfirmationWrong, OwnershipStays
from orgs.roles import Role, takes_seat
from orgs.seats import claim_seat_for_joiner, recount, take_over_seat

LEAVE = "leave"
STAYS = {
    Role.MANAGER.value: "is manager now",
    Role.MEMBER.value: "is member now",
    LEAVE: "has left",
}
"""What the former owner becomes, as the log tells it."""


@transaction.atomic
def transfer_ownership(
    *, organization: Organization, user: User, stays: str, confirmation: str, actor: Actor
) -> Membership:
    """Make the member ``user`` an owner in the actor's place, who becomes manager or member, or
    leaves.

    ``confirmation`` is the organization's name. A billing manager needs a seat for it: that of the
    leaving owner, in every standing, or else a free one. With several owners the others stay what
    they are, and one of them may be ``user``. Locks the organization, and asks policy again under
    the lock. Refuses with ConfirmationWrong, OwnershipStays, Invalid, NotFound or NoSeatLeft.
    """
    require(actor, "ownership:transfer", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "ownership:transfer", organization)
    if confirmation != organization.name:
        raise ConfirmationWrong(field="confirmation")
    if stays not in STAYS:
        raise Invalid("Say what you become: manager or member, or that you leave.", field="stays")
    if user.pk == actor.person_id:
        raise OwnershipStays(field="user")
    former = organization.memberships.select_related("user").get(user_id=actor.person_id)
    heir = organization.memberships.select_related("user").filter(user=user).first()
    if heir is None:
        raise NotFound("This person is not a member.")
    before = heir.role
    if not takes_seat(before):
        _seat(organization, heir, actor, is_handed_on=stays == LEAVE)
    _give(heir, Role.OWNER)
    record(
        OwnershipTransferred(
            user_id=heir.user_id,
            former_id=former.user_id,
            member=str(heir.user),
            before=Role(before).label,
            stays=STAYS[stays],
        ),
        actor=actor,
        organization=organization,
        about=[f"user:{heir.user_id}"],
    )
    if stays == LEAVE:
        end_membership(organization, former, actor=actor, how="left")
    else:
        take_back_offers(organization, former.user_id, actor=actor)
        _give(former, stays)
    recount(organization)
    return heir


def _seat(
    organization: Organization, heir: Membership, actor: Actor, *, is_handed_on: bool
) -> None:
    """Seat a billing manager who becomes owner: in the leaving owner's seat, or in a free one."""
    if is_handed_on:
        take_over_seat(organization, role=Role.OWNER)
        return
    require(actor, "members:change_role_into_seat", organization)
    claim_seat_for_joiner(organization, role=Role.OWNER, user_id=heir.user_id)


def _give(membership: Membership, role: str) -> None:
    membership.role = role
    membership.save(update_fields=["role"])
