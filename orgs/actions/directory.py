"""Projects as a host knows them: it tells us its ids, and asks about them afterwards."""

from django.db import transaction

from accounts.actions.directory import hosts_only
from accounts.models import Host, User
from audit.record import record
from kernel.actor import Actor
from orgs import project_events as events
from orgs.models import ExternalProject, Project
from orgs.names import NAME_RULE, is_well_formed, normalized
from orgs.refusals import NameMalformed, ProjectNameTaken


@transaction.atomic
def put_external_project(
    *, external_id: str, name: str, owner: User | None, actor: Actor
) -> tuple[ExternalProject, bool]:
    """Say which project a host calls ``external_id``; returns whether that registered it.

    One that is there is meant by its name, whoever owns it: the host changes nothing of it. One
    that is not is registered as ``owner``'s, public. An id that names a project follows it through
    every transfer; sent again with another name it names another. Twice is once.
    Refuses with NameMalformed, and ProjectNameTaken when there is nobody to own a new one.
    """
    host = Host.objects.select_for_update(no_key=True).get(pk=hosts_only(actor))
    if not is_well_formed(name):
        raise NameMalformed(NAME_RULE, field="name")
    project = Project.objects.filter(normalized_name=normalized(name)).first()
    is_new = project is None
    if project is None:
        if owner is None:
            raise ProjectNameTaken(
                "There is no project of this name yet: say who is to own it.",
                reason="owner_missing",
                field="owner",
            )
        project = _registered(name, owner, actor)
    known = host.external_projects.filter(external_id=external_id).first()
    if known is not None and known.project_id == project.pk:
        return known, False
    row, _ = ExternalProject.objects.update_or_create(
        host=host, external_id=external_id, defaults={"project": project}
    )
    named = events.ExternalProjectNamed(
        host=host.name, project=project.name, external_id=external_id
    )
    record(
        named,
        actor=actor,
        organization=project.organization,
        about=[f"project:{project.pk}", f"host:{host.pk}"],
    )
    return row, is_new


def _registered(name: str, owner: User, actor: Actor) -> Project:
    project, is_new = Project.objects.get_or_create(
        normalized_name=normalized(name),
        defaults={"name": name, "owner": owner, "created_by": owner},
    )
    if is_new:
        record(
            events.ProjectRegistered(project=name, visibility="public"),
            actor=actor,
            about=[f"project:{project.pk}", f"user:{owner.pk}"],
        )
    return project
