"""The end of a project: it goes with every level on it, and its name is burned until released."""

from django.db import transaction

from audit.record import record
from kernel.actor import Actor
from orgs import project_events as events
from orgs.actions.names import required_reason
from orgs.actions.projects import again, note
from orgs.actions.transfers import cancel_open_offer, end_rights
from orgs.models import BurnedProjectName, Project
from orgs.names import normalized
from orgs.policy import require, require_staff
from orgs.private_projects import release_private_project
from orgs.refusals import ConfirmationWrong, NameNotHeld
from orgs.seats import recount


@transaction.atomic
def delete_project(*, project: Project, confirmation: str, actor: Actor) -> None:
    """Delete a project whose name was typed. This cannot be taken back, and is never gated.

    Its levels and offers end, each with its own event; its places and seats are free; the logs
    keep what happened. Locks the organization, then the project, and asks policy again. Refuses
    with ConfirmationWrong, and with NotFound when it is gone already.
    """
    require(actor, "projects:delete", project)
    project = again(project)
    require(actor, "projects:delete", project)
    if confirmation != project.name:
        raise ConfirmationWrong(field="confirmation")
    cancel_open_offer(project, actor=actor)
    grants, roles = end_rights(project, actor)
    organization = project.organization
    deleted = events.ProjectDeleted(
        project=project.name,
        visibility="private" if project.is_private else "public",
        grants_ended=grants,
        roles_ended=roles,
    )
    owner = f"user:{project.owner_id}"
    note(deleted, project, actor, *([] if organization is not None else [owner]))
    BurnedProjectName.objects.create(
        normalized_name=project.normalized_name,
        name=project.name,
        was_of=owner if organization is None else f"organization:{organization.pk}",
    )
    Project.objects.filter(pk=project.pk).delete()
    if organization is not None:
        if project.is_private:
            release_private_project(organization)
        recount(organization)


@transaction.atomic
def release_project_name(*, name: str, because: str, actor: Actor) -> BurnedProjectName:
    """Let everybody register the name of a deleted project.

    An act of staff, with a reason for the log. Locks the name. Refuses with ReasonMissing or
    NameNotHeld.
    """
    require_staff(actor, "names:release")
    because = required_reason(because)
    burned = (
        BurnedProjectName.objects.held()
        .select_for_update()
        .filter(normalized_name=normalized(name))
        .first()
    )
    if burned is None:
        raise NameNotHeld
    burned.release(because)
    record(
        events.ProjectNameReleased(released=burned.name, because=because),
        actor=actor.as_staff(),
        about=[burned.was_of, f"name:{burned.normalized_name}"],
    )
    return burned
