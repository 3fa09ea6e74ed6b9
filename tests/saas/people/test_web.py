"""The pages on which one takes data along, or deletes the account."""

import json

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory

from accounts.actions.hosts import add_host
from accounts.models import ExternalUser, User
from community.states import State
from kernel.actor import SYSTEM
from orgs.actions.collaborators import invite_collaborator
from orgs.actions.invitations import invite_member
from orgs.levels import Level
from orgs.roles import Role
from subscriptions.actions.closing import begin_closing
from tests.builders import (
    PASSWORD,
    a_member,
    a_project,
    a_role,
    a_second_factor,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    signed_in,
    the_owner,
)
from tests.community.builders import an_application
from tests.saas.api.calling import a_program
from tests.subscriptions.stage import a_company

pytestmark = pytest.mark.django_db
DELETE, EXPORT = "/account/delete/", "/account/export/"


def fresh(user: User) -> Client:
    """Return a browser in which somebody proved just now who they are."""
    client = signed_in(user)
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    record_authentication(request, user, method="password", reauthenticated=True)
    request.session.save()
    return client


@pytest.mark.parametrize("address", [DELETE, EXPORT])
def test_both_ask_for_a_fresh_sign_in(address: str) -> None:
    answer = signed_in(a_user()).get(address)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert Client().get(address)["Location"].startswith("/account/login/")


def test_deleting_says_what_is_lost_and_takes_the_typed_address() -> None:
    user = a_user(password=PASSWORD)
    organization = an_organization()
    a_member(organization, user=user)
    browser = fresh(user)

    page = browser.get(DELETE).content.decode()
    wrong = browser.post(DELETE, {"confirmation": "yes"})
    done = browser.post(DELETE, {"confirmation": user.email}, follow=True)

    assert organization.display_name in page
    assert wrong.status_code == 422
    assert "Type your address exactly" in wrong.content.decode()
    assert "Your account is deleted." in done.content.decode()
    user.refresh_from_db()
    assert not user.is_active


def test_an_only_owner_is_shown_the_choices_for_each_organization() -> None:
    organization = an_organization("acme")
    user = the_owner(organization).user
    browser = fresh(user)

    page = browser.get(DELETE).content.decode()
    sent = browser.post(DELETE, {"confirmation": user.email})

    assert "/orgs/acme/people/" in page
    assert "/orgs/acme/settings/" in page
    assert 'name="confirmation"' not in page
    assert sent.status_code == 409
    assert "only_owner" in sent.content.decode()


def test_the_file_holds_what_is_kept_and_no_secret() -> None:
    user = a_user("grace@example.org", name="Grace", password=PASSWORD)
    a_second_factor(user)
    organization = an_organization("acme")
    place = a_member(organization, "manager", user=user)
    a_team(organization, "core", maintainers=[place])
    an_invitation(an_organization("guild"), "Grace@example.org")
    an_application(State.SUBMITTED, applicant=user, name="maps")
    program = a_program(user)

    answer = fresh(user).get(EXPORT)

    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].startswith("attachment;")
    told = json.loads(answer.content)
    assert told["account"]["email"] == "grace@example.org"
    assert told["organizations"] == [
        {
            "organization": "acme",
            "role": "manager",
            "since": told["organizations"][0]["since"],
            "teams": [{"team": "core", "is_maintainer": True}],
        }
    ]
    assert [offer["organization"] for offer in told["invitations"]] == ["guild"]
    assert [each["name"] for each in told["applications"]] == ["maps"]
    assert [each["type"] for each in told["second_factors"]] == ["totp"]
    assert told["mail"]["news"] is True
    assert "token.made" in [each["event"] for each in told["log"]]
    text = answer.content.decode()
    assert program.token not in text
    assert user.password not in text
    assert user.tokens.get().digest not in text


def test_what_others_did_to_one_is_told_without_their_words() -> None:
    """Red without the question of ``actor_id`` in ``_log``."""
    organization = an_organization("acme", owner=a_user("boss@example.org", name="Boss"))
    member = a_member(organization)
    browser = fresh(member.user)
    signed_in(the_owner(organization)).post(
        f"/orgs/acme/people/{member.user.public_id}/", {"role": "manager"}
    )

    told = json.loads(browser.get(EXPORT).content)

    (changed,) = [each for each in told["log"] if each["event"] == "member.role_changed"]
    assert set(changed) == {"event", "at"}
    assert "Boss" not in json.dumps(told)


def test_projects_levels_offers_and_words_of_hosts_are_told_too() -> None:
    user, house = a_user("grace@example.org"), an_organization("guild")
    a_project(user, "axle")
    wheel = a_project(house, "wheel")
    a_role(wheel, user, Level.PUBLISH)
    owner = an_actor(the_owner(house))
    invite_collaborator(
        project=a_project(house, "hub"), email="Grace@example.org", level=Level.READ, actor=owner
    )
    invite_member(organization=house, role=Role.MEMBER, user=user, actor=owner)
    host, _ = add_host(name="index", scopes=["directory:write"], actor=SYSTEM)
    ExternalUser.objects.create(host=host, external_id="42", user=user)

    told = json.loads(fresh(user).get(EXPORT).content)

    assert [each["name"] for each in told["projects"]] == ["axle"]
    assert [(each["project"], each["level"]) for each in told["levels_on_projects"]] == [
        ("wheel", "publish")
    ]
    assert [each["project"] for each in told["invitations_to_projects"]] == ["hub"]
    assert [each["organization"] for each in told["invitations"]] == ["guild"]
    assert told["called_by_hosts"] == [{"host": "index", "external_id": "42"}]


def test_the_only_owner_of_what_is_being_deleted_reads_until_when_it_needs_them() -> None:
    """There nobody can be made an owner any more, so the page must not say so."""
    company = a_company("guild")
    begin_closing(
        organization=company.organization,
        confirmation="guild",
        actor=an_actor(company.owner, fresh=True),
    )

    page = fresh(company.owner).get(DELETE).content.decode()

    assert "It is being deleted" in page
    assert "Delete the organization in its settings" not in page
