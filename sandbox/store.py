"""One SQLite file that outlives the process: objects, deliveries, settings and kept answers."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Doc = dict[str, Any]

SCHEMA = """
create table if not exists objects (
    seq integer primary key autoincrement,
    kind text not null,
    id text not null,
    created integer not null,
    customer text,
    due integer,
    doc text not null,
    unique (kind, id)
);
create index if not exists objects_by_customer on objects (kind, customer);
create index if not exists objects_by_due on objects (due) where due is not null;
create table if not exists deliveries (
    seq integer primary key autoincrement,
    id text not null unique,
    event_id text not null,
    type text not null,
    endpoint_id text not null,
    url text not null,
    state text not null,
    attempts integer not null default 0,
    next_at real not null,
    last_status integer,
    last_error text
);
create index if not exists deliveries_by_state on deliveries (state, next_at);
create index if not exists deliveries_by_event on deliveries (event_id);
create table if not exists answers (
    key text primary key,
    fingerprint text not null,
    status integer not null,
    body text not null,
    kept_at real not null
);
create table if not exists settings (name text primary key, value text not null);
"""

OBJECT_TABLES = ("objects", "deliveries", "answers")


class Store:
    """Documents by kind and id; every transaction is on disk before its caller goes on."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; one connection, shared by the threads under one lock."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._link = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._link.row_factory = sqlite3.Row
        self._link.execute("pragma journal_mode=wal")
        self._link.execute("pragma synchronous=normal")
        self._link.executescript(SCHEMA)
        self._depth = 0

    def close(self) -> None:
        """Let the file go."""
        with self.lock:
            self._link.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested calls join the outermost."""
        with self.lock:
            if self._depth == 0:
                self._link.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._link.execute("rollback")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._link.execute("commit")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """What a query finds."""
        with self.lock:
            return self._link.execute(query, values).fetchall()

    def execute(self, query: str, values: Sequence[object] = ()) -> int:
        """Run one statement; how many rows it touched."""
        with self.lock:
            return self._link.execute(query, values).rowcount

    def get(self, kind: str, object_id: str) -> Doc | None:
        """The document, or None."""
        found = self.rows("select doc from objects where kind=? and id=?", (kind, object_id))
        return json.loads(found[0]["doc"]) if found else None

    def put(self, kind: str, doc: Doc, *, customer: str | None, due: int | None) -> None:
        """Write the document over what was there."""
        self.execute(
            "insert into objects (kind, id, created, customer, due, doc) values (?,?,?,?,?,?) "
            "on conflict (kind, id) do update set customer=excluded.customer, due=excluded.due, "
            "doc=excluded.doc",
            (kind, doc["id"], doc.get("created", 0), customer, due, json.dumps(doc)),
        )

    def all(self, kind: str, *, customer: str | None = None) -> list[Doc]:
        """Every document of a kind, oldest first."""
        query, values = "select doc from objects where kind=?", [kind]
        if customer is not None:
            query, values = query + " and customer=?", [kind, customer]
        return [json.loads(row["doc"]) for row in self.rows(query + " order by seq", values)]

    def next_due(self) -> int | None:
        """The moment of whatever is due first."""
        found = self.rows("select min(due) as due from objects where due is not null")
        return None if found[0]["due"] is None else int(found[0]["due"])

    def setting(self, name: str, default: Any = None) -> Any:
        """A stored value that is not an object of Stripe's."""
        found = self.rows("select value from settings where name=?", (name,))
        return json.loads(found[0]["value"]) if found else default

    def set(self, name: str, value: Any) -> None:
        """Keep a value that is not an object of Stripe's."""
        self.execute(
            "insert into settings (name, value) values (?,?) "
            "on conflict (name) do update set value=excluded.value",
            (name, json.dumps(value)),
        )
