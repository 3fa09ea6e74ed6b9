"""What a decision rests on, read in one SQL query whatever the sizes."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kernel import clock
from orgs.entitlements import Limit, Phase, Standing, phase_at
from orgs.models import Organization, Team
from orgs.roles import SEAT_ROLES

Subject = Organization | Team


@dataclass(frozen=True, slots=True)
class Facts:
    """One person's place in one organization (and one team), and how the organization stands."""

    name: str
    kind: str
    state: str
    role: str | None
    team_name: str
    is_maintainer: bool
    seats_taken: int
    seats_offered: int
    private_projects: int
    phases: tuple[Phase, ...]
    phase: Phase
    lacks_second_factor: bool = False
    """The organization demands one of its members, and this person has none."""

    def taken(self, limit: Limit) -> int:
        """Return how much of a limit is used; offered seats count, so that nobody is invited in
        vain.
        """
        if limit is Limit.SEATS:
            return self.seats_taken + self.seats_offered
        return self.private_projects if limit is Limit.PRIVATE_PROJECTS else 0


FACTS = """
SELECT o.name, o.kind, o.state, m.role, t.name, coalesce(tm.is_maintainer, false),
       o.seats_taken, o.private_projects, e.phases,
       (SELECT count(*) FROM orgs_invitation i
         WHERE i.organization_id = o.id AND i.outcome = '' AND i.expires_at > %s
           AND i.role = ANY(%s)),
       o.requires_second_factor AND NOT EXISTS
       (SELECT FROM mfa_authenticator a
         WHERE a.user_id = q.user_id AND a.type <> 'recovery_codes')
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
       WITH ORDINALITY AS q(user_id, organization_id, team_id, n)
  LEFT JOIN orgs_organization o ON o.id = q.organization_id
  LEFT JOIN orgs_membership m ON m.organization_id = o.id AND m.user_id = q.user_id
  LEFT JOIN orgs_team t ON t.id = q.team_id AND t.organization_id = o.id
  LEFT JOIN orgs_teammembership tm ON tm.team_id = t.id AND tm.membership_id = m.id
  LEFT JOIN orgs_entitlements e ON e.organization_id = o.id
 ORDER BY q.n
"""


def facts_of(asked: list[tuple[int | None, Subject | None]]) -> list[Facts | None]:
    """Return the facts for each (person, subject), in order; ``None`` where the subject is
    nothing.
    """
    keys = [
        (user_id, _organization_id(subject), subject.pk if isinstance(subject, Team) else None)
        for user_id, subject in asked
    ]
    once = list(dict.fromkeys(keys))
    people, organizations, teams = (
        (list(column) for column in zip(*once, strict=True)) if once else ([], [], [])
    )
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [now, sorted(SEAT_ROLES), people, organizations, teams])
        found = [_facts(row, now) for row in cursor.fetchall()]
    by_key = dict(zip(once, found, strict=True))
    return [by_key[key] for key in keys]


def _organization_id(subject: Subject | None) -> int | None:
    if isinstance(subject, Team):
        return subject.organization_id
    return subject.pk if subject is not None else None


def _facts(row: tuple, now: datetime) -> Facts | None:  # type: ignore[type-arg]  # a row of FACTS
    name, kind, state, role, team, maintainer, seats, private, stored, offered, lacks = row
    if name is None:
        return None
    phases = _phases(stored, now)
    phase = phase_at(phases, now)[1]
    return Facts(
        name,
        kind,
        state,
        role,
        team or "",
        maintainer,
        seats,
        offered,
        private,
        phases,
        phase,
        lacks,
    )


def _phases(stored: str | list[dict[str, object]] | None, now: datetime) -> tuple[Phase, ...]:
    """Read the row's phases. No row yet means that nothing is open: gates fail closed."""
    found = json.loads(stored) if isinstance(stored, str) else stored
    if not found:
        return (Phase(since=now, standing=Standing.RESTRICTED),)
    return tuple(Phase.from_json(phase) for phase in found)
