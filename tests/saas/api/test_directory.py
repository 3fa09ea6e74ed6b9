"""A host tells us its own ids for people and projects, and asks about them by these."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from audit.models import AuditEvent
from orgs.levels import Level
from orgs.models import Project
from orgs.roles import Role
from tests.builders import a_member, a_project, a_role, a_user, an_organization
from tests.saas.api.calling import Program, a_host, a_program, is_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def host() -> Program:
    return a_host("directory:write", "decisions:ask")


def named(host: Program, external_id: str, email: str) -> dict[str, object]:
    answer = host.put(f"/directory/users/{external_id}", {"email": email, "name": "Kim"})
    assert answer.status == 200, answer.body
    return dict(answer.body)


def asked(program: Program, user: str, subject: str, permission: str) -> tuple[bool, str]:
    question = {"user": user, "permission": permission, "subject": subject}
    [found] = program.post("/decisions", {"questions": [question]}).body["decisions"]
    return found["allowed"], found["reason"]


def test_a_person_of_the_directory_is_asked_about_in_the_hosts_words(host: Program) -> None:
    organization = an_organization("guild")
    manager = a_member(organization, Role.MANAGER)

    found = named(host, "42", manager.user.email.upper())

    assert found == {
        "external_id": "42",
        "user": str(manager.user.public_id),
        "made_account": False,
    }
    assert asked(host, "external:42", "organization:guild", "teams:grow") == (True, "ok")
    assert asked(host, "external:43", "organization:guild", "teams:grow") == (False, "not_found")


def test_who_has_no_account_gets_one_that_nobody_has_opened(host: Program) -> None:
    found = named(host, "kim", "kim@example.org")

    kim = User.objects.get(email="kim@example.org")
    assert (found["made_account"], kim.name) == (True, "Kim")
    assert not kim.has_usable_password()
    assert EmailAddress.objects.get(user=kim).verified
    assert named(host, "kim", "kim@example.org")["made_account"] is False
    assert AuditEvent.objects.filter(name="host.user_named").count() == 1


def test_what_a_host_vouches_for_is_not_given_to_who_only_claimed_the_address(
    host: Program,
) -> None:
    """Red without ``set_unusable_password``: an unproven sign-up would come to own the account."""
    claimant = User.objects.create_user("kim@example.org", "their own password")
    EmailAddress.objects.create(user=claimant, email=claimant.email, verified=False, primary=True)

    named(host, "kim", "kim@example.org")

    claimant.refresh_from_db()
    assert not claimant.has_usable_password()


def test_ids_are_the_hosts_own_and_mean_nothing_to_anybody_else(host: Program) -> None:
    """Red without either ``x.host_id = %(host)s`` of ``NAMED``."""
    organization = an_organization("guild")
    manager = a_member(organization, Role.MANAGER)
    named(host, "42", manager.user.email)
    host.put("/directory/projects/7", {"name": a_project(organization, "wheel").name})

    for other in (a_host(), a_program(manager, "decisions:ask")):
        for user, subject, permission in (
            ("external:42", "organization:guild", "organization:read"),
            (str(manager.user.public_id), "project:external:7", "projects:read"),
        ):
            assert asked(other, user, subject, permission) == (False, "not_found")


def test_whoever_left_the_service_may_nothing_by_any_word(host: Program) -> None:
    """Red without the second ``u.is_active`` of ``NAMED``."""
    manager = a_member(an_organization("guild"), Role.MANAGER)
    named(host, "42", manager.user.email)
    assert asked(host, "external:42", "organization:guild", "organization:read")[0]

    User.objects.filter(pk=manager.user_id).update(is_active=False)

    answer = asked(host, "external:42", "organization:guild", "organization:read")
    assert answer == (False, "not_found")


def test_a_project_of_the_directory_is_asked_about_too(host: Program) -> None:
    organization = an_organization("guild")
    project = a_project(organization, "wheel", is_private=True)
    person = a_user()
    a_role(project, person, Level.PUBLISH)
    named(host, "42", person.email)

    answer = host.put("/directory/projects/7", {"name": "Wheel"})

    assert answer.body == {"external_id": "7", "project": "wheel", "registered": False}
    assert asked(host, "external:42", "project:external:7", "projects:publish") == (True, "ok")
    assert asked(host, "external:42", "project:external:8", "projects:publish")[1] == "not_found"


def test_a_project_that_is_not_there_is_registered_for_its_owner(host: Program) -> None:
    named(host, "42", "kim@example.org")
    missing = host.put("/directory/projects/7", {"name": "wheel"})
    unknown = host.put("/directory/projects/7", {"name": "wheel", "owner": "external:nobody"})

    made = host.put("/directory/projects/7", {"name": "wheel", "owner": "external:42"})
    again = host.put("/directory/projects/7", {"name": "wheel", "owner": "external:42"})

    assert is_problem(missing, 409, "owner_missing")
    assert is_problem(unknown, 422, "owner_unknown")
    assert (made.body["registered"], again.body["registered"]) == (True, False)
    project = Project.objects.get()
    assert project.owner is not None
    assert project.owner.email == "kim@example.org"
    assert not project.is_private


@pytest.mark.parametrize("path", ["/directory/users/1", "/directory/projects/1"])
def test_nobody_but_a_host_with_the_scope_keeps_a_directory(path: str) -> None:
    """Red without ``hosts_only``: a person's token carries no such scope, but who knows when."""
    body = {"email": "kim@example.org"} if "users" in path else {"name": "wheel"}

    assert is_problem(a_host().put(path, body), 403, "scope_missing")
    assert is_problem(a_program(a_user()).put(path, body), 403, "scope_missing")
    assert is_problem(Program().put(path, body), 401)
