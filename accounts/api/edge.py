"""What every operation of the API stands on: the request, texts held to a length, lists, refusals.

Schemas of requests extend ``Input`` and forbid what they do not name. Each operation names with
``refused`` the answers of 400 and above that are its own; those that can come anywhere are added to
the document once, at the roof.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from accounts.models import User
from accounts.refusals import PersonNeeded, ScopeMissing
from kernel.actor import Actor
from kernel.pagination import LONGEST, Page

Item = TypeVar("Item")
Row = TypeVar("Row")

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
NO_NUL = r"^[^\x00]*$"

Name = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=ONE_LINE)]
PathName = Annotated[str, StringConstraints(pattern=ONE_LINE)]
"""A name in an address: however long, what nobody has is not found."""
Line = Annotated[str, StringConstraints(max_length=120, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
Address = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=ONE_LINE)]
Cursor = Annotated[
    str, Query("", max_length=LONGEST, pattern=NO_NUL, description="From `next_cursor`.")
]
Size = Annotated[int, Query(50, ge=1, le=100, description="How many items at most.")]


def web_address(text: str) -> str:
    """Return ``text`` when it is empty or the http(s) address of a page. Raises ValueError."""
    try:
        if text:
            URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise ValueError("This is not the address of a web page.") from None
    return text


WebAddress = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^(https?://[^\x00-\x20\x7f]+)?$"),
    AfterValidator(web_address),
]


class ApiRequest(HttpRequest):
    """A request whose token was recognised; ``auth`` acts."""

    auth: Actor


class Input(Schema):
    """What is sent; fields that are not named are refused."""

    model_config = ConfigDict(extra="forbid")


class ProblemRemedy(Schema):
    """What would turn the no into a yes."""

    action: str
    who: str
    url: str = Field(description="Absolute; empty where no page can help.")


class ProblemError(Schema):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(description="JSON pointer into the body, or the parameter's name.")
    code: str
    detail: str


class Problem(Schema):
    """A refusal or an error, after RFC 9457."""

    type: str = Field(description="Names the kind of problem; relative to this service.")
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(description="The stable reason; programs decide by this.")
    request_id: str
    remedy: ProblemRemedy | None = None
    errors: list[ProblemError] = []

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/no_seat_left",
                    "title": "No seat is left",
                    "status": 402,
                    "detail": "All 5 seats of guild are taken.",
                    "instance": "/api/v1/organizations/guild/invitations",
                    "code": "no_seat_left",
                    "request_id": "6fd1e8d43b0f4f0d8d0f6a6f2d3c1b2a",
                    "remedy": {
                        "action": "Remove somebody or withdraw an invitation",
                        "who": "owner",
                        "url": "https://example.org/orgs/guild/people/",
                    },
                    "errors": [],
                }
            ]
        }
    )


class Listed(Schema, Generic[Item]):
    """A page of a list; ``next_cursor`` is empty at the end."""

    items: list[Item]
    next_cursor: str


def refused(*statuses: int) -> dict[int, Any]:
    """Name the refusals that an operation itself can answer."""
    return dict.fromkeys(statuses, Problem)


def require_scope(actor: Actor, scope: str) -> None:
    """Refuse a token without ``scope``, where no permission in an organization asks for it."""
    if actor.scopes is not None and scope not in actor.scopes:
        raise ScopeMissing(scope, is_own=actor.user_id is not None)


def person_behind(actor: Actor, scope: str) -> User:
    """Return whose token this is, when it carries ``scope``; some act for nobody."""
    if actor.user_id is None:
        raise PersonNeeded
    require_scope(actor, scope)
    return User.objects.get(pk=actor.user_id)


def listed(
    request: ApiRequest,
    response: HttpResponse,
    page: Page[Row],
    show: Callable[[Row], Item],
) -> dict[str, Sequence[Item] | str]:
    """Return a page as it is answered, and name the next one in the ``Link`` header."""
    if page.next_cursor:
        query = request.GET.copy()
        query["cursor"] = page.next_cursor
        where = f"{settings.BASE_URL}{request.path}?{urlencode(list(query.items()))}"
        response["Link"] = f'<{where}>; rel="next"'
    return {"items": [show(row) for row in page.rows], "next_cursor": page.next_cursor}
