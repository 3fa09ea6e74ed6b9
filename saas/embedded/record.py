"""What a run writes down about itself: for others to find it, for the next one to clear up."""

import json
import os
import signal
from pathlib import Path
from typing import Any

from saas.embedded.child import Child, kill_group
from saas.embedded.processes import Identity, end, marked

Record = dict[str, Any]


def write_record(path: Path, record: Record) -> None:
    """Write it whole or not at all, readable by us only: it holds passwords."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(record, indent=2) + "\n")
    draft.replace(path)


def read_record(path: Path) -> Record | None:
    """Read it. None when there is none, or nothing that can be read as one."""
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and "pid" in record else None


def entry(child: Child) -> Record:
    """How a child is written down: enough to tell it from a later process with its pid."""
    return {
        "name": child.name,
        "pid": child.pid,
        "started": child.identity.started,
        "stop_signal": child.stop_signal.name,
    }


def owner_of(record: Record) -> Identity | None:
    """The process that wrote the record, if it still lives."""
    owner = Identity(record["pid"], record.get("started", ""))
    return owner if owner.alive else None


def end_orphans(record: Record) -> None:
    """End every process that a dead run left behind, the last started first."""
    for child in reversed(record.get("children", [])):
        identity = Identity(child["pid"], child["started"])
        if identity.alive:
            end([identity], polite=signal.Signals[child["stop_signal"]], grace=5)
            kill_group(identity.pid)
    if run := record.get("run"):
        end(marked(run), polite=signal.SIGTERM, grace=2)
