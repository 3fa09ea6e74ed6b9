"""Changes of items: one calculation for the preview and for the deed."""

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.billing import invoicing, payment, scheduling
from sandbox.billing.lines import full_line, proration, unused
from sandbox.billing.periods import next_end
from sandbox.clock import DAY, HOUR
from sandbox.moments import INCOMPLETE_LIFE, period_of
from sandbox.objects import invoice_items, invoices
from sandbox.objects.subscriptions import item as new_item
from sandbox.protocol.refusals import Refused, invalid
from sandbox.protocol.rendering import a_list
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

CHANGES_AN_HOUR = 200
INVOICES_A_DAY = 20


@dataclass(frozen=True, slots=True)
class Change:
    """What the items become, what that costs, and whether a new cycle begins."""

    items: list[Doc]
    prorations: list[Doc]
    whole: list[Doc]
    anchor: int | None

    @property
    def restarts(self) -> bool:
        """Whether a new cycle begins now, which is always billed at once."""
        return self.anchor is not None


def work_out(turn: "Turn", subscription: Doc, asked: list[Doc], params: Doc) -> Change:
    """The consequences of a change of items; nothing is kept.

    ``params`` are those of an update, or the subscription details of a preview: proration_behavior,
    proration_date and billing_cycle_anchor.
    """
    start, end = period_of(subscription)
    at = params.get("proration_date", turn.now)
    if not start <= at <= end:
        raise invalid("proration_date must lie within the current period.", "proration_date")
    held = {one["id"]: one for one in subscription["items"]["data"]}
    wanted = [_wanted(turn, subscription, held, one) for one in asked]
    named = {one["id"] for one, _ in wanted}
    untouched = [(one, True) for one in held.values() if one["id"] not in named]
    after = [copy.deepcopy(one) for one, stays in [*untouched, *wanted] if stays]
    if not after:
        raise invalid("A subscription must have at least one item.", "items")
    trial = subscription["status"] == "trialing"
    anchor = None if trial else _restart(turn, held, after, params)
    free = trial or params.get("proration_behavior") == "none"
    lines = [] if free else _prorations(turn, held, wanted, at, restarts=anchor is not None)
    whole = _restarted(turn, after, anchor) if anchor is not None else []
    return Change(after, lines, whole, anchor)


def _wanted(turn: "Turn", subscription: Doc, held: dict[str, Doc], asked: Doc) -> tuple[Doc, bool]:
    """The item as asked for, and whether it stays."""
    if asked.get("id") and asked["id"] not in held:
        raise invalid(f"No such subscription item: '{asked['id']}'", "items[0][id]")
    price = turn.find("price", asked["price"], "items[0][price]") if asked.get("price") else None
    if price and (not price["recurring"] or not price["active"]):
        raise invalid("The price must be active and recurring.", "items[0][price]")
    if price and price["currency"] != subscription["currency"]:
        raise invalid("All items must share the currency of the subscription.", "items[0][price]")
    old = held.get(asked.get("id", ""))
    if old is None:
        if price is None:
            raise invalid("A new item needs a price.", "items[0][price]")
        _, end = period_of(subscription)
        made = new_item(turn, subscription["id"], price, asked.get("quantity", 1), end)
        return made | {"metadata": asked.get("metadata") or {}}, True
    changed = old | {
        "price": price or old["price"],
        "quantity": asked.get("quantity", old["quantity"]),
        "metadata": old["metadata"] | (asked.get("metadata") or {}),
    }
    return changed, not asked.get("deleted", False)


def _restart(turn: "Turn", held: dict[str, Doc], after: list[Doc], params: Doc) -> int | None:
    """A new anchor if the interval changes, or if it was asked for."""
    cycles = {_cycle(one["price"]) for one in after}
    if len(cycles) > 1:
        raise invalid("All items must be billed at the same interval.", "items")
    if cycles != {_cycle(one["price"]) for one in held.values()}:
        return turn.now
    return turn.now if params.get("billing_cycle_anchor") == "now" else None


def _cycle(price: Doc) -> tuple[str, int]:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def _prorations(
    turn: "Turn",
    held: dict[str, Doc],
    wanted: list[tuple[Doc, bool]],
    at: int,
    *,
    restarts: bool,
) -> list[Doc]:
    if restarts:
        return [unused(turn, one, at) for one in held.values()]
    lines = []
    for one, stays in wanted:
        old = held.get(one["id"])
        if old is None:
            nothing = one | {"quantity": 0}
            lines += proration(turn, nothing, one["price"], one["quantity"], at)[1:]
        elif not stays:
            lines.append(unused(turn, old, at))
        else:
            lines += proration(turn, old, one["price"], one["quantity"], at)
    return lines


def _restarted(turn: "Turn", after: list[Doc], anchor: int) -> list[Doc]:
    """Move the items to their new cycle; the lines for its first period."""
    lines = []
    for one in after:
        end = next_end(anchor, one["price"]["recurring"], anchor)
        one |= {"current_period_start": anchor, "current_period_end": end}
        lines.append(full_line(turn, one, anchor, end))
    return lines


def change(turn: "Turn", subscription: Doc, asked: list[Doc], params: Doc) -> None:
    """Do it: bill now or later, then write the items; the caller saves and tells.

    Under pending_if_incomplete an unpaid change waits beside the subscription instead.
    """
    _count(turn, subscription, asked)
    done = work_out(turn, subscription, asked, params)
    at_once = params.get("proration_behavior") == "always_invoice" or done.restarts
    for line in done.prorations:
        invoice_items.keep(turn, subscription["customer"], line)
    if at_once and (done.prorations or done.whole):
        paid = _bill(turn, subscription, done, params)
        if not paid and params.get("payment_behavior") == "pending_if_incomplete":
            _wait(turn, subscription, done)
            return
    _write(turn, subscription, done.items, done.anchor)


