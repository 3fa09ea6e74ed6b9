"""A rule of the matrix, and the explained answer that comes of it."""

from dataclasses import dataclass
from datetime import datetime

from kernel.refusals import Remedy
from orgs.entitlements import Feature, Limit
from orgs.levels import Level
from orgs.roles import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the matrix: who holds the permission, and what it needs besides.

    ``words`` completes "may …"; ``scope`` is what a token must carry. A rule of projects is held
    by ``level`` instead of ``roles``. ``while_open`` is withheld once the organization is being
    closed, as all growth is. ``publishing`` and ``present`` are needs of projects: that
    their organization lets them be published, and that they are not archived. ``of_project`` is
    held by roles, and asked about a project.
    """

    roles: frozenset[Role]
    words: str
    scope: str
    maintainer: bool = False
    fresh: bool = False
    growth: bool = False
    company: bool = False
    while_open: bool = False
    feature: Feature | None = None
    limit: Limit | None = None
    level: Level | None = None
    publishing: bool = False
    present: bool = False
    of_project: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """An explained answer. ``until`` is when it changes by itself."""

    allowed: bool
    reason: str
    sentence: str
    because: str = ""
    until: datetime | None = None
    remedy: Remedy | None = None


NOT_FOUND = Decision(False, "not_found", "There is nothing here that you can see.")
