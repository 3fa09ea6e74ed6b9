"""A service that has grown: organizations, people, teams, projects and levels by the million.

Rows are written by the database itself, in seconds instead of hours. Foreign keys are not asked
meanwhile; the last step lets PostgreSQL look at what there is.
"""

from dataclasses import dataclass

from django.db import connection

LARGEST = 30_000
"""People of the largest organization."""
SMALL, CROWDED = 10, 10_000
"""People of the second and the third."""
PEOPLE, TEAMS, PROJECTS = 30, 3, 10
"""What every other organization has."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    organizations: int
    users: int

    @property
    def projects(self) -> int:
        """How many projects there are."""
        return self.organizations * PROJECTS


STEPS = (
    """INSERT INTO accounts_user (id, password, is_superuser, public_id, email, name, staff_role,
              is_active, joined_at)
       SELECT n, '', false, gen_random_uuid(), 'u' || n || '@bench.example', 'User ' || n, '',
              true, now() FROM generate_series(1, {users}) n""",
    """INSERT INTO orgs_organization (id, name, normalized_name, skeleton, display_name, kind,
              state, url, description, seats_taken, private_projects, base_level,
              profile_is_public, created_at)
       SELECT n, 'org-' || n, 'org-' || n, 'org' || n, 'Org ' || n, 'company',
              'open', '', '', 30, 5, NULL, false, now()
         FROM generate_series(1, {organizations}) n""",
    """INSERT INTO orgs_organizationname (normalized_name, name, skeleton, organization_id, since,
              released_because)
       SELECT normalized_name, name, skeleton, id, now(), '' FROM orgs_organization""",
    """INSERT INTO orgs_entitlements (organization_id, phases, revision, settled_at, next_at)
       SELECT id, replace('[{{"since": "2026-01-01T00:00:00+00:00", "standing": "active",
              "features": ["audit_export", "org_tokens", "private_projects", "teams"],
              "limits": {{"audit_days": -1, "private_projects": -1, "seats": 40000}},
              "may_publish": true, "may_raise_bill": true}}]', '00:00:00+',
              to_char(timestamp '2026-01-01' + id % 86400 * interval '1 second', 'HH24:MI:SS')
              || '+')::jsonb, 1, now(), NULL
         FROM orgs_organization""",
    # The person k of organization o: close ones never meet in one organization.
    """INSERT INTO orgs_membership (id, organization_id, user_id, role, since, is_public,
              name_key, email_key)
       SELECT (o::bigint - 1) * {largest} + k, o, u,
              CASE k WHEN 1 THEN 'owner' WHEN 2 THEN 'manager' WHEN 3 THEN 'billing_manager'
                     ELSE 'member' END, now(), false, 'user ' || u, 'u' || u || '@bench.example'
         FROM generate_series(1, {organizations}) o,
              generate_series(1, CASE o WHEN 1 THEN {largest} WHEN 2 THEN {small}
                                        WHEN 3 THEN {crowded} ELSE {people} END) k,
              LATERAL (SELECT 1 + ((o::bigint * {people} + k) * 7919) % {users} AS u) person""",
    """INSERT INTO orgs_team (id, organization_id, name, normalized_name, description, created_at)
       SELECT (o - 1) * {teams} + t, o, 'team-' || t, 'team-' || t, '', now()
         FROM generate_series(1, {organizations}) o, generate_series(1, {teams}) t""",
    """INSERT INTO orgs_teammembership (organization_id, team_id, membership_id, is_maintainer,
              since)
       SELECT m.organization_id, (m.organization_id - 1) * {teams} + 1 + m.id % {teams}, m.id,
              false, now()
         FROM orgs_membership m WHERE m.role = 'member' AND m.id % 9 < 7""",
    """INSERT INTO orgs_project (id, name, normalized_name, description, organization_id,
              created_by_id, is_private, created_at)
       SELECT (o - 1) * {projects} + p, 'p-' || o || '-' || p, 'p-' || o || '-' || p, '', o,
              1 + ((o::bigint * {people} + 1) * 7919) % {users}, p % 2 = 0, now()
         FROM generate_series(1, {organizations}) o, generate_series(1, {projects}) p""",
    """INSERT INTO orgs_teamgrant (organization_id, project_id, team_id, level, since)
       SELECT p.organization_id, p.id, (p.organization_id - 1) * {teams} + t, 1 + (p.id + t) % 3,
              now()
         FROM orgs_project p, generate_series(1, 2) t WHERE t = 1 OR p.id % 2 = 0""",
    """INSERT INTO orgs_projectrole (project_id, user_id, level, since)
       SELECT id, 1 + (id * 104729) % {users}, 1 + id % 3, now()
         FROM orgs_project WHERE id % 2 = 1""",
)
"""In the order of what refers to what."""


def fill(size: Size) -> None:
    """Write all of it into an empty database, then gather statistics."""
    known = {
        "organizations": size.organizations,
        "users": size.users,
        "largest": LARGEST,
        "small": SMALL,
        "crowded": CROWDED,
        "people": PEOPLE,
        "teams": TEAMS,
        "projects": PROJECTS,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for step in STEPS:
            cursor.execute(step.format(**known))
        cursor.execute("SET session_replication_role = origin")
        _go_on_counting(cursor)
        cursor.execute("VACUUM ANALYZE")


NUMBERED = (
    "accounts_user", "orgs_organization", "orgs_membership", "orgs_team", "orgs_project",
)  # fmt: skip


def _go_on_counting(cursor: object) -> None:
    """Let what is added later get ids behind those that were written."""
    for table in (
        "accounts_user",
        "orgs_organization",
        "orgs_membership",
        "orgs_team",
        "orgs_project",
    ):
        cursor.execute(  # type: ignore[attr-defined]  # a cursor of Django's
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )
