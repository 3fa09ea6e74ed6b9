"""Tokens that were found where others can read them: revoked at once, whoever says so.

Whoever reports a token holds it, and could do worse with it than end it: that is the proof.
"""

from dataclasses import dataclass

import structlog
from django.db import transaction

from accounts import events
from accounts.models import Host, PersonalToken
from accounts.tokens import digest, is_well_formed
from audit.record import record
from kernel import clock
from kernel.actor import SYSTEM

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Found:
    """A token in clear, and the address of the page on which it was found."""

    text: str
    url: str = ""


def revoke_reported(found: Found) -> None:
    """Revoke a token of a person or a host, if it is one and lives; twice is once."""
    if is_well_formed(found.text, PersonalToken.PREFIX):
        _revoke_personal(found)
    elif is_well_formed(found.text, Host.PREFIX):
        _revoke_host(found)


@transaction.atomic
def _revoke_personal(found: Found) -> None:
    """Revoke a person's token; its owner is mailed where it was found."""
    token = (
        PersonalToken.objects.live()
        .select_for_update(no_key=True)
        .filter(digest=digest(found.text))
        .first()
    )
    if token is None:
        return
    token.revoked_at = clock.wall()
    token.save(update_fields=["revoked_at"])
    record(
        events.TokenReported(token=token.name, hint=token.hint, token_id=token.pk, url=found.url),
        actor=SYSTEM,
        about=[f"token:{token.pk}", f"user:{token.user_id}"],
    )


@transaction.atomic
def _revoke_host(found: Found) -> None:
    """Revoke a host's token; operators, who made it, see it in their log."""
    host = (
        Host.objects.select_for_update(no_key=True)
        .filter(digest=digest(found.text), revoked_at__isnull=True)
        .first()
    )
    if host is None:
        return
    host.revoked_at = clock.wall()
    host.save(update_fields=["revoked_at"])
    record(
        events.HostReported(host=host.name, url=found.url), actor=SYSTEM, about=[f"host:{host.pk}"]
    )
    log.error("the token of a host was found in public and revoked", host=host.name, url=found.url)
