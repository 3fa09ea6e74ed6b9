"""What an organization says of itself."""

import pytest

from tests.builders import a_member, an_organization, signed_in, the_owner

pytestmark = pytest.mark.django_db


def test_an_owner_changes_the_profile() -> None:
    organization = an_organization("acme")

    answer = signed_in(the_owner(organization)).post(
        "/orgs/acme/settings/",
        {"display_name": "Acme Ltd.", "url": "https://acme.example/", "description": "Rockets"},
        follow=True,
    )

    assert answer.redirect_chain == [("/orgs/acme/settings/", 302)]
    assert "Saved." in answer.content.decode()
    organization.refresh_from_db()
    assert (organization.display_name, organization.url) == ("Acme Ltd.", "https://acme.example/")


@pytest.mark.parametrize(
    ("field", "value"),
    [("display_name", ""), ("display_name", "   "), ("url", "javascript:alert(1)"), ("url", "x y")],
)
def test_what_cannot_be_is_shown_at_its_field_and_the_rest_is_kept(field: str, value: str) -> None:
    organization = an_organization("acme")
    typed = {"display_name": "Acme Ltd.", "url": "", "description": "Kept words", field: value}

    answer = signed_in(the_owner(organization)).post("/orgs/acme/settings/", typed)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "is-invalid" in page
    assert "Kept words" in page
    organization.refresh_from_db()
    assert organization.description == ""


def test_others_change_nothing() -> None:
    organization = an_organization("acme")

    answer = signed_in(a_member(organization, "manager")).post(
        "/orgs/acme/settings/", {"display_name": "Mine"}
    )

    assert answer.status_code == 403
