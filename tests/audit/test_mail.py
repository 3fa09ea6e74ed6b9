"""Mail about events goes out once."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist

from audit.mail import send_once
from audit.models import SentMail

pytestmark = pytest.mark.django_db
CONTEXT = {
    "organization": {"display_name": "A & B\nBcc: all@example.org", "name": "ab"},
    "member": "Grace",
    "role": "Owner",
    "url": "https://example.org/",
}


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
