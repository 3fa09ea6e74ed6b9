"""The directory of a host: its own ids for people and projects, about which it asks."""

from typing import Annotated
from uuid import UUID

from ninja import Field, Path, Router, Schema
from pydantic import ConfigDict

from accounts.actions.directory import put_external_user
from accounts.api.edge import (
    Address,
    ApiRequest,
    Input,
    Line,
    Name,
    refused,
    require_scope,
)
from accounts.models import User
from kernel.refusals import Invalid
from orgs.actions.directory import put_external_project

router = Router(tags=["directory"])
ExternalId = Annotated[
    str,
    Path(min_length=1, max_length=200, pattern=r"^[!-.0-~]+$", description="In your own words."),
]


class ExternalUserIn(Input):
    """A person of yours. You vouch for the address."""

    email: Address
    name: Line = ""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"email": "kim@example.org", "name": "Kim Park"}]},
    )


class ExternalUserOut(Schema):
    """Whom the id means here."""

    external_id: str
    user: UUID
    made_account: bool = Field(description="Whether there was none with this address.")


class ExternalProjectIn(Input):
    """A project of yours; `owner` registers it where there is none of this name."""

    name: Name
    owner: Annotated[str, Field(max_length=210)] | None = Field(
        None, description="A person's id here, or `external:ID`."
    )

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "wheel", "owner": "external:7"}]}
    )


class ExternalProjectOut(Schema):
    """Which project the id means here."""

    external_id: str
    project: str
    registered: bool = Field(description="Whether there was none of this name.")


@router.put(
    "/directory/users/{external_id}",
    response={200: ExternalUserOut, **refused(403)},
    operation_id="put_external_user",
    summary="Say whom you call by an id of yours",
)
def put_user(
    request: ApiRequest, external_id: ExternalId, payload: ExternalUserIn
) -> ExternalUserOut:
    """For hosts. Afterwards `external:ID` names the person in questions."""
    require_scope(request.auth, "directory:write")
    row, made = put_external_user(
        external_id=external_id, email=payload.email, name=payload.name, actor=request.auth
    )
    return ExternalUserOut(external_id=external_id, user=row.user.public_id, made_account=made)


@router.put(
    "/directory/projects/{external_id}",
    response={200: ExternalProjectOut, **refused(403, 409)},
    operation_id="put_external_project",
    summary="Say which project you call by an id of yours",
)
def put_project(
    request: ApiRequest, external_id: ExternalId, payload: ExternalProjectIn
) -> ExternalProjectOut:
    """For hosts. Afterwards `project:external:ID` names the project in questions."""
    require_scope(request.auth, "directory:write")
    row, registered = put_external_project(
        external_id=external_id,
        name=payload.name,
        owner=_owner(request, payload.owner),
        actor=request.auth,
    )
    return ExternalProjectOut(
        external_id=external_id, project=row.project.name, registered=registered
    )


def _owner(request: ApiRequest, named: str | None) -> User | None:
    if named is None:
        return None
    people = User.objects.filter(is_active=True)
    if named.startswith("external:"):
        found = people.filter(
            external_ids__host=request.auth.credential_id,
            external_ids__external_id=named.removeprefix("external:"),
        ).first()
    else:
        found = people.filter(public_id__in=_ids(named)).first()
    if found is None:
        raise Invalid("There is no such person.", reason="owner_unknown", field="owner")
    return found


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []
