"""Somebody at a browser: what they see and press, and that every page on the way is sound."""

import re
import time

from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from saas.development import PASSWORD, SECOND_FACTOR
from tests.browser import Witness, findings, overflow
from tests.builders import signed_in

CARD = {
    "Card number": "4242 4242 4242 4242",
    "Expiry (MM / YY)": "12 / 34",
    "Security code": "123",
    "Name on card": "Ana Ortiz",
    "Postal code": "94107",
}
DECLINED = CARD | {"Card number": "4000 0000 0000 0002"}


SHAPE = """() => [...new Set([...document.querySelectorAll("body *")].map(element => {
  let path = "";
  for (let at = element; at !== document.body; at = at.parentElement)
    path = `${at.tagName}.${at.className}>${path}`;
  return path + element.getAttributeNames().sort() + (element.textContent.trim() ? "text" : "");
}))].sort().join()"""
"""What a page is made of, whatever it says and however long its lists are."""
LOOKED_OVER: set[str] = set()
"""Shapes in which nothing was found. The same shape is not looked over twice, by nobody."""


class Walker:
    """A person who walks through the product; each page they come to is looked over."""

    def __init__(self, context: BrowserContext, site: str, sandbox: str, *, scripts: bool) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.site, self.sandbox = site, sandbox
        self.witness = Witness(context, site, sandbox)
        self._scripts = scripts

    def visit(self, path: str, *, expect_status: int = 200) -> None:
        """Go to a page of the service."""
        with self.witness.expecting(expect_status):
            answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.status == expect_status, f"{path} answered {answer.status}"
        self._look_over()

    def follow(self, name: str) -> None:
        """Follow a link of the page's content."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("link", name=name).first.click()
        self._look_over()

    def press(self, name: str, *, expect_status: int = 200) -> None:
        """Press a button that leads on."""
        with self.witness.expecting(expect_status), self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()
        self._look_over()

    def fill(self, **fields: str) -> None:
        """Fill in fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def fill_card(self, card: dict[str, str]) -> None:
        """Fill in the fields of a payment page."""
        for label, value in card.items():
            self.page.get_by_label(label, exact=True).fill(value)

    def sees(self, *words: str) -> None:
        """Fail unless the page says all of this."""
        for each in words:
            expect(self.page.get_by_role("main")).to_contain_text(each)

    def sees_soon(self, words: str, seconds: float = 15) -> None:
        """Look again until the page says it: what happened elsewhere comes by post."""
        deadline = time.monotonic() + seconds
        while words not in self.page.get_by_role("main").inner_text():
            assert time.monotonic() < deadline, f"{self.page.url} never said: {words}"
            self.page.reload()
        self._look_over()

    def stands_at(self, path: str) -> None:
        """Fail unless this is the page of the service one is on."""
        expect(self.page).to_have_url(re.compile(re.escape(self.site + path) + r"(\?.*)?$"))

    @property
    def path(self) -> str:
        """Where one is, without the site."""
        return self.page.url.removeprefix(self.site).split("?")[0]

    def sign_up(self, name: str, address: str) -> None:
        """Make an account, and follow the link in the mail that came."""
        self.visit("/account/signup/")
        self.make_account(name, address)

    def make_account(self, name: str, address: str) -> None:
        """Fill in the page for a new account where one is, and follow the link in the mail."""
        self.fill(name=name, email=address, password1=PASSWORD, password2=PASSWORD)
        self.press("Create account")
        self.follow_mail(address, "confirm-email")
        self.press("Yes, it is mine")

    def enter(self, user: User) -> None:
        """Be signed in already, and not lately."""
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.site}])

    def sign_in(self, address: str) -> None:
        """Sign in with password and second factor."""
        self.visit("/account/login/")
        self.fill(login=address, password=PASSWORD)
        self.press("Sign in")
        self.fill(code=SECOND_FACTOR)
        self.press("Sign in")

    def follow_mail(self, address: str, link: str) -> None:
        """Open the newest mail to an address, and follow the link in it that has ``link`` in it."""
        self.visit("/dev/mail/")
        row = self.page.get_by_role("row").filter(has_text=address).first
        with self.page.expect_navigation():
            row.get_by_role("link").click()
        self._look_over()
        with self.page.expect_navigation():
            self.page.get_by_role("main").locator(f"a[href*='{link}']").first.click()
        self._look_over()

    def last_sight(self) -> str:
        """Return where one is and what is read there, for whoever asks why a test failed."""
        said = "\n".join(self.witness.seen)
        return f"\n--- {self.page.url}\n{self.page.locator('body').inner_text()}\n{said}\n"

    def _look_over(self) -> None:
        """Fail on what axe finds, and on a page wider than the window; each shape once."""
        if not self._scripts:  # axe is a script
            return
        assert overflow(self.page) <= 0, self.page.url
        shape = self.page.evaluate(SHAPE)
        if shape not in LOOKED_OVER:
            assert findings(self.page) == [], self.page.url
            LOOKED_OVER.add(shape)
