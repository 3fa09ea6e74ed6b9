"""What an organization has now, made to be cached until it changes by itself."""

from datetime import datetime

from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict

from accounts.api.edge import ApiRequest, PathName, refused, require_scope
from kernel import clock
from kernel.actor import Actor, ActorKind
from orgs.api.subjects import (
    organization_named,
    organization_seen_by,
    require_present_name,
)
from orgs.entitlements import UNLIMITED, Entitlements, Feature, Limit, Standing
from orgs.models import Organization
from orgs.policy import require

LONGEST_AGE = 60

router = Router(tags=["entitlements"])


class LimitOut(Schema):
    """A number, and what is left of it. Null is no limit."""

    allowed: int | None
    taken: int
    left: int | None


class EntitlementsOut(Schema):
    """What holds until ``until``, when it changes by itself; null when nothing is coming."""

    organization: str
    standing: Standing
    features: list[Feature]
    limits: dict[Limit, LimitOut]
    may_publish: bool
    until: datetime | None
    revision: int = Field(description="Rises whenever the entitlements change.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "organization": "guild",
                    "standing": "active",
                    "features": ["org_tokens", "private_projects", "teams"],
                    "limits": {"seats": {"allowed": 5, "taken": 3, "left": 2}},
                    "may_publish": True,
                    "until": None,
                    "revision": 4,
                }
            ]
        }
    )


@router.get(
    "/organizations/{name}/entitlements",
    response={200: EntitlementsOut, 304: None, **refused(403, 404)},
    operation_id="get_entitlements",
    summary="Read what an organization has",
)
def get_entitlements(
    request: ApiRequest, response: HttpResponse, name: PathName
) -> EntitlementsOut | Status[None]:
    """Members read their own; a host with `entitlements:read` reads everyone's.

    The answer may be kept for `max-age` seconds, which end when the entitlements change by
    themselves. Ask again with `If-None-Match`.
    """
    organization = _asked_about(request.auth, name)
    row = organization.entitlements
    tag = f'"{row.etag()}-{organization.seats_taken}.{organization.private_projects}"'
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={max_age(row)}"
    response["Vary"] = "Authorization"
    if tag in _known(request.headers.get("If-None-Match", "")):
        return Status(304, None)
    return shown_entitlements(organization)


def max_age(row: Entitlements) -> int:
    """Return for how many seconds the answer cannot change by itself, at most a minute."""
    until = row.until()
    if until is None:
        return LONGEST_AGE
    return max(0, min(LONGEST_AGE, int((until - clock.now()).total_seconds())))


def shown_entitlements(organization: Organization) -> EntitlementsOut:
    """Show what holds at this moment, whatever has been settled."""
    row = organization.entitlements
    phase = row.holding()
    taken = {
        Limit.SEATS: organization.seats_taken,
        Limit.PRIVATE_PROJECTS: organization.private_projects,
    }
    limits = {limit: _limit(phase.limits.get(limit, 0), taken.get(limit, 0)) for limit in Limit}
    return EntitlementsOut(
        organization=organization.name,
        standing=phase.standing,
        features=sorted(phase.features),
        limits=limits,
        may_publish=phase.may_publish,
        until=row.until(),
        revision=row.revision,
    )


def _limit(allowed: int, taken: int) -> LimitOut:
    if allowed == UNLIMITED:
        return LimitOut(allowed=None, taken=taken, left=None)
    return LimitOut(allowed=allowed, taken=taken, left=max(0, allowed - taken))


def _asked_about(actor: Actor, name: str) -> Organization:
    if actor.kind is ActorKind.HOST:
        require_scope(actor, "entitlements:read")
        organization = organization_named(name)
        require_present_name(organization, name)
        return organization
    organization = organization_seen_by(actor, name)
    require(actor, "organization:read", organization)
    return organization


def _known(header: str) -> set[str]:
    """Return the tags that the asker has; weak ones count, since bodies are compared by meaning."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
