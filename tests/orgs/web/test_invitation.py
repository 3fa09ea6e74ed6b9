"""Where the link of an invitation leads."""

import pytest
from django.test import Client

from orgs.models import Organization
from tests.builders import (
    a_member,
    a_second_factor,
    a_user,
    an_invitation,
    an_organization,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme", owner=a_user("ada@example.org", name="Ada"), seats=2)


def test_a_visitor_sees_who_invites_to_what_and_is_led_to_sign_in_and_back(
    acme: Organization,
) -> None:
    _, token = an_invitation(acme, role="manager")
    visitor = Client()

    page = visitor.get(f"/invitations/{token}/").content.decode()
    answer = visitor.post(f"/invitations/{token}/", {"answer": "accept"})

    assert "Ada" in page
    assert "Join Acme" in page
    assert "Manager" in page
    assert f"/account/signup/?next=/invitations/{token}/" in page
    assert answer["Location"] == f"/account/login/?next=/invitations/{token}/"
    assert acme.memberships.count() == 1


def test_the_page_is_kept_by_no_cache(acme: Organization) -> None:
    _, token = an_invitation(acme)

    assert "no-store" in Client().get(f"/invitations/{token}/")["Cache-Control"]


def test_following_the_link_alone_changes_nothing(acme: Organization) -> None:
    invitation, token = an_invitation(acme)

    signed_in(a_user()).get(f"/invitations/{token}/")

    invitation.refresh_from_db()
    assert invitation.is_open


def test_accepting_joins_and_leads_inside(acme: Organization) -> None:
    grace = a_user("grace@example.org")
    _, token = an_invitation(acme, "Grace@example.org")

    page = signed_in(grace).get(f"/invitations/{token}/").content.decode()
    answer = signed_in(grace).post(f"/invitations/{token}/", {"answer": "accept"}, follow=True)

    assert "signed in as" not in page
    assert answer.redirect_chain == [("/orgs/acme/", 302)]
    assert "Welcome to Acme" in answer.content.decode()


def test_another_address_is_explained_and_let_in(acme: Organization) -> None:
    _, token = an_invitation(acme, "work@example.org")
    browser = signed_in(a_user("private@example.org"))

    page = browser.get(f"/invitations/{token}/").content.decode()
    answer = browser.post(f"/invitations/{token}/", {"answer": "accept"})

    assert "sent to work@example.org, and you are signed in as private@example.org" in page
    assert answer["Location"] == "/orgs/acme/"


def test_declining_closes_it(acme: Organization) -> None:
    invitation, token = an_invitation(acme)

    answer = signed_in(a_user()).post(f"/invitations/{token}/", {"answer": "decline"}, follow=True)

    assert "You declined the invitation of Acme." in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.state == "declined"


def test_no_answer_is_no_acceptance(acme: Organization) -> None:
    """Red when anything but *accept* joins."""
    invitation, token = an_invitation(acme)

    answer = signed_in(a_user()).post(f"/invitations/{token}/", {"answer": "perhaps"})

    assert answer.status_code == 200
    invitation.refresh_from_db()
    assert invitation.is_open


def test_a_closed_link_says_so_in_words(acme: Organization) -> None:
    answer = Client().get(f"/invitations/{'0' * 64}/")

    assert answer.status_code == 409
    assert "not open any more" in answer.content.decode()


def test_a_full_organization_is_told_without_closing_the_offer(acme: Organization) -> None:
    invitation, token = an_invitation(acme)
    a_member(acme)

    answer = signed_in(a_user()).post(f"/invitations/{token}/", {"answer": "accept"})

    assert answer.status_code == 402
    assert "no_seat_left" in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.is_open


def test_whoever_lacks_a_demanded_second_factor_hears_of_it_before_they_join(
    acme: Organization,
) -> None:
    Organization.objects.filter(pk=acme.pk).update(requires_second_factor=True)
    without, with_one = a_user(), a_user()
    a_second_factor(with_one)
    _, token = an_invitation(acme)

    told = [
        "A second factor is demanded"
        in signed_in(who).get(f"/invitations/{token}/").content.decode()
        for who in (without, with_one)
    ]

    assert told == [True, False]
