"""Deleting an account: what goes, what stays, and who cannot yet."""

import json
from dataclasses import replace
from smtplib import SMTPRecipientsRefused

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import notices
from accounts.actions.hosts import add_host
from accounts.mail_kinds import OPTIONAL
from accounts.models import ExternalUser, MutedMail, User
from accounts.refusals import FreshSignInRequired, OnlyOwnerSomewhere, StaffAccount, TypedWrong
from audit.models import AuditDetail, AuditEvent
from community.states import State
from kernel.actor import SYSTEM, Actor, ActorKind
from kernel.refusals import NotFound
from orgs.actions.collaborators import accept_collaboration, invite_collaborator
from orgs.levels import Level
from orgs.roles import Role
from saas.people.deletion import delete_account, losses_of
from tests.builders import (
    PASSWORD,
    a_member,
    a_project,
    a_role,
    a_second_factor,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    deliver_all,
    the_owner,
)
from tests.community.builders import a_draft, an_application
from tests.saas.api.calling import a_program

pytestmark = pytest.mark.django_db


def delete(user: User, *, confirmation: str = "", actor: Actor | None = None) -> None:
    delete_account(
        user=user,
        confirmation=confirmation or user.email,
        actor=actor or an_actor(user, fresh=True),
    )


def test_nobody_is_left_and_the_row_is_empty() -> None:
    user = a_user("grace@example.org", name="Grace", password=PASSWORD)
    a_second_factor(user)

    delete(user)

    user.refresh_from_db()
    assert (user.name, user.is_active, user.has_usable_password()) == ("", False, False)
    assert user.email.endswith("@deleted.invalid")
    assert str(user) == "Deleted account"
    assert user.deleted_at is not None
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not Authenticator.objects.filter(user=user).exists()
    assert not Client().login(email="grace@example.org", password=PASSWORD)
    assert a_user("grace@example.org").pk != user.pk


def test_they_leave_every_organization_with_their_rights_and_seats() -> None:
    """Red without ``leave`` in ``_leave_organizations``."""
    user = a_user()
    organizations = [an_organization() for _ in range(3)]
    for organization in organizations:
        place = a_member(organization, Role.MEMBER, user=user)
        a_team(organization, members=[place])

    delete(user)

    assert not user.memberships.exists()
    for organization in organizations:
        organization.refresh_from_db()
        assert organization.seats_taken == 1
        assert organization.teams.get().team_memberships.count() == 0


def test_they_leave_also_where_a_second_factor_is_demanded_of_them() -> None:
    organization = an_organization()
    place = a_member(organization)
    type(organization).objects.update(requires_second_factor=True)

    delete(place.user)

    assert organization.memberships.count() == 1


def test_tokens_sessions_and_open_applications_end() -> None:
    user = a_user(password=PASSWORD)
    browser = Client()
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    program = a_program(user)
    submitted = an_application(State.SUBMITTED, applicant=user)
    draft = a_draft(user)
    approved = an_application(State.APPROVED, applicant=user)
    assert browser.get("/account/profile/").status_code == 200

    type(approved).objects.filter(pk=approved.pk).update(applicant=user)
    user.memberships.all().delete()
    delete(user)

    assert program.get("/me").status == 401
    assert browser.get("/account/profile/").status_code == 302
    assert not user.tokens.live().exists()
    states = [
        type(submitted).objects.get(pk=each.pk).state for each in (submitted, draft, approved)
    ]
    assert states == [State.WITHDRAWN, State.WITHDRAWN, State.APPROVED]


def test_an_only_owner_is_refused_and_nothing_happens() -> None:
    """Red without the question of ``only_owner_of``: other places would be left before."""
    owned = an_organization()
    user = the_owner(owned).user
    other = an_organization()
    a_member(other, user=user)

    with pytest.raises(OnlyOwnerSomewhere) as refused:
        delete(user)

    assert owned.display_name in refused.value.sentence
    assert user.memberships.count() == 2
    assert losses_of(user).only_owner_of == [owned]
    user.refresh_from_db()
    assert user.is_active


def test_with_another_owner_one_can_go() -> None:
    owned = an_organization()
    user = the_owner(owned).user
    a_member(owned, Role.OWNER)

    delete(user)

    assert owned.memberships.owners().count() == 1


def test_the_log_keeps_what_happened_without_who_it_was() -> None:
    """Red without ``erase_person`` in ``delete_account``."""
    user = a_user("grace@example.org", name="Grace Hopper")
    a_member(an_organization(), user=user)
    a_program(user)

    delete(user)
    deliver_all()

    about = AuditEvent.objects.about("user", user.pk)
    assert {"token.made", "token.revoked", "member.left", "account.deleted"} <= {
        event.name for event in about
    }
    words = str(list(AuditDetail.objects.values_list("words", flat=True)))
    assert "Grace" not in words
    assert "grace@example.org" not in words


