"""Pages of objects, newest first, by cursor."""

from typing import TYPE_CHECKING, Any

from sandbox.protocol.refusals import malformed, missing
from sandbox.protocol.rendering import a_list
from sandbox.store import Doc

if TYPE_CHECKING:
    from sandbox.turn import Turn

DEFAULT_LIMIT, MAX_LIMIT = 10, 100
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Query:
    """The conditions of a list, in SQL over the stored documents."""

    def __init__(self, kind: str) -> None:
        """Everything of one kind, to begin with."""
        self.kind = kind
        self._conditions = ["kind=?"]
        self._values: list[Any] = [kind]

    def where(self, path: str, value: Any) -> "Query":
        """Only those whose field equals the value; None asks nothing."""
        if value is not None:
            self._conditions.append(f"json_extract(doc, '$.{path}')=?")
            self._values.append(value)
        return self

    def one_of(self, path: str, values: list[str] | None) -> "Query":
        """Only those whose field is one of the values; None asks nothing."""
        if values is not None:
            marks = ",".join("?" * len(values))
            self._conditions.append(f"json_extract(doc, '$.{path}') in ({marks})")
            self._values += values
        return self

    def customer(self, customer_id: str | None) -> "Query":
        """Only those of one customer; None asks nothing."""
        if customer_id is not None:
            self._conditions.append("customer=?")
            self._values.append(customer_id)
        return self

    def created(self, asked: Any) -> "Query":
        """Only those made in a span, or at one second; None asks nothing."""
        return self.within("created", asked)

    def within(self, field: str, asked: Any) -> "Query":
        """Only those whose moment, in SQL, lies in a span or is one second; None asks nothing."""
        if isinstance(asked, dict):
            for name, moment in asked.items():
                self.also(f"{field}{COMPARISONS[name]}?", moment)
        elif asked is not None:
            self.also(f"{field}=?", int(asked))
        return self

    def also(self, condition: str, *values: Any) -> "Query":
        """A condition of one's own."""
        self._conditions.append(condition)
        self._values += values
        return self

    def page(self, turn: "Turn", params: Doc, url: str) -> Doc:
        """One page, after or before the cursor."""
        limit = params.get("limit", DEFAULT_LIMIT)
        if not 1 <= limit <= MAX_LIMIT:
            raise malformed(f"Invalid limit: must be 1 to {MAX_LIMIT}", "limit")
        order = "desc"
        if after := params.get("starting_after"):
            self.also("seq<?", self._place(turn, after, "starting_after"))
        elif before := params.get("ending_before"):
            self.also("seq>?", self._place(turn, before, "ending_before"))
            order = "asc"
        query = f"select id from objects where {' and '.join(self._conditions)} order by seq {order} limit ?"  # noqa: S608, E501
        found = [row["id"] for row in turn.store.rows(query, [*self._values, limit + 1])]
        chosen = found[:limit] if order == "desc" else found[:limit][::-1]
        docs = [turn.find(self.kind, one) for one in chosen]
        return a_list(url, docs, more=len(found) > limit)

    def _place(self, turn: "Turn", cursor: str, param: str) -> int:
        query = "select seq from objects where kind=? and id=?"
        found = turn.store.rows(query, (self.kind, cursor))
        if not found:
            raise missing(self.kind, cursor, param)
        return int(found[0]["seq"])


def slice_of(found: list[Doc], params: Doc, url: str) -> Doc:
    """One page of a list that is already at hand, in its own order."""
    limit = params.get("limit", DEFAULT_LIMIT)
    start = 0
    if after := params.get("starting_after"):
        places = [place for place, one in enumerate(found) if one["id"] == after]
        if not places:
            raise missing("object", after, "starting_after")
        start = places[0] + 1
    return a_list(url, found[start : start + limit], more=len(found) > start + limit)
