"""One picture: which page, who sees it, and what they do there first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from playwright.sync_api import Page

from saas.development import PASSWORD

VISITOR = "visitor"
PASTED = """email, role
lena@northwind.example
omar@northwind.example, manager
LENA@northwind.example, owner
chen@northwind.example
kim@example.org
finance at northwind
pia@northwind.example, captain
"""


@dataclass(frozen=True, slots=True)
class Shot:
    """A page to picture: who sees it, under which route, and what they do there first.

    ``no_axe`` is why accessibility is not asked about here; width and errors always are.
    """

    name: str
    who: str
    route: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    at: str = ""
    status: int = 200
    act: Callable[[Page], None] | None = None
    debug: bool = True
    no_axe: str = ""

    def address(self, site: str, facts: Mapping[str, str]) -> str:
        """Return where it is; ``{words}`` in arguments are facts of the world."""
        if self.at:
            return self.at.format(site=site, **facts)
        known = {name: value.format(**facts) for name, value in self.arguments.items()}
        return f"{site}{reverse(self.route, kwargs=known)}{self.query}"


def press(name: str) -> Callable[[Page], None]:
    """Return what presses a button that leads on."""

    def act(page: Page) -> None:
        with page.expect_navigation():
            page.get_by_role("button", name=name).first.click()

    return act


def send(button: str, /, **fields: str) -> Callable[[Page], None]:
    """Return what fills in fields by their names, and sends them."""

    def act(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"main [name={name}]").fill(value)
        press(button)(page)

    return act


def pay_with(card: Mapping[str, str]) -> Callable[[Page], None]:
    """Return what fills in a payment page, and sends it."""

    def act(page: Page) -> None:
        for label, value in card.items():
            page.get_by_label(label, exact=True).fill(value)
        press("Subscribe and pay")(page)

    return act


def paste_and_send(page: Page) -> None:
    """Look over what is pasted, and invite whom it names."""
    send("Look it over", text=PASTED)(page)
    press("Send 2 invitations")(page)


def subscribe(page: Page) -> None:
    """Choose what somebody else has begun to pay for."""
    page.locator("main [name=seats]").fill("5")
    page.get_by_label("I accept the terms of service").check()
    press("Continue to payment")(page)


def make_token(page: Page) -> None:
    """Make a token, whose text is then shown once."""
    page.locator("main [name=name]").fill("nightly report")
    page.locator("main [name=scopes]").first.check()
    press("Make token")(page)


def forget_the_cookie(page: Page) -> None:
    """Send a form without the cookie that proves where it comes from."""
    page.context.clear_cookies()
    send("Sign in", login="ana@northwind.example", password=PASSWORD)(page)


def open_menu(page: Page) -> None:
    """Open the menu of one's account."""
    page.locator("details.menu summary").click()


def await_reference(page: Page) -> None:
    """Wait until the API's reference has drawn itself."""
    page.get_by_text("/api/v1/decisions").first.wait_for()
