"""Pages about the tokens of an organization."""

import re

import pytest
from django.test import Client

from accounts.tokens import digest
from orgs.entitlements import Feature
from orgs.models import Organization, ServiceToken
from orgs.roles import Role
from tests.builders import (
    PASSWORD,
    a_member,
    a_phase,
    a_service_token,
    a_user,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db

PAGE = "/orgs/guild/settings/tokens/"
FORM = {"name": "release robot", "days": "30", "scopes": ["projects:publish", "projects:read"]}


@pytest.fixture
def guild() -> Organization:
    return an_organization("guild", owner=a_user(password=PASSWORD))


def just_signed_in(organization: Organization) -> Client:
    """Return the browser of the owner, who gave the password moments ago."""
    client = Client()
    login = {"login": the_owner(organization).user.email, "password": PASSWORD}
    client.post("/account/login/", login)
    return client


def test_a_token_is_shown_once_and_by_no_cache(guild: Organization) -> None:
    client = just_signed_in(guild)

    made = client.post(f"{PAGE}new/", FORM)
    found = re.search(r'value="(ch_svc_\w+)"', made.content.decode())

    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    assert found is not None
    token = guild.service_tokens.get()
    assert token.digest == digest(found[1])
    listed = client.get(PAGE).content.decode()
    assert found[1] not in listed
    assert f"ch_svc_…{token.hint}" in listed
    assert "projects:publish, projects:read" in listed
    assert f"by {the_owner(guild).user}" in listed


@pytest.mark.parametrize("method", ["get", "post"])
def test_making_one_asks_for_a_fresh_sign_in(method: str, guild: Organization) -> None:
    response = getattr(signed_in(the_owner(guild)), method)(f"{PAGE}new/", FORM)

    assert response.status_code == 302
    assert response["Location"].startswith("/account/reauthenticate/")
    assert not guild.service_tokens.exists()


def test_what_is_wrong_is_said_and_nothing_is_made(guild: Organization) -> None:
    client = just_signed_in(guild)

    faults: list[dict[str, object]] = [
        {"name": ""}, {"scopes": []}, {"scopes": ["members:read"]}, {"days": "900"},
    ]  # fmt: skip
    for wrong in faults:
        response = client.post(f"{PAGE}new/", {**FORM, **wrong})
        assert response.status_code == 422
        assert b"Please look at this again" in response.content

    assert not guild.service_tokens.exists()


def test_who_is_no_owner_meets_a_refusal_and_no_link(guild: Organization) -> None:
    """Red without ``require`` in each view of orgs/web/service_tokens.py."""
    token, _ = a_service_token(guild)
    manager, stranger = signed_in(a_member(guild, Role.MANAGER)), signed_in(a_user())

    for path in (PAGE, f"{PAGE}new/", f"{PAGE}{token.public_id}/revoke/"):
        assert manager.get(path).status_code == 403
        assert stranger.get(path).status_code == 404
    assert manager.post(f"{PAGE}{token.public_id}/revoke/").status_code == 403
    assert PAGE not in manager.get("/orgs/guild/").content.decode()
    assert PAGE in signed_in(the_owner(guild)).get("/orgs/guild/").content.decode()
    assert guild.service_tokens.live().get() == token


def test_revoking_is_asked_first_and_done_then(guild: Organization) -> None:
    token, _ = a_service_token(guild)
    client = signed_in(the_owner(guild))
    path = f"{PAGE}{token.public_id}/revoke/"

    assert client.get(path).status_code == 200
    assert guild.service_tokens.live().exists()
    done = client.post(path)

    assert done["Location"] == PAGE
    assert not guild.service_tokens.live().exists()
    assert client.get(path).status_code == 404


def test_a_token_of_another_organization_is_not_there(guild: Organization) -> None:
    """Red with ``ServiceToken.objects`` in ``_token``: one person may own both."""
    token, _ = a_service_token(an_organization(owner=the_owner(guild).user))

    response = signed_in(the_owner(guild)).post(f"{PAGE}{token.public_id}/revoke/")

    assert response.status_code == 404
    assert ServiceToken.objects.live().get() == token


def test_what_stands_against_making_is_told_and_the_list_stays(guild: Organization) -> None:
    token, _ = a_service_token(guild)
    entitle(guild, a_phase(features=set(Feature) - {Feature.ORG_TOKENS}))

    page = signed_in(the_owner(guild)).get(PAGE).content.decode()

    assert "feature_missing" in page
    assert f"{PAGE}new/" not in page
    assert f"{PAGE}{token.public_id}/revoke/" in page


def test_the_list_says_when_who_made_one_is_gone(guild: Organization) -> None:
    token, _ = a_service_token(guild)
    ServiceToken.objects.filter(pk=token.pk).update(created_by=a_user(name="Kim"))

    page = signed_in(the_owner(guild)).get(PAGE).content.decode()
    assert "by Kim" in page
    assert "no member any more" in page


def test_leaving_and_removing_name_what_goes_on_working(guild: Organization) -> None:
    another = a_member(guild, Role.OWNER)
    token, _ = a_service_token(guild)
    words = f"the service token “robot” ending …{token.hint}"
    maker = the_owner(guild)

    pages = [
        signed_in(maker).get("/orgs/guild/people/leave/"),
        signed_in(another, fresh=True).get(f"/orgs/guild/people/{maker.user.public_id}/remove/"),
    ]
    without = signed_in(another).get("/orgs/guild/people/leave/").content.decode()

    assert all(words in page.content.decode() for page in pages)
    assert "go on working" not in without


def test_the_log_is_narrowed_to_a_token(guild: Organization) -> None:
    token, _ = a_service_token(guild)

    page = signed_in(the_owner(guild)).get(
        f"/orgs/guild/audit/?about=service_token:{token.public_id}"
    )

    assert page.status_code == 200
    assert f'value="service_token:{token.public_id}" selected' in page.content.decode()


def test_the_page_of_roles_says_what_a_token_may(guild: Organization) -> None:
    page = signed_in(the_owner(guild)).get("/orgs/guild/people/roles/").content.decode()

    assert page.count(">Service token</th>") == 2
    assert "Publish its projects" in page
