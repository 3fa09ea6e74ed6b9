"""From a token of an organization to the actor that policy knows."""

from kernel.actor import Actor, ActorKind
from orgs.models import ServiceToken


def of_service_token(token: ServiceToken, *, address: str = "") -> Actor:
    """Return an organization acting by a token, held to its scopes. No person stands behind it."""
    return Actor(
        ActorKind.SERVICE_TOKEN,
        label=f"Service token “{token.name}”",
        scopes=frozenset(token.scopes),
        credential_id=token.pk,
        organization_id=token.organization_id,
        address=address,
    )
