"""What a decision rests on, read in one SQL query whatever the sizes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from kernel import clock
from kernel.actor import Actor, ActorKind
from orgs.entitlements import Limit, Phase, Standing, phase_at
from orgs.levels import Level
from orgs.models import Organization, Project, Team
from orgs.roles import SEAT_ROLES, Role, takes_seat

Subject = Organization | Team | Project


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a person has a level on a project, in words that complete "because"."""

    level: Level
    words: str


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project, and every way in which one person has a level on it, the most generous first."""

    name: str
    is_private: bool
    is_archived: bool
    is_own: bool
    ways: tuple[Way, ...]
    is_of_tokens: bool = False
    """A service token of the organization that owns it registered it."""

    @property
    def best(self) -> Way | None:
        """The most generous way; ``None`` for whoever has no level of their own."""
        return self.ways[0] if self.ways else None


@dataclass(frozen=True, slots=True)
class Facts:
    """One person's place in one organization (and team, or project), and how it stands.

    A person's own project belongs to no organization: ``name`` and ``kind`` are empty then.
    """

    organization_id: int | None
    name: str
    kind: str
    state: str
    role: str | None
    team_name: str
    is_maintainer: bool
    seats_taken: int
    seats_offered: int
    private_projects: int
    phase: Phase
    until: datetime | None
    """When the phase ends by itself."""
    project: ProjectFacts | None = None
    lacks_second_factor: bool = False
    """The organization demands one of its members, and this person has none."""
    is_token: bool = False
    """The place is that of a service token of the organization."""

    @property
    def place(self) -> str:
        """Say who this is in the organization, in words that complete "because"."""
        return f"{'service token' if self.is_token else self.role} of {self.name}"

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways to a level on the project that are open now; there is none for a member who
        lacks the second factor that is demanded.
        """
        if self.project is None or (self.role is not None and self.lacks_second_factor):
            return ()
        return self.project.ways

    def taken(self, limit: Limit) -> int:
        """Return how much of a limit is used; offered seats count, so that nobody is invited in
        vain.
        """
        if limit is Limit.SEATS:
            return self.seats_taken + self.seats_offered
        return self.private_projects if limit is Limit.PRIVATE_PROJECTS else 0


HOUSE = """o.name, o.id, o.kind, o.state, m.role"""
STANDS = """o.seats_taken, o.private_projects, e.phases"""
OFFERED = """(SELECT count(*) FROM orgs_invitation i
         WHERE i.organization_id = o.id AND i.outcome = '' AND i.expires_at > %(now)s
           AND i.role = ANY(%(seated)s))
     + (SELECT count(*) FROM orgs_collaboratorinvitation c
          JOIN orgs_project cp ON cp.id = c.project_id
         WHERE cp.organization_id = o.id AND cp.is_private
           AND c.outcome = '' AND c.expires_at > %(now)s)"""
LACKS = """o.requires_second_factor AND NOT EXISTS
       (SELECT FROM mfa_authenticator a
         WHERE a.user_id = q.user_id AND a.type <> 'recovery_codes')"""
LEVELS = """p.name, p.is_private, p.archived_at IS NOT NULL, p.owner_id = q.user_id,
       p.created_by_organization_id = o.id, p.created_by_id = q.user_id,
       r.level, g.level, g.name, o.base_level"""
PLACE = """
  LEFT JOIN LATERAL (SELECT id, role FROM orgs_membership
        WHERE organization_id = o.id AND user_id = q.user_id LIMIT 1) m ON true
  LEFT JOIN orgs_entitlements e ON e.organization_id = o.id"""
TEAM = """
  LEFT JOIN LATERAL (SELECT id, name FROM orgs_team
        WHERE id = q.team_id AND organization_id = o.id LIMIT 1) t ON true
  LEFT JOIN LATERAL (SELECT is_maintainer FROM orgs_teammembership
        WHERE team_id = t.id AND membership_id = m.id LIMIT 1) tm ON true"""
GIVEN = """
  LEFT JOIN LATERAL (SELECT level FROM orgs_projectrole
        WHERE project_id = q.project_id AND user_id = q.user_id LIMIT 1) r ON true
  LEFT JOIN LATERAL (
       SELECT tg.level, gt.name
         FROM orgs_teammembership gm
         JOIN orgs_teamgrant tg ON tg.team_id = gm.team_id AND tg.project_id = q.project_id
         JOIN orgs_team gt ON gt.id = gm.team_id
        WHERE gm.membership_id = m.id
        ORDER BY tg.level DESC, gt.normalized_name LIMIT 1) g ON q.project_id IS NOT NULL"""