def test_they_are_told_by_mail_once_and_then_the_address_is_forgotten() -> None:
    user = a_user("grace@example.org")

    delete(user)
    deliver_all()

    (message,) = mail.outbox
    assert message.to == ["grace@example.org"]
    event = AuditEvent.objects.get(name="account.deleted")
    assert event.words == {}


def test_it_needs_a_fresh_sign_in_of_oneself_and_the_typed_address() -> None:
    user, other = a_user(), a_user()
    token = replace(an_actor(user, fresh=True), kind=ActorKind.TOKEN, scopes=frozenset())

    with pytest.raises(FreshSignInRequired):
        delete(user, actor=an_actor(user))
    with pytest.raises(FreshSignInRequired):
        delete(user, actor=token)
    with pytest.raises(NotFound):
        delete(user, actor=an_actor(other, fresh=True))
    with pytest.raises(TypedWrong):
        delete(user, confirmation="delete")

    user.refresh_from_db()
    assert user.is_active


def test_staff_ends_by_its_operators() -> None:
    """Red without ``StaffAccount``: claims and the last admin would vanish with them."""
    operator = a_user()
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    operator.refresh_from_db()

    for person in (a_user(staff_role="reviewer"), operator):
        with pytest.raises(StaffAccount):
            delete(person)


def test_the_database_knows_no_half_deleted_person() -> None:
    user = a_user()

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(deleted_at=user.joined_at)


def test_no_offer_preference_or_word_of_a_host_keeps_an_address() -> None:
    """Red without ``_forget_offers``, and without the end of ``ExternalUser`` in ``_erase``."""
    user = a_user("grace@example.org")
    house = an_organization()
    invitation, _ = an_invitation(house, "Grace@example.org")
    offer = invite_collaborator(
        project=a_project(house),
        email="grace@example.org",
        level=Level.READ,
        actor=an_actor(the_owner(house)),
    )
    MutedMail.objects.create(address="grace@example.org", kind=sorted(OPTIONAL)[0])
    host, _ = add_host(name="index", scopes=["directory:write"], actor=SYSTEM)
    ExternalUser.objects.create(host=host, external_id="grace", user=user)

    delete(user)

    invitation.refresh_from_db()
    offer.refresh_from_db()
    assert (invitation.email, invitation.outcome) == (offer.email, offer.outcome) == ("", "lapsed")
    assert not MutedMail.objects.exists()
    assert not ExternalUser.objects.exists()
    deliver_all()  # the farewell is sent before its address is forgotten
    assert not _log_says("grace@example.org")


def test_an_offer_accepted_by_another_address_is_forgotten_and_others_are_not() -> None:
    """Red without ``_itself`` in ``orgs.actions.collaborators``, or "collaboration:" in OFFERS."""
    user, house = a_user("grace@example.org"), an_organization()
    project, owner = a_project(house), an_actor(the_owner(house))
    for address in ("hopper@example.net", "ada@example.net"):
        offer = invite_collaborator(project=project, email=address, level=Level.READ, actor=owner)
        if address.startswith("hopper"):
            accept_collaboration(token=offer.token, user=user, actor=an_actor(user))
    assert _log_says("hopper@example.net")

    delete(user)

    assert not _log_says("hopper@example.net")
    assert _log_says("ada@example.net")


def _log_says(word: str) -> bool:
    return any(word in json.dumps(detail.words) for detail in AuditDetail.objects.all())


def test_an_address_that_takes_no_farewell_is_forgotten_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Red without ``LONGEST_FAREWELL``: the last try would leave the address in the log."""
    user = a_user("grace@example.org")
    delete(user)
    event = AuditEvent.objects.get(name="account.deleted")

    def refuses(*_: object) -> None:
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr(notices, "send_once", refuses)
    with pytest.raises(SMTPRecipientsRefused):
        notices.say_farewell(event)
    event.recorded_at -= notices.LONGEST_FAREWELL
    notices.say_farewell(event)

    assert AuditDetail.objects.get(event=event).words.get("email") is None


def test_houses_are_locked_in_their_order_before_anything_is_taken_away() -> None:
    """Red without ``_lock_houses``: levels elsewhere were locked after later places."""
    first, second = an_organization(), an_organization()
    user = a_member(second).user
    a_role(a_project(first), user)

    with CaptureQueriesContext(connection) as told:
        delete(user)

    locks = [one["sql"] for one in told if "FOR NO KEY UPDATE" in one["sql"]]
    assert "orgs_organization" in locks[0]
    assert "ORDER BY" in locks[0]
    assert not user.project_roles.exists()
