"""Tokens of an organization: listed and revoked here. They are made on its page, by an owner."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status

from accounts.api.edge import ApiRequest, Cursor, Listed, PathName, Size, listed, refused
from accounts.api.people import PersonOut, shown_person
from kernel.actor import Actor
from kernel.pagination import page_of
from kernel.refusals import NotFound
from orgs.actions.service_tokens import revoke_service_token
from orgs.api.subjects import organization_seen_by
from orgs.models import ServiceToken
from orgs.policy import require
from orgs.queries import service_tokens_of

router = Router(tags=["tokens"])


class ServiceTokenOut(Schema):
    """A token that acts for the organization; its text is known to whoever made it."""

    id: UUID
    name: str
    hint: str = Field(description="Its last four characters.")
    scopes: list[str]
    created_by: PersonOut
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute; null for never.")


@router.get(
    "/organizations/{name}/tokens",
    response={200: Listed[ServiceTokenOut], **refused(403, 404)},
    operation_id="list_service_tokens",
    summary="List the tokens of an organization",
)
def list_tokens(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """Those that open something now, the newest first. Owners only."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "tokens:read", organization)
    rows = service_tokens_of(organization)
    page = page_of(rows, order=["-id"], cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: _shown(row, request.auth))


@router.delete(
    "/organizations/{name}/tokens/{token_id}",
    response={204: None, **refused(403, 404)},
    operation_id="revoke_service_token",
    summary="Revoke a token of an organization",
)
def revoke(request: ApiRequest, name: PathName, token_id: UUID) -> Status[None]:
    """At once, in every standing; twice is once. Owners only."""
    organization = organization_seen_by(request.auth, name)
    require(request.auth, "tokens:revoke", organization)
    token = organization.service_tokens.filter(public_id=token_id).first()
    if token is None:
        raise NotFound
    revoke_service_token(token=token, actor=request.auth)
    return Status(204, None)


def _shown(token: ServiceToken, to: Actor) -> ServiceTokenOut:
    return ServiceTokenOut(
        id=token.public_id,
        name=token.name,
        hint=token.hint,
        scopes=token.scopes,
        created_by=shown_person(token.created_by, to),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )
