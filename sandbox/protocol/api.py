"""The door of /v1: key, faults, idempotency, parameters, one turn, one answer."""

import json
import logging
import socket
import time

from django.http import HttpRequest, HttpResponse

from sandbox.ids import random_text
from sandbox.protocol import faults, idempotency
from sandbox.protocol.faults import Fault
from sandbox.protocol.forms import decode
from sandbox.protocol.keys import key_of
from sandbox.protocol.parameters import check
from sandbox.protocol.refusals import Refused, malformed, unknown_path
from sandbox.protocol.rendering import answer
from sandbox.protocol.routes import Route, match
from sandbox.store import Doc
from sandbox.turn import API_VERSION, Turn
from sandbox.world import world

log = logging.getLogger("sandbox")

Answer = tuple[int, str]


def v1(request: HttpRequest) -> HttpResponse:
    """Answer a request as Stripe would, or as the planned fault tells."""
    request_id = f"req_{random_text(14)}"
    fault = faults.take(world().store, request.method or "", request.path)
    replayed = False
    try:
        key_of(request.headers.get("Authorization", ""))
        _check_version(request.headers.get("Stripe-Version", API_VERSION))
        (status, body), replayed = _once(request, request_id, fault)
    except Refused as refused:
        status, body = refused.status, _text(refused.body)
    except Exception:  # as at Stripe, a fault is answered in the envelope, and its trace is kept
        log.exception("%s %s", request.method, request.path)
        broken = {"type": "api_error", "message": "The sandbox failed; its terminal says why."}
        status, body = 500, _text({"error": broken})
    if fault is not None and fault.drop:
        _hang_up(request)
    response = HttpResponse(body, status=status, content_type="application/json")
    response["Request-Id"] = request_id
    response["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    if key := request.headers.get("Idempotency-Key"):
        response["Idempotency-Key"] = key
        response["Original-Request"] = request_id
    if replayed:
        response["Idempotent-Replayed"] = "true"
    if status in (409, 429) or status >= 500:
        response["Stripe-Should-Retry"] = "true" if status != 429 else "false"
    return response


def _check_version(asked: str) -> None:
    """Only one version is spoken here; at Stripe another one would change the shapes."""
    if asked != API_VERSION:
        raise malformed(f"This sandbox speaks {API_VERSION}, not {asked}.")


def _once(request: HttpRequest, request_id: str, fault: Fault | None) -> tuple[Answer, bool]:
    """Execute under the idempotency key, if there is one; whether the answer is an old one."""
    sent = _sent(request)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if key is None:
        return _faulty(request, request_id, sent, None, fault), False
    mark = idempotency.fingerprint(request.method or "", request.path, sent)
    kept = idempotency.begin(world().store, key, mark)
    if kept is not None:
        return kept, True
    try:
        return _faulty(request, request_id, sent, (key, mark), fault), False
    finally:
        idempotency.end(key)


def _faulty(
    request: HttpRequest,
    request_id: str,
    sent: Doc,
    keep: tuple[str, str] | None,
    fault: Fault | None,
) -> Answer:
    """Execute, unless the fault says not to; the caller hears what the fault says."""
    if fault is None:
        return _execute(request, request_id, sent, keep)
    false = None if fault.status is None else (fault.status, _text(fault.body()))
    executed = None
    if fault.execute or (false is None and not fault.drop):
        executed = _execute(request, request_id, sent, keep, instead=false)
    elif false is not None and false[0] >= 500 and keep is not None:
        idempotency.keep(world().store, *keep, *false)
    if fault.hang:
        time.sleep(fault.hang)
    return false or executed or (500, "")


def _execute(
    request: HttpRequest,
    request_id: str,
    sent: Doc,
    keep: tuple[str, str] | None,
    instead: Answer | None = None,
) -> Answer:
    """One turn; its answer is kept for the key in the same transaction."""
    found = match(request.method or "", request.path)
    if found is None:
        raise unknown_path(request.method or "", request.path)
    route, ids = found
    params = check(route.params, sent)
    expand = params.pop("expand", [])
    here = world()
    try:
        with here.turn(request=request_id, key=keep[0] if keep else None) as turn:
            result = _perform(turn, route, params, ids, expand)
            if keep is not None:
                idempotency.keep(here.store, *keep, *(instead or result))
    except Refused as refused:
        # A refusal undoes the turn, but not the memory of the refusal.
        if refused.kept and keep is not None:
            idempotency.keep(here.store, *keep, refused.status, _text(refused.body))
        raise
    return result


def _perform(turn: Turn, route: Route, params: Doc, ids: list[str], expand: list[str]) -> Answer:
    """Do it; a refusal that leaves traces, such as a declined card, is an answer like another."""
    try:
        done = route.handler(turn, params, *ids)
    except Refused as refused:
        if not refused.committed:
            raise
        return refused.status, _text(refused.body)
    return 200, _text(answer(turn, done, expand))


def _sent(request: HttpRequest) -> Doc:
    query = request.META.get("QUERY_STRING", "")
    if request.method == "GET":
        return decode(query)
    body = request.body.decode()
    return decode(f"{query}&{body}" if query and body else query or body)


def _text(value: Doc) -> str:
    return json.dumps(value, indent=2)


def _hang_up(request: HttpRequest) -> None:
    """Cut the connection instead of answering."""
    link: socket.socket = request.META["sandbox.connection"]
    link.shutdown(socket.SHUT_RDWR)
