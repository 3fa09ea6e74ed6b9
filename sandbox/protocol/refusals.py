"""The ways in which Stripe says no."""

from sandbox.store import Doc


class Refused(Exception):
    """An error answer in Stripe's envelope.

    ``kept`` errors happened while executing: an idempotency key replays them.
    ``committed`` errors leave their traces, as a declined card leaves a failed charge.
    """

    def __init__(
        self, status: int, error: Doc, *, kept: bool = True, committed: bool = False
    ) -> None:
        """Say it with a status and the inside of the envelope."""
        super().__init__(error.get("message", ""))
        self.status = status
        self.error = error
        self.kept = kept
        self.committed = committed

    @property
    def body(self) -> Doc:
        """The envelope."""
        return {"error": self.error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> Refused:
    """A request that cannot be executed as things stand."""
    return Refused(400, _error("invalid_request_error", message, param, code))


def malformed(message: str, param: str | None = None, code: str | None = None) -> Refused:
    """A request whose parameters never got as far as execution; its key stays unused."""
    return Refused(400, _error("invalid_request_error", message, param, code), kept=False)


def missing(kind: str, object_id: str, param: str = "id") -> Refused:
    """An object that is not there, or not any more."""
    noun = {"checkout.session": "checkout.session", "payment_method": "PaymentMethod"}
    message = f"No such {noun.get(kind, kind)}: '{object_id}'"
    error = _error("invalid_request_error", message, param, "resource_missing")
    return Refused(404 if param == "id" else 400, error)


def unauthorized(message: str) -> Refused:
    """No key, or one that opens nothing here."""
    return Refused(401, _error("invalid_request_error", message, None, None), kept=False)


def unknown_path(method: str, path: str) -> Refused:
    """A path that this sandbox, or Stripe, does not answer."""
    message = f"Unrecognized request URL ({method}: {path})."
    return Refused(404, _error("invalid_request_error", message, None, None), kept=False)


def declined(message: str, code: str, decline_code: str | None, intent: Doc | None) -> Refused:
    """A card that did not pay; the attempt stays on record."""
    error = _error("card_error", message, None, code)
    if decline_code:
        error["decline_code"] = decline_code
    if intent is not None:
        error["payment_intent"] = intent
    return Refused(402, error, committed=True)


def _error(kind: str, message: str, param: str | None, code: str | None) -> Doc:
    error: Doc = {"type": kind, "message": message}
    if code:
        error["code"] = code
    if param:
        error["param"] = param
    return error
