"""Visitors of the web's matrix, their browsers, and the world in which they ask."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from accounts.resets import objection_token
from community.states import State
from kernel import clock
from orgs.actions.factor_resets import ask_second_factor_reset
from orgs.entitlements import Feature
from orgs.models import Organization, OrganizationName
from subscriptions.actions.contracts import Agreed, give_contract
from subscriptions.actions.holds import place_hold
from subscriptions.actions.overrides import Setting, set_override
from subscriptions.models import BuyerLink, Price
from tests.builders import (
    PASSWORD,
    a_project,
    a_second_factor,
    a_user,
    an_actor,
    an_organization,
    signed_in,
    the_owner,
)
from tests.community.builders import an_application
from tests.houses import House, a_house
from tests.once import filled
from tests.saas.web.row import AGAIN, DONE, NOBODY, SIGN_IN, STALE, Answer, Row

CONVERTER = re.compile(r"<[^>]+>")
VARYING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|[0-9a-f]{32}')


@dataclass(frozen=True, slots=True)
class Told:
    """What came back."""

    answer: Answer
    text: str

    def without(self, *names: str) -> str:
        """Return the text without what was sent, and what is never the same."""
        text = VARYING.sub("", self.text)
        for name in names:
            text = text if name.isdecimal() else text.replace(name, "")
        return text


class Browser(RequestFactory):
    """Asks as its visitor; whatever an answer sets is forgotten, so that each request is the first.

    Django's client would keep every template that was rendered, which takes longer than the rest.
    """

    def __init__(self, client: Client | None = None) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)
        if client is not None:
            name = settings.SESSION_COOKIE_NAME
            self.cookies[name] = client.cookies[name].value

    def ask(self, method: str, address: str, body: Any = None) -> Told:
        """Ask, and read the answer."""
        ask = getattr(self, method.lower())
        request = ask(address, body or {}) if method == "POST" else ask(address)
        response: HttpResponseBase = self.handler(request.environ)
        content = b"".join(response)
        return Told(_answer(response), content.decode())


def _answer(response: HttpResponseBase) -> Answer:
    if response.status_code not in (302, 303):
        return response.status_code
    to = urlsplit(response["Location"])
    if to.path == reverse("account_login") and to.query:
        return SIGN_IN
    return AGAIN if to.path.endswith("/reauthenticate/") else DONE


@dataclass(frozen=True, slots=True)
class World:
    """Two organizations, a browser for each visitor, and what can be named."""

    house: House
    browsers: dict[str, Browser]
    names: dict[str, str]
    foreign: dict[str, str]

    def ask(self, who: str, row: Row, method: str = "GET", **others: str) -> Told:
        """Let a visitor ask; ``others`` are put in the place of the names that are meant."""
        names = self.names | others
        address = reverse(row.route, kwargs=filled(dict(row.path), names))
        body = {key.format_map(names): filled(value, names) for key, value in row.body.items()}
        return self.browsers[who].ask(method, address + filled(row.query, names), body)


def a_browser(user: User, method: str = "") -> Browser:
    """Return a browser in which a person has just signed in by ``method``; else, long ago."""
    return Browser(a_client(user, method))


def a_client(user: User, method: str = "") -> Client:
    """Return the client of such a browser."""
    client = signed_in(user)
    if method:
        request = RequestFactory().get("/")
        request.user, request.session = user, client.session
        record_authentication(request, user, method=method, reauthenticated=True)
        request.session.save()
    return client


def a_world() -> World:
    """Return a world with everybody and everything that a row names."""
    house, other = a_house("guild"), a_house("zephyr")
    people = house.people | {
        "stranger": a_user("stranger@example.org", password=PASSWORD),
        "foreign_owner": other.people["owner"],
    }
    reviewer = a_user("reviewer@example.org", staff_role="reviewer")
    support = a_user("support@example.org", staff_role="support")
    accountant = a_user("accountant@example.org", staff_role="billing")
    browsers = {who: a_browser(user, "password") for who, user in people.items()}
    browsers |= {
        NOBODY: Browser(),
        STALE: a_browser(people["owner"]),
        "reviewer": a_browser(reviewer, "password"),
        "reviewing": a_browser(reviewer, "mfa"),
        "supporting": a_browser(support, "mfa"),
        "accounting": a_browser(accountant, "mfa"),
    }
    names = house.names | {
        "shown": _shown(),
        "public_project": a_project(name="open-wheel").name,
        "waiting": str(an_application(State.SUBMITTED).public_id),
        "mine": str(an_application(State.CLAIMED, reviewer=reviewer).public_id),
        "deferred": str(an_application(State.DEFERRED, reviewer=reviewer).public_id),
        **_resets(support),
        **_on_the_desk(accountant),
    }
    _burned("sunken")
    return World(house, browsers, names, other.names)


def _shown() -> str:
    organization = an_organization("shown")
    organization.profile_is_public = True
    organization.save()
    return organization.name


def _resets(support: User) -> dict[str, str]:
    lost, resetting = a_user("lost@example.org"), a_user("resetting@example.org")
    for each in (lost, resetting):
        a_second_factor(each)
    staff = replace(an_actor(support), staff_role="support")
    reset = ask_second_factor_reset(user=resetting, reason="They called.", actor=staff)
    return {
        "lost": str(lost.public_id),
        "resetting": str(resetting.public_id),
        "objection": objection_token(reset),
    }


def _on_the_desk(accountant: User) -> dict[str, str]:
    """Return a company with one of each that staff may end."""
    staff = replace(an_actor(accountant), staff_role="billing")
    company, until = an_organization("ledgers"), clock.now() + timedelta(days=90)
    of: dict[str, Any] = {"organization": company, "reason": "Promised.", "actor": staff}
    contract = give_contract(agreed=Agreed(seats=5, private_projects=2, until=until), **of)
    override = set_override(setting=Setting("feature", Feature.TEAMS), until=until, **of)
    hold = place_hold(**of)
    return {
        "ledgers": str(company.pk),
        "contract": str(contract.pk),
        "override": str(override.pk),
        "hold": str(hold.pk),
        "day": f"{until:%Y-%m-%d}",
        "buyer_token": _an_order(company, until).token,
    }


def _an_order(company: Organization, until: datetime) -> BuyerLink:
    """Return an order at a price that is asked no more."""
    price = Price.objects.create(
        price_id="price_old",
        plan_key="team",
        interval="month",
        amount=900,
        currency="usd",
        is_sold=False,
    )
    return BuyerLink.objects.create(
        organization=company,
        issued_by=the_owner(company).user,
        expires_at=until,
        plan_key="team",
        interval="month",
        seats=3,
        price_id=price.price_id,
    )


def _burned(name: str) -> None:
    organization = an_organization(name)
    organization.state = "closed"
    organization.save()
    assert OrganizationName.objects.held().filter(normalized_name=name).exists()


def addresses() -> list[tuple[str, str]]:
    """Return the name and an address of every route there is."""
    return list(_addresses(get_resolver("saas.urls"), "", ""))


def _addresses(resolver: URLResolver, space: str, before: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _addresses(pattern, inside, here)
        elif isinstance(pattern, URLPattern):
            name = pattern.name or f"/{str(pattern.pattern).lstrip('^')}"
            yield f"{space}{name}", "/" + CONVERTER.sub("1", here)
