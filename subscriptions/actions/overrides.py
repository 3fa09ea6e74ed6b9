"""Overrides: staff set a feature, a number or more grace beside the sources, with a reason."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Invalid, NotFound
from orgs.entitlements import UNLIMITED, Feature, Limit
from orgs.models import Organization
from orgs.policy import require_staff
from subscriptions import events
from subscriptions.actions.staff import MOST, a_day_ahead, a_reason
from subscriptions.models import Override
from subscriptions.models.override import OverrideKind
from subscriptions.standing import settle

KEYS: dict[str, frozenset[str]] = {
    OverrideKind.FEATURE: frozenset(Feature),
    OverrideKind.LIMIT: frozenset(Limit),
    OverrideKind.GRACE: frozenset({""}),
}
"""What each kind may name."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is set: of a feature or a limit its ``key``; of a limit its ``number``, -1 for none."""

    kind: str
    key: str = ""
    number: int | None = None


@transaction.atomic
def set_override(
    *, organization: Organization, setting: Setting, until: datetime, reason: str, actor: Actor
) -> Override:
    """Set something until a day. The same again, with the same end, is the same.

    Locks the organization. Refuses with Invalid.
    """
    require_staff(actor, "money:change")
    organization = Organization.objects.lock(organization.pk)
    _makes_sense(setting)
    reason, until = a_reason(reason), a_day_ahead(until)
    same = organization.overrides.running().filter(
        kind=setting.kind, key=setting.key, number=setting.number, until=until
    )
    if (existing := same.first()) is not None:
        return existing
    override = organization.overrides.create(
        kind=setting.kind,
        key=setting.key,
        number=setting.number,
        reason=reason,
        set_by_id=actor.user_id,
        until=until,
    )
    record(
        events.OverrideSet(
            override_id=override.pk, what=override.words, until=until.isoformat(), why=reason
        ),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return override


@transaction.atomic
def end_override(
    *, organization: Organization, override_id: int, reason: str, actor: Actor
) -> Override:
    """End one before its day; twice is once. Locks the organization. Refuses with NotFound."""
    require_staff(actor, "money:change")
    organization = Organization.objects.lock(organization.pk)
    override = organization.overrides.filter(pk=override_id).first()
    if override is None:
        raise NotFound
    if override.ends_at <= clock.now():
        return override
    reason = a_reason(reason)
    override.ended_at = clock.now()
    override.save(update_fields=["ended_at"])
    record(
        events.OverrideEnded(override_id=override.pk, what=override.words, why=reason),
        actor=actor,
        organization=organization,
    )
    settle(organization.pk, actor=actor)
    return override


def _makes_sense(setting: Setting) -> None:
    if setting.key not in KEYS.get(setting.kind, frozenset()):
        raise Invalid("Choose what is set.", field="setting")
    is_limit = setting.kind == OverrideKind.LIMIT
    if is_limit != (setting.number is not None):
        raise Invalid("A limit needs a number, and nothing else has one.", field="number")
    if setting.number is not None and not UNLIMITED <= setting.number <= MOST:
        raise Invalid(f"Choose a number up to {MOST:,}, or -1 for no limit.", field="number")
