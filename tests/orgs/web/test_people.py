"""The pages of people: inviting, changing roles, removing, leaving."""

import pytest
from django.test import Client

from orgs import people
from orgs.models import Invitation, Organization
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_team,
    a_user,
    an_invitation,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme")


@pytest.fixture
def owner(acme: Organization) -> Client:
    return signed_in(the_owner(acme))


def test_an_owner_invites_and_sees_the_open_invitation(acme: Organization, owner: Client) -> None:
    answer = owner.post(
        "/orgs/acme/people/", {"email": "grace@example.org", "role": "manager"}, follow=True
    )

    page = answer.content.decode()
    assert answer.redirect_chain == [("/orgs/acme/people/", 302)]
    assert "grace@example.org was invited." in page
    assert "Open invitations" in page
    assert Invitation.objects.get().role == Role.MANAGER


@pytest.mark.parametrize("email", ["grace", "grace@example.org"])
def test_what_is_wrong_is_shown_at_the_field_and_the_form_is_kept(
    acme: Organization, owner: Client, email: str
) -> None:
    an_invitation(acme, "grace@example.org")

    answer = owner.post("/orgs/acme/people/", {"email": email, "role": "manager"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{email}"' in page
    assert "is-invalid" in page
    assert Invitation.objects.count() == 1


def test_a_full_organization_shows_why_in_place_of_the_form(
    acme: Organization, owner: Client
) -> None:
    entitle(acme, a_phase(seats=1))

    page = owner.get("/orgs/acme/people/").content.decode()
    answer = owner.post("/orgs/acme/people/", {"email": "g@example.org", "role": "billing_manager"})

    assert "no_seat_left" in page
    assert 'name="role" value="member"' not in page
    assert 'name="role" value="billing_manager"' in page
    assert answer.status_code == 302, "the payer gets in all the same"


def test_posting_anyway_is_a_page_that_says_what_is_missing(
    acme: Organization, owner: Client
) -> None:
    manager = signed_in(a_member(acme, Role.MANAGER))
    entitle(acme, a_phase("restricted"))

    answer = manager.post("/orgs/acme/people/", {"email": "g@example.org", "role": "member"})

    assert answer.status_code == 402
    assert "standing_restricted" in answer.content.decode()


def test_a_manager_is_offered_the_role_of_member_only(acme: Organization) -> None:
    page = signed_in(a_member(acme, Role.MANAGER)).get("/orgs/acme/people/").content.decode()

    assert 'name="role" value="member"' in page
    assert 'name="role" value="owner"' not in page
    assert "Change role" not in page


def test_a_plain_member_sees_people_and_no_form(acme: Organization) -> None:
    page = signed_in(a_member(acme)).get("/orgs/acme/people/").content.decode()

    assert "Invite somebody" not in page
    assert "Leave" in page
    assert "Remove" not in page


def test_an_invitation_is_sent_again_and_withdrawn(acme: Organization, owner: Client) -> None:
    invitation, token = an_invitation(acme)
    address = f"/orgs/acme/invitations/{invitation.public_id}"

    owner.post(f"{address}/resend/")
    invitation.refresh_from_db()
    assert invitation.token != token

    owner.post(f"{address}/withdraw/")
    invitation.refresh_from_db()
    assert invitation.state == "revoked"


def test_invitations_of_another_organization_are_out_of_reach(
    acme: Organization, owner: Client
) -> None:
    foreign, _ = an_invitation(an_organization("guild"))

    answer = owner.post(f"/orgs/acme/invitations/{foreign.public_id}/withdraw/")

    assert answer.status_code == 404
    assert Invitation.objects.open().count() == 1


def test_links_do_nothing_by_being_followed(acme: Organization, owner: Client) -> None:
    invitation, _ = an_invitation(acme)

    for act in ("resend", "withdraw"):
        address = f"/orgs/acme/invitations/{invitation.public_id}/{act}/"
        assert owner.get(address).status_code == 405


def test_an_owner_changes_a_role(acme: Organization, owner: Client) -> None:
    member = a_member(acme)

    answer = owner.post(
        f"/orgs/acme/people/{member.user.public_id}/", {"role": "manager"}, follow=True
    )

    assert "is Manager now." in answer.content.decode()
    member.refresh_from_db()
    assert member.role == Role.MANAGER


def test_the_last_owner_is_told_why_not(acme: Organization, owner: Client) -> None:
    me = the_owner(acme)
    browser = signed_in(me, fresh=True)

    answer = browser.post(f"/orgs/acme/people/{me.user.public_id}/", {"role": "member"})

    assert answer.status_code == 409
    assert "last_owner" in answer.content.decode()
    leaving = owner.get("/orgs/acme/people/leave/").content.decode()
    assert "You are the only owner" in leaving
    assert "btn-danger" not in leaving


def test_removing_is_confirmed_and_says_what_goes_along(acme: Organization, owner: Client) -> None:
    member = a_member(acme)
    a_team(acme, "rockets", members=[member])
    address = f"/orgs/acme/people/{member.user.public_id}/remove/"

    page = owner.get(address).content.decode()
    assert "rockets" in page
    assert acme.memberships.count() == 2

    answer = owner.post(address, follow=True)
    assert "is no member any more." in answer.content.decode()
    assert acme.memberships.count() == 1


def test_a_manager_removes_members_and_nobody_else(acme: Organization) -> None:
    member, other = a_member(acme), a_member(acme, Role.MANAGER)
    manager = signed_in(a_member(acme, Role.MANAGER))

    may = manager.post(f"/orgs/acme/people/{member.user.public_id}/remove/")
    may_not = manager.post(f"/orgs/acme/people/{other.user.public_id}/remove/")

    assert (may.status_code, may_not.status_code) == (302, 403)


def test_a_member_leaves(acme: Organization) -> None:
    member = a_member(acme)

    answer = signed_in(member).post("/orgs/acme/people/leave/", follow=True)

    assert answer.redirect_chain == [("/orgs/", 302)]
    assert "You left Acme." in answer.content.decode()
    assert not acme.memberships.filter(pk=member.pk).exists()


def test_many_people_come_in_pages(acme: Organization, owner: Client) -> None:
    for _ in range(55):
        a_member(acme)

    first = owner.get("/orgs/acme/people/")
    cursor = first.context["page"].next_cursor
    second = owner.get("/orgs/acme/people/", {"cursor": cursor})

    assert len(first.context["page"].rows) == 50
    assert len(second.context["page"].rows) == 6
    assert owner.get("/orgs/acme/people/", {"cursor": "made-up"}).status_code == 422


def test_people_are_searched_and_filtered_and_too_little_says_so(
    acme: Organization, owner: Client
) -> None:
    a_member(acme, Role.MANAGER, user=a_user("grace@example.org", name="Grace Hopper"))
    a_member(acme, user=a_user("kay@example.org", name="Kay Nishi"))

    found = owner.get("/orgs/acme/people/", {"q": "gra"}).content.decode()
    members = owner.get("/orgs/acme/people/", {"role": "member"}).content.decode()
    secured = owner.get("/orgs/acme/people/", {"second_factor": "yes"}).content.decode()
    short = owner.get("/orgs/acme/people/", {"q": "g"})
    odd = owner.get("/orgs/acme/people/", {"role": "emperor", "q": "kay"})

    assert ("Grace Hopper" in found, "Kay Nishi" in found) == (True, False)
    assert ("Grace Hopper" in members, "Kay Nishi" in members) == (False, True)
    assert "Nobody found" in secured
    assert (short.status_code, b"at least two characters" in short.content) == (422, True)
    assert odd.status_code == 422
    assert "Kay Nishi" in odd.content.decode()


def test_who_has_a_second_factor_is_shown_to_leaders_only(acme: Organization) -> None:
    """Red without ``may_see_factors`` in ``SearchForm``: the filter would tell."""
    member = a_member(acme)

    for role, is_shown in (("manager", True), ("billing_manager", False), ("member", False)):
        browser = signed_in(a_member(acme, role))
        page = browser.get("/orgs/acme/people/", {"second_factor": "yes", "q": "person"})
        text = page.content.decode()
        assert ('name="second_factor"' in text) is is_shown
        assert (str(member.user) in text) is not is_shown


def test_more_than_a_thousand_are_not_counted(
    acme: Organization, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "CAP", 3)
    for _ in range(5):
        a_member(acme)

    assert "1,000+" in owner.get("/orgs/acme/people/").content.decode()


def test_a_member_s_page_tells_their_teams(acme: Organization, owner: Client) -> None:
    member = a_member(acme)
    a_team(acme, "core", maintainers=[member])

    page = owner.get(f"/orgs/acme/people/{member.user.public_id}/").content.decode()

    assert "/orgs/acme/teams/core/" in page
    assert "(maintainer)" in page
