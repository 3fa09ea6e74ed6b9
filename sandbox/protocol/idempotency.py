"""Idempotency keys: the first answer stands for a day, whatever it was."""

import hashlib
import json
import threading

from sandbox.clock import DAY, wall
from sandbox.protocol.refusals import Refused
from sandbox.store import Doc, Store

_in_flight: set[str] = set()
_guard = threading.Lock()


def fingerprint(method: str, path: str, params: Doc) -> str:
    """What a key was first used for."""
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def begin(store: Store, key: str, mark: str) -> tuple[int, str] | None:
    """The kept answer, or None and the key is taken until ``end``."""
    with _guard:
        if key in _in_flight:
            raise Refused(409, _error("Another request with this key is still running.", "in_use"))
        store.execute("delete from answers where kept_at<?", (wall() - DAY,))
        found = store.rows("select * from answers where key=?", (key,))
        if found and found[0]["fingerprint"] != mark:
            raise Refused(400, _error(f"The key {key} was first used with other parameters.", None))
        if found:
            return int(found[0]["status"]), str(found[0]["body"])
        _in_flight.add(key)
    return None


def keep(store: Store, key: str, mark: str, status: int, body: str) -> None:
    """Let this answer stand for the key."""
    store.execute(
        "insert or replace into answers (key, fingerprint, status, body, kept_at) "
        "values (?,?,?,?,?)",
        (key, mark, status, body, wall()),
    )


def end(key: str) -> None:
    """The request is over."""
    with _guard:
        _in_flight.discard(key)


def _error(message: str, code: str | None) -> Doc:
    error: Doc = {"type": "idempotency_error", "message": message}
    if code:
        error["code"] = f"idempotency_key_{code}"
    return error
