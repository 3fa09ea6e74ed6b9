"""Projects and what they say of themselves."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.http import HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import ConfigDict, StrictBool

from accounts.api.edge import (
    ApiRequest,
    Cursor,
    Input,
    Listed,
    Name,
    PathName,
    Size,
    Text,
    listed,
    person_behind,
    refused,
    require_scope,
)
from accounts.api.people import PersonOut, shown_person
from kernel.actor import Actor
from orgs.actions.projects import (
    archive_project,
    describe_project,
    register_project,
    set_privacy,
)
from orgs.api.subjects import is_token_of, organization_seen_by, project_seen_by
from orgs.facts import facts_for
from orgs.levels import LevelKey
from orgs.models import Project
from orgs.policy import require
from orgs.project_queries import all_projects_of, my_projects, projects_of

router = Router(tags=["projects"])


class ProjectOut(Schema):
    """A project as somebody who sees it reads it."""

    name: str
    description: str
    visibility: Literal["public", "private"]
    is_archived: bool
    organization: str | None = Field(
        description="The organization that owns it; null where you may not know which."
    )
    owner: PersonOut | None = Field(description="The person who owns it.")
    level: LevelKey | None = Field(description="Yours; null where you have none of your own.")
    because: list[str] = Field(description="Every way in which you have it.")
    created_at: datetime


class ProjectIn(Input):
    """A project to register: yours, or an organization's."""

    name: Name
    organization: Name | None = None
    description: Text = ""
    is_private: StrictBool = False

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "wheel", "organization": "guild"}]},
    )


class ProjectChangeIn(Input):
    """What is to change; what is left out stays."""

    description: Text | None = None
    is_private: StrictBool | None = None
    is_archived: StrictBool | None = None

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"description": "Rolls."}]}
    )


@router.get(
    "/projects",
    response={200: Listed[ProjectOut], **refused(403)},
    operation_id="list_projects",
    summary="List your projects",
)
def list_mine(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = "", limit: Size = 50
) -> object:
    """What you own, have a level of your own on, or created; by name."""
    person = person_behind(request.auth, "projects:read")
    page = my_projects(person, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: shown_project(row, request.auth))


@router.get(
    "/organizations/{name}/projects",
    response={200: Listed[ProjectOut], **refused(403, 404)},
    operation_id="list_organization_projects",
    summary="List an organization's projects",
)
def list_of_organization(
    request: ApiRequest,
    response: HttpResponse,
    name: PathName,
    cursor: Cursor = "",
    limit: Size = 50,
) -> object:
    """Those that you see, by name: private ones only with a level."""
    organization = organization_seen_by(request.auth, name)
    if is_token_of(request.auth, organization):
        require_scope(request.auth, "projects:read")
        page = all_projects_of(organization, cursor=cursor, size=limit)
    else:
        person = person_behind(request.auth, "projects:read")
        page = projects_of(organization, seen_by_id=person.pk, cursor=cursor, size=limit)
    return listed(request, response, page, lambda row: shown_project(row, request.auth))


@router.post(
    "/projects",
    response={201: ProjectOut, **refused(402, 403, 404, 409)},
    operation_id="register_project",
    summary="Register a project",
)
def register(request: ApiRequest, payload: ProjectIn) -> Status[ProjectOut]:
    """Owners and managers register in an organization; everybody registers public ones of their
    own.
    """
    require_scope(request.auth, "projects:write")
    organization = None
    if payload.organization is not None:
        organization = organization_seen_by(request.auth, payload.organization)
    else:
        person_behind(request.auth, "projects:write")
    project = register_project(
        name=payload.name,
        organization=organization,
        description=payload.description,
        is_private=payload.is_private,
        actor=request.auth,
    )
    return Status(201, shown_project(project, request.auth))


@router.get(
    "/projects/{project}",
    response={200: ProjectOut, **refused(403, 404)},
    operation_id="get_project",
    summary="Read a project",
)
def get(request: ApiRequest, project: PathName) -> ProjectOut:
    """Any spelling of the name works. Private ones exist for those with a level."""
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:read", found)
    return shown_project(found, request.auth)


@router.patch(
    "/projects/{project}",
    response={200: ProjectOut, **refused(402, 403, 404)},
    operation_id="change_project",
    summary="Describe, hide, show or archive a project",
)
def change(request: ApiRequest, project: PathName, payload: ProjectChangeIn) -> ProjectOut:
    """For those who administer it; all of it or nothing. Becoming private needs room among the
    private projects.
    """
    found = project_seen_by(request.auth, project)
    require(request.auth, "projects:update", found)
    actor = request.auth
    with transaction.atomic():
        if payload.description is not None:
            found = describe_project(project=found, description=payload.description, actor=actor)
        if payload.is_private is not None:
            found = set_privacy(project=found, is_private=payload.is_private, actor=actor)
        if payload.is_archived is not None:
            found = archive_project(project=found, is_archived=payload.is_archived, actor=actor)
    return shown_project(found, request.auth)


def shown_project(project: Project, to: Actor) -> ProjectOut:
    """Show a project, with the level of whoever asks and why they have it."""
    facts = facts_for([(to, project)])[0]
    ways = facts.ways if facts is not None else ()
    is_member = facts is not None and facts.role is not None
    knows = project.organization and (is_member or ways or project.organization.profile_is_public)
    return ProjectOut(
        name=project.name,
        description=project.description,
        visibility="private" if project.is_private else "public",
        is_archived=project.is_archived,
        organization=project.organization.name if project.organization and knows else None,
        owner=shown_person(project.owner, to) if project.owner else None,
        level=ways[0].level.key if ways else None,
        because=[way.words for way in ways],
        created_at=project.created_at,
    )
