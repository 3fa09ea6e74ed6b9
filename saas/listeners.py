"""Who hears what: the tables of all apps, put together. The whole of what travels upward is
here.
"""

import structlog
from celery.exceptions import OperationalError as NoBroker
from kombu.exceptions import OperationalError

import accounts.listeners
import community.listeners
import orgs.listeners
import subscriptions.listeners
from accounts.mail_preferences import manner_of
from audit import mail, outbox
from audit.tasks import deliver_event

log = structlog.get_logger()


def install() -> None:
    """Hand the tables to the outbox, and what people wish to the mail."""
    outbox.install(
        [
            accounts.listeners.LISTENERS,
            orgs.listeners.LISTENERS,
            subscriptions.listeners.LISTENERS,
            community.listeners.LISTENERS,
        ],
        wake=wake,
    )
    mail.install(manner_of)


def wake(event_id: int) -> None:
    """Ask a worker to deliver an event; without a broker the sweep will find it."""
    try:
        deliver_event.delay(event_id)
    except (OperationalError, NoBroker) as error:
        log.warning("no broker to announce an event", event_id=event_id, error=str(error))
