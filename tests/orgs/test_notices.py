"""Which event mails whom: once each, in text and as a page."""

import re

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from audit import outbox
from audit.models import AuditEvent, Delivery, SentMail
from audit.record import record
from kernel.actor import SYSTEM
from orgs import notices
from orgs.actions.invitations import (
    accept_invitation,
    decline_invitation,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from orgs.actions.members import change_role, leave, remove_member
from orgs.actions.ownership import transfer_ownership
from orgs.events import NameReleased
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    deliver_all,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild() -> Organization:
    """An organization whose founding was heard already."""
    organization = an_organization(
        "guild", owner=a_user("ada@example.org", name="Ada & <Co>"), kind="company"
    )
    deliver_all()
    mail.outbox.clear()
    return organization


def the_only_mail() -> EmailMultiAlternatives:
    (only,) = mail.outbox
    assert isinstance(only, EmailMultiAlternatives)
    return only


def page_of(message: EmailMultiAlternatives) -> str:
    (page,) = (part[0] for part in message.alternatives)
    return str(page)


def test_an_invited_address_gets_a_link_that_works(guild: Organization) -> None:
    actor = an_actor(the_owner(guild))
    invite_member(organization=guild, email="grace@example.org", role=Role.MANAGER, actor=actor)
    deliver_all()

    message = the_only_mail()
    assert message.to == ["grace@example.org"]
    assert message.subject == "Ada & <Co> invites you to Guild"
    body = str(message.body)
    assert "as Manager" in body
    assert "Ada & <Co> invites" in body
    assert "Ada &amp; &lt;Co&gt;" in page_of(message)
    assert "UTC" in body
    (link,) = set(re.findall(r"http://localhost:\d+(/invitations/\S+)", body))
    assert link in page_of(message)
    assert b"Manager" in Client().get(link).content


def test_each_mail_says_that_no_person_wrote_it(guild: Organization) -> None:
    actor = an_actor(the_owner(guild))
    invite_member(organization=guild, email="grace@example.org", role=Role.MEMBER, actor=actor)
    deliver_all()

    assert the_only_mail().extra_headers["Auto-Submitted"] == "auto-generated"


def test_hearing_twice_mails_once(guild: Organization) -> None:
    """Red without ``if not is_first: return False`` in ``audit.mail.send_once``."""
    actor = an_actor(the_owner(guild))
    invite_member(organization=guild, email="grace@example.org", role=Role.MEMBER, actor=actor)
    event = AuditEvent.objects.get(name="invitation.sent")

    notices.invite(event)
    notices.invite(event)

    assert len(mail.outbox) == 1


def test_a_new_link_is_a_new_mail_and_the_old_one_is_not_sent_late(guild: Organization) -> None:
    """Red without ``round=`` in ``orgs.notices.invite``."""
    actor = an_actor(the_owner(guild))
    invitation = invite_member(
        organization=guild, email="grace@example.org", role=Role.MEMBER, actor=actor
    )
    resend_invitation(invitation=invitation, actor=actor)

    deliver_all()

    invitation.refresh_from_db()
    assert invitation.token in str(the_only_mail().body)


def test_a_withdrawn_invitation_is_not_mailed(guild: Organization) -> None:
    actor = an_actor(the_owner(guild))
    invitation = invite_member(
        organization=guild, email="grace@example.org", role=Role.MEMBER, actor=actor
    )
    revoke_invitation(invitation=invitation, actor=actor)

    deliver_all()

    assert mail.outbox == []


def test_owners_hear_who_joined_and_the_founder_hears_nothing_of_herself(
    guild: Organization,
) -> None:
    second = a_member(guild, Role.OWNER)
    a_member(guild, Role.MANAGER)
    actor = an_actor(the_owner(guild))
    grace = a_user("grace@example.org", name="Grace")
    invitation = invite_member(organization=guild, email=grace.email, role=Role.MEMBER, actor=actor)
    accept_invitation(token=invitation.token, user=grace, actor=an_actor(grace))
    deliver_all()

    told = {message.to[0] for message in mail.outbox if "Grace joined" in message.subject}
    assert told == {"ada@example.org", second.user.email}


def test_who_is_removed_is_told_and_who_leaves_is_not(guild: Organization) -> None:
    removed, left = a_member(guild), a_member(guild)
    remove_member(organization=guild, user=removed.user, actor=an_actor(the_owner(guild)))
    leave(organization=guild, actor=an_actor(left))
    deliver_all()

    told = {message.to[0]: message for message in mail.outbox}
    assert set(told) == {removed.user.email, "ada@example.org"}
    message = told[removed.user.email]
    assert "no longer a member of Guild" in message.subject
    assert "the role Member, with its seat" in str(message.body)
    assert f"{left.user} is no longer in Guild" in told["ada@example.org"].subject


def test_whose_role_changes_is_told_both_roles(guild: Organization) -> None:
    member = a_member(guild)
    change_role(
        organization=guild,
        user=member.user,
        role=Role.OWNER,
        actor=an_actor(the_owner(guild), fresh=True),
    )
    deliver_all()

    message = the_only_mail()
    assert message.to == [member.user.email]
    assert "from Member to Owner" in str(message.body)


def test_an_account_gets_its_mail_at_the_address_it_has_by_then(guild: Organization) -> None:
    grace = a_user("old@example.org", name="Grace")
    actor = an_actor(the_owner(guild))
    invite_member(organization=guild, user=grace, role=Role.MEMBER, actor=actor)
    grace.email = "new@example.org"
    grace.save()

    deliver_all()

    assert the_only_mail().to == ["new@example.org"]


@pytest.mark.parametrize("words", ["", "Not <b>this</b> year & never mind."])
def test_inviter_and_owners_hear_who_declined_and_in_which_words(
    guild: Organization, words: str
) -> None:
    manager = a_member(guild, Role.MANAGER)
    a_member(guild, Role.MANAGER)
    _, token = an_invitation(guild, "grace@example.org", by=manager.user)
    decline_invitation(token=token, actor=an_actor(a_user()), words=words)
    deliver_all()

    assert {message.to[0] for message in mail.outbox} == {"ada@example.org", manager.user.email}
    message = mail.outbox[0]
    assert message.subject == "grace@example.org declined your invitation to Guild"
    assert "as Member" in str(message.body)
    assert words in str(message.body)
    assert ("They say" in str(message.body)) is bool(words)
    assert isinstance(message, EmailMultiAlternatives)
    assert "<b>this" not in page_of(message)


def test_withdrawing_is_no_declining(guild: Organization) -> None:
    invitation, _ = an_invitation(guild)
    revoke_invitation(invitation=invitation, actor=an_actor(the_owner(guild)))
    deliver_all()

    assert mail.outbox == []


def test_owners_hear_who_was_removed_and_what_went_but_not_of_their_own_doing(
    guild: Organization,
) -> None:
    second, removed = a_member(guild, Role.OWNER), a_member(guild)
    a_team(guild, "core", members=[removed])
    remove_member(organization=guild, user=removed.user, actor=an_actor(the_owner(guild)))
    deliver_all()

    told = {message.to[0]: str(message.body) for message in mail.outbox}
    assert set(told) == {removed.user.email, second.user.email}
    for body in told.values():
        assert "the team core" in body


def test_the_new_owner_the_former_one_and_the_others_hear_of_it_once_each(
    guild: Organization,
) -> None:
    heir, second = a_member(guild), a_member(guild, Role.OWNER)
    transfer_ownership(
        organization=guild,
        user=heir.user,
        stays="manager",
        confirmation="guild",
        actor=an_actor(the_owner(guild), fresh=True),
    )
    deliver_all()

    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        ["ada@example.org", heir.user.email, second.user.email]
    )
    assert f"{heir.user} owns Guild now" in mail.outbox[0].subject
    assert "is manager now" in str(mail.outbox[0].body)


