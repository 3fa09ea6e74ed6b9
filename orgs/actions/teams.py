"""Teams: growing is gated, shrinking never.

Each action asks policy before it waits for the organization's lock, and again under it: whoever was
demoted meanwhile acts no more.
"""

from django.db import transaction

from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs import events
from orgs.models import Membership, Organization, Team, TeamMembership
from orgs.names import NAME_RULE, is_well_formed, normalized
from orgs.policy import require
from orgs.refusals import ConfirmationWrong, NameMalformed, NotInTeams, TeamNameTaken
from orgs.roles import Role


@transaction.atomic
def create_team(
    *, organization: Organization, name: str, actor: Actor, description: str = ""
) -> Team:
    """Make an empty team. Locks the organization. Refuses with NameMalformed or TeamNameTaken."""
    require(actor, "teams:grow", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "teams:grow", organization)
    _check_name(organization, name)
    team = organization.teams.create(
        name=name, normalized_name=normalized(name), description=description.strip()
    )
    record(
        events.TeamCreated(team=name),
        actor=actor,
        organization=organization,
        about=[f"team:{team.pk}"],
    )
    return team


@transaction.atomic
def change_team(*, team: Team, actor: Actor, name: str, description: str) -> Team:
    """Rename or describe a team; never gated. Refuses with NameMalformed or TeamNameTaken."""
    require(actor, "teams:shrink", team)
    organization = Organization.objects.lock(team.organization_id)
    team = _again(organization, team)
    require(actor, "teams:shrink", team)
    before = team.name
    if (name, description.strip()) == (before, team.description):
        return team
    _check_name(organization, name, other_than=team)
    team.name, team.normalized_name, team.description = name, normalized(name), description.strip()
    team.save(update_fields=["name", "normalized_name", "description"])
    record(
        events.TeamChanged(team=name, before=before),
        actor=actor,
        organization=organization,
        about=[f"team:{team.pk}"],
    )
    return team


@transaction.atomic
def delete_team(*, team: Team, actor: Actor, confirmation: str) -> None:
    """Delete a team with what hangs on it; ``confirmation`` is its name. Refuses with
    ConfirmationWrong.
    """
    require(actor, "teams:shrink", team)
    organization = Organization.objects.lock(team.organization_id)
    team = _again(organization, team)
    require(actor, "teams:shrink", team)
    if confirmation != team.name:
        raise ConfirmationWrong(field="confirmation")
    record(
        events.TeamDeleted(team=team.name, members=team.team_memberships.count()),
        actor=actor,
        organization=organization,
        about=[f"team:{team.pk}"],
    )
    team.delete()


@transaction.atomic
def add_team_member(
    *, team: Team, user: User, actor: Actor, is_maintainer: bool = False
) -> TeamMembership:
    """Put a member into a team; who is in it already stays as they are.

    Only owners and managers make maintainers. Refuses with NotFound for non-members and NotInTeams
    for billing managers.
    """
    require(actor, "teams:grow" if is_maintainer else "teams:add_members", team)
    organization = Organization.objects.lock(team.organization_id)
    team = _again(organization, team)
    require(actor, "teams:grow" if is_maintainer else "teams:add_members", team)
    membership = _member(organization, user)
    if membership.role == Role.BILLING_MANAGER:
        raise NotInTeams
    place, is_new = TeamMembership.objects.get_or_create(
        team=team,
        membership=membership,
        defaults={"organization": organization, "is_maintainer": is_maintainer},
    )
    if not is_new:
        return place
    record(
        events.TeamMemberAdded(
            user_id=user.pk, member=str(user), team=team.name, is_maintainer=is_maintainer
        ),
        actor=actor,
        organization=organization,
        about=[f"team:{team.pk}", f"user:{user.pk}"],
    )
    return place


@transaction.atomic
def set_maintainer(*, team: Team, user: User, is_maintainer: bool, actor: Actor) -> TeamMembership:
    """Make somebody in the team its maintainer, which is growth, or a plain member again, which
    never is.

    Twice is once. Locks the organization. Refuses with NotFound for people who are not in the team.
    """
    require(actor, "teams:grow" if is_maintainer else "teams:shrink", team)
    organization = Organization.objects.lock(team.organization_id)
    team = _again(organization, team)
    require(actor, "teams:grow" if is_maintainer else "teams:shrink", team)
    place = _place(team, user)
    if place.is_maintainer == is_maintainer:
        return place
    place.is_maintainer = is_maintainer
    place.save(update_fields=["is_maintainer"])
    record(
        events.TeamMaintainerSet(
            user_id=user.pk,
            member=str(user),
            team=team.name,
            place="maintainer" if is_maintainer else "a plain member",
        ),
        actor=actor,
        organization=organization,
        about=[f"team:{team.pk}", f"user:{user.pk}"],
    )
    return place


@transaction.atomic
def remove_team_member(*, team: Team, user: User, actor: Actor) -> None:
    """Take a member out of a team; never gated. A maintainer does not remove another maintainer."""
    require(actor, "teams:remove_members", team)
    organization = Organization.objects.lock(team.organization_id)
    team = _again(organization, team)
    require(actor, "teams:remove_members", team)
    place = _place(team, user)
    if place.is_maintainer and user.pk != actor.user_id:
        require(actor, "teams:shrink", team)
    place.delete()
    record(
        events.TeamMemberRemoved(user_id=user.pk, member=str(user), team=team.name),
        actor=actor,
        organization=organization,
        about=[f"team:{team.pk}", f"user:{user.pk}"],
    )


def _check_name(organization: Organization, name: str, other_than: Team | None = None) -> None:
    if not is_well_formed(name):
        raise NameMalformed(NAME_RULE, field="name")
    same = organization.teams.filter(normalized_name=normalized(name))
    if other_than is not None:
        same = same.exclude(pk=other_than.pk)
    if same.exists():
        raise TeamNameTaken(field="name")


def _again(organization: Organization, team: Team) -> Team:
    found = organization.teams.filter(pk=team.pk).first()
    if found is None:
        raise NotFound
    return found


def _place(team: Team, user: User) -> TeamMembership:
    found = (
        team.team_memberships.filter(membership__user=user)
        .select_related("membership__user")
        .first()
    )
    if found is None:
        raise NotFound("This person is not in the team.")
    return found


def _member(organization: Organization, user: User) -> Membership:
    found = organization.memberships.filter(user=user).first()
    if found is None:
        raise NotFound("This person is not a member of the organization.", field="user")
    return found
