"""Why an organization has a feature, or so much of a limit, or has it not: each reason by itself.

The same rows and rules as in ``standing``; only told, and never stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kernel import clock
from orgs.entitlements import UNLIMITED, Entitlements, Feature, Limit, Standing, phase_at
from orgs.models import Organization
from orgs.models.organization import State
from subscriptions.models.override import Override, OverrideKind
from subscriptions.standing import FOREVER, Source, sources_of


@dataclass(frozen=True, slots=True)
class Contribution:
    """One reason: what it is, how it counts now, what it gives, and until when.

    ``counts`` is *active*, *grace*, *over*, *set*, *suspends* or *closes*. ``gives`` is yes or no
    of a feature, a number of a limit (-1 for none), ``None`` where it gives and takes nothing.
    """

    name: str
    counts: str
    gives: bool | int | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer of the entitlements row, and every reason for it."""

    of: Feature | Limit
    standing: Standing
    answer: bool | int
    until: datetime | None
    contributions: Sequence[Contribution]


def explain(organization: Organization, of: Feature | Limit) -> Explanation:
    """Tell each contribution to a feature or limit of an organization at this moment."""
    return _explained(organization, [of])[0]


def explain_all(organization: Organization) -> list[Explanation]:
    """Tell the same of every feature and limit; the rows are read once."""
    return _explained(organization, [*Feature, *Limit])


def _explained(organization: Organization, asked: Sequence[Feature | Limit]) -> list[Explanation]:
    now = clock.now()
    row = Entitlements.objects.get(organization=organization)
    _, phase, until = phase_at(row.timeline(), now)
    sources = sources_of(organization)
    overrides = list(organization.overrides.order_by("since", "pk"))
    whole = [*_of_holds(organization, now), *_of_state(organization)]
    return [
        Explanation(
            of,
            phase.standing,
            of in phase.features if isinstance(of, Feature) else phase.limits.get(of, 0),
            until,
            [
                *(_of_source(source, of, now) for source in sources),
                *_of_overrides(overrides, of, now),
                *whole,
            ],
        )
        for of in asked
    ]


def in_words(of: Feature | Limit, gives: bool | int | None) -> str:
    """Say what is given, for people."""
    if gives is None:
        return "–"
    if isinstance(of, Feature):
        return "open" if gives else "not included"
    return "without limit" if gives == UNLIMITED else f"{gives:,}"


def _of_source(source: Source, of: Feature | Limit, now: datetime) -> Contribution:
    standing = source.standing_at(now)
    end = source.active_until if standing is Standing.ACTIVE else source.ends_at
    gives = of in source.features if isinstance(of, Feature) else source.limits.get(of, 0)
    return Contribution(
        name=source.name,
        counts=str(standing) if standing is not None else "over",
        gives=gives if standing is not None else None,
        until=end if end < FOREVER else None,
    )


def _of_overrides(
    overrides: Sequence[Override], of: Feature | Limit, now: datetime
) -> list[Contribution]:
    found = []
    for override in overrides:
        is_grace = override.kind == OverrideKind.GRACE
        if not override.holds_at(now) or (not is_grace and override.key != of):
            continue
        gives = None if is_grace else (override.number if override.number is not None else True)
        found.append(Contribution(f"staff: {override.reason}", "set", gives, override.ends_at))
    return found


def _of_holds(organization: Organization, now: datetime) -> list[Contribution]:
    return [
        Contribution(
            f"{hold.get_source_display()} hold: {hold.reason}", "suspends", None, hold.ends_at
        )
        for hold in organization.holds.order_by("since", "pk")
        if hold.holds_at(now)
    ]


def _of_state(organization: Organization) -> list[Contribution]:
    if organization.state == State.OPEN:
        return []
    return [Contribution(f"it is {organization.state}", "closes", None, None)]