def test_mail_goes_out_after_a_mail_server_was_away(
    guild: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without ``note.delete()`` in ``audit.mail.send_once``."""
    actor = an_actor(the_owner(guild))
    invite_member(organization=guild, email="grace@example.org", role=Role.MEMBER, actor=actor)

    def away(self: EmailMultiAlternatives) -> int:
        raise ConnectionRefusedError("nobody answers")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", away)
        outbox.sweep()
    assert SentMail.objects.filter(key__contains="invitation").count() == 0
    Delivery.objects.filter(state="waiting").update(due="2020-01-01T00:00Z")

    deliver_all()

    assert the_only_mail().to == ["grace@example.org"]


def test_the_link_leads_a_signed_in_person_into_the_organization(guild: Organization) -> None:
    grace = a_user("grace@example.org")
    actor = an_actor(the_owner(guild))
    invite_member(organization=guild, email=grace.email, role=Role.MEMBER, actor=actor)
    deliver_all()
    (link,) = set(re.findall(r"(/invitations/\S+)", str(the_only_mail().body)))

    answer = signed_in(grace).post(link, {"answer": "accept"}, follow=True)

    assert answer.redirect_chain[-1][0] == "/orgs/guild/"
    assert "Welcome to Guild" in answer.content.decode()


def test_the_other_owners_hear_of_another(guild: Organization) -> None:
    """Red without ``tell_owners_of_another`` in the table of listeners."""
    other, member = a_member(guild, Role.OWNER), a_member(guild)
    change_role(
        organization=guild,
        user=member.user,
        role=Role.OWNER,
        actor=an_actor(the_owner(guild), fresh=True),
    )
    deliver_all()

    told = {message.to[0]: message.subject for message in mail.outbox}
    assert set(told) == {other.user.email, member.user.email}
    assert told[other.user.email] == f"{member.user} owns Guild now"


def test_owners_hear_that_an_old_name_leads_to_them_no_more(guild: Organization) -> None:
    """Red without ``tell_owners_of_a_name_gone`` in the table of listeners."""
    event = record(
        NameReleased(released="old-guild", because="they asked"), actor=SYSTEM, organization=guild
    )
    deliver_all()

    assert event is not None
    assert the_only_mail().to == ["ada@example.org"]
    assert the_only_mail().subject == "old-guild leads to Guild no more"
