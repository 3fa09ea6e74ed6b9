"""Everything that a first hour needs, looked at one by one: a line each, with the cure."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, InterfaceError

from kernel.refusals import Refusal
from saas import health
from saas.mail import FolderBackend
from subscriptions.actions.plans import plan_differences
from subscriptions.gateway import inspection
from subscriptions.models import Deployment
from webhooks.models import StripeEvent
from webhooks.targets import TARGETS

SKEW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing: well, or what is wrong and what cures it."""

    what: str
    is_well: bool
    words: str
    cure: str = ""


def examine() -> list[Finding]:
    """Look at everything; what cannot even be asked is a finding too."""
    missing = health.readiness(for_web=True)
    return [
        Finding(what, False, f"not asked: {fault}")
        if (fault := _in_the_way(what, missing))
        else _asked(what, check)
        for what, check in CHECKS.items()
    ]


def _in_the_way(what: str, missing: dict[str, str]) -> str:
    """Say what of the database keeps a part from being asked about, if anything."""
    if "database" in missing and what in {"migrations"} | ROWS:
        return "the database does not answer"
    return "migrations are pending" if "migrations" in missing and what in ROWS else ""


def _asked(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Refusal as refusal:
        return Finding(
            what, False, refusal.sentence, "Look at STRIPE_SECRET_KEY, then at the network."
        )
    except (DatabaseError, InterfaceError) as error:
        words = f"cannot be asked ({type(error).__name__})"
        return Finding(what, False, words, "Look at the database first.")


def _part(what: str, fault: str, cure: str) -> Finding:
    return Finding(what, not fault, fault or "answers", cure if fault else "")


def _database() -> Finding:
    fault = health.readiness(for_web=True).get("database", "")
    return _part("database", fault, "Look at DATABASE_URL; `make serve` runs one.")


def _migrations() -> Finding:
    fault = health.readiness(for_web=True).get("migrations", "")
    return _part("migrations", fault, "Run `manage.py migrate`.")


def _broker() -> Finding:
    return _part(
        "broker", health.broker_fault(), "Look at REDIS_URL. Nothing is lost meanwhile, only later."
    )


def _worker() -> Finding:
    return _part("worker", health.worker_fault(), "Run `celery -A saas worker`.")


def _beat() -> Finding:
    return _part("beat", health.beat_fault(), "Run `celery -A saas beat`, and a worker.")


def _stripe() -> Finding:
    skew = inspection.clock_skew()
    place = "the sandbox" if settings.USES_SANDBOX else settings.STRIPE_API_BASE
    mode = "live" if settings.STRIPE_LIVE_MODE else "test"
    words = f"{place} accepts the {mode} key, version {settings.STRIPE_API_VERSION}"
    if abs(skew) > SKEW_SECONDS:
        cure = "Set this machine's clock; signatures are accepted within five minutes only."
        return Finding("stripe", False, f"our clock runs {skew:+.0f} s ahead of Stripe's", cure)
    return Finding("stripe", True, f"{words}, clocks {abs(skew):.0f} s apart")


def _deployment() -> Finding:
    row = Deployment.objects.first()
    if row is None:
        cure = "Run `manage.py plans push` once, from the deployment that owns this database."
        return Finding("deployment", False, "this database belongs to no deployment yet", cure)
    same = (row.name, row.live_mode) == (settings.DEPLOYMENT, settings.STRIPE_LIVE_MODE)
    words = f"the database belongs to “{row.name}”"
    return _part("deployment", "" if same else words, "Set DEPLOYMENT, or use this one's database.")


def _endpoint() -> Finding:
    if not settings.STRIPE_WEBHOOK_SECRETS:
        cure = "Set STRIPE_WEBHOOK_SECRETS to the endpoint's signing secret."
        return Finding("webhooks", False, "no signing secret is known", cure)
    ours = [seen for seen in inspection.endpoints() if seen.url.endswith("/webhooks/stripe/")]
    wanted = f"{settings.BASE_URL}/webhooks/stripe/"
    if not ours:
        cure = f"Add {wanted} at Stripe, with the types that `manage.py events types` prints."
        return Finding("webhooks", False, "Stripe knows no endpoint of ours", cure)
    lacking = set(TARGETS) - ours[0].events if "*" not in ours[0].events else set()
    if not ours[0].is_enabled or lacking:
        words = "the endpoint is switched off" if not ours[0].is_enabled else "types are missing"
        cure = f"Switch it on with: {', '.join(sorted(lacking)) or 'all our types'}."
        return Finding("webhooks", False, words, cure)
    if ours[0].api_version != settings.STRIPE_API_VERSION:
        cure = f"Make a new endpoint with version {settings.STRIPE_API_VERSION}."
        return Finding("webhooks", False, f"it speaks version {ours[0].api_version}", cure)
    last = StripeEvent.objects.order_by("-received_at").first()
    words = f"last event {last.received_at:%Y-%m-%d %H:%M} UTC" if last else "no event came yet"
    return Finding("webhooks", True, f"{ours[0].url}, {words}")


def _prices() -> Finding:
    found = plan_differences()
    if found:
        return Finding("prices", False, "; ".join(found), "Run `manage.py plans push`.")
    return Finding("prices", True, "catalog, database and Stripe agree")


def _dunning() -> Finding:
    """Stripe does not tell this setting to programs, so a person looks."""
    words = "leave the subscription past due: confirm it at Stripe, Billing → Revenue recovery"
    return Finding("dunning", True, words)


def _mail() -> Finding:
    backend = get_connection()
    if isinstance(backend, FolderBackend):
        folder = Path(settings.MAIL_DIR)
        return Finding("mail", True, f"written to {folder}, shown at /dev/mail/")
    try:
        backend.open()
        backend.close()
    except OSError as error:
        return Finding("mail", False, f"the server does not answer ({error})", "Look at EMAIL_URL.")
    return Finding("mail", True, "the server answers")


ROWS = {"worker", "beat", "deployment", "webhooks", "prices"}
"""What is told by rows of the database."""

CHECKS: dict[str, Callable[[], Finding]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "worker": _worker,
    "beat": _beat,
    "stripe": _stripe,
    "deployment": _deployment,
    "webhooks": _endpoint,
    "prices": _prices,
    "dunning": _dunning,
    "mail": _mail,
}
"""What is looked at, in the order in which one thing needs another."""
