"""One turn of the sandbox: a transaction with its one second, its objects and its events."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.deliveries import queue
from sandbox.ids import new_id
from sandbox.moments import due_of
from sandbox.protocol.refusals import missing
from sandbox.protocol.rendering import public
from sandbox.store import Doc, Store

API_VERSION = "2026-08-26.dahlia"


class Turn:
    """What a request, a form or a due moment works with; one second long, however long it takes."""

    def __init__(
        self, store: Store, *, now: int, url: str, request: str | None, key: str | None
    ) -> None:
        """Begin at a business second; request and key are shown in the events."""
        self.store = store
        self.now = now
        self.url = url
        self._request = {"id": request, "idempotency_key": key}
        self._known: dict[tuple[str, str], Doc] = {}
        self._kept: dict[tuple[str, str], Doc] = {}

    def seek(self, kind: str, object_id: str | None) -> Doc | None:
        """The object, or None; the same dict for the same id all through the turn."""
        if not object_id:
            return None
        place = (kind, object_id)
        if place not in self._known:
            found = self.store.get(kind, object_id)
            if found is None:
                return None
            self._known[place] = found
            self._kept[place] = copy.deepcopy(found)
        return self._known[place]

    def find(self, kind: str, object_id: str, param: str = "id") -> Doc:
        """The object, or Stripe's words for its absence."""
        found = self.seek(kind, object_id)
        if found is None:
            raise missing(kind, object_id, param)
        return found

    def all(self, kind: str, *, customer: str | None = None) -> list[Doc]:
        """Every object of a kind, oldest first, as this turn knows them."""
        found = self.store.all(kind, customer=customer)
        return [doc for stale in found if (doc := self.seek(kind, stale["id"])) is not None]

    def create(self, kind: str, fields: Doc, event: str | None = None) -> Doc:
        """Keep a new object, and tell of it."""
        doc = {"id": new_id(kind), "object": kind} | fields
        self._known[kind, doc["id"]] = doc
        self.save(doc, kind=kind)
        if event:
            self.tell(event, doc)
        return doc

    def save(self, doc: Doc, event: str | None = None, *, kind: str | None = None) -> Doc:
        """Keep a changed object; the event is told only if something visible changed."""
        kind = kind or doc["object"]
        place = (kind, doc["id"])
        before = self._kept.get(place)
        self._known[place] = doc
        self._kept[place] = copy.deepcopy(doc)
        self.store.put(kind, doc, customer=_owner(kind, doc), due=due_of(kind, doc))
        if event and before is not None:
            previous = difference(public(self, before), public(self, doc))
            if previous:
                self.tell(event, doc, previous)
        return doc

    def remove(self, kind: str, object_id: str) -> None:
        """Forget an object that leaves no trace at Stripe either."""
        self._known.pop((kind, object_id), None)
        self.store.execute("delete from objects where kind=? and id=?", (kind, object_id))

    def tell(self, event_type: str, doc: Doc, previous: Doc | None = None) -> Doc:
        """Say what happened, to whoever listens; all of one turn bears the same second."""
        payload: Doc = {"object": public(self, doc)}
        if previous is not None:
            payload["previous_attributes"] = previous
        event = {
            "id": new_id("event"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": payload,
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self._request),
            "type": event_type,
        }
        self.store.put("event", event, customer=_owner("event", doc), due=None)
        queue(self.store, event)
        return event


def _owner(kind: str, doc: Doc) -> str | None:
    owner = doc["id"] if doc.get("object") == "customer" else doc.get("customer")
    return owner if isinstance(owner, str) and kind != "customer" else None


def difference(before: Doc, after: Doc) -> Doc:
    """The old values of what changed: of nested objects only the changed part, of lists all."""
    previous: Doc = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and old.get("object") != "list":
            previous[name] = difference(old, new)
        else:
            previous[name] = old
    return dict(sorted(previous.items()))


@contextmanager
def turning(
    store: Store, *, now: int, url: str, request: str | None = None, key: str | None = None
) -> Iterator[Turn]:
    """One turn in one transaction."""
    with store.transaction():
        yield Turn(store, now=now, url=url, request=request, key=key)
