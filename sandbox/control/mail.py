"""Deliveries: how they are made, what became of them, and sending one by hand."""

from sandbox import deliveries
from sandbox.clock import wall
from sandbox.control.lever import NotSo, lever
from sandbox.ids import random_text
from sandbox.store import Doc
from sandbox.world import world

WAITING = ("pending", "held")
STATES = (*WAITING, "delivered", "dropped", "failed")


@lever("GET", "POST")
def all_of_them(sent: Doc) -> Doc:
    """List them by state or event; POST changes how they are made from now on."""
    if set(sent) & set(deliveries.PLAN):
        return {"plan": plan(sent)}
    store = world().store
    if sent.get("state") not in (None, *STATES):
        raise NotSo(f"A state is one of {', '.join(STATES)}.")
    found = deliveries.listed(store, sent.get("state"), sent.get("event"))
    shown = [_shown(one) for one in found]
    return {"plan": deliveries.plan(store), "deliveries": shown}


def _shown(delivery: Doc) -> Doc:
    shown = dict(delivery)
    if delivery["state"] in WAITING:
        headers, body = deliveries.letter(world().store, delivery)
        shown |= {"headers": headers, "body": body.decode()}
    return shown


def plan(sent: Doc) -> Doc:
    """Change how deliveries are made; going back to "send" lets held ones go."""
    store = world().store
    how = deliveries.plan(store) | {name: sent[name] for name in deliveries.PLAN if name in sent}
    if how["mode"] not in ("send", "hold"):
        raise NotSo("The mode is send or hold.")
    with store.transaction():
        store.set("delivery_plan", how)
        if how["mode"] == "send":
            release = "update deliveries set state='pending', next_at=? where state='held'"
            store.execute(release, (wall(),))
    world().sender.ring()
    return how


@lever("POST")
def send(_sent: Doc, delivery_id: str) -> Doc:
    """Send one now, whatever became of it before; it counts as another attempt."""
    return send_one(delivery_id)


def send_one(delivery_id: str) -> Doc:
    """One attempt by hand."""
    store = world().store
    found = store.rows("select * from deliveries where id=?", (delivery_id,))
    if not found:
        raise NotSo(f"There is no delivery {delivery_id}.")
    arrived = world().sender.send(dict(found[0]))
    after = dict(store.rows("select * from deliveries where id=?", (delivery_id,))[0])
    return {"ok": arrived, "delivery": after}


@lever("POST")
def drain(_sent: Doc) -> Doc:
    """Send all that is due and wait for the answers."""
    return {"sent": world().sender.drain()}


@lever("POST")
def rotate(sent: Doc) -> Doc:
    """A new secret for an endpoint; the old one signs too until the next rotation, if told."""
    with world().turn() as turn:
        endpoint = turn.find("webhook_endpoint", sent["endpoint"])
        fresh = sent.get("secret") or f"whsec_{random_text(32)}"
        old = endpoint["_secrets"][:1] if sent.get("keep_old", True) else []
        endpoint["_secrets"] = [fresh, *old]
        turn.save(endpoint)
    return {"endpoint": endpoint["id"], "secret": fresh, "secrets": len(endpoint["_secrets"])}
