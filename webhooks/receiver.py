"""The endpoint that Stripe calls: verify, store once with its target marked dirty, answer.

No call to Stripe, no decision, and nothing written before the signature holds.
"""

import json
from datetime import UTC, datetime
from typing import Any

import structlog
from celery.exceptions import OperationalError as NoBroker
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from kernel import clock
from webhooks.models import StripeEvent
from webhooks.signatures import is_signed
from webhooks.targets import TARGETS, hinted
from webhooks.tasks import drive_due_targets

LARGEST_BODY = 1024 * 1024
log = structlog.get_logger()

STORE = """
WITH event AS (
    INSERT INTO webhooks_stripeevent (event_id, created, type, api_version, live_mode, target_kind,
                                      target_id, state, received_at, payload)
    VALUES (%(event_id)s, %(created)s, %(type)s, %(api_version)s, %(live_mode)s, %(target_kind)s,
            %(target_id)s, %(state)s, %(now)s, %(payload)s::jsonb)
    ON CONFLICT (event_id, created) DO NOTHING
    RETURNING id
), target AS (
    INSERT INTO subscriptions_synctarget AS t
           (kind, object_id, gen, done_gen, due, attempts, claims, dead, error)
    SELECT hint.kind, hint.object_id, 1, 0, %(now)s, 0, 0, false, ''
      FROM event, unnest(%(kinds)s::text[], %(ids)s::text[]) AS hint(kind, object_id)
    ON CONFLICT (kind, object_id) DO UPDATE
       SET gen = t.gen + 1, due = least(t.due, excluded.due),
           attempts = CASE WHEN t.dead THEN 0 ELSE t.attempts END,
           claims = CASE WHEN t.dead THEN 0 ELSE t.claims END, dead = false
    RETURNING 1
)
SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM target)
"""


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take in one event. 200: stored, or known; 400: not Stripe's, or no event; 413: too large."""
    if _declared_size(request) > LARGEST_BODY:
        return HttpResponse("too large", status=413, content_type="text/plain")
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return HttpResponse("too large", status=413, content_type="text/plain")
    header = request.headers.get("Stripe-Signature", "")
    now = clock.wall().timestamp()
    if not is_signed(body, header, settings.STRIPE_WEBHOOK_SECRETS, now=now):
        return HttpResponse("not signed by a known secret", status=400, content_type="text/plain")
    event = _event(body)
    if event is None:
        return HttpResponse("not an event", status=400, content_type="text/plain")
    if store(event, body.decode()):
        _wake()
    return HttpResponse("ok", content_type="text/plain")


def store(event: dict[str, Any], text: str) -> bool:
    """Insert the event once and mark its targets dirty, in one statement; return whether it was
    news.
    """
    live_mode = bool(event.get("livemode"))
    payload = event["data"]["object"]
    hints = hinted(event["type"], payload)
    if live_mode != settings.STRIPE_LIVE_MODE:
        log.warning("event of the other mode", event_id=event["id"])
        state, hints = StripeEvent.State.QUARANTINED, []
    elif event["type"] not in TARGETS or not hints:
        state = StripeEvent.State.UNHEARD
    else:
        state = StripeEvent.State.WAITING
    kind, object_id = hints[0] if hints else ("", "")
    with connection.cursor() as cursor:
        cursor.execute(
            STORE,
            {
                "event_id": event["id"],
                "created": datetime.fromtimestamp(event["created"], UTC),
                "type": event["type"][:120],
                "api_version": str(event.get("api_version") or "")[:40],
                "live_mode": live_mode,
                "target_kind": kind,
                "target_id": object_id,
                "state": state,
                "now": clock.wall(),
                "payload": text,
                "kinds": [kind for kind, _ in hints],
                "ids": [object_id for _, object_id in hints],
            },
        )
        return bool(cursor.fetchone()[0])


def _event(body: bytes) -> dict[str, Any] | None:
    """Read an event out of a signed body; ``None`` when it is not one."""
    try:
        event = json.loads(body.decode(), parse_constant=_no_number)
        plain = json.dumps(event, ensure_ascii=False)
        payload = event["data"]["object"]
        fits = (
            isinstance(event["id"], str)
            and 0 < len(event["id"]) <= 255
            and isinstance(event["type"], str)
            and isinstance(event["created"], int)
            and 0 <= event["created"] < 2**33
            and isinstance(payload, dict)
            and "\\u0000" not in plain  # PostgreSQL keeps neither NUL nor half a character
            and bool(plain.encode())
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return event if fits else None


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _declared_size(request: HttpRequest) -> int:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isdecimal() else LARGEST_BODY + 1


def _wake() -> None:
    """Ask a worker to look; without a broker, beat finds the target."""
    try:
        drive_due_targets.delay()
    except (OperationalError, NoBroker) as error:
        log.warning("no broker to wake a worker", error=str(error))
