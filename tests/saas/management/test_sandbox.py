"""``manage.py sandbox``: moving time from the shell."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from kernel import clock
from tests.sandbox_control import Sandbox
from tests.subscriptions.stage import a_paying_company, look, sandbox

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db


def told(*words: str) -> str:
    out = StringIO()
    call_command("sandbox", *words, stdout=out)
    return out.getvalue()


def now_in(text: str) -> datetime:
    return datetime.fromisoformat(text.splitlines()[0].removeprefix("now: "))


@pytest.mark.parametrize(
    ("span", "much"), [("40d", timedelta(days=40)), ("12h", timedelta(hours=12))]
)
def test_time_moves_and_business_time_follows(sandbox: Sandbox, span: str, much: timedelta) -> None:
    before = now_in(told("clock"))

    after = now_in(told("advance", span))

    assert much <= after - before < much + timedelta(minutes=1)
    assert abs(clock.now() - after) < timedelta(minutes=1)


def test_the_next_renewal_is_charged(sandbox: Sandbox) -> None:
    company = a_paying_company()
    assert "next renewal" in told("clock")

    told("renew")
    look(company)

    assert [one["total"] for one in sandbox.ledger()["invoices"]] == [3600, 3600]


@pytest.mark.parametrize("words", [("advance",), ("advance", "soon"), ("advance", "-1d")])
def test_what_is_no_span_moves_nothing(sandbox: Sandbox, words: tuple[str, ...]) -> None:
    before = now_in(told("clock"))

    with pytest.raises(CommandError):
        told(*words)

    assert now_in(told("clock")) - before < timedelta(minutes=1)


def test_nothing_renews_where_nothing_runs(sandbox: Sandbox) -> None:
    with pytest.raises(CommandError, match="Nothing is going to renew"):
        told("renew")


def test_the_time_of_stripe_itself_is_not_moved(settings: Settings) -> None:
    settings.USES_SANDBOX = False

    with pytest.raises(CommandError, match="cannot be moved"):
        told("advance", "1d")
