"""The operator's page: the clock, what exists, what was told, and the switches."""

import json

from django.http import Http404, HttpRequest, HttpResponse

from sandbox import deliveries
from sandbox.advance import next_renewal
from sandbox.billing.standing import RULES
from sandbox.clock import DAY, iso
from sandbox.control import clock, mail, trouble
from sandbox.control.lever import NotSo
from sandbox.moments import LIVE, ends_at, period_of
from sandbox.objects import disputes, schedules
from sandbox.pages.page import page
from sandbox.pages.redirect import SeeOther
from sandbox.protocol import faults
from sandbox.protocol.refusals import Refused
from sandbox.store import Doc
from sandbox.world import world

SHOWN = 25


def dashboard(request: HttpRequest) -> HttpResponse:
    """Everything at a glance, newest first."""
    here = world()
    with here.turn() as turn:
        names = {one["id"]: one.get("name") or one.get("email") for one in turn.all("customer")}
        subscriptions = [
            one
            | {
                "who": names.get(one["customer"]) or one["customer"],
                "item": one["items"]["data"][0],
                "until": period_of(one)[1],
                "planned": schedules.active_of(turn, one),
                "end": ends_at(one) if one["status"] in LIVE else one["ended_at"],
            }
            for one in turn.all("subscription")[:-SHOWN:-1]
        ]
        invoices = [
            one | {"who": names.get(one["customer"]) or one["customer"]}
            for one in turn.all("invoice")[:-SHOWN:-1]
        ]
        disputed = turn.all("dispute")[:-SHOWN:-1]
        customers = [one for one in turn.all("customer")[:-SHOWN:-1] if not one.get("deleted")]
    renewal = next_renewal(here)
    context = {
        "now": here.clock.now(),
        "offset_days": round(here.clock.offset / DAY, 1),
        "renewal": renewal,
        "customers": customers,
        "subscriptions": subscriptions,
        "invoices": invoices,
        "disputes": disputed,
        "events": _events(),
        "plan": deliveries.plan(here.store),
        "held": len(deliveries.listed(here.store, "held")),
        "dunning": RULES | here.store.setting("dunning", {}),
        "faults": faults.planned(here.store),
        "said": request.GET.get("said", ""),
    }
    return page("dashboard.html", context)


def _events() -> list[Doc]:
    store = world().store
    query = "select doc, id from objects where kind='event' order by seq desc limit ?"
    found = []
    for row in store.rows(query, (SHOWN,)):
        event: Doc = json.loads(row["doc"])
        found.append(event | {"deliveries": deliveries.listed(store, event_id=row["id"])})
    return found


def act(request: HttpRequest, deed: str) -> HttpResponse:
    """One switch of the dashboard."""
    if request.method != "POST" or deed not in ACTS:
        raise Http404
    try:
        said = ACTS[deed](request)
    except (NotSo, Refused, ValueError) as no:
        said = str(no)
    return SeeOther(f"/?said={said}")


def _advance(request: HttpRequest) -> str:
    how = request.POST.get("by", "days")
    if how == "renewal":
        journey = clock.move({"to_next_renewal": True})
    else:
        journey = clock.move({"advance": int(request.POST.get("days") or 1) * DAY})
    return f"The clock stands at {iso(world().clock.now())}; {len(journey.instants)} stops."


def _plan(request: HttpRequest) -> str:
    how = mail.plan(
        {
            "mode": request.POST.get("mode", "send"),
            "shuffle": "shuffle" in request.POST,
            "duplicate": int(request.POST.get("duplicate") or 0),
            "drop": int(request.POST.get("drop") or 0),
            "delay": int(request.POST.get("delay") or 0),
        }
    )
    return f"Deliveries: {how['mode']}."


def _decline(request: HttpRequest) -> str:
    whom = request.POST.get("customer")
    trouble.order_decline(whom)
    return f"The next charge of {whom or 'anybody'} will be declined."


def _fault(request: HttpRequest) -> str:
    status = int(request.POST["status"])
    times = int(request.POST.get("times") or 1)
    one = {"status": status, "times": times, "execute": "execute" in request.POST}
    with world().store.transaction():
        faults.plan(world().store, [one] if times else [])
    return f"The next {times} calls will be answered {status}."


def _send(request: HttpRequest) -> str:
    sent = mail.send_one(request.POST["delivery"])
    return "It was taken." if sent["ok"] else "It was not taken."


def _dispute(request: HttpRequest) -> str:
    with world().turn() as turn:
        invoice = turn.find("invoice", request.POST["invoice"])
        intent = turn.find("payment_intent", invoice["_intent"])
        made = disputes.open_dispute(turn, intent["latest_charge"])
    return f"Its bank disputes the payment: {made['id']}."


def _decide(request: HttpRequest) -> str:
    with world().turn() as turn:
        made = turn.find("dispute", request.POST["dispute"])
        disputes.end(turn, made, request.POST["status"])
    return f"The dispute is {request.POST['status']}."


ACTS = {
    "decide": _decide,
    "dispute": _dispute,
    "advance": _advance,
    "deliveries": _plan,
    "decline": _decline,
    "faults": _fault,
    "send": _send,
}
