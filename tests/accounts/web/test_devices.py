"""The browsers in which a person is signed in."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from tests.builders import PASSWORD, a_user, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/account/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def a_browser(user: User, agent: str = FIREFOX) -> Client:
    """Return a browser in which somebody signed in with their password."""
    client = Client(headers={"User-Agent": agent})
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/account/profile/").status_code == 200


def the_session(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_every_browser_is_listed_and_one_is_ended() -> None:
    """Red without ``session.end()`` in ``end_session``."""
    user = a_user(password=PASSWORD)
    here, there = a_browser(user), a_browser(user, "curl/8")

    page = here.get(PAGE).content.decode()
    assert "Firefox on Linux" in page
    assert "curl/8" in page
    assert "This one" in page
    here.post(f"{PAGE}{the_session(there).pk}/end/")

    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert AuditEvent.objects.filter(name="session.ended", actor_id=user.pk).count() == 1


def test_a_browser_that_was_never_counted_is_listed_all_the_same() -> None:
    """Red without ``create_from_request``: it signed in before browsers were counted."""
    page = signed_in(a_user()).get(PAGE).content.decode()

    assert "This one" in page


def test_all_others_are_ended_at_once_and_each_is_told_in_the_log() -> None:
    user = a_user(password=PASSWORD)
    here, one, other = a_browser(user), a_browser(user), a_browser(user)

    here.post(PAGE)

    assert [is_signed_in(each) for each in (here, one, other)] == [True, False, False]
    assert AuditEvent.objects.filter(name="session.ended").count() == 2


def test_a_new_password_ends_all_other_sessions() -> None:
    user = a_user(password=PASSWORD)
    here, there = a_browser(user), a_browser(user)

    here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "brand new words", "password2": "brand new words"},
    )

    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    page = here.get(PAGE).content.decode()
    assert page.count("Firefox on Linux") == 1


def test_sessions_of_others_do_not_exist() -> None:
    """Red without ``actor.user_id`` in ``end_session``."""
    there = a_browser(a_user(password=PASSWORD))
    stranger = signed_in(a_user())

    assert stranger.post(f"{PAGE}{the_session(there).pk}/end/").status_code == 404
    assert is_signed_in(there)
