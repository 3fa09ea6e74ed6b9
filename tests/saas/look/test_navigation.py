"""Links of the layouts: what is there, what is current, what is left out."""

from django.template import Context, Template
from django.test import RequestFactory

from saas.look.navigation import Place, links

ACCOUNT = (
    Place("Email addresses", "mail", "account_email"),
    Place("Password", "lock", "account_change_password"),
)


def test_a_place_whose_route_is_missing_is_left_out() -> None:
    assert links([*ACCOUNT, Place("Moon", "moon", "no:such")], "/") == links(ACCOUNT, "/")


def test_the_page_itself_is_current_as_a_page() -> None:
    assert [link.current for link in links(ACCOUNT, "/account/password/change/")] == ["", "page"]


def test_a_page_beneath_keeps_its_place_current() -> None:
    assert [link.current for link in links(ACCOUNT, "/account/email/more/")] == ["true", ""]


def test_only_the_deepest_place_is_current() -> None:
    places = (Place("Sign in", "login", "account_login"), Place("Home", "home", "home"))

    assert [link.current for link in links(places, "/account/login/")] == ["page", ""]


def test_a_visitor_sees_no_links_of_people() -> None:
    request = RequestFactory().get("/")

    html = Template("{% include 'components/site_header.html' %}").render(
        Context({"request": request})
    )

    assert "Sign in" in html
    assert "Account menu" not in html
