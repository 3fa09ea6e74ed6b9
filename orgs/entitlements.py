"""What an organization may have: features, limits, and the one row that says so.

Only ``subscriptions.standing.settle()`` writes the row. It holds the phases from now on, so that
what changes by itself changes on time in every answer, with no worker running.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.money import Money


class Feature(StrEnum):
    """A yes or no that a plan or a grant opens."""

    TEAMS = "teams"
    PRIVATE_PROJECTS = "private_projects"
    ORG_TOKENS = "org_tokens"
    AUDIT_EXPORT = "audit_export"


class Limit(StrEnum):
    """A number that a plan or a grant opens."""

    SEATS = "seats"
    PRIVATE_PROJECTS = "private_projects"
    AUDIT_DAYS = "audit_days"


UNLIMITED = -1
"""Stored for "no limit"; a limit that is missing is unknown, and refuses."""


class Standing(models.TextChoices):
    """Whether the entitlements hold."""

    ACTIVE = "active"
    GRACE = "grace"
    RESTRICTED = "restricted"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SeatPrice:
    """What one more seat costs, in minor units, each ``interval``."""

    amount: int
    currency: str
    interval: str

    def __str__(self) -> str:
        return f"{Money(self.amount, self.currency)} a {self.interval}"


@dataclass(frozen=True, slots=True)
class Phase:
    """What holds from ``since`` until the next phase begins."""

    since: datetime
    standing: Standing
    features: frozenset[Feature] = frozenset()
    limits: dict[Limit, int] = field(default_factory=dict)
    may_publish: bool = False
    may_raise_bill: bool = True
    seat_price: SeatPrice | None = None
    """What one more seat costs, where seats are bought."""
    seats_follow: bool = False
    """Whether who takes a seat is billed for it, and the limit is a ceiling."""

    def grows(self) -> bool:
        """Whether growth is open: existing rights hold and new ones may be given."""
        return self.standing in (Standing.ACTIVE, Standing.GRACE)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form; equal phases give equal JSON."""
        return {
            "since": self.since.isoformat(),
            "standing": str(self.standing),
            "features": sorted(str(feature) for feature in self.features),
            "limits": {str(key): value for key, value in sorted(self.limits.items())},
            "may_publish": self.may_publish,
            "may_raise_bill": self.may_raise_bill,
            "seat_price": asdict(self.seat_price) if self.seat_price is not None else None,
            "seats_follow": self.seats_follow,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Phase":
        """Read the stored form; features and limits of a newer release are left out."""
        return cls(
            since=datetime.fromisoformat(stored["since"]),
            standing=Standing(stored["standing"]),
            features=frozenset(Feature(name) for name in stored["features"] if name in _FEATURES),
            limits={Limit(k): v for k, v in stored["limits"].items() if k in _LIMITS},
            may_publish=stored["may_publish"],
            may_raise_bill=stored["may_raise_bill"],
            seat_price=SeatPrice(**price) if (price := stored.get("seat_price")) else None,
            seats_follow=stored.get("seats_follow", False),
        )


_FEATURES = frozenset(Feature)
_LIMITS = frozenset(Limit)


def phase_at(phases: Sequence[Phase], moment: datetime) -> tuple[int, Phase, datetime | None]:
    """Return the index of the phase that holds at ``moment``, the phase, and when the next
    begins.
    """
    index = 0
    for number, phase in enumerate(phases):
        if phase.since <= moment:
            index = number
    following = phases[index + 1].since if index + 1 < len(phases) else None
    return index, phases[index], following


class Entitlements(models.Model):
    """One row for each organization. ``revision`` rises exactly when the content changes."""

    organization = models.OneToOneField(
        "orgs.Organization", models.CASCADE, primary_key=True, related_name="entitlements"
    )
    phases = models.JSONField()
    revision = models.PositiveBigIntegerField(default=1)
    settled_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "entitlements"
        constraints = [
            models.CheckConstraint(condition=~Q(phases=[]), name="entitlements_say_something"),
        ]
        indexes = [models.Index(fields=["next_at"], name="entitlements_due")]

    def __str__(self) -> str:
        return f"entitlements of {self.organization_id}, revision {self.revision}"

    def timeline(self) -> list[Phase]:
        """Return all phases, the earliest first."""
        return [Phase.from_json(stored) for stored in self.phases]

    def holding(self, moment: datetime | None = None) -> Phase:
        """Return the phase that holds now, or at ``moment``."""
        return phase_at(self.timeline(), moment or clock.now())[1]

    def until(self, moment: datetime | None = None) -> datetime | None:
        """Return when what holds now changes by itself, if it does."""
        return phase_at(self.timeline(), moment or clock.now())[2]

    def etag(self, moment: datetime | None = None) -> str:
        """Return the tag of what holds: the revision and the phase."""
        index = phase_at(self.timeline(), moment or clock.now())[0]
        return f"{self.revision}.{index}"


def has(organization_entitlements: Entitlements, feature: Feature) -> bool:
    """Whether the feature is open now."""
    return feature in organization_entitlements.holding().features


def left(organization_entitlements: Entitlements, limit: Limit, taken: int) -> int | None:
    """Return how much of a limit is left; ``None`` is no limit. A limit not known leaves
    nothing.
    """
    allowed = organization_entitlements.holding().limits.get(limit, 0)
    return None if allowed == UNLIMITED else max(0, allowed - taken)
