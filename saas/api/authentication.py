"""Bearer tokens: of people, organizations and hosts, recognised in one query; noise costs none."""

from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts import actors
from accounts.models import Host, PersonalToken
from accounts.tokens import Token, digest, is_well_formed
from kernel import clock
from kernel.actor import Actor, ActorKind
from orgs.actors import of_service_token
from orgs.models import ServiceToken
from orgs.models.organization import State

NOTED_EVERY = timedelta(minutes=1)


class Bearer(HttpBearer):
    """Makes a token its actor. Unknown, expired and revoked ones are answered alike."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return who acts, or nothing; ninja answers nothing with 401."""
        address = getattr(request, "client_address", "")
        if is_well_formed(token, PersonalToken.PREFIX):
            return _person(token, address)
        if is_well_formed(token, ServiceToken.PREFIX):
            return _organization(token, address)
        if is_well_formed(token, Host.PREFIX):
            return _host(token, address)
        return None


def _person(text: str, address: str) -> Actor | None:
    found = PersonalToken.objects.select_related("user").filter(digest=digest(text)).first()
    if found is None or not found.is_live or not found.user.is_active:
        return None
    _note_use(found)
    return actors.of_token(found, address=address)


def _organization(text: str, address: str) -> Actor | None:
    """Whoever made the token may be gone: it is the organization's, and lives as long."""
    found = ServiceToken.objects.select_related("organization").filter(digest=digest(text)).first()
    if found is None or not found.is_live or found.organization.state == State.CLOSED:
        return None
    _note_use(found)
    return of_service_token(found, address=address)


def _host(text: str, address: str) -> Actor | None:
    found = Host.objects.filter(digest=digest(text)).first()
    if found is None or not found.is_live:
        return None
    _note_use(found)
    return Actor(
        ActorKind.HOST,
        label=found.name,
        scopes=frozenset(found.scopes),
        credential_id=found.pk,
        address=address,
    )


def _note_use(token: Token) -> None:
    """Write when it was last used, at most once a minute, however many ask at once."""
    now = clock.wall()
    if token.last_used_at is not None and now - token.last_used_at < NOTED_EVERY:
        return
    unnoted = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - NOTED_EVERY)
    type(token)._default_manager.filter(unnoted, pk=token.pk).update(last_used_at=now)
