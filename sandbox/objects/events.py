"""Events, kept for thirty days."""

from typing import TYPE_CHECKING

from sandbox.clock import DAY
from sandbox.protocol.lists import Query
from sandbox.protocol.refusals import malformed
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

KEPT = 30 * DAY
UNDELIVERED = "exists (select 1 from deliveries where event_id=objects.id and state != 'delivered')"


def show(turn: "Turn", _params: Doc, event_id: str) -> Doc:
    """The event."""
    return turn.find("event", event_id)


def list_all(turn: "Turn", params: Doc) -> Doc:
    """Events of the last thirty days, by type, time and whether every endpoint took them."""
    if "type" in params and "types" in params:
        raise malformed("You may only pass one of type and types.", "types")
    types = params.get("types") or ([params["type"]] if "type" in params else None)
    query = Query("event").also("created>=?", turn.now - KEPT).created(params.get("created"))
    if types and any("*" in one for one in types):
        patterns = [one.replace("*", "%") for one in types]
        marks = " or ".join(["json_extract(doc, '$.type') like ?"] * len(patterns))
        query.also(f"({marks})", *patterns)
    else:
        query.one_of("type", types)
    if "delivery_success" in params:
        query.also(("not " if params["delivery_success"] else "") + UNDELIVERED)
    return query.page(turn, params, "/v1/events")
