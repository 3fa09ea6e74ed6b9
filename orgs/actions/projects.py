"""Projects: registered, described, shown to everybody or to few, archived."""

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.events import Event
from audit.record import record
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import NotFound
from orgs import project_events as events
from orgs.models import BurnedProjectName, Organization, Project
from orgs.names import NAME_RULE, is_well_formed, normalized
from orgs.policy import require
from orgs.private_projects import claim_private_project, release_private_project
from orgs.refusals import (
    NameMalformed,
    PrivateNeedsOrganization,
    ProjectNameBurned,
    ProjectNameTaken,
)
from orgs.seats import claim_seats_for_outsiders, recount

ADDRESSES = frozenset({"new"})
"""What stands in addresses in the place of a project's name, and so names none."""


@transaction.atomic
def register_project(
    *,
    name: str,
    actor: Actor,
    organization: Organization | None = None,
    is_private: bool = False,
    description: str = "",
) -> Project:
    """Register a project for the actor, or in an organization, whose creator is never locked out.

    Locks the organization. Refuses with NameMalformed, ProjectNameTaken,
    ProjectNameBurned or PrivateNeedsOrganization.
    """
    if organization is not None:
        organization = _made_room(organization, actor, is_private=is_private)
    elif is_private:
        raise PrivateNeedsOrganization(field="is_private")
    if not is_well_formed(name):
        raise NameMalformed(NAME_RULE, field="name")
    if normalized(name) in ADDRESSES:
        raise ProjectNameTaken("This service uses the name itself. Choose another.", field="name")
    owner = None if organization else User.objects.get(pk=actor.person_id)
    try:
        project, is_new = Project.objects.get_or_create(
            normalized_name=normalized(name),
            defaults={
                "name": name,
                "description": description.strip(),
                "owner": owner,
                "organization": organization,
                "created_by_id": actor.user_id,
                "created_by_organization_id": actor.organization_id,
                "is_private": is_private,
            },
        )
    except IntegrityError:  # asked afterwards: whoever waited for a deletion meets what it left
        if BurnedProjectName.objects.held().filter(normalized_name=normalized(name)).exists():
            raise ProjectNameBurned(field="name") from None
        raise
    if not is_new:
        raise ProjectNameTaken(field="name")
    visibility = "private" if is_private else "public"
    note(events.ProjectRegistered(project=name, visibility=visibility), project, actor)
    return project


@transaction.atomic
def describe_project(*, project: Project, description: str, actor: Actor) -> Project:
    """Change what a project says of itself; twice is once."""
    require(actor, "projects:update", project)
    project = again(project)
    require(actor, "projects:update", project)
    before, after = project.description, description.strip()
    if before == after:
        return project
    project.description = after
    project.save(update_fields=["description"])
    changed = events.ProjectChanged(
        project=project.name, field="the description", before=before, after=after
    )
    note(changed, project, actor)
    return project


@transaction.atomic
def set_privacy(*, project: Project, is_private: bool, actor: Actor) -> Project:
    """Show a project to everybody, or only to those with a level.

    Becoming private takes a place among the organization's private projects, and a seat for each
    outsider with a level; becoming public gives them back. Twice is once. Locks the organization.
    Refuses with PrivateNeedsOrganization, StandingWithholds or NoSeatLeft.
    """
    require(actor, "projects:update", project)
    project = again(project)
    require(actor, "projects:update", project)
    if project.is_private == is_private:
        return project
    organization = project.organization
    if is_private:
        if organization is None:
            raise PrivateNeedsOrganization(field="is_private")
        claim_private_project(organization)
        claim_seats_for_outsiders(organization, project.roles.values_list("user_id", flat=True))
    project.is_private = is_private
    project.save(update_fields=["is_private"])
    if organization is not None and not is_private:
        release_private_project(organization)
        recount(organization)
    words = ("public", "private") if is_private else ("private", "public")
    changed = events.ProjectChanged(
        project=project.name, field="the visibility", before=words[0], after=words[1]
    )
    note(changed, project, actor)
    return project


@transaction.atomic
def archive_project(*, project: Project, is_archived: bool, actor: Actor) -> Project:
    """Keep a project for reading only, or bring it back; never gated. Twice is once."""
    require(actor, "projects:archive", project)
    project = again(project)
    require(actor, "projects:archive", project)
    if project.is_archived == is_archived:
        return project
    project.archived_at = clock.now() if is_archived else None
    project.save(update_fields=["archived_at"])
    act = "archived" if is_archived else "brought back"
    note(events.ProjectArchived(project=project.name, act=act), project, actor)
    return project


def again(project: Project) -> Project:
    """Lock the project's organization, then the project, and read both anew.

    From the child: read unlocked, lock upward, read again. Refuses with NotFound when it moved or
    went meanwhile.
    """
    organization = None
    if project.organization_id is not None:
        organization = Organization.objects.lock(project.organization_id)
    found = Project.objects.select_for_update(no_key=True).filter(pk=project.pk).first()
    if found is None or found.organization_id != project.organization_id:
        raise NotFound
    found.organization = organization
    return found


def note(event: Event, project: Project, actor: Actor, *about: str) -> None:
    """Record an event of a project in its own log, and in its organization's."""
    record(
        event,
        actor=actor,
        organization=project.organization,
        about=[f"project:{project.pk}", *about],
    )


def _made_room(organization: Organization, actor: Actor, *, is_private: bool) -> Organization:
    permission = "projects:create_private" if is_private else "projects:create"
    require(actor, permission, organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, permission, organization)
    if is_private:
        claim_private_project(organization)
    return organization
