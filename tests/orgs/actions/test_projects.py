"""Registering, describing, showing and archiving projects."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from kernel.refusals import Forbidden, NotFound, Refusal, Unpaid
from orgs.actions.projects import (
    archive_project,
    describe_project,
    register_project,
    set_privacy,
)
from orgs.actions.seats import recount_everywhere
from orgs.entitlements import Feature
from orgs.levels import Level
from orgs.models import Organization, Project, TeamGrant
from orgs.policy import decide
from orgs.refusals import (
    NameMalformed,
    NoSeatLeft,
    PrivateNeedsOrganization,
    ProjectNameTaken,
    StandingWithholds,
)
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_project,
    a_role,
    a_team,
    a_user,
    an_actor,
    an_organization,
    the_owner,
)

pytestmark = pytest.mark.django_db


def counters(organization: Organization) -> tuple[int, int]:
    organization.refresh_from_db()
    return organization.seats_taken, organization.private_projects


def test_a_person_registers_a_public_project_and_owns_it() -> None:
    person = a_user()

    project = register_project(name="Wheel.Maker", actor=an_actor(person), description=" Makes. ")

    assert (project.owner, project.organization, project.is_private) == (person, None, False)
    assert (project.normalized_name, project.description) == ("wheel-maker", "Makes.")
    event = AuditEvent.objects.about("project", project.pk).get()
    assert event.name == "project.registered"
    assert event.organization_id is None
    assert event.sentence().endswith("registered the public project Wheel.Maker")


def test_a_manager_who_creates_is_never_locked_out() -> None:
    manager = a_member(an_organization(), Role.MANAGER)

    project = register_project(
        name="wheel", actor=an_actor(manager), organization=manager.organization, is_private=True
    )

    assert decide(an_actor(manager), "projects:grant", project).allowed
    assert counters(manager.organization)[1] == 1


@pytest.mark.parametrize("role", [Role.MEMBER, Role.BILLING_MANAGER])
def test_other_roles_register_nothing_in_the_organization(role: Role) -> None:
    """Red without ``require`` in ``_made_room``."""
    member = a_member(an_organization(), role)
    with pytest.raises(Forbidden):
        register_project(name="wheel", actor=an_actor(member), organization=member.organization)
    with pytest.raises(NotFound):
        register_project(name="wheel", actor=an_actor(a_user()), organization=member.organization)
    assert not Project.objects.exists()


@pytest.mark.parametrize("spelling", ["wheel-maker", "WHEEL.MAKER", "Wheel__maker"])
def test_a_name_is_one_projects_however_it_is_spelled(spelling: str) -> None:
    a_project(name="wheel-maker")

    with pytest.raises(ProjectNameTaken):
        register_project(name=spelling, actor=an_actor(a_user()))


@pytest.mark.parametrize("name", ["", "x", "-wheel", "whe el", "rád", "a" * 51, "<b>", "../up"])
def test_a_name_that_breaks_the_rule_is_refused(name: str) -> None:
    with pytest.raises(NameMalformed):
        register_project(name=name, actor=an_actor(a_user()))


def test_a_person_begins_no_private_project() -> None:
    with pytest.raises(PrivateNeedsOrganization):
        register_project(name="wheel", actor=an_actor(a_user()), is_private=True)


def test_private_projects_end_at_the_limit_and_public_ones_never() -> None:
    organization = an_organization(private_projects=1)
    owner = an_actor(the_owner(organization))
    register_project(name="one", actor=owner, organization=organization, is_private=True)

    with pytest.raises(Unpaid) as refused:
        register_project(name="two", actor=owner, organization=organization, is_private=True)
    public = register_project(name="three", actor=owner, organization=organization)

    assert refused.value.reason == "limit_reached"
    assert refused.value.remedy is not None
    with pytest.raises(StandingWithholds):
        set_privacy(project=public, is_private=True, actor=owner)
    assert counters(organization)[1] == 1


def test_without_the_feature_no_project_is_private() -> None:
    organization = an_organization(features={Feature.TEAMS})
    owner = an_actor(the_owner(organization))
    project = a_project(organization)

    with pytest.raises(Unpaid) as refused:
        set_privacy(project=project, is_private=True, actor=owner)

    assert refused.value.reason == "feature_missing"


def test_becoming_private_seats_the_outsiders_and_becoming_public_lets_them_stand() -> None:
    """Red without ``claim_seats_for_outsiders`` or ``recount`` in ``set_privacy``."""
    organization = an_organization(seats=3)
    owner = an_actor(the_owner(organization))
    project, other = a_project(organization), a_project(organization)
    outsider = a_user()
    a_role(project, outsider)
    a_role(other, outsider)
    a_role(project, a_member(organization), Level.PUBLISH)
    assert counters(organization) == (2, 0)

    set_privacy(project=project, is_private=True, actor=owner)
    assert counters(organization) == (3, 1)
    set_privacy(project=other, is_private=True, actor=owner)
    assert counters(organization) == (3, 2)
    set_privacy(project=project, is_private=False, actor=owner)
    assert counters(organization) == (3, 1)
    set_privacy(project=other, is_private=False, actor=owner)

    assert counters(organization) == (2, 0)
    assert recount_everywhere() == 0


def test_a_project_stays_public_when_its_outsiders_find_no_seat() -> None:
    organization = an_organization(seats=1)
    project = a_project(organization)
    a_role(project, a_user())

    with pytest.raises(NoSeatLeft):
        set_privacy(project=project, is_private=True, actor=an_actor(the_owner(organization)))

    project.refresh_from_db()
    assert not project.is_private
    assert counters(organization) == (1, 0)


def test_describing_tells_before_and_after_and_twice_is_once() -> None:
    owner = a_user()
    project = a_project(owner)
    for _ in range(2):
        describe_project(project=project, description="Rolls.", actor=an_actor(owner))

    [event] = AuditEvent.objects.filter(name="project.changed")
    assert (event.words["before"], event.words["after"]) == ("", "Rolls.")
    assert "from “” to “Rolls.”" in event.sentence()  # red when empty words are dropped: (erased)


def test_an_archived_project_is_brought_back_in_any_standing() -> None:
    organization = an_organization(standing="restricted")
    owner = an_actor(the_owner(organization))
    project = a_project(organization)

    assert archive_project(project=project, is_archived=True, actor=owner).is_archived
    assert archive_project(project=project, is_archived=True, actor=owner).is_archived
    assert not archive_project(project=project, is_archived=False, actor=owner).is_archived
    assert AuditEvent.objects.filter(name="project.archived").count() == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda project, actor: describe_project(project=project, description="Mine.", actor=actor),
        lambda project, actor: set_privacy(project=project, is_private=False, actor=actor),
        lambda project, actor: archive_project(project=project, is_archived=True, actor=actor),
    ],
)
def test_who_does_not_administer_changes_nothing(act: object) -> None:
    """Red without ``require`` at the top of each."""
    assert callable(act)
    organization = an_organization()
    project = a_project(organization, is_private=True)
    publisher = a_user()
    a_role(project, publisher, Level.PUBLISH)
    for who in (a_user(), a_member(organization), publisher):
        with pytest.raises(Refusal) as refused:
            act(project, an_actor(who))
        assert refused.value.reason in ("not_found", "role_too_low")
    project.refresh_from_db()
    assert (project.description, project.is_private, project.is_archived) == ("", True, False)


def test_the_database_refuses_two_owners_or_none_and_grants_across_organizations() -> None:
    organization, other = an_organization(), an_organization()
    project = a_project(organization)
    for owner, place in ((a_user(), organization), (None, None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Project.objects.filter(pk=project.pk).update(owner=owner, organization=place)
    foreign = a_team(other)
    for place in (organization, other):
        with pytest.raises(IntegrityError), transaction.atomic():
            grant_at_once(organization=place, project=project, team=foreign)


def grant_at_once(**sides: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    TeamGrant.objects.create(level=Level.READ, **sides)
