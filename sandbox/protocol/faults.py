"""Failures on demand: answers that are late, wrong, or never come."""

from dataclasses import dataclass

from sandbox.store import Doc, Store


@dataclass(frozen=True, slots=True)
class Fault:
    """What is to go wrong with one call: a status, a silence, or both; executed or not."""

    status: int | None
    execute: bool
    hang: float
    drop: bool

    @property
    def silent(self) -> bool:
        """Whether the caller hears the true answer, if it hears one at all."""
        return self.status is None

    def body(self) -> Doc:
        """The false answer."""
        if self.status == 429:
            error = {"type": "invalid_request_error", "code": "rate_limit"}
            return {"error": error | {"message": "Too many requests; slow down."}}
        return {"error": {"type": "api_error", "message": "Something went wrong on this side."}}


def plan(store: Store, answers: list[Doc]) -> None:
    """Replace what is to go wrong; an empty list makes everything right again."""
    store.set("faults", answers)


def planned(store: Store) -> list[Doc]:
    """What is still to go wrong."""
    found: list[Doc] = store.setting("faults", [])
    return found


def take(store: Store, method: str, path: str) -> Fault | None:
    """The fault for this call, if one is planned; each is used up."""
    with store.transaction():
        waiting = planned(store)
        for one in waiting:
            if one.get("path") and not path.startswith(one["path"]):
                continue
            if one.get("method", method) != method:
                continue
            one["times"] = one.get("times", 1) - 1
            plan(store, [left for left in waiting if left["times"] > 0 or left is not one])
            return Fault(
                status=one.get("status"),
                execute=one.get("execute", False),
                hang=one.get("hang", 0),
                drop=one.get("drop", False),
            )
    return None
