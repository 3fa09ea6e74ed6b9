"""Page-sized reads of projects, of who has which level, and of offers. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from accounts.models import User
from kernel.pagination import CursorUnreadable, Page, page_of
from orgs.access import Holder, holders_of, people_by_id
from orgs.facts import Way, facts_of
from orgs.levels import Level
from orgs.models import (
    CollaboratorInvitation,
    Membership,
    Organization,
    Project,
    ProjectRole,
    ServiceToken,
    Team,
    TeamGrant,
    TeamMembership,
)
from orgs.names import normalized
from orgs.roles import SEAT_ROLES, Role
from orgs.service_scopes import ServiceScope

MOST_NAMED = 200
"""As many names as a list to choose from can hold."""
AT_A_GLANCE = 8
"""As many people as are named where a page of its own lists them all."""


def with_level(user_id: int, least: Level = Level.READ) -> Q:
    """Narrow projects to those on which a person has a level, by the same ways as the facts."""
    place = Membership.objects.filter(
        organization=OuterRef("organization"), user_id=user_id
    ).filter(
        Q(role=Role.OWNER)
        | Q(role=Role.MANAGER, user_id=OuterRef("created_by"))
        | Q(role__in=SEAT_ROLES, organization__base_level__gte=least)
    )
    role = ProjectRole.objects.filter(project=OuterRef("pk"), user_id=user_id, level__gte=least)
    team = TeamGrant.objects.filter(
        project=OuterRef("pk"),
        level__gte=least,
        team__team_memberships__membership__user=user_id,
    )
    held = Q(Exists(role)) | Q(Exists(team)) | Q(Exists(place))
    return Q(owner=user_id) | (held & ~Q(Exists(_locked_out(user_id))))


def _locked_out(user_id: int) -> QuerySet[Membership]:
    """Return the place of a person who lacks the second factor that the organization demands."""
    factors = Authenticator.objects.filter(user=user_id).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return Membership.objects.filter(
        ~Exists(factors),
        organization=OuterRef("organization"),
        user_id=user_id,
        organization__requires_second_factor=True,
    )


def seen_by(user_id: int) -> Q:
    """Narrow projects to those that ``projects:read`` opens to a person."""
    return Q(is_private=False) | with_level(user_id)


def projects_of(
    organization: Organization,
    *,
    seen_by_id: int,
    words: str = "",
    cursor: str = "",
    size: int = 50,
) -> Page[Project]:
    """Return the projects of an organization that a person sees, by name."""
    rows = organization.projects.filter(seen_by(seen_by_id))
    if words:
        rows = rows.filter(_matches(words))
    return page_of(rows, order=["normalized_name"], cursor=cursor, size=size)


def all_projects_of(
    organization: Organization, *, cursor: str = "", size: int = 50
) -> Page[Project]:
    """Return every project of an organization by name, for a service token of its own."""
    return page_of(organization.projects.all(), order=["normalized_name"], cursor=cursor, size=size)


def count_projects_of(organization: Organization, *, seen_by_id: int) -> int:
    """Return how many projects of an organization a person sees."""
    return organization.projects.filter(seen_by(seen_by_id)).count()


def my_projects(user: User, *, cursor: str = "", size: int = 50) -> Page[Project]:
    """Return what a person owns, has a level of their own on, or created and still has a level on.

    What reaches them through organizations only is listed there.
    """
    own_role = ProjectRole.objects.filter(project=OuterRef("pk"), user=user)
    theirs = (Q(Exists(own_role)) | Q(created_by=user)) & with_level(user.pk)
    rows = Project.objects.filter(Q(owner=user) | theirs)
    return page_of(
        rows.select_related("owner", "organization"),
        order=["normalized_name"],
        cursor=cursor,
        size=size,
    )


def levels_of(user_id: int | None, projects: Sequence[Project]) -> Mapping[int, Way]:
    """Return a person's best way on each of the projects where there is one, in one query."""
    found = facts_of([(user_id, project) for project in projects])
    return {
        project.pk: facts.ways[0]
        for project, facts in zip(projects, found, strict=True)
        if facts is not None and facts.ways
    }


def administrators_of(project: Project) -> Sequence[User]:
    """Return some of those who administer a project, the longest here first."""
    place = Membership.objects.filter(
        organization=project.organization_id, user=OuterRef("pk")
    ).filter(
        Q(role=Role.OWNER)
        | Q(role=Role.MANAGER, user=project.created_by_id)
        | Q(role__in=SEAT_ROLES, organization__base_level=Level.ADMINISTER)
    )
    role = ProjectRole.objects.filter(project=project, user=OuterRef("pk"), level=Level.ADMINISTER)
    team = TeamMembership.objects.filter(
        membership__user=OuterRef("pk"),
        team__grants__project=project,
        team__grants__level=Level.ADMINISTER,
    )
    return list(
        User.objects.filter(
            Q(pk=project.owner_id) | Q(Exists(place)) | Q(Exists(role)) | Q(Exists(team))
        ).order_by("pk")[:AT_A_GLANCE]
    )