FACTS = f"""
SELECT {HOUSE}, t.name, coalesce(tm.is_maintainer, false), {STANDS}, {OFFERED}, {LACKS}, {LEVELS}
  FROM {{questions}}
  LEFT JOIN orgs_project p ON p.id = q.project_id
  LEFT JOIN orgs_organization o ON o.id = coalesce(q.organization_id, p.organization_id)
{PLACE}{TEAM}{GIVEN}
 ORDER BY q.n
"""  # noqa: S608 -- of our own parts
"""Each look-up asks for all columns of its key by itself: joined the usual way, PostgreSQL finds it
cheaper to read everybody in an average organization, and reads thirty thousand in a large one.
"""
MANY = """(SELECT * FROM unnest(%(people)s::bigint[], %(organizations)s::bigint[],
                               %(teams)s::bigint[], %(projects)s::bigint[])
       WITH ORDINALITY AS each(user_id, organization_id, team_id, project_id, n)
       LIMIT %(many)s) AS q"""
"""The limit is how many there are. It lets PostgreSQL expect few, and keep one plan for all calls:
planning this anew costs ten times what running it does.
"""
FACTS_OF_MANY = FACTS.format(questions=MANY)
ONE = """(SELECT %(person)s::bigint AS user_id, %(organization)s::bigint AS organization_id,
               %(team)s::bigint AS team_id, %(project)s::bigint AS project_id, 1 AS n) AS q"""
FACTS_OF_ONE = FACTS.format(questions=ONE)
FACTS_OF_PROJECTS = f"""
SELECT {HOUSE}, NULL, false, {STANDS}, 0, {LACKS}, {LEVELS}
  FROM {{questions}}
  LEFT JOIN orgs_project p ON p.id = q.project_id
  LEFT JOIN orgs_organization o ON o.id = p.organization_id
{PLACE}{GIVEN}
 ORDER BY q.n
"""  # noqa: S608 -- of our own parts
"""No permission on a project asks about teams or seats, so most questions read this little."""
FACTS_OF_ONE_PROJECT = FACTS_OF_PROJECTS.format(
    questions="(SELECT %(person)s::bigint AS user_id, %(project)s::bigint AS project_id,"
    " 1 AS n) AS q"
)
FACTS_OF_MANY_PROJECTS = FACTS_OF_PROJECTS.format(
    questions="""(SELECT * FROM unnest(%(people)s::bigint[], %(projects)s::bigint[])
       WITH ORDINALITY AS each(user_id, project_id, n) LIMIT %(many)s) AS q"""
)

PROJECT = 12
"""Where in a row of FACTS the columns of the project begin."""


def facts_of(asked: Sequence[tuple[int | None, Subject | None]]) -> list[Facts | None]:
    """Return the facts for each (person, subject), in order; ``None`` where the subject is
    nothing.
    """
    keys = [(user_id, *_ids(subject)) for user_id, subject in asked]
    once = list(dict.fromkeys(keys))
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(*_question(once, now))
        found = [facts_in(row, now) for row in cursor.fetchall()]
    by_key = dict(zip(once, found, strict=True))
    return [by_key[key] for key in keys]


def facts_for(asked: Sequence[tuple[Actor, Subject | None]]) -> list[Facts | None]:
    """Return the facts as ``facts_of`` does, for whoever acts: a person, or a service token."""
    found = facts_of([(actor.user_id, subject) for actor, subject in asked])
    return [
        _of_service_token(facts) if facts is not None and acts_for(actor, facts) else facts
        for (actor, _), facts in zip(asked, found, strict=True)
    ]


def acts_for(actor: Actor, facts: Facts) -> bool:
    """Whether a service token acts in its own organization; everywhere else it is a stranger."""
    return (
        actor.kind is ActorKind.SERVICE_TOKEN
        and actor.organization_id is not None
        and actor.organization_id == facts.organization_id
    )


