"""Secret scanners: what they report is revoked, and they learn nothing by it."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.actions.hosts import add_host
from accounts.actions.tokens import make_personal_token
from accounts.models import Host, PersonalToken, User
from accounts.tokens import make_token
from audit.models import AuditEvent
from kernel.actor import SYSTEM
from saas.api import reported_tokens
from saas.api.throttling import AddressRate
from tests.builders import (
    a_service_token,
    a_user,
    an_actor,
    an_organization,
    deliver_all,
    the_owner,
)
from tests.saas.api.calling import Program, is_problem

pytestmark = pytest.mark.django_db
FOUND_AT = "https://code.example/northwind/deploy.sh"
ACCEPTED = (202, {"status": "accepted"})


def the_limit() -> AddressRate:
    """Return what counts the reports of an address."""
    (view,) = reported_tokens.router.path_operations.values()
    (limit,) = view.operations[0].throttle_objects
    assert isinstance(limit, AddressRate)
    return limit


@pytest.fixture(autouse=True)
def _uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests come from the same address."""
    monkeypatch.setattr(the_limit(), "limit", 10_000)


def a_token(user: User) -> str:
    _, text = make_personal_token(
        user=user, name="deploy", scopes=["members:read"], actor=an_actor(user, fresh=True)
    )
    return text


def report(*tokens: str, url: str = FOUND_AT) -> tuple[int, object]:
    answer = Program().post(
        "/tokens/reported",
        [{"token": each, "type": "chapterhouse_personal_token", "url": url} for each in tokens],
    )
    return answer.status, answer.body


def test_a_live_token_is_revoked_at_once_and_its_owner_told_where_it_was_found() -> None:
    """Red without ``revoked_at`` in ``_revoke_personal``."""
    user = a_user()
    text = a_token(user)
    program = Program(text)
    assert program.get("/me").status == 200

    assert report(text) == ACCEPTED

    assert program.get("/me").status == 401
    event = AuditEvent.objects.get(name="token.reported")
    assert event.actor_kind == "system"
    assert f"user:{user.pk}" in event.subjects
    assert FOUND_AT in event.sentence()
    deliver_all()
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert FOUND_AT in str(message.body)
    assert isinstance(message, EmailMultiAlternatives)
    assert f'href="{FOUND_AT}' not in str(message.alternatives[0][0])


def test_unknown_ended_malformed_and_live_ones_are_answered_alike() -> None:
    user = a_user()
    revoked = a_token(user)
    report(revoked)
    live = a_token(user)
    others = [make_token("ch_pat").text, revoked, live, "ghp_nothing", live[:-1] + "!"]

    assert {str(report(each)) for each in others} == {str(ACCEPTED)}
    assert AuditEvent.objects.filter(name="token.reported").count() == 2
    assert not PersonalToken.objects.live().exists()


def test_the_same_token_twice_in_one_report_is_one_mail() -> None:
    text = a_token(a_user())

    report(text, text)
    deliver_all()

    assert len(mail.outbox) == 1


def test_a_service_token_is_revoked_and_every_owner_told_where_it_was_found() -> None:
    """Red without ``end`` in ``_revoke_service``."""
    organization = an_organization("guild")
    _, text = a_service_token(organization)

    assert report(text, text) == ACCEPTED
    assert report(text) == ACCEPTED

    assert Program(text).get("/me").status == 401
    event = AuditEvent.objects.get(name="service_token.reported")
    assert (event.actor_kind, event.organization_id) == ("system", organization.pk)
    assert FOUND_AT in event.sentence()
    deliver_all()
    (message,) = mail.outbox
    assert message.to == [the_owner(organization).user.email]
    assert FOUND_AT in str(message.body)
    assert "/orgs/guild/settings/tokens/" in str(message.body)


def test_a_host_is_cut_off_too_and_the_log_says_so() -> None:
    _, text = add_host(name="index", scopes=["decisions:ask"], actor=SYSTEM)

    assert report(text) == ACCEPTED

    assert not Host.objects.get().is_live
    assert AuditEvent.objects.filter(name="host.reported").exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        [{"token": "x"}] * 101,
        [{"token": ""}],
        [{"token": "x" * 201}],
        [{"token": "x", "url": "javascript:alert(1)"}],
        [{"token": "x", "url": "https://a b"}],
        [{"token": "x", "user": "me"}],
        {"token": "x"},
        ["x"],
    ],
)
def test_what_cannot_be_meant_is_refused(body: object) -> None:
    assert is_problem(Program().post("/tokens/reported", body), 422)


def test_a_body_that_is_too_large_is_not_read() -> None:
    answer = Program().call("POST", "/tokens/reported", raw=b"[" + b" " * 1_000_001 + b"]")

    assert is_problem(answer, 413)


def test_an_address_that_asks_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red without ``throttle`` at the operation."""
    monkeypatch.setattr(the_limit(), "limit", 0)

    answer = Program().post("/tokens/reported", [{"token": "x"}])

    assert is_problem(answer, 429)
    assert answer.header("Retry-After")


def test_no_session_and_no_token_is_needed() -> None:
    answer = Client(enforce_csrf_checks=True).post(
        "/api/v1/tokens/reported", [{"token": "x"}], content_type="application/json"
    )

    assert answer.status_code == 202