@dataclass(frozen=True, slots=True)
class Access:
    """One person on the page of who may do what: every way, and their own level if they have
    one.
    """

    person: User
    ways: tuple[Way, ...]
    own_level: Level | None

    @property
    def level(self) -> Level:
        """The most generous of the ways."""
        return self.ways[0].level


@dataclass(frozen=True, slots=True)
class AccessPage:
    """One page of people with a level, and the cursor of the next (empty at the end)."""

    rows: Sequence[Access]
    next_cursor: str


def access_to(project: Project, *, cursor: str = "", size: int = 50) -> AccessPage:
    """Return who has a level on the project and every way to it, teams each by name.

    Four queries, whatever the sizes. Raises CursorUnreadable.
    """
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise CursorUnreadable
    found = holders_of(project, after=int(cursor or 0), size=size + 1)
    shown = found[:size]
    ids = [holder.user_id for holder in shown]
    people, teams = people_by_id(ids), _ways_by_teams(project, ids)
    own = dict(project.roles.filter(user__in=ids).values_list("user", "level"))
    rows = [
        Access(
            people[holder.user_id],
            _every_way(holder, teams.get(holder.user_id, [])),
            Level(own[holder.user_id]) if holder.user_id in own else None,
        )
        for holder in shown
    ]
    return AccessPage(rows, str(ids[-1]) if len(found) > size else "")


def _every_way(holder: Holder, teams: Sequence[Way]) -> tuple[Way, ...]:
    """Join what decides with the teams that do not decide; facts name only the best of them."""
    ways = dict.fromkeys([*holder.ways, *teams])
    return tuple(sorted(ways, key=lambda way: -way.level))


def _ways_by_teams(project: Project, user_ids: Sequence[int]) -> dict[int, list[Way]]:
    found: dict[int, list[Way]] = {}
    places = TeamMembership.objects.filter(
        membership__user__in=user_ids, team__grants__project=project
    ).order_by("team__normalized_name")
    for user_id, name, level in places.values_list(
        "membership__user", "team__name", "team__grants__level"
    ):
        found.setdefault(user_id, []).append(Way(Level(level), f"team {name} grants it"))
    return found


def grants_on(project: Project) -> Sequence[TeamGrant]:
    """Return the levels of teams on a project, by the team's name, each with its people."""
    return list(
        project.team_grants.select_related("team")
        .annotate(people=Count("team__team_memberships"))
        .order_by("team__normalized_name")
    )


def tokens_that_publish(project: Project) -> Sequence[ServiceToken]:
    """Return the service tokens whose scopes let them publish what the organization owns."""
    live = ServiceToken.objects.live().filter(organization=project.organization_id)
    return list(live.filter(scopes__contains=[ServiceScope.PROJECTS_PUBLISH]).order_by("pk"))


def teams_without_grant(project: Project) -> Sequence[Team]:
    """Return teams that could be given a level on a project, by name."""
    return list(
        Team.objects.filter(organization=project.organization_id)
        .exclude(grants__project=project)
        .order_by("normalized_name")[:MOST_NAMED]
    )


def members_to_name(organization: Organization) -> Sequence[User]:
    """Return members as suggestions while an address is typed; what is typed counts."""
    return list(
        User.objects.filter(memberships__organization=organization).order_by(Lower("email"))[
            :MOST_NAMED
        ]
    )


def grants_of(
    team: Team, *, seen_by_id: int | None, cursor: str = "", size: int = 50
) -> Page[Project]:
    """Return the projects on which a team has a level (as ``granted``) and which a person sees;
    the organization's own tokens, which are nobody, see all of them.
    """
    grant = TeamGrant.objects.filter(team=team, project=OuterRef("pk"))
    rows = Project.objects.filter(Exists(grant)).annotate(
        granted=Subquery(grant.values("level"), output_field=IntegerField())
    )
    if seen_by_id is not None:
        rows = rows.filter(seen_by(seen_by_id))
    return page_of(rows, order=["normalized_name"], cursor=cursor, size=size)


def projects_without_grant(
    team: Team, *, administered_by: int, words: str = "", cursor: str = "", size: int = 50
) -> Page[Project]:
    """Return projects on which a person may give the team a level, and it has none yet."""
    rows = Project.objects.filter(
        with_level(administered_by, Level.ADMINISTER), organization=team.organization_id
    ).exclude(team_grants__team=team)
    if words:
        rows = rows.filter(_matches(words))
    return page_of(rows, order=["normalized_name"], cursor=cursor, size=size)


def _matches(words: str) -> Q:
    return Q(normalized_name__contains=normalized(words)) | Q(description__icontains=words)


def offers_on(project: Project) -> Sequence[CollaboratorInvitation]:
    """Return the open offers to people from outside, the newest first."""
    open_ones = project.collaborator_invitations.open().select_related("invited_by")
    return list(open_ones.order_by("-sent_at", "-pk")[:MOST_NAMED])
