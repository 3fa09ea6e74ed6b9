"""The endpoint that Stripe calls: what it takes, what it refuses, and how little it does."""

import hashlib
import hmac
import json
import time
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from saas.celery import app
from subscriptions.models import SyncTarget
from tests.sandbox_control import Sandbox, pay
from tests.subscriptions.stage import (
    a_checkout,
    a_company,
    a_paying_company,
    deliver,
    post,
    post_raw,
)
from webhooks.models import StripeEvent
from webhooks.receiver import LARGEST_BODY, receive
from webhooks.tasks import drive_due_targets

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def an_event(**fields: Any) -> dict[str, Any]:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "customer.updated",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": "cus_1", "object": "customer"}},
    }
    return event | fields


def a_body(**fields: Any) -> bytes:
    return json.dumps(an_event(**fields)).encode()


def a_mark(body: bytes, secret: str, moment: int) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def signed(body: bytes, *, secret: str = "", late: int = 0) -> str:
    moment = int(time.time()) - late
    return f"t={moment},v1={a_mark(body, secret or settings.STRIPE_WEBHOOK_SECRETS[0], moment)}"


def nothing_is_written() -> bool:
    return not StripeEvent.objects.exists() and not SyncTarget.objects.exists()


# --- What is refused, without a trace ---


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("no header", None),
        ("an empty one", ""),
        ("forged", f"t=NOW,v1={'0' * 64}"),
        ("another scheme", f"t=NOW,v0={'0' * 64}"),
        ("no time", f"v1={'0' * 64}"),
        ("a time in words", f"t=yesterday,v1={'0' * 64}"),
        ("a very long time", f"t={'9' * 400},v1={'0' * 64}"),
        ("not ASCII", f"t=NOW,v1=é{'0' * 63}"),
        ("digits that are not ASCII", f"t=١٢٣,v1={'0' * 64}"),
        ("ten thousand signatures", "t=NOW" + f",v1={'0' * 64}" * 10_000),
        ("commas", "," * 3000),
    ],
)
def test_a_body_that_is_not_signed_leaves_no_trace(name: str, header: str | None) -> None:
    """Red without the ``is_signed`` question in ``receive``."""
    if header:
        header = header.replace("NOW", str(int(time.time())))
    assert post_raw(a_body(), header).status_code == 400, name
    assert nothing_is_written()


def test_ten_thousand_signatures_cost_nothing_even_when_the_last_is_right() -> None:
    """Red without ``LONGEST_HEADER`` in ``is_signed``."""
    body = a_body()
    moment = int(time.time())
    wrong = f",v1={'0' * 64}" * 10_000
    right = a_mark(body, settings.STRIPE_WEBHOOK_SECRETS[0], moment)
    began = time.process_time()

    answer = post_raw(body, f"t={moment}{wrong},v1={right}")

    assert answer.status_code == 400
    assert time.process_time() - began < 0.25
    assert nothing_is_written()


@pytest.mark.parametrize("late", [301, 3600, -301, -86400])
def test_a_signature_of_another_time_is_refused(late: int) -> None:
    """Red without the ``abs`` in ``is_signed``: the library alone accepts the future."""
    body = a_body()
    assert post_raw(body, signed(body, late=late)).status_code == 400
    assert nothing_is_written()


@pytest.mark.parametrize("late", [290, 0, -290])
def test_a_clock_that_is_a_little_off_does_no_harm(late: int) -> None:
    body = a_body()
    assert post_raw(body, signed(body, late=late)).status_code == 200
    assert StripeEvent.objects.count() == 1


def test_a_body_that_was_changed_on_its_way_is_refused() -> None:
    body = a_body()
    assert post_raw(body.replace(b"cus_1", b"cus_2"), signed(body)).status_code == 400
    assert nothing_is_written()


def test_another_secret_signs_nothing() -> None:
    body = a_body()
    assert post_raw(body, signed(body, secret="whsec_somebody_else")).status_code == 400
    assert nothing_is_written()


