"""Hosts: made and revoked by operators at the command line."""

from collections.abc import Iterable

from django.db import transaction

from accounts import events
from accounts.models import Host
from accounts.refusals import HostNameTaken, TokenMalformed
from accounts.tokens import make_token
from audit.record import record
from kernel import clock
from kernel.actor import Actor, ActorKind
from kernel.refusals import Forbidden, NotFound

LONGEST_NAME = 80


@transaction.atomic
def add_host(*, name: str, scopes: Iterable[str], actor: Actor) -> tuple[Host, str]:
    """Return a host and its token, which is known only now; it holds until it is revoked.

    Refuses with TokenMalformed or HostNameTaken.
    """
    _operators_only(actor)
    name, chosen = name.strip(), sorted(set(scopes))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise TokenMalformed("Give the host a name of up to 80 characters.", field="name")
    if not chosen or not set(chosen) <= set(Host.SCOPES):
        raise TokenMalformed(f"Choose from the scopes {', '.join(Host.SCOPES)}.", field="scopes")
    if Host.objects.filter(name__iexact=name).exists():
        raise HostNameTaken(field="name")
    fresh = make_token(Host.PREFIX)
    host = Host.objects.create(name=name, digest=fresh.digest, hint=fresh.hint, scopes=chosen)
    record(events.HostAdded(host=name), actor=actor, about=[f"host:{host.pk}"])
    return host, fresh.text


@transaction.atomic
def revoke_host(*, name: str, actor: Actor) -> Host:
    """End a host's token at once; twice is once. Refuses with NotFound."""
    _operators_only(actor)
    host = Host.objects.select_for_update(no_key=True).filter(name__iexact=name).first()
    if host is None:
        raise NotFound(f"There is no host named {name}.")
    if host.revoked_at is None:
        host.revoked_at = clock.wall()
        host.save(update_fields=["revoked_at"])
        record(events.HostRevoked(host=host.name), actor=actor, about=[f"host:{host.pk}"])
    return host


def _operators_only(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("Hosts are made and revoked by operators, at the command line.")