def _of_service_token(facts: Facts) -> Facts:
    """Return a manager's place, with levels that come of the token; no second factor is asked."""
    project = facts.project
    if project is not None:
        ways = [Way(Level.PUBLISH, f"service token of {facts.name}")]
        if project.is_of_tokens:
            ways.insert(0, Way(Level.ADMINISTER, f"a service token of {facts.name} registered it"))
        project = replace(project, ways=tuple(ways))
    return replace(
        facts, role=Role.MANAGER, is_token=True, lacks_second_factor=False, project=project
    )


Key = tuple[int | None, int | None, int | None, int | None]


def _question(once: Sequence[Key], now: datetime) -> tuple[str, dict[str, Any]]:
    """Return the statement that asks for the facts of these, and what it is told."""
    if len(once) == 1:
        person, organization, team, project = once[0]
        if project is not None:
            return FACTS_OF_ONE_PROJECT, {"person": person, "project": project}
        told = {"person": person, "organization": organization, "team": team, "project": None}
        return FACTS_OF_ONE, {"now": now, "seated": SEATED, **told}
    columns = [list(column) for column in zip(*once, strict=True)] if once else [[], [], [], []]
    names = ("people", "organizations", "teams", "projects")
    told_many = dict(zip(names, columns, strict=True))
    if once and None not in told_many["projects"]:
        people, projects = told_many["people"], told_many["projects"]
        asked = {"people": people, "projects": projects, "many": len(once)}
        return FACTS_OF_MANY_PROJECTS, asked
    return FACTS_OF_MANY, {"now": now, "seated": SEATED, "many": len(once), **told_many}


SEATED = sorted(str(role) for role in SEAT_ROLES)


def _ids(subject: Subject | None) -> tuple[int | None, int | None, int | None]:
    """Return the ids of organization, team and project; a project's organization is read anew."""
    if isinstance(subject, Project):
        return None, None, subject.pk
    if isinstance(subject, Team):
        return subject.organization_id, subject.pk, None
    return (subject.pk if subject is not None else None), None, None


def facts_in(row: Sequence[Any], now: datetime) -> Facts | None:
    """Return what a row of FACTS says; ``None`` when the question was about nothing."""
    name, key, kind, state, role, team, maintainer, seats, private, stored, offered, lacks = row[
        :PROJECT
    ]
    project = row[PROJECT:]
    if name is None and project[0] is None:
        return None
    _, phase, until = phase_at(_phases(stored, now), now)
    return Facts(
        key,
        name or "",
        kind or "",
        state or "",
        role,
        team or "",
        maintainer,
        seats or 0,
        offered,
        private or 0,
        phase,
        until,
        _project(project, role, name or "") if project[0] is not None else None,
        bool(lacks),
    )


def _project(row: Sequence[Any], role: str | None, organization: str) -> ProjectFacts:
    name, is_private, is_archived, is_own, of_tokens, *given = row
    ways = [
        Way(Level(level), words)
        for level, words in _ways(role, organization, bool(is_own), *given)
        if level is not None
    ]
    ways.sort(key=lambda way: -way.level)  # stable: of equal ways the first named counts
    return ProjectFacts(
        name, is_private, is_archived, bool(is_own), tuple(ways), is_of_tokens=bool(of_tokens)
    )


def _ways(
    role: str | None,
    organization: str,
    is_own: bool,
    is_creator: bool,
    own_level: int | None,
    team_level: int | None,
    team: str | None,
    base: int | None,
) -> Iterable[tuple[int | None, str]]:
    """Tell every way there is, and a level where it is open to this person."""
    if is_own:
        yield Level.ADMINISTER, "owner of the project"
    if role == Role.OWNER:
        yield Level.ADMINISTER, f"owner of {organization}"
    if role == Role.MANAGER and is_creator:
        yield Level.ADMINISTER, f"manager of {organization} who created it or took it over"
    yield own_level, "own role on the project"
    yield team_level, f"team {team} grants it"
    if role is not None and takes_seat(role):
        yield base, f"every member of {organization} has it"


def _phases(stored: str | list[dict[str, object]] | None, now: datetime) -> tuple[Phase, ...]:
    """Read the row's phases. No row yet means that nothing is open: gates fail closed."""
    if not stored:
        return (Phase(since=now, standing=Standing.RESTRICTED),)
    return _timeline(stored if isinstance(stored, str) else json.dumps(stored))


@lru_cache(maxsize=10_000)
def _timeline(stored: str) -> tuple[Phase, ...]:
    """Read what is stored; the same text says the same, so it is read once."""
    return tuple(Phase.from_json(phase) for phase in json.loads(stored))
