"""Which mails one gets: the page, and the link in a mail."""

import re

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.mail_kinds import MailKind
from accounts.mail_preferences import unsubscribe_url
from accounts.models import MutedMail, User
from audit.models import AuditEvent
from orgs.actions.invitations import invite_member
from orgs.actions.members import change_role
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_user,
    an_actor,
    an_organization,
    deliver_all,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db
PAGE = "/account/notifications/"
EVERY = ["membership", "invitations", "news", "applications"]


def path_of(url: str) -> str:
    return re.sub(r"^http://[^/]+", "", url)


def invited(address: str) -> None:
    organization = an_organization()
    deliver_all()
    mail.outbox.clear()
    invite_member(
        organization=organization,
        email=address,
        role=Role.MEMBER,
        actor=an_actor(the_owner(organization)),
    )
    deliver_all()


def the_only_mail() -> EmailMultiAlternatives:
    (only,) = mail.outbox
    assert isinstance(only, EmailMultiAlternatives)
    return only


def test_an_optional_mail_carries_the_link_in_head_and_foot() -> None:
    """Red without the headers in ``manner_of``."""
    invited("grace@example.org")

    message = the_only_mail()
    link = message.extra_headers["List-Unsubscribe"]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.startswith("<http")
    assert link.strip("<>") in str(message.body)
    assert link.strip("<>") in str(message.alternatives[0][0])


def test_one_click_ends_a_kind_without_signing_in_and_without_a_session() -> None:
    """Red without ``csrf_exempt``, ``login_not_required``, or the question in ``send_once``."""
    user = a_user()
    invited(user.email)
    link = path_of(the_only_mail().extra_headers["List-Unsubscribe"].strip("<>"))
    program = Client(enforce_csrf_checks=True)

    answer = program.post(link, {"List-Unsubscribe": "One-Click"})
    invited(user.email)

    assert answer.status_code == 200
    assert mail.outbox == []
    assert MutedMail.objects.get().user == user
    event = AuditEvent.objects.get(name="mail.switched")
    assert f"user:{user.pk}" in event.subjects
    assert event.actor_kind == "system"


def test_it_works_for_an_address_with_no_account() -> None:
    invited("Grace@example.org")
    link = path_of(the_only_mail().extra_headers["List-Unsubscribe"].strip("<>"))

    for _ in range(2):
        Client().post(link)
    invited("grace@example.org")

    assert mail.outbox == []
    assert MutedMail.objects.get().address == "grace@example.org"


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(method: str) -> None:
    """Programs open links by themselves. Red when GET ends it too."""
    link = path_of(unsubscribe_url(a_user().email, MailKind.NEWS))

    answer = getattr(Client(), method)(link)

    assert answer.status_code == 200
    assert not MutedMail.objects.exists()


def test_a_link_that_was_made_up_is_nothing() -> None:
    link = path_of(unsubscribe_url("ada@example.org", MailKind.NEWS))

    assert Client().post(link[:-3] + "abc/").status_code == 404
    assert Client().post("/mail/unsubscribe/nonsense/").status_code == 404


@pytest.mark.parametrize("kind", [MailKind.SECURITY, MailKind.BILLING])
def test_a_link_never_ends_security_or_billing(kind: MailKind) -> None:
    """Red without ``OPTIONAL`` in ``unsubscribe``; the database refuses it as well."""
    link = path_of(unsubscribe_url(a_user().email, kind))

    assert Client().post(link).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        MutedMail.objects.create(user=a_user(), kind=kind)


def test_the_page_switches_kinds_off_and_on() -> None:
    user = a_user()
    browser = signed_in(user)

    browser.post(PAGE, {"wanted": ["invitations", "applications"]})
    off = set(user.muted_mail.values_list("kind", flat=True))
    page = browser.get(PAGE).content.decode()
    browser.post(PAGE, {"wanted": EVERY})

    assert off == {"membership", "news"}
    assert page.count("checked") == 4
    assert page.count("disabled") == 2
    assert not user.muted_mail.exists()
    assert AuditEvent.objects.filter(name="mail.switched", actor_id=user.pk).count() == 4


def test_what_was_ended_before_there_was_an_account_is_switched_on_again() -> None:
    """Red without the addresses in ``rows_of``."""
    Client().post(path_of(unsubscribe_url("grace@example.org", MailKind.INVITATIONS)))
    user = a_user("grace@example.org")
    browser = signed_in(user)

    assert browser.get(PAGE).content.decode().count("checked") == 5
    browser.post(PAGE, {"wanted": EVERY})

    assert not MutedMail.objects.exists()


@pytest.mark.parametrize("kind", ["security", "billing", "nonsense"])
def test_what_nobody_can_choose_is_refused(kind: str) -> None:
    assert signed_in(a_user()).post(PAGE, {"wanted": [kind]}).status_code == 422


def promoted(organization: Organization, user: User) -> None:
    change_role(
        organization=organization,
        user=user,
        role=Role.MANAGER,
        actor=an_actor(the_owner(organization)),
    )
    deliver_all()


def test_a_muted_kind_is_not_sent_and_another_still_is() -> None:
    organization = an_organization()
    member = a_member(organization)
    deliver_all()
    mail.outbox.clear()
    signed_in(member).post(PAGE, {"wanted": ["invitations"]})

    promoted(organization, member.user)
    assert mail.outbox == []

    invited(member.user.email)
    assert the_only_mail().to == [member.user.email]


def test_somebody_elses_wishes_are_nobody_elses() -> None:
    one, other = a_user(), a_user()
    signed_in(one).post(PAGE, {"wanted": []})

    invited(other.email)

    assert the_only_mail().to == [other.email]
