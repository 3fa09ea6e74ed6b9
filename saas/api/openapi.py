"""What the document says beyond what operations know: problems, and answers that come anywhere."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from accounts.api.edge import Problem, ProblemError, ProblemRemedy
from saas.api.problems import MEDIA_TYPE

ANYWHERE = {429: "Too many requests", 500: "A fault of ours", 503: "Something does not answer"}
MOVED = {308: "The organization has another name: repeat this there"}
OF_BODIES = {400: "Not JSON", 413: "Too large"}
OF_INPUT = {422: "Something in it cannot be meant"}
OF_TOKENS = {401: "No live token"}
PATHS = "/api/v1/"
TAGS = {
    "decisions": "May this person do that? Answered with the reason, and with what would help.",
    "entitlements": "What an organization has, and how much of it is left.",
    "names": "Whether a name can be had.",
    "organizations": "Companies and communities that a person belongs to.",
    "members": "People and their roles.",
    "invitations": "Places offered to addresses.",
    "teams": "Groups of members.",
    "projects": "What people and organizations own.",
    "access": "Who has which level on a project, and why.",
    "collaborators": "Levels offered to people from outside.",
    "transfers": "Projects on their way to another owner.",
    "directory": "A host's own ids for people and projects.",
    "billing": "Why an organization may: subscriptions and grants.",
    "applications": "Asking for a free organization.",
    "audit": "What happened.",
    "me": "Whose token this is.",
    "tokens": "Reporting tokens that were found where others can read them.",
}


class Chapterhouse(NinjaAPI):
    """The API with a document that says every status that can come."""

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,  # noqa: ARG002 -- ninja's signature
        path_params: dict[str, Any] | None = None,  # noqa: ARG002 -- ninja's signature
    ) -> OpenAPISchema:
        """Return the document, made once for each process."""
        if not hasattr(self, "_document"):
            document = super().get_openapi_schema(path_prefix=PATHS)
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    _complete(operation, moves="/organizations/{name}" in path)
            for schema in (Problem, ProblemError, ProblemRemedy):
                document["components"]["schemas"][schema.__name__] = schema.model_json_schema(
                    ref_template="#/components/schemas/{model}"
                )
            document["components"]["schemas"]["Problem"].pop("$defs", None)
            document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
            self._document = document
        return self._document


def _complete(operation: dict[str, Any], *, moves: bool) -> None:
    """Add what can come anywhere, and say that what is 400 or above is a problem."""
    responses = operation["responses"]
    usual = ANYWHERE | (MOVED if moves else {})
    if "security" in operation:
        usual |= OF_TOKENS
    if "requestBody" in operation:
        usual |= OF_BODIES | OF_INPUT
    if operation["parameters"]:
        usual |= OF_INPUT
    for status, words in usual.items():
        responses.setdefault(status, {"description": words})
    for status, response in responses.items():
        if status >= 400:
            problem = {"$ref": "#/components/schemas/Problem"}
            response["content"] = {MEDIA_TYPE: {"schema": problem}}
    if "security" in operation:
        responses[401]["headers"] = _header("WWW-Authenticate", "string")
    if moves:
        responses[308]["headers"] = _header("Location", "string")
    responses[429]["headers"] = _header("Retry-After", "integer")
    operation["responses"] = {status: responses[status] for status in sorted(responses)}


def _header(name: str, kind: str) -> dict[str, Any]:
    return {name: {"schema": {"type": kind}, "required": True}}
