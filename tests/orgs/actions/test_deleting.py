"""The end of a project: who may, what ends with it, and what becomes of its name."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actions.hosts import add_host
from audit.models import AuditEvent
from kernel.actor import SYSTEM
from kernel.refusals import Forbidden, NotFound
from orgs.actions.deleting import delete_project, release_project_name
from orgs.actions.projects import register_project
from orgs.actions.transfers import propose_transfer
from orgs.entitlements import Standing
from orgs.levels import Level
from orgs.models import (
    BurnedProjectName,
    CollaboratorInvitation,
    ExternalProject,
    Organization,
    Project,
    ProjectTransfer,
)
from orgs.refusals import (
    ConfirmationWrong,
    NameNotHeld,
    ProjectNameBurned,
    ProjectNameTaken,
    ReasonMissing,
)
from orgs.roles import Role
from tests.builders import (
    a_grant,
    a_member,
    a_phase,
    a_project,
    a_role,
    a_team,
    a_user,
    an_actor,
    an_organization,
    entitle,
    the_owner,
)
from tests.community.builders import a_reviewer, reviewing

pytestmark = pytest.mark.django_db


def deleted(project: Project) -> None:
    """Delete a project as its owner."""
    organization = project.organization
    owner = project.owner if organization is None else the_owner(organization)
    assert owner is not None
    delete_project(project=project, confirmation=project.name, actor=an_actor(owner, fresh=True))


def counters(organization: Organization) -> tuple[int, int]:
    organization.refresh_from_db()
    return organization.seats_taken, organization.private_projects


def test_everything_on_it_ends_and_its_places_are_free() -> None:
    guild, other = an_organization("guild"), an_organization("other")
    project = a_project(guild, "wheel", is_private=True)
    member, outsider = a_member(guild), a_user()
    a_grant(project, a_team(guild, members=[member]), Level.ADMINISTER)
    a_role(project, member, Level.PUBLISH)
    a_role(project, outsider)
    propose_transfer(
        project=project, to_organization=other, actor=an_actor(the_owner(guild), fresh=True)
    )
    assert counters(guild) == (3, 1)

    deleted(project)

    assert not Project.objects.filter(normalized_name="wheel").exists()
    assert not ProjectTransfer.objects.exists()
    assert not CollaboratorInvitation.objects.exists()
    assert counters(guild) == (2, 0)
    told = AuditEvent.objects.about("project", project.pk).order_by("pk")
    assert list(told.values_list("name", flat=True))[-4:] == [
        "project.received_offer_closed",
        "project.role_set",
        "project.role_set",
        "project.deleted",
    ]
    [event] = AuditEvent.objects.filter(name="project.deleted")
    assert event.organization_id == guild.pk
    assert event.facts["roles_ended"] == 2
    assert event.sentence().endswith("deleted the private project wheel")


def test_a_persons_own_goes_too_and_is_in_their_log() -> None:
    ada = a_user()
    project = a_project(ada, "diary")

    deleted(project)

    [event] = AuditEvent.objects.filter(name="project.deleted")
    assert f"user:{ada.pk}" in event.subjects
    assert not ada.owned_projects.exists()


def test_a_hosts_word_for_it_goes_with_it() -> None:
    project = a_project(an_organization())
    host, _ = add_host(name="index", scopes=["decisions:ask"], actor=SYSTEM)
    ExternalProject.objects.create(host=host, external_id="7", project=project)

    deleted(project)

    assert not ExternalProject.objects.exists()


@pytest.mark.parametrize("standing", [Standing.RESTRICTED, Standing.SUSPENDED])
def test_it_is_never_gated(standing: Standing) -> None:
    guild = an_organization()
    project = a_project(guild)
    entitle(guild, a_phase(standing=standing))

    deleted(project)

    assert not guild.projects.exists()


def test_only_owners_delete_and_only_freshly() -> None:
    guild = an_organization()
    project = a_project(guild, "wheel")
    administrator = a_member(guild)
    a_role(project, administrator, Level.ADMINISTER)
    for who in (administrator, a_member(guild, Role.MANAGER)):
        with pytest.raises(Forbidden):
            delete_project(project=project, confirmation="wheel", actor=an_actor(who, fresh=True))
    with pytest.raises(Forbidden) as refusal:
        delete_project(project=project, confirmation="wheel", actor=an_actor(the_owner(guild)))
    assert refusal.value.reason == "fresh_sign_in_required"

    assert Project.objects.filter(pk=project.pk).exists()


@pytest.mark.parametrize("typed", ["", "Wheel", "wheels", "wheel "])
def test_the_name_is_typed(typed: str) -> None:
    project = a_project(an_organization(), "wheel")
    assert project.organization is not None
    owner = an_actor(the_owner(project.organization), fresh=True)

    with pytest.raises(ConfirmationWrong):
        delete_project(project=project, confirmation=typed, actor=owner)

    assert not BurnedProjectName.objects.exists()


def test_the_second_time_there_is_nothing() -> None:
    project = a_project(an_organization())
    deleted(project)

    with pytest.raises(NotFound):
        deleted(project)

    assert BurnedProjectName.objects.count() == 1


@pytest.mark.parametrize("spelling", ["wheel-set", "WHEEL_set", "Wheel.Set"])
def test_nobody_gets_its_name_in_any_spelling(spelling: str) -> None:
    """Red without the trigger, and without its refusal in ``register_project``."""
    project = a_project(an_organization(), "wheel-set")
    owner = the_owner(project.organization) if project.organization else None
    assert owner is not None
    deleted(project)

    for who in (owner, a_user()):
        with pytest.raises(ProjectNameBurned):
            register_project(name=spelling, actor=an_actor(who))


def test_the_database_itself_refuses_a_burned_name() -> None:
    deleted(a_project(an_organization(), "wheel"))

    with pytest.raises(IntegrityError, match="burned"), transaction.atomic():
        a_project(an_organization(), "wheel")


def test_staff_release_a_name_with_a_reason_and_then_anybody_has_it() -> None:
    deleted(a_project(an_organization(), "wheel"))
    sol = reviewing(a_reviewer("support"))
    with pytest.raises(ReasonMissing):
        release_project_name(name="wheel", because=" ", actor=sol)

    release_project_name(name="WHEEL", because="Never published.", actor=sol)

    project = register_project(name="wheel", actor=an_actor(a_user()))
    assert project.name == "wheel"
    with pytest.raises(NameNotHeld):
        release_project_name(name="wheel", because="Again.", actor=sol)
    deleted(project)
    assert BurnedProjectName.objects.held().count() == 1
    with pytest.raises(ProjectNameBurned):
        register_project(name="wheel", actor=an_actor(a_user()))


def test_reviewers_and_owners_release_nothing() -> None:
    guild = an_organization()
    deleted(a_project(guild, "wheel"))

    for who in (reviewing(a_reviewer()), an_actor(the_owner(guild), fresh=True)):
        with pytest.raises(NotFound):
            release_project_name(name="wheel", because="Mine.", actor=who)


def test_a_name_that_lives_is_taken_and_not_burned() -> None:
    a_project(an_organization(), "wheel")

    with pytest.raises(ProjectNameTaken):
        register_project(name="wheel", actor=an_actor(a_user()))
