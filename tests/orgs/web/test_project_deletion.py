"""The page of a project's end, the ways to it, and the desk where its name is released."""

import pytest
from django.test import Client

from accounts.models import User
from orgs.models import BurnedProjectName, Organization, Project
from tests.builders import a_member, a_project, a_role, a_user, an_organization
from tests.community.builders import a_reviewer, with_second_factor

pytestmark = pytest.mark.django_db
HERE = "/projects/wheel/settings/delete/"


@pytest.fixture
def ada() -> User:
    return a_user("ada@example.org")


@pytest.fixture
def acme(ada: User) -> Organization:
    return an_organization("acme", owner=ada)


@pytest.fixture
def owner(ada: User) -> Client:
    return with_second_factor(ada)  # signed in a moment ago


def test_an_owner_reads_what_ends_types_the_name_and_it_is_gone(
    acme: Organization, owner: Client
) -> None:
    wheel = a_project(acme, "wheel")
    member = a_member(acme)
    a_role(wheel, member)

    assert HERE in owner.get("/projects/wheel/settings/").content.decode()
    page = owner.get(HERE).content.decode()
    wrong = owner.post(HERE, {"confirmation": "wheels"})
    answer = owner.post(HERE, {"confirmation": "wheel"}, follow=True)

    assert str(member.user) in page
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.content.decode()
    assert answer.redirect_chain == [("/orgs/acme/projects/", 302)]
    assert "wheel is gone" in answer.content.decode()
    assert owner.get("/projects/wheel/").status_code == 404
    assert owner.post(HERE, {"confirmation": "wheel"}).status_code == 404


def test_whoever_cannot_leave_for_a_project_of_theirs_is_led_to_its_end(
    ada: User, owner: Client
) -> None:
    a_project(ada, "wheel")

    assert HERE in owner.get("/account/delete/").content.decode()
    answer = owner.post(HERE, {"confirmation": "wheel"}, follow=True)

    assert answer.redirect_chain == [("/projects/", 302)]
    assert "Delete my account" in owner.get("/account/delete/").content.decode()


def test_a_burned_name_is_refused_in_words_and_released_at_the_desk(
    acme: Organization, owner: Client
) -> None:
    a_project(acme, "wheel")
    owner.post(HERE, {"confirmation": "wheel"})
    desk = with_second_factor(a_reviewer("support"))

    refused = owner.post("/projects/new/", {"name": "wheel", "owner": "acme", "is_private": "no"})
    page = desk.get("/staff/names/?name=Wheel").content.decode()
    without = desk.post("/staff/names/", {"name": "wheel", "project": "yes", "because": ""})
    released = desk.post(
        "/staff/names/", {"name": "wheel", "project": "yes", "because": "By mistake."}, follow=True
    )

    assert "A project of this name was deleted" in refused.content.decode()
    assert "Release wheel for projects" in page
    assert without.status_code == 422
    assert "By mistake." in released.content.decode()
    assert not BurnedProjectName.objects.held().exists()
    owner.post("/projects/new/", {"name": "wheel", "owner": "acme", "is_private": "no"})
    assert Project.objects.get(name="wheel").organization == acme
