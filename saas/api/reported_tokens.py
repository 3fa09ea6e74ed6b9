"""Where secret scanners report tokens that they found: no token is asked for but those."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Body, Field, Router, Schema, Status
from pydantic import ConfigDict, StringConstraints

from accounts.actions.reported import Found
from accounts.api.edge import NO_NUL, Input, refused
from orgs.actions.reported import revoke_reported
from saas.api.throttling import AddressRate

MOST = 100
PER_MINUTE = 30

router = Router(tags=["tokens"])


class ReportedTokenIn(Input):
    """A token, and where it was found. Scanners send more than we need of it."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
    type: Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)] = ""
    url: Annotated[
        str,
        StringConstraints(max_length=2000, pattern=r"^(https?://[\x21-\x7e]+)?$"),
        Field(description="Where it can be read; empty when that is not public."),
    ] = ""
    source: Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)] = ""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "token": "ch_pat_0123456789ABCDEFGHIJKLMNOPQRST000000",
                    "type": "chapterhouse_personal_token",
                    "url": "https://code.example/northwind/deploy.sh",
                }
            ]
        },
    )


class AcceptedOut(Schema):
    """The same for every report, whatever was in it."""

    status: Literal["accepted"]


@router.post(
    "/tokens/reported",
    auth=None,
    throttle=[AddressRate(PER_MINUTE)],
    response={202: AcceptedOut, **refused(422)},
    operation_id="report_tokens",
    summary="Report tokens that were found in public",
)
def report_tokens(
    request: HttpRequest,  # noqa: ARG001 -- ninja's signature
    payload: Annotated[list[ReportedTokenIn], Body(..., min_length=1, max_length=MOST)],
) -> Status[AcceptedOut]:
    """Every live token among them is revoked at once, and whose it was is told where it was found.

    The answer says nothing of which lived. No token authenticates this: holding those is enough.
    """
    revoke_reported([Found(each.token, each.url) for each in payload])
    return Status(202, AcceptedOut(status="accepted"))