def test_without_any_secret_nothing_is_signed(settings: Settings) -> None:
    """An empty list accepts nobody; a secret that is an empty string never gets into the list."""
    settings.STRIPE_WEBHOOK_SECRETS = []
    body = a_body()
    assert post_raw(body, signed(body, secret="x")).status_code == 400
    assert nothing_is_written()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a list", b"[]"),
        ("a number", b"7"),
        ("nothing", b""),
        ("null", b"null"),
        ("half an event", b'{"id": "evt_1"'),
        ("an event without an object", a_body(data={})),
        ("an event whose object is a list", a_body(data={"object": []})),
        ("an event without a type", a_body(type=None)),
        ("an id that is no text", a_body(id=7)),
        ("an empty id", a_body(id="")),
        ("an id without end", a_body(id="e" * 256)),
        ("a time in words", a_body(created="now")),
        ("a time before time", a_body(created=-1)),
        ("a time without end", a_body(created=2**60)),
        ("not UTF-8", b'{"id": "\xff\xfe"}'),
        ("UTF-16", a_body().decode().encode("utf-16")),
        ("UTF-8 with a mark", b"\xef\xbb\xbf" + a_body()),
        ("a NUL", a_body(request="\x00")),
        ("half a character", a_body().replace(b"customer.updated", rb"\ud800")),
        ("not a number", a_body().replace(b"false", b"NaN")),
        ("nested without end", a_body().replace(b"false", b"[" * 100_000 + b"]" * 100_000)),
    ],
)
def test_a_signed_body_that_is_no_event_leaves_no_trace(name: str, body: bytes) -> None:
    """Red without the ``_event`` question in ``receive``: 500s, or rows that PostgreSQL refuses."""
    assert post_raw(body, signed(body)).status_code == 400, name
    assert nothing_is_written()


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    """Red without ``_declared_size`` in ``receive``."""
    body = a_body(padding="x" * MEGABYTE)
    assert post_raw(body, signed(body)).status_code == 413
    assert post_raw(b"{}", signed(b"{}"), size="many").status_code == 413
    assert nothing_is_written()


def test_a_body_that_is_too_large_without_saying_so_is_not_read_on() -> None:
    """Red without the second question of size in ``receive``."""
    body = a_body(padding="x" * MEGABYTE)
    request = RequestFactory().post(
        "/webhooks/stripe/", b"", "application/json", headers={"Stripe-Signature": signed(body)}
    )
    read = BytesIO(body)
    request._stream = read  # a server that lets through more than was declared

    assert receive(request).status_code == 413

    assert read.tell() == LARGEST_BODY + 1
    assert nothing_is_written()


def test_a_body_that_is_sent_without_a_size_is_refused() -> None:
    body = a_body(padding="x" * MEGABYTE)
    assert post_raw(body, signed(body), size="").status_code == 400
    assert nothing_is_written()


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_only_posts_are_heard(method: str) -> None:
    assert getattr(Client(), method)(reverse("webhooks:stripe")).status_code == 405
    assert nothing_is_written()


# --- What is taken ---


def test_the_same_event_twenty_times_is_one_row_and_one_piece_of_news() -> None:
    """Red without ``ON CONFLICT (event_id, created) DO NOTHING`` in ``STORE``."""
    body = a_body()
    for _ in range(20):
        assert post_raw(body, signed(body)).status_code == 200
    assert StripeEvent.objects.count() == 1
    assert set(SyncTarget.objects.values_list("kind", "object_id", "gen")) == {
        ("customer", "cus_1", 1),
        ("mirror:customer", "cus_1", 1),
    }


def test_each_further_event_is_one_more_piece_of_news_of_the_same_target() -> None:
    for number in range(3):
        body = a_body(id=f"evt_{number}")
        post_raw(body, signed(body))
    assert StripeEvent.objects.count() == 3
    assert SyncTarget.objects.get(kind="customer").gen == 3


