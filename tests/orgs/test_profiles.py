"""What everybody sees of an organization, once its owners and its people chose so."""

from collections.abc import Callable

import pytest
from django.test import Client

from audit.models import AuditEvent
from kernel import clock
from kernel.actor import Actor
from kernel.refusals import Forbidden, NotFound
from orgs.actions.members import show_myself
from orgs.actions.organizations import set_profile_visibility
from orgs.models import Organization
from orgs.profiles import profile_of
from orgs.roles import Role
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in, the_owner
from tests.saas.api.calling import a_host, a_program, is_problem

pytestmark = pytest.mark.django_db


def a_public_organization(name: str = "acme") -> Organization:
    """Return one with a public profile, whose owner chose to be seen."""
    organization = an_organization(name, owner=a_user("ada@example.org", name="Ada & Co"))
    actor = an_actor(the_owner(organization))
    set_profile_visibility(organization=organization, is_public=True, actor=actor)
    show_myself(organization=organization, is_public=True, actor=actor)
    return Organization.objects.get(pk=organization.pk)


def test_nothing_is_public_until_somebody_says_so() -> None:
    organization = an_organization("acme")

    assert not organization.profile_is_public
    assert not the_owner(organization).is_public
    assert signed_in(a_user()).get("/orgs/acme/").status_code == 404


def test_everybody_sees_a_public_profile_and_nothing_else() -> None:
    """Red without ``memberships__is_public`` in ``orgs.profiles._people``."""
    organization = a_public_organization()
    a_member(organization, user=a_user("eve@example.org", name="Eve Hidden"))

    for browser in (Client(), signed_in(a_user())):
        page = browser.get("/orgs/acme/").content.decode()
        assert "Ada &amp; Co" in page
        assert "Eve Hidden" not in page
        assert "ada@example.org" not in page
        assert "Seats" not in page
        assert browser.get("/orgs/acme/people/").status_code in (302, 404)


def test_who_has_no_name_is_not_shown_by_address() -> None:
    """Red without ``exclude(name="")`` in ``orgs.profiles._people``."""
    organization = a_public_organization()
    nameless = a_member(organization)
    nameless.user.name = ""
    nameless.user.save()
    show_myself(organization=organization, is_public=True, actor=an_actor(nameless))

    shown = profile_of(organization)

    assert shown is not None
    assert list(shown.people) == [the_owner(organization).user]
    assert nameless.user.email not in Client().get("/orgs/acme/").content.decode()


def test_members_see_their_page_and_what_others_see() -> None:
    organization = a_public_organization()
    browser = signed_in(a_member(organization))

    assert "Your role" in browser.get("/orgs/acme/").content.decode()
    assert "Your role" not in browser.get("/orgs/acme/?view=public").content.decode()


def test_visitors_are_led_to_the_sign_in_by_what_is_private_and_by_what_is_not_there() -> None:
    an_organization("acme")

    for name in ("acme", "nothing-here"):
        answer = Client().get(f"/orgs/{name}/?x=1")
        assert answer.status_code == 302
        assert answer["Location"] == f"/account/login/?next=/orgs/{name}/%3Fx%3D1"


@pytest.mark.parametrize("state", ["closing", "closed"])
def test_what_is_closing_or_closed_has_no_profile(state: str) -> None:
    """Red without ``is_open`` in ``orgs.profiles.profile_of``."""
    organization = a_public_organization()
    ends = clock.now() if state == "closing" else None
    Organization.objects.filter(pk=organization.pk).update(state=state, closes_at=ends)

    assert signed_in(a_user()).get("/orgs/acme/").status_code == 404
    assert is_problem(a_program(a_user()).get("/organizations/acme/profile"), 404)


def test_owners_alone_decide_about_the_profile_and_twice_is_once() -> None:
    """Red without ``require`` in ``set_profile_visibility``."""
    organization = an_organization("acme")

    def decide(actor: Actor) -> None:
        set_profile_visibility(organization=organization, is_public=True, actor=actor)

    with pytest.raises(Forbidden):
        decide(an_actor(a_member(organization, Role.MANAGER)))
    with pytest.raises(NotFound):
        decide(an_actor(a_user()))
    decide(an_actor(the_owner(organization)))
    decide(an_actor(the_owner(organization)))

    assert AuditEvent.objects.filter(name="organization.profile_visibility_set").count() == 1


def test_everybody_decides_about_themselves_alone_and_twice_is_once() -> None:
    organization = an_organization("acme")
    member = a_member(organization, Role.BILLING_MANAGER)
    with pytest.raises(NotFound):
        show_myself(organization=organization, is_public=True, actor=an_actor(a_user()))

    for _ in range(2):
        show_myself(organization=organization, is_public=True, actor=an_actor(member))

    member.refresh_from_db()
    assert member.is_public
    assert not the_owner(organization).is_public
    event = AuditEvent.objects.get(name="member.visibility_set")
    assert f"user:{member.user_id}" in event.subjects


def test_both_are_chosen_on_the_pages() -> None:
    organization = an_organization("acme", owner=a_user(name="Ada"))
    browser = signed_in(the_owner(organization))

    browser.post("/orgs/acme/settings/visibility/", {"profile_is_public": "on"})
    browser.post("/orgs/acme/show-me/", {"is_public": "yes"})
    shown = Client().get("/orgs/acme/").content.decode()
    browser.post("/orgs/acme/show-me/", {"is_public": "no"})
    hidden = Client().get("/orgs/acme/").content.decode()
    browser.post("/orgs/acme/settings/visibility/", {})

    assert "Ada" in shown
    assert "Nobody has chosen to be seen here" in hidden
    assert Client().get("/orgs/acme/").status_code == 302


def test_a_manager_does_not_open_the_profile_on_the_page() -> None:
    organization = an_organization("acme")

    answer = signed_in(a_member(organization, "manager")).post(
        "/orgs/acme/settings/visibility/", {"profile_is_public": "on"}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("asker", [lambda: a_program(a_user(), "members:read"), a_host])
def test_programs_read_a_public_profile_whatever_their_scopes(asker: Callable[[], object]) -> None:
    organization = a_public_organization()
    program = asker()

    answer = program.get("/organizations/acme/profile")  # type: ignore[attr-defined]  # a Program

    assert answer.status == 200
    owner = the_owner(organization).user
    assert answer.body["people"] == [{"id": str(owner.public_id), "name": "Ada & Co"}]
    assert (answer.body["projects"], answer.body["is_public"]) == ([], True)


def test_programs_of_owners_and_members_choose_too() -> None:
    organization = an_organization("acme", owner=a_user(name="Ada"))
    program = a_program(the_owner(organization))

    told = program.call("PATCH", "/organizations/acme", {"profile_is_public": True})
    mine = program.call("PATCH", "/me/organizations/acme", {"is_public": True})

    assert told.body["profile_is_public"] is True
    assert mine.body == {"organization": "acme", "is_public": True}
    assert [each["name"] for each in program.get("/organizations/acme/profile").body["people"]] == [
        "Ada"
    ]


def test_a_private_profile_is_shown_to_members_only() -> None:
    organization = an_organization("acme")

    assert a_program(the_owner(organization)).get("/organizations/acme/profile").status == 200
    assert is_problem(a_program(a_user()).get("/organizations/acme/profile"), 404, "not_found")
    assert is_problem(a_host().get("/organizations/acme/profile"), 404, "not_found")
