"""Webhook endpoints; a secret is shown once, when the endpoint is made."""

from typing import TYPE_CHECKING

from sandbox.ids import random_text
from sandbox.objects.fields import cleared, merged_metadata
from sandbox.protocol.lists import Query
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn


def create(turn: "Turn", params: Doc) -> Doc:
    """A new endpoint; only this answer bears its secret."""
    secret = f"whsec_{random_text(32)}"
    return register(turn, params, [secret]) | {"secret": secret}


def register(turn: "Turn", params: Doc, secrets: list[str]) -> Doc:
    """An endpoint with known secrets; several, where one is being replaced."""
    fields = {
        "api_version": params.get("api_version"),
        "application": None,
        "created": turn.now,
        "description": cleared(params.get("description")),
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": merged_metadata(None, params.get("metadata")),
        "status": "enabled",
        "url": params["url"],
        "_secrets": secrets,
    }
    return turn.create("webhook_endpoint", fields)


def show(turn: "Turn", _params: Doc, endpoint_id: str) -> Doc:
    """The endpoint, without its secret."""
    return turn.find("webhook_endpoint", endpoint_id)


def update(turn: "Turn", params: Doc, endpoint_id: str) -> Doc:
    """Change where or what it hears."""
    endpoint = turn.find("webhook_endpoint", endpoint_id)
    for name in ("url", "enabled_events"):
        endpoint[name] = params.get(name, endpoint[name])
    if "description" in params:
        endpoint["description"] = cleared(params["description"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        endpoint["metadata"] = merged_metadata(endpoint["metadata"], params["metadata"])
    return turn.save(endpoint)


def delete(turn: "Turn", _params: Doc, endpoint_id: str) -> Doc:
    """It hears nothing more."""
    turn.find("webhook_endpoint", endpoint_id)
    turn.remove("webhook_endpoint", endpoint_id)
    forget = "update deliveries set state='dropped' where endpoint_id=? and state in (?, ?)"
    turn.store.execute(forget, (endpoint_id, "pending", "held"))
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Every endpoint."""
    return Query("webhook_endpoint").page(turn, params, "/v1/webhook_endpoints")