def _write(turn: "Turn", subscription: Doc, items: list[Doc], anchor: int | None) -> None:
    subscription["items"] = a_list(subscription["items"]["url"], items)
    if anchor is not None:
        subscription["billing_cycle_anchor"] = anchor
    scheduling.follow(turn, subscription)


def _bill(turn: "Turn", subscription: Doc, done: Change, params: Doc) -> bool:
    """Invoice the change at once; whether it is paid, or nothing was to be paid."""
    _count_invoices(turn, subscription)
    period = (turn.now, turn.now)
    invoice = invoicing.draft(
        turn, subscription, done.whole, reason="subscription_update", period=period
    )
    invoicing.finalize(turn, invoice)
    if invoice["status"] == "paid":
        return True
    card = payment.card_for(turn, subscription["customer"], subscription)
    attempt = invoicing.collect(turn, invoice, card)
    if attempt.paid:
        return True
    how = params.get("payment_behavior", "allow_incomplete")
    if how == "error_if_incomplete":
        raise payment.refused(turn, invoice["_intent"], kept=False)
    if how != "pending_if_incomplete" and subscription["status"] == "active":
        subscription["status"] = "past_due"
    return False


def _wait(turn: "Turn", subscription: Doc, done: Change) -> None:
    _, end = period_of(subscription)
    expires = min(turn.now + INCOMPLETE_LIFE, end)
    subscription["pending_update"] = {
        "billing_cycle_anchor": done.anchor,
        "expires_at": expires,
        "subscription_items": done.items,
        "trial_end": None,
        "trial_from_plan": None,
    }
    subscription["_pending_change"] = {
        "invoice": subscription["latest_invoice"],
        "items": done.items,
        "anchor": done.anchor,
    }


def apply_pending(turn: "Turn", subscription: Doc) -> None:
    """What waited is paid: it holds now; the caller saves."""
    waiting = subscription["_pending_change"]
    _write(turn, subscription, waiting["items"], waiting["anchor"])
    subscription |= {"pending_update": None, "_pending_change": None}
    turn.tell("customer.subscription.pending_update_applied", subscription)


def lapse_pending(turn: "Turn", subscription: Doc) -> None:
    """What waited was not paid in time: it never happened, and its invoice is void."""
    invoice = turn.find("invoice", subscription["_pending_change"]["invoice"])
    if invoice["status"] == "open":
        invoicing.void(turn, invoice)
    subscription |= {"pending_update": None, "_pending_change": None}
    turn.tell("customer.subscription.pending_update_expired", subscription)
    turn.save(subscription, "customer.subscription.updated")


def _count(turn: "Turn", subscription: Doc, asked: list[Doc]) -> None:
    """Stripe takes two hundred changes of quantity an hour."""
    if not any("quantity" in one for one in asked):
        return
    recent = [at for at in subscription["_changes"] if at > turn.now - HOUR]
    if len(recent) >= CHANGES_AN_HOUR:
        raise _too_often("This subscription's quantity was changed too often in the last hour.")
    subscription["_changes"] = [*recent, turn.now]


def _count_invoices(turn: "Turn", subscription: Doc) -> None:
    """Stripe makes twenty invoices a day for one subscription."""
    found = invoices.of_subscription(turn, subscription)
    if sum(one["created"] > turn.now - DAY for one in found) >= INVOICES_A_DAY:
        raise _too_often("This subscription was invoiced too often in the last day.")


def _too_often(words: str) -> Refused:
    error = {"type": "invalid_request_error", "code": "rate_limit", "message": words}
    return Refused(429, error, kept=False)


def preview(turn: "Turn", subscription: Doc, asked: list[Doc], params: Doc) -> Doc:
    """The invoice that a change would bring, or the next one if nothing changes; kept nowhere."""
    customer = turn.find("customer", subscription["customer"])
    items, lines = subscription["items"]["data"], []
    at_once = False
    if asked or params.get("billing_cycle_anchor") == "now":
        done = work_out(turn, subscription, asked, params)
        items, lines = done.items, [*done.prorations, *done.whole]
        at_once = params.get("proration_behavior") == "always_invoice" or done.restarts
    waiting = invoice_items.waiting(turn, customer["id"], subscription["id"])
    lines = [*(invoice_items.line_of(one) for one in waiting), *lines]
    period = (turn.now, turn.now)
    if not at_once:
        lines, period = [*lines, *_next(turn, subscription, items)], period_of(subscription)
    invoice = invoices.shape(
        turn,
        customer=customer,
        subscription=subscription,
        lines=lines,
        reason="subscription_update" if at_once else "upcoming",
        currency=subscription["currency"],
        period=period,
        named=f"upcoming_in_{subscription['id'].removeprefix('sub_')}",
    )
    if "proration_date" in params:
        details = invoice["parent"]["subscription_details"]
        details["subscription_proration_date"] = params["proration_date"]
    return invoice | {"object": "invoice", "ending_balance": None}


def _next(turn: "Turn", subscription: Doc, items: list[Doc]) -> list[Doc]:
    """Lines for the period after the running one."""
    if subscription["cancel_at_period_end"] or subscription["cancel_at"]:
        return []
    _, start = period_of(subscription)
    items, anchor = scheduling.coming(turn, subscription, items, start)
    return [
        full_line(turn, one, start, next_end(anchor, one["price"]["recurring"], start))
        for one in items
    ]
