"""What opens a gate: from an organization's sources to its entitlements row.

``phases_of`` is a pure function of rows and a moment. ``settle`` is the only writer of the row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from audit.record import record
from kernel import clock
from kernel.actor import Actor
from orgs.entitlements import (
    UNLIMITED,
    Entitlements,
    Feature,
    Limit,
    Phase,
    SeatPrice,
    Standing,
    phase_at,
)
from orgs.events import EntitlementsChanged
from orgs.models import Organization
from orgs.models.organization import State
from subscriptions.catalog import GRACE, PLANS, PUBLISHING_AFTER_END, Plan
from subscriptions.models import Grant, Hold, Override, Price, SeatCeiling, Subscription
from subscriptions.models.override import OverrideKind
from subscriptions.models.subscription import FAILING

FOREVER = datetime.max.replace(tzinfo=clock.wall().tzinfo)


@dataclass(frozen=True, slots=True)
class Source:
    """One reason why an organization may, on its own timeline.

    It gives until ``active_until``, then still gives, as grace, until ``ends_at``. Either may be
    FOREVER. A source without grace has both alike. ``is_owed`` says that an invoice is unpaid: it
    is paid, before anything is bought anew.
    """

    active_until: datetime
    ends_at: datetime
    features: frozenset[Feature]
    limits: dict[Limit, int]
    name: str = ""
    is_owed: bool = False
    seat_price: SeatPrice | None = None
    seats_follow: bool = False

    def standing_at(self, moment: datetime) -> Standing | None:
        """Return what this source alone gives at ``moment``."""
        if moment < self.active_until:
            return Standing.ACTIVE
        return Standing.GRACE if moment < self.ends_at else None


def of_subscription(
    subscription: Subscription,
    *,
    price: Price | None = None,
    shrinking_to: int | None = None,
    ceiling: int | None = None,
) -> Source | None:
    """Return the source behind a subscription; dead attempts and unknown states are none.

    ``price`` is what one more seat costs. ``shrinking_to`` fewer seats were asked for: they hold
    before Stripe has heard of it. Up to ``ceiling`` seats are billed as they are taken.
    """
    plan = subscription.plan
    if plan is None:
        return None
    most = shrinking_to if shrinking_to is not None else subscription.quantity
    if subscription.status in ("active", "trialing"):
        end = subscription.ends_at or FOREVER
        seats = ceiling if ceiling is not None else min(subscription.quantity, most)
        source = _source(plan, plan.limits_with(seats), end, end, subscription.words)
        return replace(source, seat_price=_seat_price(price), seats_follow=ceiling is not None)
    if subscription.status in FAILING:
        since = subscription.failing_since or subscription.period_start or subscription.began_at
        end = min(since + plan.grace, subscription.ends_at or FOREVER)
        paid = min(subscription.paid_quantity, subscription.quantity)
        limits = plan.limits_with(min(paid, most))
        return replace(_source(plan, limits, since, end, subscription.words), is_owed=True)
    if subscription.status == "canceled" and subscription.ended_at is not None:
        since = end = subscription.ended_at
        if subscription.ended_by_failure and subscription.failing_since is not None:
            since = subscription.failing_since  # our dates count, whenever Stripe gave up
            end = since + plan.grace
        limits = plan.limits_with(subscription.paid_quantity)
        return _source(plan, limits, since, end, subscription.words)
    return None


def of_grant(grant: Grant) -> Source:
    """Return the source behind a grant: its term, then grace, unless somebody ended it."""
    plan = PLANS[grant.kind]
    limits = dict(plan.limits)
    if grant.seats is not None and grant.private_projects is not None:
        limits |= {Limit.SEATS: grant.seats, Limit.PRIVATE_PROJECTS: grant.private_projects}
    name = f"{grant.kind} grant"
    if grant.ended_at is not None:
        return _source(plan, limits, grant.ended_at, grant.ended_at, name)
    return _source(plan, limits, grant.until, grant.until + GRACE, name)


def phases_of(
    sources: Iterable[Source],
    *,
    state: str,
    born: datetime,
    now: datetime,
    overrides: Iterable[Override] = (),
    holds: Iterable[Hold] = (),
) -> list[Phase]:
    """Return what holds from ``now`` on, and each change that is coming by itself.

    The best source gives the standing, features are united, of numbers the largest counts; then
    overrides, the later set over the earlier; holds last.
    """
    if state != State.OPEN:
        standing = Standing.CLOSING if state == State.CLOSING else Standing.CLOSED
        return [Phase(since=now, standing=standing, may_raise_bill=False)]
    set_beside, held = sorted(overrides, key=lambda each: each.since), list(holds)
    given = [_with_more_grace(source, set_beside) for source in sources]
    last_end = max([source.ends_at for source in given if source.ends_at < FOREVER] + [born])
    turns = {source.active_until for source in given} | {source.ends_at for source in given}
    turns |= {_later(last_end, PUBLISHING_AFTER_END)}
    turns |= {each.since for each in set_beside} | {each.ends_at for each in set_beside}
    turns |= {each.since for each in held} | {each.ends_at or FOREVER for each in held}
    moments = [now, *sorted(turn for turn in turns if now < turn < FOREVER)]
    phases: list[Phase] = []
    for moment in moments:
        phase = _phase_at(given, moment, publishing_until=_later(last_end, PUBLISHING_AFTER_END))
        phase = _overridden(phase, [each for each in set_beside if each.holds_at(moment)])
        if any(each.holds_at(moment) for each in held):
            phase = Phase(since=moment, standing=Standing.SUSPENDED, may_raise_bill=False)
        if not phases or replace(phase, since=phases[-1].since) != phases[-1]:
            phases.append(phase)
    return phases


@transaction.atomic
def settle(organization_id: int, *, actor: Actor) -> Entitlements:
    """Bring the entitlements row to what holds now; twice is once.

    Locks the organization. Writes, raises the revision and records only when the content changed.
    """
    organization = Organization.objects.lock(organization_id)
    now = clock.now()
    sources = sources_of(organization)
    phases = phases_of(
        sources,
        state=organization.state,
        born=organization.created_at,
        now=now,
        overrides=organization.overrides.all(),
        holds=organization.holds.all(),
    )
    row = Entitlements.objects.filter(organization=organization).first()
    if row is not None:
        stored = row.timeline()
        index, holding, _ = phase_at(stored, now)
        if replace(phases[0], since=holding.since) == holding:
            phases[0] = holding
        if index == 0 and stored == phases:
            return row
    before = phase_at(stored, row.settled_at)[1].standing if row is not None else "new"
    row = _write(organization, row, phases, now)
    record(
        EntitlementsChanged(
            organization=organization.name,
            before=before,
            after=phases[0].standing,
            revision=row.revision,
        ),
        actor=actor,
        organization=organization,
    )
    return row


def sources_of(organization: Organization) -> list[Source]:
    """Return every reason why an organization may, ended ones too."""
    rows = list(organization.subscriptions.all())
    prices = Price.objects.in_bulk([row.price_id for row in rows], field_name="price_id")
    shrinking = dict(
        organization.subscription_changes.open().values_list("subscription_id", "quantity")
    )
    ceilings = dict(
        SeatCeiling.objects.filter(subscription__in=rows).values_list("subscription_id", "ceiling")
    )
    found = [
        of_subscription(
            row,
            price=prices.get(row.price_id),
            shrinking_to=shrinking.get(row.pk),
            ceiling=ceilings.get(row.pk),
        )
        for row in rows
    ]
    grants = [of_grant(grant) for grant in organization.grants.all()]
    return [source for source in found if source is not None] + grants


def _write(
    organization: Organization, row: Entitlements | None, phases: list[Phase], now: datetime
) -> Entitlements:
    if row is None:
        row = Entitlements(organization=organization, revision=0)
    row.revision += 1
    row.phases = [phase.to_json() for phase in phases]
    row.next_at = phases[1].since if len(phases) > 1 else None
    row.settled_at = now
    row.save()
    return row


def _phase_at(given: list[Source], moment: datetime, *, publishing_until: datetime) -> Phase:
    giving = [(source, standing) for source in given if (standing := source.standing_at(moment))]
    if not giving:
        return Phase(
            since=moment,
            standing=Standing.RESTRICTED,
            may_publish=moment < publishing_until,
            may_raise_bill=not any(source.is_owed for source in given),
        )
    is_active = any(standing is Standing.ACTIVE for _, standing in giving)
    limits: dict[Limit, int] = {}
    for source, _ in giving:
        for limit, number in source.limits.items():
            limits[limit] = _larger(limits.get(limit), number)
    return Phase(
        since=moment,
        standing=Standing.ACTIVE if is_active else Standing.GRACE,
        features=frozenset().union(*(source.features for source, _ in giving)),
        limits=limits,
        may_publish=True,
        may_raise_bill=is_active or not any(source.is_owed for source in given),
        seat_price=next((s.seat_price for s, _ in giving if s.seat_price is not None), None),
        seats_follow=any(source.seats_follow for source, _ in giving),
    )


def _with_more_grace(source: Source, overrides: Iterable[Override]) -> Source:
    """Let a source that fails, or whose term is over, give for as long as staff said."""
    until = max((o.ends_at for o in overrides if o.kind == OverrideKind.GRACE), default=None)
    fails = source.active_until < source.ends_at
    if until is None or not fails or until <= source.ends_at:
        return source
    return replace(source, ends_at=until)


def _overridden(phase: Phase, overrides: Iterable[Override]) -> Phase:
    """Set beside what sources give; where nothing is given, nothing is set."""
    if not phase.grows():
        return phase
    features, limits = set(phase.features), dict(phase.limits)
    for override in overrides:
        if override.kind == OverrideKind.FEATURE:
            features.add(Feature(override.key))
        elif override.kind == OverrideKind.LIMIT and override.number is not None:
            limits[Limit(override.key)] = override.number
    return replace(phase, features=frozenset(features), limits=limits)


def _source(
    plan: Plan, limits: dict[Limit, int], active_until: datetime, ends_at: datetime, name: str
) -> Source:
    return Source(min(active_until, ends_at), ends_at, plan.features, limits, name)


def _seat_price(price: Price | None) -> SeatPrice | None:
    if price is None:
        return None
    return SeatPrice(price.money.amount, price.money.currency, price.interval)


def _larger(one: int | None, other: int) -> int:
    if one is None:
        return other
    return UNLIMITED if UNLIMITED in (one, other) else max(one, other)


def _later(moment: datetime, span: timedelta) -> datetime:
    return moment if moment == FOREVER else moment + span
