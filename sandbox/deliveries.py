"""Events on their way: one row for each event and endpoint, and what has become of it."""

import hashlib
import hmac
import json
import random

from sandbox.clock import wall
from sandbox.ids import random_text
from sandbox.store import Doc, Store

GIVE_UP_AFTER = 40
PLAN = {"mode": "send", "shuffle": False, "duplicate": 0, "drop": 0, "delay": 0}


def plan(store: Store) -> Doc:
    """How deliveries are to be made."""
    chosen: Doc = store.setting("delivery_plan", {})
    return PLAN | chosen


def queue(store: Store, event: Doc) -> None:
    """Put an event on its way to every endpoint that asked for it."""
    how = plan(store)
    for endpoint in store.all("webhook_endpoint"):
        wanted = endpoint["enabled_events"]
        if endpoint["status"] != "enabled" or not ({"*", event["type"]} & set(wanted)):
            continue
        state = "held" if how["mode"] == "hold" else "pending"
        if _dropped(store, how, event["type"]):
            state = "dropped"
        for _ in range(1 + how["duplicate"]):
            _insert(store, event, endpoint, state, wall() + how["delay"])


def _dropped(store: Store, how: Doc, event_type: str) -> bool:
    if isinstance(how["drop"], list):
        return event_type in how["drop"]
    if how["drop"] <= 0:
        return False
    how["drop"] -= 1
    store.set("delivery_plan", how)
    return True


def _insert(store: Store, event: Doc, endpoint: Doc, state: str, next_at: float) -> None:
    store.execute(
        "insert into deliveries (id, event_id, type, endpoint_id, url, state, next_at) "
        "values (?,?,?,?,?,?,?)",
        (
            f"dlv_{random_text(16)}",
            event["id"],
            event["type"],
            endpoint["id"],
            endpoint["url"],
            state,
            next_at,
        ),
    )


def listed(store: Store, state: str | None = None, event_id: str | None = None) -> list[Doc]:
    """Deliveries, oldest first."""
    query, values = "select * from deliveries where 1=1", list[str]()
    for column, value in (("state", state), ("event_id", event_id)):
        if value is not None:
            query, values = f"{query} and {column}=?", [*values, value]
    return [dict(row) for row in store.rows(query + " order by seq", values)]


def due(store: Store, *, limit: int = 500) -> list[Doc]:
    """What is to be sent now, in the order of sending."""
    query = "select * from deliveries where state='pending' and next_at<=? order by seq limit ?"
    found = [dict(row) for row in store.rows(query, (wall(), limit))]
    if plan(store)["shuffle"]:
        random.shuffle(found)
    return found


def next_due(store: Store) -> float | None:
    """The wall time of the next attempt, or None."""
    found = store.rows("select min(next_at) as at from deliveries where state='pending'")
    return None if found[0]["at"] is None else float(found[0]["at"])


def pending_webhooks(store: Store, event_id: str) -> int:
    """How many endpoints have not yet taken an event."""
    query = "select count(distinct endpoint_id) as n from deliveries where event_id=?"
    return int(store.rows(f"{query} and state != 'delivered'", (event_id,))[0]["n"])


def letter(store: Store, delivery: Doc) -> tuple[dict[str, str], bytes]:
    """Headers and body of one attempt, signed just now with every current secret."""
    event = store.get("event", delivery["event_id"]) or {"id": delivery["event_id"]}
    endpoint = store.get("webhook_endpoint", delivery["endpoint_id"])
    event["pending_webhooks"] = pending_webhooks(store, event["id"])
    body = json.dumps(event, indent=2).encode()
    secrets = endpoint["_secrets"] if endpoint else []
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secrets, int(wall())),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }, body


def signature(body: bytes, secrets: list[str], moment: int) -> str:
    """The header's value: the time, then one signature for each secret."""
    signed = f"{moment}.".encode() + body
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={mark}" for mark in marks)])


def record(store: Store, delivery: Doc, status: int | None, error: str | None) -> bool:
    """Note how an attempt went; anything but a 2xx is tried again later. Whether it arrived."""
    arrived = status is not None and 200 <= status < 300
    attempts = delivery["attempts"] + 1
    state = "delivered" if arrived else "failed" if attempts >= GIVE_UP_AFTER else "pending"
    pause = min(2 ** (attempts - 1), 3600)
    with store.transaction():
        store.execute(
            "update deliveries set state=?, attempts=?, next_at=?, last_status=?, last_error=? "
            "where id=?",
            (state, attempts, wall() + pause, status, error, delivery["id"]),
        )
    return arrived
