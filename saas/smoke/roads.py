"""The two roads: a company pays, a community is approved. Each ends at an open gate."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex

from saas.smoke.browser import Browser, SmokeFailed
from saas.smoke.people import sign_in_reviewer, sign_up
from saas.smoke.stage import Stage

CARD = {
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 34",
    "cvc": "123",
    "name": "Ana Ortiz",
}
DAY = 86_400
OPEN_WITHIN = 2.0
"""Seconds from payment to open gate that are promised."""


@dataclass
class Log:
    """What was found good, and the figures."""

    tell: Callable[[str], object]
    figures: dict[str, float] = field(default_factory=dict)

    def ok(self, what: str) -> None:
        """Note that something is as promised."""
        self.tell(f"ok  {what}")


def company_road(stage: Stage, log: Log) -> None:
    """Sign up, found, be refused, pay, be let in, cancel, be closed out when the time is over."""
    name = f"smoke-works-{token_hex(3)}"
    owner = sign_up(stage, "ana")
    log.ok("signed up and verified")
    owner.visit("/orgs/new/company/")
    owner.send(name=name, display_name="Smoke Works")
    log.ok(f"founded the company {name}")
    _refused_a_team(owner, name, "standing_restricted")
    log.ok("creating a team is refused: standing_restricted, remedy: choose a plan")
    _pay(stage, owner, name, log)
    _cancel(owner, name)
    log.ok("canceled at the period's end in the portal, and the billing page says so")
    _team(owner, name, "still-open")
    stage.control("clock", advance=32 * DAY)
    _refused_a_team(owner, name, "standing_restricted")
    log.ok("32 days later it is restricted, and the gate is closed again")
    owner.visit(f"/orgs/{name}/billing/").shows("Restricted")


def community_road(stage: Stage, log: Log) -> None:
    """Sign up, apply, be asked, answer, be approved, be let in."""
    name = f"smoke-atlas-{token_hex(3)}"
    applicant = sign_up(stage, "dana")
    page = _apply(applicant, name)
    applicant.visit(page).shows("queue")
    log.ok("applied for a free organization, and the page tells the place in the queue")
    reviewer = sign_in_reviewer(stage)
    application = page.strip("/").split("/")[-1]
    desk = f"/staff/applications/{application}/"
    reviewer.visit("/staff/").shows(name)
    reviewer.visit(desk).send_to("/claim/")
    reviewer.visit(desk).send_to("/ask/", **_question(reviewer, "Which license is it under?"))
    log.ok("the reviewer signed in with a second factor, claimed it and asked a question")
    applicant.visit(page).shows("Which license is it under?")
    applicant.send_to("/answer/", **_answers(applicant, "The MIT license."))
    log.ok("the applicant answered")
    started = time.monotonic()
    reviewer.visit(desk).shows("The MIT license.")
    reviewer.send_to("/approve/", **_verdict(reviewer, "Welcome."))
    _until(lambda: _team(applicant, name, "core"))
    log.figures["seconds from approval to open gate"] = time.monotonic() - started
    log.ok("approved: the organization exists, and its gate is open")


def _pay(stage: Stage, owner: Browser, name: str, log: Log) -> None:
    """Go to Stripe's page and pay; the gate must be open within two seconds of it."""
    owner.visit(f"/orgs/{name}/billing/subscribe/?plan=team&interval=month")
    owner.send("plan", seats="3", terms="on", plan="team", interval="month")
    if not owner.answer.url.startswith(stage.sandbox_url):
        raise SmokeFailed(f"checkout led to {owner.answer.url}, not to the payment page")
    log.ok("the checkout leads to the payment page")
    declined = {**CARD, "number": "4000 0000 0000 0002"}
    owner.send(expect=422, **declined, **_address(owner))
    owner.shows("declined")
    log.ok("a declined card says so, and nothing changed")
    started = time.monotonic()
    owner.send(**CARD, **_address(owner))
    _until(lambda: _team(owner, name, "core"))
    seconds = time.monotonic() - started
    log.figures["seconds from payment to open gate"] = seconds
    if seconds > OPEN_WITHIN:
        raise SmokeFailed(f"the gate opened {seconds:.2f} s after the payment")
    log.ok("paid: the gate is open, and a team was created")
    owner.visit(f"/orgs/{name}/billing/").shows("$36.00")


def _cancel(owner: Browser, name: str) -> None:
    owner.visit(f"/orgs/{name}/billing/").send_to("/portal/")
    owner.press("deed", "cancel")
    _until(lambda: owner.visit(f"/orgs/{name}/billing/").shows("Ends"))


def _refused_a_team(owner: Browser, name: str, reason: str) -> None:
    """See the refusal on the page, and meet it again when the form is sent all the same."""
    owner.visit(f"/orgs/{name}/teams/").shows(reason)
    token = owner.session.cookies.get("csrftoken", "")
    page = f"{owner.base_url}/orgs/{name}/teams/"
    sent = {"csrfmiddlewaretoken": token, "name": "too-early"}
    owner.answer = owner.session.post(page, data=sent, headers={"Referer": page}, timeout=30)
    if owner.answer.status_code != 402:
        raise SmokeFailed(f"creating a team answered {owner.answer.status_code} instead of 402")
    owner.shows(reason).shows(f"/orgs/{name}/billing/")


def _team(owner: Browser, name: str, team: str) -> None:
    owner.visit(f"/orgs/{name}/teams/").send(name=team)
    owner.visit(f"/orgs/{name}/teams/").shows(team)


def _apply(applicant: Browser, name: str) -> str:
    """Fill in the application and send it; return its page."""
    applicant.visit("/apply/")
    if not any(form.has("name", "display_name") for form in applicant.forms()):
        applicant.visit("/apply/?kind=community")
    form = applicant.form("name", "display_name")
    words = {
        "name": name,
        "display_name": "Smoke Atlas",
        "url": "https://smoke-atlas.example",
        "description": "Maps of smoke, drawn together.",
        "intended_use": "Publishing our map tools.",
        "people": "5",
        "repository": "https://code.example/smoke-atlas",
        "license": "https://code.example/smoke-atlas/LICENSE",
    }
    known = {key: value for key, value in words.items() if form.has(key)}
    applicant.send("name", "display_name", **known)
    return applicant.path


def _address(browser: Browser) -> dict[str, str]:
    """Fill in what the payment page asks of an address."""
    form = browser.form("number")
    words = {
        "country": "US",
        "postal_code": "94107",
        "postal": "94107",
        "line1": "1 Main St",
        "city": "SF",
    }
    return {key: value for key, value in words.items() if form.has(key)}


def _question(reviewer: Browser, text: str) -> dict[str, str]:
    return _first_text(reviewer, "/ask/", text)


def _answers(applicant: Browser, text: str) -> dict[str, str]:
    return _first_text(applicant, "/answer/", text)


def _verdict(reviewer: Browser, text: str) -> dict[str, str]:
    return _first_text(reviewer, "/approve/", text)


def _first_text(browser: Browser, action: str, text: str) -> dict[str, str]:
    """Return ``text`` for the first free field of the form that leads to ``action``."""
    for form in browser.forms():
        if form.action.endswith(action):
            free = [
                key for key, value in form.fields.items() if not value and key not in form.choices
            ]
            return {free[0]: text} if free else {}
    raise SmokeFailed(f"{browser.path}: no form that leads to …{action}")


def _until(works: Callable[[], object], seconds: float = 10) -> None:
    """Try until it works; the last failure counts when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            works()
        except SmokeFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
