"""Tokens of organizations: made by an owner who is there, shown once, revoked at any time."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from accounts.actions.tokens import DAYS, require_well_formed
from accounts.tokens import make_token
from audit.record import record
from kernel import clock
from kernel.actor import Actor
from orgs import token_events as events
from orgs.models import Organization, ServiceToken
from orgs.policy import require
from orgs.refusals import TooManyServiceTokens
from orgs.service_scopes import ServiceScope

MOST_LIVE = 50


@transaction.atomic
def make_service_token(
    *,
    organization: Organization,
    name: str,
    scopes: Iterable[str],
    actor: Actor,
    days: int = DAYS,
) -> tuple[ServiceToken, str]:
    """Return a token that acts for the organization for ``days``, and its text, known only now.

    Locks the organization, so that the limit holds. Refuses with TokenMalformed or
    TooManyServiceTokens.
    """
    require(actor, "tokens:create", organization)
    name, chosen = name.strip(), sorted(set(scopes))
    require_well_formed(name, chosen, days, known=ServiceScope.values)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "tokens:create", organization)
    if organization.service_tokens.live().count() >= MOST_LIVE:
        raise TooManyServiceTokens
    fresh, now = make_token(ServiceToken.PREFIX), clock.wall()
    expires_at = now + timedelta(days=days)
    token = organization.service_tokens.create(
        name=name,
        digest=fresh.digest,
        hint=fresh.hint,
        scopes=chosen,
        created_by_id=actor.person_id,
        created_at=now,
        expires_at=expires_at,
    )
    made = events.ServiceTokenMade(
        token=name,
        hint=fresh.hint,
        token_id=token.pk,
        scopes=chosen,
        expires_at=expires_at.isoformat(),
    )
    record(made, actor=actor, organization=organization, about=[subject_of(token)])
    return token, fresh.text


@transaction.atomic
def revoke_service_token(*, token: ServiceToken, actor: Actor) -> None:
    """End a token at once; twice is once, and never gated. Locks the organization."""
    require(actor, "tokens:revoke", token.organization)
    organization = Organization.objects.lock(token.organization_id)
    require(actor, "tokens:revoke", organization)
    token = organization.service_tokens.select_for_update(no_key=True).get(pk=token.pk)
    if token.revoked_at is not None:
        return
    end(token)
    record(
        events.ServiceTokenRevoked(token=token.name, hint=token.hint),
        actor=actor,
        organization=organization,
        about=[subject_of(token)],
    )


def end(token: ServiceToken) -> None:
    """Let a token open nothing any more; the caller asked, holds its lock, and records."""
    token.revoked_at = clock.wall()
    token.save(update_fields=["revoked_at"])


def subject_of(token: ServiceToken) -> str:
    """Return what the log calls a token."""
    return f"service_token:{token.pk}"
