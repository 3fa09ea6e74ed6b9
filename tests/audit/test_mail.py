"""Mail about events goes out once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.template import TemplateDoesNotExist

from audit import outbox
from audit.mail import ALONE, MailUnderWay, send_once, send_to_each
from audit.models import AuditEvent, Delivery, SentMail
from kernel import clock
from orgs.actions.members import change_role
from orgs.roles import Role
from tests.builders import a_member, a_user, an_actor, an_organization, deliver_all, the_owner

pytestmark = pytest.mark.django_db
CONTEXT = {
    "organization": {"display_name": "A & B\nBcc: all@example.org", "name": "ab"},
    "member": "Grace",
    "role": "Owner",
    "url": "https://example.org/",
}
KEY = "7:user:1"


def send() -> bool:
    return send_once(KEY, "ada@example.org", "member_joined", CONTEXT)


def taken_up(key: str = KEY, *, ago: timedelta = timedelta(0)) -> SentMail:
    """What a sender leaves that took a mail up, and died before the mail server had it."""
    return SentMail.objects.create(key=key, begun_at=clock.wall() - ago)


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the mail server be away."""

    def refuse(*_: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_one_key_is_one_mail() -> None:
    sent = [send_once("7:user:1", "ada@example.org", "member_joined", CONTEXT) for _ in range(2)]

    assert sent == [True, False]
    assert len(mail.outbox) == 1


def test_each_recipient_has_a_key_of_their_own() -> None:
    for number in (1, 2):
        send_once(f"7:user:{number}", "ada@example.org", "member_joined", CONTEXT)

    assert len(mail.outbox) == 2


def test_a_subject_is_one_line_and_adds_no_recipients() -> None:
    send_once("7:user:1", "ada@example.org", "member_joined", CONTEXT)

    (message,) = mail.outbox
    assert message.subject == "Grace joined A & B Bcc: all@example.org"
    assert message.recipients() == ["ada@example.org"]


def test_words_are_plain_in_text_and_escaped_in_the_page() -> None:
    send_once("7:user:1", "ada@example.org", "member_joined", CONTEXT)

    (message,) = mail.outbox
    assert "A & B" in str(message.body)
    assert isinstance(message, EmailMultiAlternatives)
    assert "A &amp; B" in str(message.alternatives[0][0])


def test_a_mail_that_cannot_be_written_leaves_no_note() -> None:
    with pytest.raises(TemplateDoesNotExist):
        send_once("7:user:1", "ada@example.org", "no_such_mail", CONTEXT)

    assert not SentMail.objects.exists()


def test_a_mail_that_another_is_sending_is_left_to_them() -> None:
    """Red without ``MailUnderWay`` in ``_begin``: it would count as sent."""
    taken_up(ago=ALONE - timedelta(seconds=5))

    with pytest.raises(MailUnderWay):
        send()

    assert mail.outbox == []
    assert SentMail.objects.get().sent_at is None


def test_whose_sender_died_is_sent_by_the_next() -> None:
    """Red when ``_begin`` takes every row for a mail that went out."""
    taken_up(ago=ALONE + timedelta(seconds=1))

    assert [send(), send()] == [True, False]
    assert len(mail.outbox) == 1


def test_a_mail_that_went_out_long_ago_is_not_sent_again() -> None:
    """Red without ``sent_at`` in ``send_once``, or without the question of it in ``_begin``."""
    assert send()
    SentMail.objects.update(begun_at=clock.wall() - 100 * ALONE)

    assert not send()
    assert len(mail.outbox) == 1


def test_a_mail_server_that_was_away_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when the row stays after the mail was refused: the next would find it under way."""
    with monkeypatch.context() as patched:
        away(patched)
        with pytest.raises(ConnectionRefusedError):
            send()
    assert not SentMail.objects.exists()

    assert [send(), send()] == [True, False]
    assert len(mail.outbox) == 1


def a_role_changed() -> AuditEvent:
    """Return an event that sends one mail, and that nobody has heard yet."""
    organization = an_organization()
    member = a_member(organization)
    deliver_all()
    mail.outbox.clear()
    owner = an_actor(the_owner(organization))
    change_role(organization=organization, user=member.user, role=Role.MANAGER, actor=owner)
    return AuditEvent.objects.get(name="member.role_changed")


def hear_again() -> None:
    """Let the time that was waited for be over, and the outbox be swept."""
    Delivery.objects.update(due=clock.wall() - timedelta(seconds=1))
    outbox.sweep()


def states(event: AuditEvent) -> set[str]:
    to_the_person = event.deliveries.filter(listener__endswith="tell_whose_role_changed")
    return set(to_the_person.values_list("state", flat=True))


def test_a_listener_hears_again_of_a_mail_whose_sender_died() -> None:
    """Within the minute the delivery waits, and after it the mail goes out, once."""
    event = a_role_changed()
    note = taken_up(f"{event.pk}:user:{event.facts['user_id']}")

    outbox.deliver(event.pk)
    assert (mail.outbox, states(event)) == ([], {Delivery.State.WAITING})
    SentMail.objects.filter(pk=note.pk).update(begun_at=clock.wall() - 2 * ALONE)
    for _ in range(3):
        hear_again()

    assert (len(mail.outbox), states(event)) == (1, {Delivery.State.HEARD})


def test_a_listener_hears_again_when_the_mail_server_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = a_role_changed()
    with monkeypatch.context() as patched:
        away(patched)
        outbox.deliver(event.pk)
        hear_again()
    assert (mail.outbox, states(event)) == ([], {Delivery.State.WAITING})

    for _ in range(3):
        hear_again()

    assert (len(mail.outbox), states(event)) == (1, {Delivery.State.HEARD})


@pytest.mark.django_db(transaction=True)
def test_of_two_that_follow_a_dead_sender_one_sends() -> None:
    """Red without ``begun_at__lt`` in ``_begin``."""
    for number in range(5):
        SentMail.objects.all().delete()
        taken_up(ago=2 * ALONE)
        start, outcomes = threading.Barrier(2), list[str]()

        def follow(start: threading.Barrier = start, outcomes: list[str] = outcomes) -> None:
            connection.ensure_connection()
            start.wait(timeout=10)
            try:
                outcomes.append("sent" if send() else "was sent")
            except MailUnderWay:
                outcomes.append("under way")
            finally:
                connection.close()

        threads = [threading.Thread(target=follow) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)

        assert sorted(outcomes)[0] == "sent"
        assert outcomes.count("sent") == 1
        assert len(mail.outbox) == number + 1


def test_a_mailbox_that_fails_silences_nobody_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red without ``except`` in ``send_to_each``; and red without ``raise``."""
    people = [a_user("bad@example.org"), a_user("good@example.org")]
    mail.outbox.clear()
    deliver, down = EmailBackend.send_messages, ["bad@example.org"]

    def send_messages(backend: EmailBackend, messages: list[EmailMultiAlternatives]) -> int:
        if any(address in down for message in messages for address in message.to):
            raise OSError("no such mailbox")
        return int(deliver(backend, messages) or 0)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    with pytest.raises(OSError, match="no such mailbox"):
        send_to_each("7:user", people, "member_joined", CONTEXT)
    assert [message.to for message in mail.outbox] == [["good@example.org"]]
    down.clear()
    send_to_each("7:user", people, "member_joined", CONTEXT)

    assert [message.to[0] for message in mail.outbox] == ["good@example.org", "bad@example.org"]
