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
    "postal_code": "94107",
}
APPLICATION = {
    "display_name": "Smoke Atlas",
    "url": "https://smoke-atlas.example",
    "description": "Maps of smoke, drawn together.",
    "intended_use": "Publishing our map tools, which five of us look after.",
    "people": "5",
    "repository_url": "https://code.example/smoke-atlas",
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
    owner.visit("/orgs/new/company/").send({"name": name, "display_name": "Smoke Works"})
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
    log.ok("applied for a free organization; the page tells the place in the queue")
    desk = f"/staff/applications/{page.strip('/').split('/')[-1]}/"
    reviewer = sign_in_reviewer(stage)
    reviewer.visit("/staff/").shows(name)
    reviewer.visit(desk).send_to("/claim/")
    reviewer.visit(desk)
    question = reviewer.called("text", action="/ask/")
    reviewer.send_to("/ask/", {question: "Which license is it under?"})
    log.ok("the reviewer signed in with a second factor, claimed it and asked a question")
    applicant.visit(page).shows("Which license is it under?")
    applicant.send({applicant.called("text"): "The MIT license."})
    log.ok("the applicant answered")
    reviewer.visit(desk).shows("The MIT license.")
    started = time.monotonic()
    reviewer.send_to("/approve/", _verdict(reviewer, "/approve/"))
    _until(lambda: _team(applicant, name, "core"))
    log.figures["seconds from approval to open gate"] = time.monotonic() - started
    log.ok("approved: the organization exists, and its gate is open")


def _pay(stage: Stage, owner: Browser, name: str, log: Log) -> None:
    """Go to Stripe's page and pay; the gate must be open within two seconds of it."""
    owner.visit(f"/orgs/{name}/billing/subscribe/")
    owner.send({"plan": "team", "interval": "month", "seats": "3", "terms": "on"})
    if not owner.answer.url.startswith(stage.sandbox_url):
        raise SmokeFailed(f"checkout led to {owner.answer.url}, not to the payment page")
    log.ok("the checkout leads to the payment page")
    owner.send({**CARD, "number": "4000 0000 0000 0002"}, expect=422).shows("declined")
    log.ok("a declined card says so, and nothing changed")
    started = time.monotonic()
    owner.send(CARD)
    _until(lambda: _team(owner, name, "core"))
    seconds = time.monotonic() - started
    log.figures["seconds from payment to open gate"] = seconds
    if seconds > OPEN_WITHIN:
        raise SmokeFailed(f"the gate opened {seconds:.2f} s after the payment")
    log.ok("paid: the gate is open, and a team was created")
    owner.visit(f"/orgs/{name}/billing/").shows("$36.00")


def _cancel(owner: Browser, name: str) -> None:
    owner.visit(f"/orgs/{name}/billing/").send_to("/portal/").press("deed", "cancel")
    _until(lambda: owner.visit(f"/orgs/{name}/billing/").shows("Ends"))


def _refused_a_team(owner: Browser, name: str, reason: str) -> None:
    """See the refusal on the page, and meet it again when the form is sent all the same."""
    owner.visit(f"/orgs/{name}/teams/").shows(reason)
    page = f"{owner.base_url}/orgs/{name}/teams/"
    sent = {"csrfmiddlewaretoken": owner.session.cookies["csrftoken"], "name": "too-early"}
    owner.answer = owner.session.post(page, data=sent, headers={"Referer": page}, timeout=30)
    if owner.answer.status_code != 402:
        raise SmokeFailed(f"creating a team answered {owner.answer.status_code} instead of 402")
    owner.shows(reason).shows(f"/orgs/{name}/billing/")


def _team(owner: Browser, name: str, team: str) -> None:
    owner.visit(f"/orgs/{name}/teams/").send({"name": team})
    owner.visit(f"/orgs/{name}/teams/").shows(team)


def _apply(applicant: Browser, name: str) -> str:
    """Fill in the application and submit it; return its page."""
    applicant.visit("/apply/").shows("Who stands behind it?")
    applicant.visit("/apply/?kind=community")
    applicant.send({"name": name, "then": "submit", **APPLICATION}, "name", "display_name")
    if "/applications/" not in applicant.path:
        raise SmokeFailed(f"the application led to {applicant.path}")
    return applicant.shows("place in the queue").path


def _verdict(reviewer: Browser, action: str) -> dict[str, str]:
    """Return words of welcome, and the first reason code that is offered."""
    words, reason = (reviewer.called(name, action=action) for name in ("words", "reason"))
    codes = [code for form in reviewer.forms() for code in form.choices.get(reason, []) if code]
    return {words: "Welcome.", reason: codes[0]}


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
