"""Deleting an account: the person goes, what others need of the past stays.

It stands at the roof, because a person is in every house.
"""

from dataclasses import dataclass, replace

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.actions.tokens import require_fresh_person, revoke_personal_token
from accounts.events import AccountDeleted
from accounts.models import ExternalUser, MutedMail, SecondFactorReset, User
from accounts.models.user import DELETED_AT
from accounts.refusals import (
    OnlyOwnerSomewhere,
    OwnsProjects,
    PlacesChanged,
    StaffAccount,
    TypedWrong,
)
from audit.erasing import erase_person_from_log
from audit.record import record
from community.actions.applications import withdraw_application
from community.models import Application
from community.states import UNDECIDED, State
from kernel import clock
from kernel.actor import SYSTEM, Actor
from kernel.refusals import NotFound, Remedy
from orgs.actions.access import remove_project_role
from orgs.actions.members import leave
from orgs.actions.transfers import decline_transfer
from orgs.models import (
    CollaboratorInvitation,
    Invitation,
    Membership,
    Organization,
    Project,
    ProjectTransfer,
)
from orgs.models.offer import Outcome
from orgs.queries import verified_addresses
from orgs.roles import Role

LEAVING = (State.DRAFT, *UNDECIDED)
"""Applications that end with their applicant."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What deleting an account would end."""

    only_owner_of: list[Organization]
    projects: list[Project]
    places: list[Membership]
    tokens: int
    applications: int


def losses_of(user: User) -> Losses:
    """Return what a person would lose, and which organizations would be left without an owner."""
    places = list(
        Membership.objects.filter(user=user, organization__in=Organization.objects.live())
        .select_related("organization")
        .order_by("organization_id")
    )
    return Losses(
        only_owner_of=[place.organization for place in places if _is_only_owner(place)],
        projects=list(user.owned_projects.order_by("normalized_name")),
        places=places,
        tokens=user.tokens.live().count(),
        applications=_applications_of(user).count(),
    )


@transaction.atomic
def delete_account(*, user: User, confirmation: str, actor: Actor) -> None:
    """Take a person out of everything and erase who they were; an empty row stays behind.

    They leave their organizations, decline what is offered to them, their applications are
    withdrawn, tokens and sessions end, and
    the log keeps what happened without their words. Locks the organizations in their order, the
    person, then the rest. Refuses with FreshSignInRequired, StaffAccount, TypedWrong,
    OnlyOwnerSomewhere, OwnsProjects or PlacesChanged.
    """
    if actor.user_id != user.pk:
        raise NotFound
    require_fresh_person(actor)
    if user.is_staff or user.is_superuser:
        raise StaffAccount
    if confirmation.strip().lower() != user.email.lower():
        raise TypedWrong(field="confirmation")
    locked = _lock_houses(user)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not _houses_of(user) <= locked:
        raise PlacesChanged
    _leave_organizations(user, actor)
    for transfer in _offered_to(user).order_by("project_id"):
        decline_transfer(transfer=transfer, actor=actor)
    for application in _applications_of(user).order_by("pk"):
        withdraw_application(application=application, actor=actor)
    for token in user.tokens.live().order_by("pk"):
        revoke_personal_token(token=token, actor=actor)
    address = user.email
    offers = _forget_offers(user)
    _erase(user)
    erase_person_from_log(user_id=user.pk, actor=SYSTEM, also_about=offers)
    record(AccountDeleted(email=address), actor=replace(actor, label="", address=""))


def _lock_houses(user: User) -> set[int]:
    """Lock every organization in which a person has a place or a level, or which offers them a
    project, in their order.
    """
    theirs = Organization.objects.filter(pk__in=_houses_of(user)).order_by("pk")
    return {each.pk for each in theirs.select_for_update(no_key=True)}


def _houses_of(user: User) -> set[int]:
    places = user.memberships.values_list("organization_id", flat=True)
    levels = user.project_roles.exclude(project__organization=None)
    offers = _offered_to(user).exclude(from_organization=None)
    return {
        *places,
        *levels.values_list("project__organization_id", flat=True),
        *offers.values_list("from_organization_id", flat=True),
    }


def _offered_to(user: User) -> QuerySet[ProjectTransfer]:
    return ProjectTransfer.objects.open().filter(to_user=user)


def _leave_organizations(user: User, actor: Actor) -> None:
    losses = losses_of(user)
    if losses.only_owner_of:
        names = ", ".join(each.display_name for each in losses.only_owner_of)
        raise OnlyOwnerSomewhere(
            f"You are the only owner of {names}. Make somebody else an owner there, or delete it.",
            remedy=Remedy("See what you can do", "you", "/account/delete/"),
        )
    if losses.projects:
        names = ", ".join(project.name for project in losses.projects)
        raise OwnsProjects(
            f"You own {names}. Give each to somebody else, or delete it, first.",
            remedy=Remedy("See your projects", "you", "/projects/"),
        )
    for place in losses.places:
        leave(organization=place.organization, actor=actor)
    for role in user.project_roles.select_related("project").order_by("project_id"):
        remove_project_role(project=role.project, user=user, actor=actor)


def _erase(user: User) -> None:
    """Leave an empty row that nobody signs in with; its password's end ends every session."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    SecondFactorReset.objects.filter(user=user).delete()
    user.muted_mail.all().delete()
    ExternalUser.objects.filter(user=user).delete()
    user.email = f"{user.public_id}{DELETED_AT}"
    user.name, user.staff_role = "", ""
    user.is_active = False
    user.deleted_at = clock.wall()
    user.last_login = None
    user.set_unusable_password()
    user.save()


def _forget_offers(user: User) -> list[str]:
    """Close every offer made to a person, and take their addresses out of all; return under which
    names the log tells of these.
    """
    addresses = verified_addresses(user)
    places = Invitation.objects.for_person(user, addresses)
    levels = CollaboratorInvitation.objects.alias(to=Lower("email")).filter(to__in=addresses)
    MutedMail.objects.alias(to=Lower("address")).filter(to__in=addresses).delete()
    found = [f"invitation:{pk}" for pk in places.values_list("pk", flat=True)]
    found += [f"collaboration:{pk}" for pk in levels.values_list("pk", flat=True)]
    for offers in (places, levels):
        offers.filter(outcome="").update(outcome=Outcome.LAPSED, answered_at=clock.now())
    levels.update(email="")
    places.update(email="", user=user)  # to the empty row of the account
    return found


def _is_only_owner(place: Membership) -> bool:
    if place.role != Role.OWNER:
        return False
    return not place.organization.memberships.owners().exclude(pk=place.pk).exists()


def _applications_of(user: User) -> QuerySet[Application]:
    return Application.objects.filter(applicant=user, state__in=LEAVING)
