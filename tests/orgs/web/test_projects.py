"""The pages of projects: found, registered, described, shown, archived."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from orgs.actions.transfers import propose_transfer
from orgs.levels import Level
from orgs.models import Organization, Project
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
    signed_in,
    the_owner,
)
from tests.saas.api.calling import a_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme")


@pytest.fixture
def owner(acme: Organization) -> Client:
    return signed_in(the_owner(acme))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_public_project_is_seen_by_anybody_and_says_nothing_of_people(acme: Organization) -> None:
    """Red without ``login_not_required``, and without ``if visit.ways`` before administrators."""
    a_project(acme, "wheel")
    ada = the_owner(acme).user

    for client in (Client(), signed_in(a_user())):
        page = text(client, "/projects/wheel/")
        assert ada.email not in page
        assert "/projects/wheel/settings/" not in page
    assert ada.email in text(signed_in(ada), "/projects/wheel/")


@pytest.mark.parametrize("is_shown", [True, False])
def test_whose_a_public_project_is_shows_no_more_than_its_owner_does(
    acme: Organization, is_shown: bool
) -> None:
    """Red without ``knows`` in ``_owned_by``, and without ``public_name``."""
    Organization.objects.filter(pk=acme.pk).update(profile_is_public=is_shown)
    wheel, kim = a_project(acme, "wheel"), a_user("kim@example.org")
    a_project(kim, "axle")
    User.objects.filter(pk=kim.pk).update(name="")
    collaborator = a_user()
    a_role(wheel, collaborator)

    for client in (Client(), signed_in(a_user())):
        assert ("Acme" in text(client, "/projects/wheel/")) is is_shown
        assert "kim@example.org" not in text(client, "/projects/axle/")
    assert "Acme" in text(signed_in(a_member(acme)), "/projects/wheel/")
    assert "Acme" in text(signed_in(collaborator), "/projects/wheel/")
    told = [a_program(who).get("/projects/wheel") for who in (a_user(), collaborator)]
    assert [answer.body["organization"] for answer in told] == [
        "acme" if is_shown else None,
        "acme",
    ]


def test_a_private_project_is_nowhere_for_those_without_a_level(acme: Organization) -> None:
    """Red without ``require`` in ``project_seen_by``."""
    a_project(acme, "wheel", is_private=True)

    for client in (Client(), signed_in(a_user()), signed_in(a_member(acme))):
        here, nowhere = client.get("/projects/wheel/"), client.get("/projects/nothing/")
        assert here.status_code == nowhere.status_code == 404
        assert here.content == nowhere.content


PAGES = ["", "settings/", "access/", "transfer/", "transfer/move/"]
POSTS = [
    "settings/",
    "settings/visibility/",
    "settings/archive/",
    "access/",
    "access/people/{person}/",
    "access/people/{person}/remove/",
    "access/teams/",
    "access/teams/core/",
    "access/teams/core/revoke/",
    "transfer/",
    "transfer/cancel/",
    "transfer/move/",
]


@pytest.mark.parametrize("place", POSTS)
def test_whoever_holds_less_changes_nothing(acme: Organization, place: str) -> None:
    """Strangers meet nothing at all; who publishes is told no, or meets nothing of others."""
    project = a_project(acme, "wheel", is_private=True)
    acme.teams.create(name="core", normalized_name="core")
    person, publisher = a_user(), a_user()
    a_role(project, person)
    a_role(project, publisher, Level.PUBLISH)
    address = f"/projects/wheel/{place.format(person=person.public_id)}"

    assert signed_in(a_user()).post(address).status_code == 404
    answer = signed_in(publisher).post(address, {"level": "administer"})
    assert answer.status_code == 403
    assert "role_too_low" in answer.content.decode()
    visitor = Client().post(address)
    assert visitor["Location"].startswith("/account/login/")


@pytest.mark.parametrize("place", PAGES[1:4])
def test_pages_for_administrators_say_no_to_those_below(acme: Organization, place: str) -> None:
    a_project(acme, "wheel")

    assert signed_in(a_member(acme)).get(f"/projects/wheel/{place}").status_code == 403
    assert Client().get(f"/projects/wheel/{place}")["Location"].startswith("/account/login/")


@pytest.mark.parametrize("spelling", ["WHEEL-set", "wheel_set", "Wheel..Set"])
def test_another_spelling_leads_to_the_right_address(
    acme: Organization, owner: Client, spelling: str
) -> None:
    a_project(acme, "Wheel.Set")

    assert Client().get(f"/projects/{spelling}/")["Location"] == "/projects/Wheel.Set/"
    answer = owner.get(f"/projects/{spelling}/access/?cursor=3")
    assert answer["Location"] == "/projects/Wheel.Set/access/?cursor=3"


@pytest.mark.parametrize("name", ["a%00b", "%00", "a%0Ab", "%F0%9F%92%A9", "x" * 300, "-"])
def test_a_name_that_nobody_can_have_is_nowhere(name: str) -> None:
    """Red without ``is_well_formed`` in ``project_seen_by``."""
    for page in ("", "settings/", "access/"):
        assert signed_in(a_user()).get(f"/projects/{name}/{page}").status_code == 404


def test_my_projects_show_level_reason_and_offers(acme: Organization) -> None:
    me = a_user()
    project = a_project(acme, "wheel", is_private=True)
    a_role(project, me, Level.PUBLISH)
    a_project(acme, "not-mine")
    offered = a_project(acme, "offered")
    propose_transfer(project=offered, actor=an_actor(the_owner(acme), fresh=True), to_user=me)

    page = text(signed_in(me), "/projects/")

    assert "Publish" in page
    assert "own role on the project" in page
    assert "not-mine" not in page
    assert "/transfers/" in page


def test_who_has_no_project_is_told_what_to_do() -> None:
    assert "/projects/new/" in text(signed_in(a_user()), "/projects/")


def test_a_person_registers_for_themselves() -> None:
    me = a_user()

    answer = signed_in(me).post(
        "/projects/new/",
        {"name": "Wheel", "owner": "-", "is_private": "no", "description": "Turns."},
        follow=True,
    )

    assert answer.redirect_chain == [("/projects/Wheel/", 302)]
    assert "Turns." in answer.content.decode()
    assert Project.objects.get().owner == me


def test_a_manager_registers_in_the_organization(acme: Organization) -> None:
    manager = signed_in(a_member(acme, Role.MANAGER))
    assert 'value="acme"' in text(manager, "/projects/new/?organization=acme")

    sent = {"name": "wheel", "owner": "acme", "is_private": "yes"}
    assert manager.post("/projects/new/", sent)["Location"] == "/projects/wheel/"
    assert Project.objects.get().organization == acme
    assert manager.get("/projects/wheel/access/").status_code == 200


def test_a_member_is_not_offered_an_organization_where_they_may_not(acme: Organization) -> None:
    member = signed_in(a_member(acme))
    assert 'value="acme"' not in text(member, "/projects/new/")

    sent = {"name": "wheel", "owner": "acme", "is_private": "no"}
    assert member.post("/projects/new/", sent).status_code == 422
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "taken"}, "differs only in case"),
        ({"name": "TAKEN"}, "differs only in case"),
        ({"name": "new"}, "uses the name itself"),
        ({"name": "-"}, "starting and ending"),
        ({"name": "a\x00b"}, "Null characters"),
        ({"name": "wheel", "is_private": "yes"}, "Only organizations begin private"),
        ({"name": "wheel", "owner": "elsewhere"}, "not one of the available"),
    ],
)
def test_what_cannot_be_is_shown_at_its_field(sent: dict[str, str], words: str) -> None:
    """Red without ``ADDRESSES`` in ``register_project``: nobody could open the project *new*."""
    a_project(None, "taken")
    whole = {"owner": "-", "is_private": "no", "description": "Kept words"} | sent

    answer = signed_in(a_user()).post("/projects/new/", whole)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "is-invalid" in page
    assert words in page
    assert "Kept words" in page
    assert Project.objects.count() == 1


def test_what_an_organization_withholds_is_told_before_and_in_place(acme: Organization) -> None:
    """Red without ``except Unpaid`` in ``register``: the typed words would be lost."""
    entitle(acme, a_phase(private_projects=0))
    owner = signed_in(the_owner(acme))
    assert "limit_reached" in text(owner, "/projects/new/")

    answer = owner.post(
        "/projects/new/",
        {"name": "wheel", "owner": "acme", "is_private": "yes", "description": "Kept words"},
    )

    assert answer.status_code == 402
    page = answer.content.decode()
    assert "Kept words" in page
    assert "/orgs/acme/billing/" in page
    entitle(acme, a_phase("restricted"))
    page = text(owner, "/projects/new/")
    assert "standing_restricted" in page
    assert 'value="acme"' not in page


def test_a_description_is_changed_by_those_who_administer(
    acme: Organization, owner: Client
) -> None:
    a_project(acme, "wheel")

    answer = owner.post("/projects/wheel/settings/", {"description": "Turns."}, follow=True)

    assert "Saved." in answer.content.decode()
    assert "Turns." in text(Client(), "/projects/wheel/")
    assert owner.post("/projects/wheel/settings/", {"description": "x" * 501}).status_code == 422


def test_showing_to_everybody_is_confirmed_by_typing_the_name(
    acme: Organization, owner: Client
) -> None:
    """Red without ``confirmed.is_valid()`` in ``visibility``."""
    a_project(acme, "wheel", is_private=True)
    address = "/projects/wheel/settings/visibility/"

    answer = owner.post(address, {"confirmation": "Wheel"})
    assert answer.status_code == 422
    assert "exactly as it is shown" in answer.content.decode()
    assert Project.objects.get().is_private

    owner.post(address, {"confirmation": "wheel"})
    assert not Project.objects.get().is_private
    owner.post(address, {"is_private": "yes"})
    assert Project.objects.get().is_private


def test_becoming_private_is_refused_in_place_with_the_way_out(acme: Organization) -> None:
    """Red without ``except Refusal`` in ``visibility``."""
    a_project(acme, "wheel")
    entitle(acme, a_phase(private_projects=0))

    answer = signed_in(the_owner(acme)).post(
        "/projects/wheel/settings/visibility/", {"is_private": "yes"}
    )

    assert answer.status_code == 402
    page = answer.content.decode()
    assert "limit_reached" in page
    assert "What it is" in page
    assert not Project.objects.get().is_private


def test_archived_is_marked_and_brought_back(acme: Organization, owner: Client) -> None:
    a_project(acme, "wheel")

    owner.post("/projects/wheel/settings/archive/", {"is_archived": "yes"})
    for page in ("/projects/wheel/", "/orgs/acme/projects/"):
        assert "Archived" in text(owner, page)
    owner.post("/projects/wheel/settings/archive/", {"is_archived": "no"})
    assert "Archived" not in text(owner, "/projects/wheel/")
    assert Project.objects.get().archived_at is None


def test_an_own_level_can_be_given_up(acme: Organization) -> None:
    """Red when ``remove_role`` asks for ``projects:revoke`` first."""
    person = a_user()
    for name, is_private, lands in (
        ("wheel", True, "/projects/"),
        ("axle", False, "/projects/axle/"),
    ):
        a_role(a_project(acme, name, is_private=is_private), person)
        client = signed_in(person)
        assert "Give up your own level" in text(client, f"/projects/{name}/")

        answer = client.post(f"/projects/{name}/access/people/{person.public_id}/remove/")

        assert answer["Location"] == lands


@pytest.mark.parametrize(
    "address",
    [
        "/projects/",
        "/projects/new/",
        "/projects/wheel/",
        "/projects/wheel/settings/",
        "/projects/wheel/access/",
        "/orgs/acme/projects/",
        "/orgs/acme/teams/core/",
        "/orgs/acme/teams/core/projects/",
    ],
)
def test_a_page_costs_the_same_however_many_there_are(
    acme: Organization, owner: Client, address: str
) -> None:
    team = a_team(acme, "core", members=[a_member(acme)])
    ada = the_owner(acme).user

    def more() -> None:
        for project in [a_project(acme, by=ada), a_project(ada), *acme.projects.all()[:1]]:
            if project.organization is not None and not project.roles.exists():
                a_role(project, ada)
                a_grant(project, team)
                a_grant(project, a_team(acme, members=[a_member(acme)]))
        a_project(acme)

    a_project(acme, "wheel")
    more()
    owner.get(address)
    few = cost_of(owner, address)
    for _ in range(5):
        more()

    assert cost_of(owner, address) == few
    assert few <= 20


def cost_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