def test_secrets_can_be_rotated(settings: Settings) -> None:
    """Red when only the first of several secrets is asked."""
    body = a_body()
    for secrets, sender, status in [
        (["whsec_old"], "whsec_old", 200),
        (["whsec_new", "whsec_old"], "whsec_old", 200),
        (["whsec_new", "whsec_old"], "whsec_new", 200),
        (["whsec_new"], "whsec_new", 200),
        (["whsec_new"], "whsec_old", 400),
    ]:
        settings.STRIPE_WEBHOOK_SECRETS = secrets
        assert post_raw(body, signed(body, secret=sender)).status_code == status


def test_a_letter_signed_with_an_old_and_a_new_secret_is_known_by_either(
    settings: Settings,
) -> None:
    body, moment = a_body(), int(time.time())
    header = (
        f"t={moment},v1={a_mark(body, 'whsec_new', moment)},v1={a_mark(body, 'whsec_old', moment)}"
    )
    for secret in ("whsec_new", "whsec_old"):
        settings.STRIPE_WEBHOOK_SECRETS = [secret]
        assert post_raw(body, header).status_code == 200


@pytest.mark.parametrize("live_mode", [False, True])
def test_an_event_of_the_other_mode_is_kept_and_has_no_effect(
    settings: Settings, live_mode: bool
) -> None:
    """Red without the question of mode in ``store``."""
    settings.STRIPE_LIVE_MODE = live_mode
    body = a_body(livemode=not live_mode)
    assert post_raw(body, signed(body)).status_code == 200
    row = StripeEvent.objects.get()
    assert (row.state, row.target_kind, row.target_id) == ("quarantined", "", "")
    assert not SyncTarget.objects.exists()


@pytest.mark.parametrize("event_type", ["customer.subscription.dreamt_of", "x" * 500, ""])
def test_a_type_we_do_not_listen_to_is_kept_and_answered(event_type: str) -> None:
    body = a_body(type=event_type)
    assert post_raw(body, signed(body)).status_code == 200
    row = StripeEvent.objects.get()
    assert (row.state, row.type) == ("unheard", event_type[:120])
    assert not SyncTarget.objects.exists()


def test_an_event_of_another_api_version_is_kept_whole(sandbox: Sandbox) -> None:
    body = a_body(api_version="2011-01-01", surprise={"a": [1, None]})
    assert post_raw(body, signed(body)).status_code == 200
    row = StripeEvent.objects.get()
    assert (row.api_version, row.payload["surprise"]) == ("2011-01-01", {"a": [1, None]})


# --- How little is done in the request ---


def test_an_event_costs_at_most_two_statements_and_no_call_to_stripe(sandbox: Sandbox) -> None:
    a_paying_company()
    letters = sandbox.letters()
    assert len({letter.type for letter in letters}) > 8
    with sandbox.unheard():
        for letter in letters:
            with CaptureQueriesContext(connection) as asked:
                assert post(letter).status_code == 200
            assert len(asked) <= 2, asked.captured_queries
    assert StripeEvent.objects.count() == len(letters)


def test_what_is_refused_costs_no_statement() -> None:
    with CaptureQueriesContext(connection) as asked:
        post_raw(a_body(), "t=1,v1=2")
    assert len(asked) == 0


def test_without_a_broker_the_event_is_taken_and_the_next_beat_finds_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without the ``except`` in ``_wake``."""
    company = a_company()
    attempt = a_checkout(company)
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    began = time.monotonic()

    deliver(sandbox.letters("customer.created"))

    assert time.monotonic() - began < 3
    assert SyncTarget.objects.dirty().filter(kind="customer").exists()
    assert pay(attempt.session_id)["ok"]
    drive_due_targets()  # what beat asks for
    assert not SyncTarget.objects.dirty().exists()
    assert company.phase.standing == "active"
