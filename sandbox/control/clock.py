"""Health, clock, reset, and the rules of retrying."""

from django.http import HttpRequest, JsonResponse

from sandbox.advance import Journey, advance_to, next_renewal, standstill
from sandbox.billing.standing import RULES
from sandbox.clock import from_iso, iso
from sandbox.control.lever import NotSo, lever
from sandbox.store import Doc
from sandbox.world import world

FINALS = ("past_due", "cancel", "unpaid")
CATALOG = (
    "billing_portal.configuration",
    "coupon",
    "price",
    "product",
    "promotion_code",
    "webhook_endpoint",
)
SETTINGS = ("delivery_plan", "faults", "declines", "dunning", "refunds_wait")


@lever("GET")
def healthz(_sent: Doc) -> Doc:
    """Ready."""
    return {"ok": True, "now": iso(world().clock.now())}


def clock(request: HttpRequest) -> JsonResponse:
    """Read the clock, or move it on."""
    return _read(request) if request.method == "GET" else _move(request)


def _shown() -> Doc:
    here = world()
    return {"now": iso(here.clock.now()), "offset": here.clock.offset}


@lever("GET")
def _read(_sent: Doc) -> Doc:
    renewal = next_renewal(world())
    due = world().store.next_due()
    return _shown() | {
        "next_at": iso(due) if due is not None else None,
        "next_renewal": iso(renewal) if renewal is not None else None,
    }


@lever("POST")
def _move(sent: Doc) -> Doc:
    journey = move(sent)
    instants = [iso(moment) for moment in journey.instants]
    return _shown() | {"instants": instants, "follower": journey.follower}


def move(sent: Doc) -> Journey:
    """Advance by seconds, to a time, or to the next renewal."""
    here = world()
    now = here.clock.now()
    if sent.get("to_next_renewal"):
        renewal = next_renewal(here)
        if renewal is None:
            raise NotSo("Nothing is going to renew.")
        target = renewal
    elif "to" in sent:
        target = from_iso(sent["to"])
    else:
        target = now + int(sent["advance"])
    if target < now:
        raise NotSo("Time does not run back; reset the sandbox instead.")
    return advance_to(here, target)


@lever("POST")
def reset(sent: Doc) -> Doc:
    """Forget all but endpoints, and keep the catalog if told; the clock is wall time again."""
    here = world()
    kept = CATALOG if sent.get("keep_catalog") else ("webhook_endpoint",)
    marks = ",".join("?" * len(kept))
    with standstill(), here.sender.resting(), here.store.transaction():
        here.store.execute(f"delete from objects where kind not in ({marks})", kept)  # noqa: S608
        here.store.execute("delete from deliveries")
        here.store.execute("delete from answers")
        for name in SETTINGS:
            here.store.execute("delete from settings where name=?", (name,))
        here.clock.reset()
    return _shown()


@lever("GET", "POST")
def dunning(sent: Doc) -> Doc:
    """Days after the first failure on which a payment is tried again, and what follows the last."""
    store = world().store
    chosen: Doc = store.setting("dunning", {})
    how = RULES | chosen | sent
    days = how["retry_days"]
    if how["final"] not in FINALS or not all(isinstance(one, int) for one in days):
        raise NotSo(f"retry_days are whole days; final is one of {', '.join(FINALS)}.")
    if days != sorted(set(days)):
        raise NotSo("retry_days must rise.")
    with store.transaction():
        store.set("dunning", how)
    return how
