"""Which event of a project mails whom: once each, and nobody about what they did themselves."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from orgs.actions.access import remove_project_role, set_project_role
from orgs.actions.collaborators import (
    accept_collaboration,
    decline_collaboration,
    invite_collaborator,
    revoke_collaborator_invitation,
)
from orgs.actions.transfers import (
    accept_transfer,
    bring_in,
    cancel_transfer,
    decline_transfer,
    propose_transfer,
    take_out,
)
from orgs.levels import Level
from orgs.models import Organization, Project, ProjectTransfer
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_project,
    a_role,
    a_user,
    an_actor,
    an_organization,
    deliver_all,
    the_owner,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def guild() -> Organization:
    return an_organization("guild", owner=a_user("ada@example.org", name="Ada & <Co>"))


def heard() -> list[EmailMultiAlternatives]:
    deliver_all()
    found = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
    mail.outbox.clear()
    return found


def offered(guild: Organization, **to: object) -> tuple[Project, ProjectTransfer]:
    project = a_project(guild, "wheel")
    heard()
    actor = an_actor(the_owner(guild), fresh=True)
    return project, propose_transfer(project=project, actor=actor, **to)  # type: ignore[arg-type]  # one receiver


def test_owners_and_managers_of_the_receiver_are_asked(guild: Organization) -> None:
    receiver = an_organization("crew")
    manager = a_member(receiver, Role.MANAGER)
    a_member(receiver), a_member(receiver, Role.BILLING_MANAGER)
    _, transfer = offered(guild, to_organization=receiver)

    mails = heard()

    told = {message.to[0] for message in mails}
    assert told == {the_owner(receiver).user.email, manager.user.email}
    assert mails[0].subject == "Ada & <Co> offers the project wheel to Crew"
    assert f"/transfers/{transfer.pk}/" in str(mails[0].body)
    page = str(mails[0].alternatives[0][0])
    assert "Ada &amp; &lt;Co&gt;" in page
    assert f"/transfers/{transfer.pk}/" in page


def test_a_person_is_asked(guild: Organization) -> None:
    grace = a_user("grace@example.org")
    offered(guild, to_user=grace)

    (message,) = heard()
    assert message.to == ["grace@example.org"]
    assert "to you" in message.subject


def test_an_offer_that_is_over_is_not_mailed_late(guild: Organization) -> None:
    """Red without ``is_open`` in ``offer_project``."""
    _, transfer = offered(guild, to_user=a_user())
    cancel_transfer(transfer=transfer, actor=an_actor(the_owner(guild), fresh=True))

    assert heard() == []


def test_whoever_moves_between_their_own_places_hears_nothing(guild: Organization) -> None:
    ada = the_owner(guild).user
    project = a_project(ada)
    heard()
    bring_in(project=project, organization=guild, actor=an_actor(ada, fresh=True))

    assert heard() == []


def test_the_proposer_hears_that_it_was_accepted(guild: Organization) -> None:
    grace = a_user("grace@example.org", name="Grace")
    _, transfer = offered(guild, to_user=grace)
    heard()
    accept_transfer(transfer=transfer, actor=an_actor(grace))

    (message,) = heard()
    assert message.to == ["ada@example.org"]
    assert "was accepted" in message.subject
    assert "have ended" in str(message.body)


def test_the_proposer_hears_that_it_was_declined(guild: Organization) -> None:
    grace = a_user()
    _, transfer = offered(guild, to_user=grace)
    heard()
    decline_transfer(transfer=transfer, actor=an_actor(grace))

    (message,) = heard()
    assert message.to == ["ada@example.org"]
    assert "was declined" in message.subject
    assert "stays where it is" in str(message.body)


def test_the_proposer_hears_who_else_canceled(guild: Organization) -> None:
    """Red without ``person.pk == event.actor_id`` in ``tell_how_offer_ended``."""
    second = a_member(guild, Role.OWNER)
    grace = a_user()
    project, transfer = offered(guild, to_user=grace)
    heard()
    cancel_transfer(transfer=transfer, actor=an_actor(second, fresh=True))
    (message,) = heard()
    assert message.to == ["ada@example.org"]

    actor = an_actor(the_owner(guild), fresh=True)
    transfer = propose_transfer(project=project, actor=actor, to_user=grace)
    heard()
    cancel_transfer(transfer=transfer, actor=actor)
    assert heard() == []


def test_whose_level_changes_is_told_unless_they_did_it(guild: Organization) -> None:
    """Red without ``event.actor_id == person.pk`` in ``tell_whose_level_changed``."""
    member, project = a_member(guild), a_project(guild, "wheel")
    owner = an_actor(the_owner(guild))
    heard()
    set_project_role(project=project, user=member.user, level=Level.READ, actor=owner)
    (given,) = heard()
    set_project_role(project=project, user=member.user, level=Level.PUBLISH, actor=owner)
    (changed,) = heard()
    remove_project_role(project=project, user=member.user, actor=owner)
    (taken,) = heard()

    assert {message.to[0] for message in (given, changed, taken)} == {member.user.email}
    assert "level “read” on wheel" in given.subject
    assert "/projects/wheel/" in str(given.body)
    assert "before" not in str(given.body)
    assert "It was “read” before." in str(changed.body)
    assert "no level of your own on wheel" in taken.subject
    set_project_role(project=project, user=member.user, level=Level.READ, actor=owner)
    heard()
    remove_project_role(project=project, user=member.user, actor=an_actor(member))
    assert heard() == []


def test_whose_level_ends_because_the_project_moves_is_told(guild: Organization) -> None:
    """Red without ``end_role`` in ``orgs.actions.transfers._end_rights``."""
    grace, outsider = a_user(), a_user("out@example.org")
    project, transfer = offered(guild, to_user=grace)
    a_role(project, outsider, Level.PUBLISH)
    a_role(project, grace)
    heard()
    accept_transfer(transfer=transfer, actor=an_actor(grace))

    mails = heard()

    (taken,) = [message for message in mails if "no level of your own" in message.subject]
    assert taken.to == ["out@example.org"]
    assert len(mails) == 2  # the other tells who offered it


def test_the_other_owners_of_both_sides_hear_that_a_project_moved(guild: Organization) -> None:
    """Red without ``tell_owners_what_moved`` in the table of listeners."""
    ada = the_owner(guild).user
    other = a_member(guild, Role.OWNER)
    project = a_project(ada, "wheel")
    heard()

    moved = bring_in(project=project, organization=guild, actor=an_actor(ada, fresh=True))

    (came,) = heard()
    assert came.to == [other.user.email]
    assert came.subject == "wheel belongs to guild now"
    take_out(project=moved, actor=an_actor(ada, fresh=True))
    (went,) = heard()
    assert went.to == [other.user.email]


def test_the_inviter_and_the_owners_hear_what_an_outsider_answered(guild: Organization) -> None:
    """Red without ``tell_what_was_answered`` in the table of listeners."""
    leader = a_member(guild, Role.MANAGER)
    project = a_project(guild, "wheel", by=leader)
    offers = [
        invite_collaborator(project=project, email=email, level=Level.READ, actor=an_actor(leader))
        for email in ("kim@outside.example", "lea@outside.example", "mo@outside.example")
    ]
    heard()
    kim, lea = a_user(), a_user()

    accept_collaboration(token=offers[0].token, user=kim, actor=an_actor(kim))
    decline_collaboration(token=offers[1].token, actor=an_actor(lea))
    revoke_collaborator_invitation(invitation=offers[2], actor=an_actor(leader))

    told = [message for message in heard() if "the offer to work on wheel" in message.subject]
    both = {"ada@example.org", leader.user.email}
    for words in ("kim@outside.example accepted", "lea@outside.example declined"):
        assert {m.to[0] for m in told if m.subject.startswith(words)} == both
    assert len(told) == 4
