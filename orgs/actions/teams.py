"""Teams: growing is gated, shrinking never.

Each action asks policy before it waits for the organization's lock, and again under it: whoever was
demoted meanwhile acts no more.
"""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs import events
from orgs.models import Organization, Team, TeamMembership
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
    organization, team = _locked(team, actor, "teams:shrink")
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
    organization, team = _locked(team, actor, "teams:shrink")
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
    (place,) = add_team_members(team=team, users=[user], actor=actor, is_maintainer=is_maintainer)
    return place


@transaction.atomic
def add_team_members(
    *, team: Team, users: Sequence[User], actor: Actor, is_maintainer: bool = False
) -> list[TeamMembership]:
    """Put several members into a team, all or none of them; who is in it already stays as they are.

    Only owners and managers make maintainers. Locks the organization, and asks policy again under
    the lock. Refuses with NotFound when one is no member, and NotInTeams for billing managers.
    """
    permission = "teams:grow" if is_maintainer else "teams:add_members"
    organization, team = _locked(team, actor, permission)
    found = organization.memberships.filter(user__in=users).select_related("user")
    members = {membership.user_id: membership for membership in found}
    if len(members) < len({user.pk for user in users}):
        raise NotFound("This person is not a member of the organization.", field="user")
    if any(membership.role == Role.BILLING_MANAGER for membership in members.values()):
        raise NotInTeams(field="user")
    rows = team.team_memberships.filter(membership__in=members.values())
    places = {place.membership_id: place for place in rows}
    added = TeamMembership.objects.bulk_create(
        TeamMembership(
            organization=organization,
            team=team,
            membership=membership,
            is_maintainer=is_maintainer,
        )
        for membership in members.values()
        if membership.pk not in places
    )
    for place in added:
        _record_added(place, organization, actor)
    places |= {place.membership_id: place for place in added}
    for membership in members.values():
        places[membership.pk].membership = membership
    return [places[members[user.pk].pk] for user in users]


@transaction.atomic
def set_maintainer(*, team: Team, user: User, is_maintainer: bool, actor: Actor) -> TeamMembership:
    """Make somebody in the team its maintainer, which is growth, or a plain member again, which
    never is.

    Twice is once. Locks the organization. Refuses with NotFound for people who are not in the team.
    """
    organization, team = _locked(team, actor, "teams:grow" if is_maintainer else "teams:shrink")
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
    organization, team = _locked(team, actor, "teams:remove_members")
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


def _locked(team: Team, actor: Actor, permission: str) -> tuple[Organization, Team]:
    """Ask policy, lock the organization, read the team again, and ask policy again under the lock.

    Refuses with NotFound when the team went meanwhile.
    """
    require(actor, permission, team)
    organization = Organization.objects.lock(team.organization_id)
    found = organization.teams.filter(pk=team.pk).first()
    if found is None:
        raise NotFound
    require(actor, permission, found)
    return organization, found


def _place(team: Team, user: User) -> TeamMembership:
    found = (
        team.team_memberships.filter(membership__user=user)
        .select_related("membership__user")
        .first()
    )
    if found is None:
        raise NotFound("This person is not in the team.")
    return found


def _record_added(place: TeamMembership, organization: Organization, actor: Actor) -> None:
    user = place.membership.user
    record(
        events.TeamMemberAdded(
            user_id=user.pk,
            member=str(user),
            team=place.team.name,
            is_maintainer=place.is_maintainer,
        ),
        actor=actor,
        organization=organization,
        about=[f"team:{place.team_id}", f"user:{user.pk}"],
    )
