"""Whose token this is."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from accounts.api.edge import ApiRequest
from accounts.models import Host, PersonalToken
from accounts.tokens import Token
from kernel.actor import ActorKind
from kernel.refusals import NotFound
from orgs.models import ServiceToken

router = Router(tags=["me"])


class TokenOut(Schema):
    """The token itself, as far as it can be told."""

    name: str
    hint: str = Field(description="Its last four characters.")
    scopes: list[str]
    expires_at: datetime | None


class MeOut(Schema):
    """Who asks, and with what. Only a person has an id and an address."""

    kind: Literal["person", "service_token", "host"]
    id: UUID | None
    name: str
    email: str | None
    organization: str | None = Field(description="Whose service token it is.")
    token: TokenOut


@router.get("/me", response=MeOut, operation_id="get_me", summary="Whose token this is")
def me(request: ApiRequest) -> MeOut:
    """Answer for any live token, whatever its scopes."""
    actor = request.auth
    if actor.credential_id is None:
        raise NotFound
    if actor.kind is ActorKind.HOST:
        host = Host.objects.get(pk=actor.credential_id)
        return MeOut(
            kind="host",
            id=None,
            name=host.name,
            email=None,
            organization=None,
            token=_shown(host),
        )
    if actor.kind is ActorKind.SERVICE_TOKEN:
        own = ServiceToken.objects.select_related("organization").get(pk=actor.credential_id)
        return MeOut(
            kind="service_token",
            id=None,
            name=own.name,
            email=None,
            organization=own.organization.name,
            token=_shown(own),
        )
    token = PersonalToken.objects.select_related("user").get(pk=actor.credential_id)
    user = token.user
    return MeOut(
        kind="person",
        id=user.public_id,
        name=user.name,
        email=user.email,
        organization=None,
        token=_shown(token),
    )


def _shown(token: Token) -> TokenOut:
    return TokenOut(
        name=token.name, hint=token.hint, scopes=token.scopes, expires_at=token.expires_at
    )
