"""The client, and the translation of its errors: one context manager, used by every call."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import stripe
import structlog
from django.conf import settings
from django.db import connection

from kernel.refusals import Conflict, Unavailable
from subscriptions.models import Deployment

Answer = TypeVar("Answer")

CONNECT_SECONDS, READ_SECONDS, HURRIED_SECONDS = 3, 10, 2
BUSY_TRIES = 4
log = structlog.get_logger()
_is_hurried: ContextVar[bool] = ContextVar("hurried", default=False)


class StripeAway(Unavailable):
    """Stripe does not answer, is over its limits, or does not accept our key now."""

    reason = "stripe_unavailable"
    title = "The payment service does not answer"
    sentence = (
        "The payment service does not answer at the moment. Nothing was changed and nothing was"
        " charged; please try again in a minute."
    )


class StripeBroke(StripeAway):
    """Stripe answered with a fault of its own, and repeats it to whoever sends the same key."""


class StripeRefused(Conflict):
    """Stripe understood, and said no."""

    reason = "stripe_refused"
    title = "The payment service refused this"

    def __init__(self, sentence: str = "", *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class GoneAtStripe(StripeRefused):
    """The object does not exist at Stripe (any more)."""

    reason = "gone_at_stripe"


class KeyReused(RuntimeError):
    """An idempotency key was sent again with other parameters: a bug of ours, never swallowed."""


class WrongDeployment(Unavailable):
    """This database belongs to another deployment; nothing may be written to Stripe from here."""

    reason = "wrong_deployment"
    sentence = "This copy of the service does not write to the payment service."


class CallInTransaction(RuntimeError):
    """A remote call inside a database transaction: a bug of ours."""


@cache
def client(*, hurried: bool = False) -> stripe.StripeClient:
    """Return the one client of its kind in this process; every address is ours to choose.

    ``hurried`` waits for an answer no longer than somebody at a page does, and asks once.
    """
    base = settings.STRIPE_API_BASE
    read_seconds = HURRIED_SECONDS if hurried else READ_SECONDS
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=settings.STRIPE_API_VERSION,
        base_addresses={"api": base, "connect": base, "files": base, "meter_events": base},
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, read_seconds)),
        max_network_retries=0 if hurried else 1,
    )


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """Let every call of this block give up early: somebody waits at a page that asks again."""
    token = _is_hurried.set(True)
    try:
        yield
    finally:
        _is_hurried.reset(token)


def read(call: Callable[[stripe.StripeClient], Answer]) -> Answer:
    """Ask Stripe. What is only busy is asked again after a jittered moment: 429, which the library
    does not try again, and 409, which says that the same key is under way elsewhere.
    """
    hurried = _is_hurried.get()
    for turn in range(1 if hurried else BUSY_TRIES):
        try:
            with translated():
                return call(client(hurried=hurried))
        except StripeAway as error:
            if turn == BUSY_TRIES - 1 or hurried or not _is_busy(error.__cause__):
                raise
            time.sleep(random.uniform(0.2, 0.4) * 2**turn)  # noqa: S311 -- jitter, not a secret
    raise AssertionError("unreachable")


def _is_busy(cause: BaseException | None) -> bool:
    return isinstance(cause, stripe.StripeError) and cause.http_status in (409, 429)


def write(call: Callable[[stripe.StripeClient], Answer]) -> Answer:
    """Change something at Stripe; refused from a database of another deployment."""
    ensure_deployment()
    return read(call)


def ensure_deployment() -> None:
    """Tie the database to this deployment at the first write; refuse when it is another's."""
    row, _ = Deployment.objects.get_or_create(
        id=1, defaults={"name": settings.DEPLOYMENT, "live_mode": settings.STRIPE_LIVE_MODE}
    )
    if (row.name, row.live_mode) != (settings.DEPLOYMENT, settings.STRIPE_LIVE_MODE):
        log.error("write refused", deployment=settings.DEPLOYMENT, database_of=row.name)
        raise WrongDeployment


@contextmanager
def translated() -> Iterator[None]:
    """Turn the library's errors into ours, and refuse to wait for a network with a lock held."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise CallInTransaction("a call to Stripe inside a database transaction")
    try:
        yield
    except stripe.IdempotencyError as error:
        raise KeyReused(str(error)) from error
    except stripe.InvalidRequestError as error:
        kind = GoneAtStripe if error.code == "resource_missing" else StripeRefused
        raise kind(str(error.user_message or error), code=error.code or "") from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        log.error("Stripe does not accept our key", error=str(error))
        raise StripeAway from error
    except stripe.CardError as error:
        raise StripeRefused(str(error.user_message or error), code=error.code or "") from error
    except stripe.StripeError as error:
        raise (StripeBroke if (error.http_status or 0) >= 500 else StripeAway) from error


def plain(answer: Any) -> dict[str, Any]:
    """Return a Stripe object as Stripe sent it: plain dicts and lists, decimals as their text."""
    return dict(_plain(answer.to_dict()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value
