"""Whether a name can be had, asked before a form is sent."""

from typing import Annotated

from ninja import Field, Query, Router, Schema

from accounts.api.edge import ONE_LINE, ApiRequest, PathName, refused, require_scope
from orgs.api.subjects import organization_named
from orgs.name_availability import claimant_of, name_availability
from orgs.policy import require

router = Router(tags=["names"])

Renamed = Annotated[
    str,
    Query("", max_length=50, pattern=ONE_LINE, description="Of yours, when it is to be renamed."),
]


class NameOut(Schema):
    """Whether the name can be had now, and why not. Nothing is kept by asking."""

    name: str
    is_free: bool
    reason: str = Field(
        description="`ok`, `malformed`, `reserved`, `prohibited`, `taken`, `burned`, `confusable`"
        " or `competing`."
    )
    sentence: str


@router.get(
    "/names/{name}",
    response={200: NameOut, **refused(403, 404)},
    operation_id="check_name",
    summary="Ask whether a name can be had",
)
def check_name(request: ApiRequest, name: PathName, organization: Renamed = "") -> NameOut:
    """The same answer that founding and renaming give. An organization may have its own back."""
    require_scope(request.auth, "organizations:read")
    for_whom = ""
    if organization:
        renamed = organization_named(organization)
        require(request.auth, "organization:read", renamed)
        for_whom = claimant_of(renamed)
    answer = name_availability(name, for_whom=for_whom)
    return NameOut(name=name, is_free=answer.free, reason=answer.reason, sentence=answer.sentence)
