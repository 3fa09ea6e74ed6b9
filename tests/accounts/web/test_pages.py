"""A person's own pages: tokens and the profile."""

import re

import pytest
from django.test import Client

from accounts.actions.tokens import make_personal_token
from accounts.models import PersonalToken, User
from accounts.tokens import digest
from audit.models import AuditEvent
from tests.builders import PASSWORD, a_user, an_actor, signed_in

pytestmark = pytest.mark.django_db

FORM = {"name": "build", "days": "30", "scopes": ["teams:write", "members:read"]}


def just_signed_in(user: User) -> Client:
    """Return a browser whose person gave the password moments ago."""
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client


def a_token(user: User) -> PersonalToken:
    return make_personal_token(
        user=user, name="build", scopes=["teams:write"], actor=an_actor(user, fresh=True)
    )[0]


@pytest.mark.parametrize("path", ["profile", "tokens", "tokens/new", "tokens/1/revoke"])
def test_visitors_are_led_to_the_sign_in(path: str) -> None:
    response = Client().get(f"/account/{path}/")

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


def test_a_token_is_shown_once_and_by_no_cache() -> None:
    user = a_user(password=PASSWORD)
    client = just_signed_in(user)

    made = client.post("/account/tokens/new/", FORM)
    found = re.search(r'value="(ch_pat_\w+)"', made.content.decode())

    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    assert found is not None
    token = user.tokens.get()
    assert token.digest == digest(found[1])
    assert token.scopes == ["members:read", "teams:write"]
    listed = client.get("/account/tokens/").content.decode()
    assert found[1] not in listed
    assert token.hint in listed
    assert "members:read, teams:write" in listed


@pytest.mark.parametrize("method", ["get", "post"])
def test_making_one_asks_for_a_fresh_sign_in(method: str) -> None:
    """Turns red without ``require_fresh_person`` in accounts/web/tokens.py."""
    user = a_user()

    response = getattr(signed_in(user), method)("/account/tokens/new/", FORM)

    assert response.status_code == 302
    assert response["Location"].startswith("/account/reauthenticate/")
    assert not user.tokens.exists()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"days": "900"}, {"name": "a\x00"}]
)
def test_what_is_wrong_is_said_and_nothing_is_made(wrong: dict[str, object]) -> None:
    user = a_user(password=PASSWORD)

    response = just_signed_in(user).post("/account/tokens/new/", {**FORM, **wrong})

    assert response.status_code == 422
    assert b"Please look at this again" in response.content
    assert not user.tokens.exists()


def test_revoking_is_asked_first_and_done_then() -> None:
    user = a_user()
    token = a_token(user)
    client = signed_in(user)

    asked = client.get(f"/account/tokens/{token.pk}/revoke/")
    assert asked.status_code == 200
    assert user.tokens.live().exists()
    done = client.post(f"/account/tokens/{token.pk}/revoke/")

    assert done["Location"] == "/account/tokens/"
    assert not user.tokens.live().exists()
    assert client.get(f"/account/tokens/{token.pk}/revoke/").status_code == 404


def test_tokens_of_others_do_not_exist() -> None:
    token = a_token(a_user())
    stranger = signed_in(a_user())

    assert stranger.get(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert stranger.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert PersonalToken.objects.live().get() == token


def test_an_empty_list_says_what_tokens_are_for() -> None:
    page = signed_in(a_user()).get("/account/tokens/").content.decode()

    assert "No tokens" in page
    assert "/account/tokens/new/" in page


def test_the_name_that_others_see_is_changed_and_told() -> None:
    user = a_user(name="Rosa")

    response = signed_in(user).post("/account/profile/", {"name": " Rosa Luz "})

    assert response["Location"] == "/account/profile/"
    user.refresh_from_db()
    assert user.name == "Rosa Luz"
    event = AuditEvent.objects.get(name="user.renamed")
    assert event.words["before"] == "Rosa"
    assert "before" not in event.facts


def test_a_name_that_is_the_same_is_no_news() -> None:
    signed_in(a_user(name="Rosa")).post("/account/profile/", {"name": "Rosa"})

    assert not AuditEvent.objects.filter(name="user.renamed").exists()


@pytest.mark.parametrize("name", ["x" * 121, "a\x00b"])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    response = signed_in(a_user()).post("/account/profile/", {"name": name})

    assert response.status_code == 422
