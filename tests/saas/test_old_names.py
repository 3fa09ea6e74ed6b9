"""Every address that names an organization leads on from a name it had before, for ever."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from orgs.actions.names import release_name, rename_organization
from orgs.actions.organizations import set_profile_visibility
from orgs.models import Organization
from saas.api.main import api
from tests.builders import a_member, a_team, a_user, an_actor, an_organization, signed_in, the_owner
from tests.saas.api.calling import a_host, a_program, is_problem

pytestmark = pytest.mark.django_db

ANY = str(uuid4())
OTHERS = {"person": ANY, "invitation": ANY, "token": ANY, "team": "core", "project": "wheel"}
"""What else stands in addresses; only pages of teams look at it before they lead on."""
IDS = {"user_id": ANY, "invitation_id": ANY, "token_id": ANY, "team": "core"}
BODIES: dict[str, Any] = {
    "rename_organization": {"name": "boats", "confirmation": "rockets"},
    "change_organization": {"description": "New."},
    "show_myself": {"is_public": True},
    "demand_second_factor": {"required": False},
    "change_role": {"role": "manager"},
    "invite_member": {"email": "rosa@example.org"},
    "invite_many": {"invitations": [{"email": "rosa@example.org", "role": "member"}]},
    "add_team_members": {"users": [ANY]},
    "create_team": {"name": "bread"},
    "change_team": {"name": "centre"},
    "put_team_member": {"is_maintainer": True},
    "grant_team_on_many": {"level": "read", "projects": "all"},
    "set_base_level": {"level": "read"},
    "renew_grant": {"until": "2027-01-01T00:00:00Z", "confirms": True},
    "quote_change": {"plan": "team", "interval": "month", "seats": 3},
    "change_subscription": {"quote": "stale"},
    "set_seat_ceiling": {"ceiling": 20},
    "set_billing_details": {"email": "money@example.org"},
    "make_buyer_link": {"plan": "team", "interval": "month", "seats": 3},
    "cancel_subscription": {"subscription": "sub_1"},
    "resume_subscription": {"subscription": "sub_1"},
    "start_checkout": {"plan": "team", "interval": "month", "seats": 3, "accepts_terms": True},
}
"""Operation → a body that is well formed: what cannot be meant is refused before it leads on."""


def pages() -> list[tuple[str, tuple[str, ...]]]:
    """Return every route that names an organization, with all that stands in its address."""
    found: list[tuple[str, tuple[str, ...]]] = []

    def walk(resolver: URLResolver, spaces: tuple[str, ...]) -> None:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                if pattern.namespace not in ("api", "admin"):
                    inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
                    walk(pattern, inside)
            elif str(pattern.pattern).startswith("orgs/<"):
                converters = tuple(pattern.pattern.converters)
                found.append((":".join((*spaces, str(pattern.name))), converters))

    walk(get_resolver("saas.urls"), ())
    return found


def operations() -> list[tuple[str, str, str]]:
    """Return every operation of the API that names an organization: id, method, path."""
    paths = api.get_openapi_schema()["paths"].items()
    return [
        (operation["operationId"], method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths
        for method, operation in methods.items()
        if "/organizations/{name}" in path
    ]


@pytest.fixture
def organization() -> Organization:
    """One that was called acme, and is called rockets."""
    made = an_organization("acme")
    a_team(made, "core")
    owner = an_actor(the_owner(made))
    return rename_organization(organization=made, name="rockets", confirmation="acme", actor=owner)


def test_there_are_such_addresses() -> None:
    assert {"orgs:overview", "subscriptions:billing", "orgs:edit_team"} <= {n for n, _ in pages()}
    assert {"get_organization", "get_billing", "leave_organization"} <= {
        n for n, *_ in operations()
    }


def test_each_page_leads_on_with_its_query(organization: Organization) -> None:
    """Red without the redirect in ``orgs.web.visit.visiting``. What only takes forms says 405."""
    browser = signed_in(the_owner(organization))
    wrong = []

    for route, converters in pages():
        rest = {key: OTHERS[key] for key in converters if key != "name"}
        answer = browser.get(reverse(route, kwargs={"name": "acme", **rest}) + "?cursor=x")
        takes_forms = answer.status_code == 405 and "POST" in answer["Allow"]
        there = reverse(route, kwargs={"name": "rockets", **rest}) + "?cursor=x"
        if not takes_forms and (answer.status_code, answer.get("Location")) != (302, there):
            wrong.append((route, answer.status_code, answer.get("Location")))

    assert wrong == []


def test_no_page_leads_a_stranger_on(organization: Organization) -> None:
    stranger = signed_in(a_user())
    wrong = []

    for route, converters in pages():
        rest = {key: OTHERS[key] for key in converters if key != "name"}
        for send in (stranger.get, stranger.post):
            answer = send(reverse(route, kwargs={"name": "acme", **rest}))
            if answer.status_code not in (404, 405) or "rockets" in answer.content.decode():
                wrong.append((route, send.__name__, answer.status_code))

    assert wrong == []


def test_a_form_sent_to_an_old_address_is_taken_whole(organization: Organization) -> None:
    """A page that was open during the rename loses nothing that was typed."""
    browser = signed_in(the_owner(organization))

    answer = browser.post("/orgs/acme/settings/", {"display_name": "Acme Rockets"})

    assert answer["Location"] == "/orgs/rockets/settings/"
    organization.refresh_from_db()
    assert organization.display_name == "Acme Rockets"


def test_an_old_name_leads_visitors_to_a_public_profile(organization: Organization) -> None:
    owner = an_actor(the_owner(organization))
    set_profile_visibility(organization=organization, is_public=True, actor=owner)

    for browser in (Client(), signed_in(a_user())):
        assert browser.get("/orgs/acme/?a=b")["Location"] == "/orgs/rockets/?a=b"


def test_each_operation_leads_on_with_method_path_and_query(organization: Organization) -> None:
    """Red without ``require_present_name`` in ``orgs.api.subjects.organization_seen_by``."""
    program = a_program(the_owner(organization))
    wrong = []

    for name, method, path in operations():
        old, new = (path.format(name=each, **IDS) for each in ("acme", "rockets"))
        answer = program.call(method, f"{old}?limit=5&cursor=", BODIES.get(name))
        there = f"/api/v1{new}?limit=5&cursor="
        told = (answer.status, answer.header("Location"), answer.header("Cache-Control"))
        if told != (308, there, "no-store"):
            wrong.append((name, *told))

    assert wrong == []
    organization.refresh_from_db()
    assert (organization.name, organization.description) == ("rockets", "")


def test_no_operation_leads_a_stranger_on(organization: Organization) -> None:
    program = a_program(a_user())
    wrong = []

    for name, method, path in operations():
        answer = program.call(method, path.format(name="acme", **IDS), BODIES.get(name))
        if not is_problem(answer, 404, "not_found") or "rockets" in str(answer.body):
            wrong.append((name, answer.status))

    assert wrong == []


def test_each_operation_that_leads_on_says_so_in_the_document() -> None:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for operation in methods.values():
            told = any(str(status) == "308" for status in operation["responses"])
            assert told is ("/organizations/{name}" in path)


def test_a_host_is_led_on_too(organization: Organization) -> None:
    answer = a_host().get("/organizations/acme/entitlements")

    assert answer.status == 308
    assert answer.header("Location") == "/api/v1/organizations/rockets/entitlements"


def test_another_spelling_of_the_present_name_is_answered_at_once(
    organization: Organization,
) -> None:
    assert a_program(the_owner(organization)).get("/organizations/ROCKETS").status == 200


def test_a_released_name_leads_nowhere(organization: Organization) -> None:
    """Red without ``released_at`` in ``OrganizationQuerySet.named``."""
    from_staff = an_actor(a_user())
    owner = the_owner(organization)
    staff = type(from_staff)(from_staff.kind, user_id=from_staff.user_id, staff_role="admin")

    release_name(name="acme", because="It was never theirs.", actor=staff)

    assert signed_in(owner).get("/orgs/acme/people/").status_code == 404
    assert is_problem(a_program(owner).get("/organizations/acme"), 404)


def test_members_who_come_later_are_led_on_too(organization: Organization) -> None:
    later = a_member(organization)

    assert signed_in(later).get("/orgs/acme/")["Location"] == "/orgs/rockets/"
