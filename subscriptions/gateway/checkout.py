"""Customers, Checkout sessions and the portal: everything we ask Stripe to make."""

from typing import Any

from subscriptions.gateway.billing import SessionSeen, fetch_session, session_seen
from subscriptions.gateway.client import GoneAtStripe, StripeRefused, plain, read, write


def create_customer(parameters: dict[str, Any], *, key: str) -> str:
    """Make a customer and return its id."""
    made = write(
        lambda stripe: stripe.v1.customers.create(parameters, {"idempotency_key": key})  # type: ignore[arg-type]
    )
    return made.id


def find_customer(*, email: str, intent_key: str) -> str:
    """Look for the customer that an intent made, when its key is too old to send again; empty if
    none.
    """
    found = read(lambda stripe: stripe.v1.customers.list({"email": email, "limit": 100}))
    for row in found.auto_paging_iter():
        if (plain(row).get("metadata") or {}).get("intent") == intent_key:
            return row.id
    return ""


def create_session(parameters: dict[str, Any], *, key: str) -> SessionSeen:
    """Open a Checkout session."""
    made = write(
        lambda stripe: stripe.v1.checkout.sessions.create(parameters, {"idempotency_key": key})  # type: ignore[arg-type]
    )
    return session_seen(plain(made))


def open_sessions(customer_id: str) -> list[dict[str, Any]]:
    """Return the customer's open sessions."""
    found = read(
        lambda stripe: stripe.v1.checkout.sessions.list(
            {"customer": customer_id, "status": "open", "limit": 100}
        )
    )
    return [plain(row) for row in found.auto_paging_iter()]


def expire_session(session_id: str, *, key: str) -> SessionSeen:
    """End an open session; one that Stripe does not let go is fetched, and tells why."""
    try:
        made = write(
            lambda stripe: stripe.v1.checkout.sessions.expire(
                session_id, options={"idempotency_key": key}
            )
        )
    except GoneAtStripe:
        raise
    except StripeRefused:
        return fetch_session(session_id)
    return session_seen(plain(made))


def open_portal(*, customer_id: str, configuration: str, return_url: str) -> str:
    """Open a session of the customer portal under our configuration, and return its address."""
    made = write(
        lambda stripe: stripe.v1.billing_portal.sessions.create(
            {"customer": customer_id, "configuration": configuration, "return_url": return_url}
        )
    )
    return made.url
