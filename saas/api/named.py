"""What questions name, read in one statement: people, organizations, teams and projects.

Nobody's permission is asked here: whoever calls it lets policy answer. Subjects come back known by
their ids alone, which is all that a decision reads of them.
"""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock
from kernel.actor import Actor, ActorKind
from orgs.facts import FACTS_OF_PROJECTS, Facts, Subject, facts_in
from orgs.models import Organization, Project, Team
from orgs.models.organization import State
from orgs.names import normalized

EXTERNALLY = "external:"
"""How a host calls what it knows by ids of its own; to all others such words name nothing."""
NAMED = {
    "user": """
SELECT 'user', u.public_id::text, '', u.id, NULL::bigint
  FROM accounts_user u
 WHERE u.public_id = ANY(%(users)s::uuid[]) AND u.is_active AND u.id = coalesce(%(only)s, u.id)
   AND (%(own)s::bigint IS NULL
     OR EXISTS (SELECT FROM orgs_membership WHERE organization_id = %(own)s AND user_id = u.id)
     OR EXISTS (SELECT FROM orgs_projectrole r JOIN orgs_project p ON p.id = r.project_id
                 WHERE r.user_id = u.id AND p.organization_id = %(own)s))""",
    "external user": """
SELECT 'external user', x.external_id, '', u.id, NULL
  FROM accounts_externaluser x JOIN accounts_user u ON u.id = x.user_id
 WHERE x.host_id = %(host)s AND x.external_id = ANY(%(external_users)s::text[]) AND u.is_active""",
    "organization": """
SELECT 'organization', n.normalized_name, '', o.id, NULL
  FROM orgs_organizationname n JOIN orgs_organization o ON o.id = n.organization_id
 WHERE n.normalized_name = ANY(%(organizations)s::text[]) AND n.released_at IS NULL
   AND o.state <> %(closed)s AND o.id = coalesce(%(own)s, o.id)""",
    "team": """
SELECT 'team', n.normalized_name, t.normalized_name, t.id, o.id
  FROM unnest(%(houses)s::text[], %(teams)s::text[]) AS q(house, team)
  JOIN orgs_organizationname n ON n.normalized_name = q.house AND n.released_at IS NULL
  JOIN orgs_organization o ON o.id = n.organization_id AND o.state <> %(closed)s
   AND o.id = coalesce(%(own)s, o.id)
  JOIN orgs_team t ON t.organization_id = o.id AND t.normalized_name = q.team""",
    "project": """
SELECT 'project', p.normalized_name, '', p.id, NULL
  FROM orgs_project p
 WHERE p.normalized_name = ANY(%(projects)s::text[])
   AND (%(own)s::bigint IS NULL OR p.organization_id = %(own)s)""",
    "external project": """
SELECT 'external project', x.external_id, '', x.project_id, NULL
  FROM orgs_externalproject x
 WHERE x.host_id = %(host)s AND x.external_id = ANY(%(external_projects)s::text[])""",
}
"""How each kind is found; a statement asks for the kinds that are named, and for no others."""
ANY, FIRST = re.compile(r"ANY\((%\(\w+\)s::\w+\[\])\)"), r"(\1)[1]"
FACTS_OF_ONE_NAMED = {
    (person, project): FACTS_OF_PROJECTS.format(
        questions=f"""(SELECT u.id AS user_id, p.id AS project_id, 1 AS n
          FROM ({ANY.sub(FIRST, NAMED[person])}) AS u(kind, name, team, id, house),
               ({ANY.sub(FIRST, NAMED[project])}) AS p(kind, name, team, id, house)) AS q"""  # noqa: S608 -- of our own parts
    )
    for person in ("user", "external user")
    for project in ("project", "external project")
}
"""The question that is asked most, one person about one project: named and answered at once. Asked
for the first of an array, PostgreSQL keeps one plan for all calls; for any of it, it plans anew.
"""
Key = tuple[str, str, str]
"""Kind, name in normalized form, and a team's name."""


class Named:
    """People by what they are called in questions, and subjects likewise; unknown ones are absent.

    A host may ask about everybody, and by its own words; a service token about its organization
    and those with a place or a level there; everybody else about themselves alone.
    """

    def __init__(self, asker: Actor, users: Iterable[str], subjects: Iterable[str]) -> None:
        self._users = {user: _person_key(user) for user in set(users)}
        self._subjects = {subject: _subject_key(subject) for subject in set(subjects)}
        self._rows = _read(asker, {*self._users.values(), *self._subjects.values()})

    def person(self, user: str) -> Actor | None:
        """Return whom a question is about, as somebody who did not sign in just now: what needs
        that is told so.
        """
        found = self._rows.get(self._users[user])
        return Actor(ActorKind.PERSON, user_id=found[0]) if found else None

    def subject(self, name: str) -> Subject | None:
        """Return what a question is about."""
        kind, *_ = key = self._subjects[name]
        found = self._rows.get(key)
        if found is None:
            return None
        pk, house = found
        if kind == "organization":
            return Organization(pk=pk)
        if house is not None:
            return Team(pk=pk, organization_id=house)
        return Project(pk=pk)


def is_of_a_project(subject: str) -> bool:
    """Whether a question is about a project, and can be answered by ``facts_of_project``."""
    return subject.startswith("project:")


def facts_of_project(asker: Actor, user: str, project: str) -> Facts | None:
    """Return what the answer to one question rests on, in one statement; ``None`` where ``Named``
    would not find the person or the project.
    """
    person, subject = _person_key(user), _subject_key(project)
    with connection.cursor() as cursor:
        statement = FACTS_OF_ONE_NAMED[person[0], subject[0]]
        cursor.execute(statement, _told(asker, {person, subject}))
        found = cursor.fetchone()
    return facts_in(found, clock.now()) if found else None


def _person_key(user: str) -> Key:
    """Read ids in any spelling; words are a host's own and stay as they are."""
    if user.startswith(EXTERNALLY):
        return "external user", user.removeprefix(EXTERNALLY), ""
    return "user", str(UUID(user)), ""


def _subject_key(subject: str) -> Key:
    kind, _, rest = subject.partition(":")
    if kind == "project" and rest.startswith(EXTERNALLY):
        return "external project", rest.removeprefix(EXTERNALLY), ""
    name, _, team = rest.partition("/")
    return kind, normalized(name), normalized(team) if team else ""


def _read(asker: Actor, keys: set[Key]) -> dict[Key, tuple[int, int | None]]:
    """Return id, and a team's organization, by what was asked for."""
    kinds = {kind for kind, _, _ in keys}
    statement = "\nUNION ALL".join(NAMED[kind] for kind in NAMED if kind in kinds)
    with connection.cursor() as cursor:
        cursor.execute(statement, _told(asker, keys))
        return {(kind, name, team): (pk, house) for kind, name, team, pk, house in cursor}


def _told(asker: Actor, keys: set[Key]) -> dict[str, Any]:
    """Return what the statements of NAMED are told: what is asked for, and what the asker may."""
    is_host = asker.kind is ActorKind.HOST
    own = asker.organization_id if asker.kind is ActorKind.SERVICE_TOKEN else None
    asked = {kind: [key for key in keys if key[0] == kind] for kind in NAMED}
    names = {kind: [name for _, name, _ in found] for kind, found in asked.items()}
    return {
        "users": [UUID(name) for name in names["user"]],
        "only": None if is_host or own else asker.user_id or 0,  # others ask about themselves
        "own": own,
        "host": asker.credential_id if is_host else None,
        "external_users": names["external user"],
        "organizations": names["organization"],
        "houses": names["team"],
        "teams": [team for _, _, team in asked["team"]],
        "projects": names["project"],
        "external_projects": names["external project"],
        "closed": State.CLOSED,
    }
