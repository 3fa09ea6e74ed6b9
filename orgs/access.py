"""Who may do what on a project, and why: the same facts and the same answers as ``decide``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from kernel import clock
from kernel.actor import Actor, ActorKind
from orgs.decision import Decision
from orgs.facts import FACTS, SEATED, Facts, Way, facts_in
from orgs.levels import Level
from orgs.matrix import PROJECT_MATRIX
from orgs.models import Project
from orgs.policy import answer

INVOLVED = """
(SELECT user_id, NULL::bigint AS organization_id, NULL::bigint AS team_id,
        %(project)s::bigint AS project_id, user_id AS n
   FROM (SELECT p.owner_id AS user_id FROM orgs_project p
          WHERE p.id = %(project)s AND p.owner_id IS NOT NULL
         UNION
         SELECT r.user_id FROM orgs_projectrole r WHERE r.project_id = %(project)s
         UNION
         SELECT m.user_id FROM orgs_project p
           JOIN orgs_organization o ON o.id = p.organization_id
           JOIN orgs_membership m ON m.organization_id = p.organization_id
          WHERE p.id = %(project)s
            AND (m.role = 'owner' OR (m.role = 'manager' AND m.user_id = p.created_by_id)
                 OR (o.base_level IS NOT NULL AND m.role = ANY(%(seated)s)))
         UNION
         SELECT m.user_id FROM orgs_teamgrant g
           JOIN orgs_teammembership tm ON tm.team_id = g.team_id
           JOIN orgs_membership m ON m.id = tm.membership_id
          WHERE g.project_id = %(project)s) AS involved
  WHERE user_id > %(after)s ORDER BY user_id LIMIT %(size)s) AS q
"""
FACTS_INVOLVED = FACTS.format(questions=INVOLVED).replace(
    "SELECT o.name", "SELECT q.user_id, o.name", 1
)
EVERYBODY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a level on a project, and every way in which they have it."""

    user_id: int
    facts: Facts
    ways: tuple[Way, ...]

    @property
    def level(self) -> Level:
        """The most generous of the ways."""
        return self.ways[0].level


@dataclass(frozen=True, slots=True)
class WhoMay:
    """Who may: each person with a level who is allowed, and whether everybody is."""

    decisions: dict[int, Decision]
    everybody: bool


def holders_of(project: Project, *, after: int = 0, size: int = EVERYBODY) -> Sequence[Holder]:
    """Return who has a level on the project, by the person's id, from ``after`` on. One query."""
    return list(_involved(project, after=after, size=size))


def how_many_hold(project: Project) -> int:
    """Return how many people have a level on the project."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {INVOLVED}", _asked(project, after=0, size=EVERYBODY))  # noqa: S608 -- our own text
        (number,) = cursor.fetchone()
    return int(number)


def who_may(permission: str, project: Project) -> WhoMay:
    """Return everybody who may, by the person's id. One query; agrees with ``decide`` for all.

    Asked as of people who did not sign in just now.
    """
    rule = PROJECT_MATRIX[permission]
    decisions = {
        holder.user_id: decision
        for holder in _involved(project, after=0, size=EVERYBODY)
        if (
            decision := answer(
                Actor(ActorKind.PERSON, user_id=holder.user_id), permission, holder.facts
            )
        ).allowed
    }
    return WhoMay(decisions, everybody=rule.level is Level.READ and not project.is_private)


def people_by_id(user_ids: Sequence[int]) -> dict[int, User]:
    """Return the people of these ids."""
    return User.objects.in_bulk(user_ids)


def _involved(project: Project, *, after: int, size: int) -> Iterator[Holder]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(FACTS_INVOLVED, {"now": now, **_asked(project, after=after, size=size)})
        rows = cursor.fetchall()
    for user_id, *row in rows:
        facts = facts_in(row, now)
        if facts is not None and facts.project is not None and facts.project.ways:
            yield Holder(user_id, facts, facts.project.ways)


def _asked(project: Project, *, after: int, size: int) -> dict[str, Any]:
    return {"project": project.pk, "seated": SEATED, "after": after, "size": size}
