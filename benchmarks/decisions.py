"""Decisions in a service that has grown, beside a bare round trip and beside django-guardian."""

import json
import random
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts import actors
from accounts.models import User
from benchmarks.facts import LARGEST, Size
from benchmarks.timing import PAIRS, ROUNDS, alternated, queries, select_one
from kernel.actor import Actor
from orgs.facts import FACTS_OF_MANY_PROJECTS
from orgs.models import Project, ProjectRole, TeamGrant, TeamMembership
from orgs.policy import decide, decide_many

PUBLISH = "projects:publish"
Pair = tuple[Actor, Project]


def measure(size: Size) -> dict[str, str]:
    """Return the figures by name."""
    pairs = _pairs(size)
    large = _pairs_of_the_largest(size)
    decided, large_decided = Deciding(pairs), Deciding(large)
    batch = [(actor, PUBLISH, project) for actor, project in pairs[:100]]

    def batched(_: int) -> None:
        decide_many(batch)

    figures = {
        "decision_queries": str(queries(decided)),
        "decision_vs_select1": f"{alternated(decided, select_one):.2f}",
        "decision_largest_org_vs_median": f"{alternated(large_decided, decided):.2f}",
        "decide_many100_vs_decide": f"{100 / alternated(batched, decided, pairs=20):.1f}",
        "decision_rows_read_per_row": f"{_rows_read_per_row(pairs + large):.1f}",
    }
    return figures | _beside_guardian(pairs)


def _pairs(size: Size) -> list[Pair]:
    """Return people and projects that have to do with each other, as requests do."""
    chance = random.Random(2026)
    found: list[Pair] = []
    while len(found) < ROUNDS * PAIRS:
        project = Project(pk=chance.randrange(11, size.projects + 1))
        organization = (project.pk - 1) // 10 + 1
        person = 1 + ((organization * 30 + chance.randrange(1, 31)) * 7919) % size.users
        found.append((actors.person(User(pk=person, name="somebody")), project))
    return found


def _pairs_of_the_largest(size: Size) -> list[Pair]:
    chance = random.Random(2027)
    return [
        (
            actors.person(
                User(pk=1 + ((30 + chance.randrange(1, LARGEST)) * 7919) % size.users, name="x")
            ),
            Project(pk=chance.randrange(1, 11)),
        )
        for _ in range(ROUNDS * PAIRS)
    ]


class Deciding:
    """Decides about one pair after the other."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._pairs = pairs

    def __call__(self, number: int) -> object:
        """Decide about the pair of this number."""
        actor, project = self._pairs[number % len(self._pairs)]
        return decide(actor, PUBLISH, project)


def _rows_read_per_row(pairs: list[Pair]) -> float:
    """Return the most rows that any step of the plan reads for a row that it answers."""
    people = [actor.person_id for actor, _ in pairs[:100]]
    projects = [project.pk for _, project in pairs[:100]]
    asked: dict[str, Any] = {"people": people, "projects": projects, "many": 100}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {FACTS_OF_MANY_PROJECTS}", asked)
        plan = cursor.fetchone()[0]
    return max(_steps((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))


def _steps(plan: dict[str, object]) -> list[float]:
    rows, loops = float(plan["Actual Rows"]), float(plan["Actual Loops"])  # type: ignore[arg-type]  # numbers
    removed = float(plan.get("Rows Removed by Filter", 0))  # type: ignore[arg-type]  # a number
    read = (rows + removed) * loops / 100
    below = plan.get("Plans", [])
    return [read, *(each for step in below for each in _steps(step))]  # type: ignore[attr-defined]  # a list


# --- django-guardian, with the same facts in its own tables ---


def _beside_guardian(pairs: list[Pair]) -> dict[str, str]:
    _fill_guardian()
    people = {actor.person_id: User.objects.get(pk=actor.person_id) for actor, _ in pairs[:PAIRS]}
    projects = {project.pk: Project.objects.get(pk=project.pk) for _, project in pairs[:PAIRS]}
    known = pairs[:PAIRS]

    def has_perm(number: int) -> object:
        actor, project = known[number % len(known)]
        person = people[actor.person_id]
        for cached in ("_guardian_perms_cache", "_perm_cache"):
            person.__dict__.pop(cached, None)
        return person.has_perm("orgs.publish_project", projects[project.pk])

    ours, plain = connections[DEFAULT_DB_ALIAS], _as_django_comes()

    def has_perm_as_django_comes(number: int) -> object:
        connections[DEFAULT_DB_ALIAS] = plain
        try:
            return has_perm(number)
        finally:
            connections[DEFAULT_DB_ALIAS] = ours

    deciding = Deciding(known)
    return {
        "decision_vs_guardian": f"{alternated(has_perm, deciding, pairs=100):.1f}",
        "decision_vs_guardian_as_django_comes": (
            f"{alternated(has_perm_as_django_comes, deciding, pairs=100):.1f}"
        ),
        "guardian_queries": str(queries(has_perm)),
    }


def _as_django_comes() -> BaseDatabaseWrapper:
    """Return a connection without our options: it binds values itself, and prepares nothing."""
    plain = connections[DEFAULT_DB_ALIAS].copy()
    plain.settings_dict["OPTIONS"] = {}
    return plain


def _fill_guardian() -> None:
    """Write teams as groups, and levels that publish as permissions on objects."""
    kind = ContentType.objects.get_for_model(Project)
    permission, _ = Permission.objects.get_or_create(
        content_type=kind, codename="publish_project", defaults={"name": "Can publish"}
    )
    grants, roles = TeamGrant._meta.db_table, ProjectRole._meta.db_table
    places = TeamMembership._meta.db_table
    steps = (
        f"INSERT INTO {Group._meta.db_table} (id, name) SELECT id, 'team-' || id FROM orgs_team",
        f"""INSERT INTO accounts_user_groups (user_id, group_id)
            SELECT m.user_id, p.team_id FROM {places} p
              JOIN orgs_membership m ON m.id = p.membership_id""",
        f"""INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, group_id,
                   permission_id)
            SELECT project_id::text, {kind.pk}, team_id, {permission.pk} FROM {grants}
             WHERE level >= 2""",
        f"""INSERT INTO guardian_userobjectpermission (object_pk, content_type_id, user_id,
                   permission_id)
            SELECT project_id::text, {kind.pk}, user_id, {permission.pk} FROM {roles}
             WHERE level >= 2""",
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for step in steps:
            cursor.execute(step)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
