"""Two who come at once, on two real connections."""

import time
from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from accounts.models import User
from kernel.actor import Actor
from kernel.refusals import Refusal
from orgs.actions.bulk_invitations import invite_many
from orgs.actions.invitations import (
    accept_invitation,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from orgs.actions.members import change_role, leave
from orgs.actions.names import rename_organization
from orgs.actions.organizations import change_profile, create_organization
from orgs.actions.ownership import transfer_ownership
from orgs.actions.service_tokens import make_service_token, revoke_service_token
from orgs.actions.teams import (
    add_team_member,
    change_team,
    create_team,
    delete_team,
    remove_team_member,
    set_maintainer,
)
from orgs.bulk import read_entries
from orgs.invitation_limits import OF_A_PERSON
from orgs.models import InvitationMail, Organization
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_service_token,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    the_owner,
)
from tests.waiting import until_somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts together, each on its own connection; return what became of each.

    That is *ok*, the reason of a refusal, or the error that nobody meant.
    """
    start, outcomes = Barrier(len(acts)), [""] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        connection.ensure_connection()
        start.wait(timeout=10)
        try:
            act()
            outcomes[index] = "ok"
        except Refusal as refusal:
            outcomes[index] = refusal.reason
        except Exception as error:  # told by the assertion that compares outcomes
            outcomes[index] = repr(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes)


def test_of_two_owners_leaving_at_once_one_stays() -> None:
    """Red without ``Organization.objects.lock`` in ``orgs.actions.members.leave``."""
    for _ in range(ROUNDS):
        organization = an_organization()
        owners = [the_owner(organization), a_member(organization, Role.OWNER)]

        outcomes = at_once(
            *[partial(leave, organization=organization, actor=an_actor(each)) for each in owners]
        )

        assert outcomes == ["last_owner", "ok"]
        assert organization.memberships.owners().count() == 1
        organization.refresh_from_db()
        assert organization.seats_taken == 1


def test_of_two_owners_demoting_each_other_one_stays() -> None:
    """Red without ``Organization.objects.lock`` in ``orgs.actions.members.change_role``.

    Red, too, without asking policy again behind it: the loser then acts as the owner they were.
    """
    for _ in range(ROUNDS):
        organization = an_organization()
        one, two = the_owner(organization), a_member(organization, Role.OWNER)
        demote = partial(change_role, organization=organization, role=Role.MEMBER)

        outcomes = at_once(
            partial(demote, user=two.user, actor=an_actor(one, fresh=True)),
            partial(demote, user=one.user, actor=an_actor(two, fresh=True)),
        )

        assert outcomes == ["ok", "role_too_low"]
        assert organization.memberships.owners().count() == 1


def test_the_last_seat_is_given_once() -> None:
    """Red without ``Organization.objects.lock`` in ``accept_invitation``."""
    for _ in range(ROUNDS):
        organization = an_organization(seats=3)
        a_member(organization)
        tokens = [an_invitation(organization)[1] for _ in range(2)]
        people = [a_user() for _ in range(2)]

        outcomes = at_once(
            *[
                partial(accept_invitation, token=token, user=user, actor=an_actor(user))
                for token, user in zip(tokens, people, strict=True)
            ]
        )

        assert outcomes == ["no_seat_left", "ok"]
        organization.refresh_from_db()
        assert organization.seats_taken == organization.memberships.count() == 3


def test_one_link_followed_by_two_lets_one_in() -> None:
    """Red without reading the invitation again under the lock in ``accept_invitation``."""
    for _ in range(ROUNDS):
        organization = an_organization()
        _, token = an_invitation(organization)
        people = [a_user() for _ in range(2)]

        outcomes = at_once(
            *[
                partial(accept_invitation, token=token, user=user, actor=an_actor(user))
                for user in people
            ]
        )

        assert outcomes == ["invitation_closed", "ok"]
        assert organization.memberships.count() == 2


def test_the_last_room_is_offered_once() -> None:
    """Red without the second ``require`` in ``invite_member``."""
    for _ in range(ROUNDS):
        organization = an_organization(seats=2)
        invite = partial(
            invite_member,
            organization=organization,
            role=Role.MEMBER,
            actor=an_actor(the_owner(organization)),
        )

        outcomes = at_once(
            partial(invite, email="one@example.org"), partial(invite, email="two@example.org")
        )

        assert outcomes == ["no_seat_left", "ok"]
        assert organization.invitations.open().count() == 1


def test_a_day_s_last_invitation_is_sent_once_though_from_two_organizations() -> None:
    """Red without ``lock_sender`` in ``orgs.invitation_limits.spend_one``."""
    for number in range(ROUNDS):
        owner = a_user()
        houses = [an_organization(owner=owner, kind="community") for _ in range(2)]
        InvitationMail.objects.bulk_create(
            InvitationMail(organization=houses[0], sent_by=owner) for _ in range(OF_A_PERSON - 1)
        )

        outcomes = at_once(
            *[
                partial(
                    invite_member,
                    organization=house,
                    email=f"g{number}@example.org",
                    role=Role.MEMBER,
                    actor=an_actor(owner),
                )
                for house in houses
            ]
        )

        assert outcomes == ["ok", "too_many_invitations"]
        assert InvitationMail.objects.filter(sent_by=owner).count() == OF_A_PERSON


def test_two_who_paste_the_same_list_fill_the_seats_once() -> None:
    """Red without ``Organization.objects.lock`` in ``invite_many``."""
    text = "\n".join(f"new{number}@crowd.example" for number in range(6))
    entries = read_entries(text, default=Role.MEMBER)
    for _ in range(ROUNDS):
        organization = an_organization(seats=6)
        owners = [the_owner(organization), a_member(organization, Role.OWNER)]

        outcomes = at_once(
            *[
                partial(
                    invite_many, organization=organization, entries=entries, actor=an_actor(each)
                )
                for each in owners
            ]
        )

        assert outcomes == ["ok", "ok"]
        assert organization.invitations.open().count() == 4


def test_ownership_is_handed_to_one_of_two_heirs() -> None:
    """Red without asking policy again under the lock in ``transfer_ownership``: both would own."""
    for _ in range(ROUNDS):
        organization = an_organization()
        actor = an_actor(the_owner(organization), fresh=True)
        heirs = [a_member(organization) for _ in range(2)]

        outcomes = at_once(
            *[
                partial(
                    transfer_ownership,
                    organization=organization,
                    user=heir.user,
                    stays="member",
                    confirmation=organization.name,
                    actor=actor,
                )
                for heir in heirs
            ]
        )

        assert outcomes == ["ok", "role_too_low"]
        assert organization.memberships.owners().count() == 1


def test_who_is_renamed_while_joining_is_found_by_the_new_name() -> None:
    """Red without ``FOR SHARE`` in the function ``orgs_keys_of_member`` of the migration."""
    for number in range(ROUNDS):
        organization = an_organization()
        _, token = an_invitation(organization)
        person = a_user(name="Old Name")

        def rename(person: User = person, number: int = number) -> None:
            with transaction.atomic():
                User.objects.filter(pk=person.pk).update(name=f"New Name {number}")
                time.sleep(0.02)

        outcomes = at_once(
            rename, partial(accept_invitation, token=token, user=person, actor=an_actor(person))
        )

        assert outcomes == ["ok", "ok"]
        assert organization.memberships.get(user=person).name_key == f"new name {number}"


@pytest.mark.parametrize(
    ("one", "two", "reason"),
    [
        ("acme-{}", "ACME_{}", "name_taken"),  # without the lock the constraint fails instead
        ("goo-{}gle", "g00-{}gle", "name_confusable"),  # and here nothing would
    ],
)
def test_a_name_is_taken_once(one: str, two: str, reason: str) -> None:
    """Red without ``lock_skeleton`` in ``orgs.name_availability.take_name``."""
    for number in range(ROUNDS):
        owner = a_user()
        found = partial(
            create_organization,
            display_name="Acme",
            kind="company",
            owner=owner,
            actor=an_actor(owner),
        )

        outcomes = at_once(
            partial(found, name=one.format(number)), partial(found, name=two.format(number))
        )

        assert outcomes == [reason, "ok"]


def _acts(organization: Organization, actor: Actor) -> dict[str, Callable[[], object]]:
    """Everything that somebody may still do who was an owner a moment ago."""
    me = a_user()
    inside, outside = a_member(organization, user=me), a_member(organization)
    team = a_team(organization, members=[inside])
    offered = an_invitation(organization)[0]
    token, _ = a_service_token(organization)
    return {
        "create": lambda: create_team(organization=organization, name="new", actor=actor),
        "change": lambda: change_team(team=team, actor=actor, name="other", description=""),
        "delete": lambda: delete_team(team=team, actor=actor, confirmation=team.name),
        "add": lambda: add_team_member(team=team, user=outside.user, actor=actor),
        "add maintainer": lambda: add_team_member(
            team=team, user=outside.user, actor=actor, is_maintainer=True
        ),
        "promote": lambda: set_maintainer(team=team, user=me, is_maintainer=True, actor=actor),
        "take out": lambda: remove_team_member(team=team, user=me, actor=actor),
        "send again": lambda: resend_invitation(invitation=offered, actor=actor),
        "withdraw": lambda: revoke_invitation(invitation=offered, actor=actor),
        "profile": lambda: change_profile(
            organization=organization, actor=actor, display_name="Mine"
        ),
        "make token": lambda: make_service_token(
            organization=organization, name="mine", scopes=["audit:read"], actor=actor
        ),
        "revoke token": lambda: revoke_service_token(token=token, actor=actor),
    }


@pytest.mark.parametrize(
    "name",
    [
        "create", "change", "delete", "add", "add maintainer", "promote", "take out",
        "send again", "withdraw", "profile", "make token", "revoke token",
    ],
)  # fmt: skip
def test_who_is_demoted_while_they_wait_for_the_lock_acts_no_more(name: str) -> None:
    """Red without the ``require`` behind ``Organization.objects.lock`` in each of these actions."""
    organization = an_organization()
    demoted = a_member(organization, Role.OWNER)
    act = _acts(organization, an_actor(demoted, fresh=True))[name]
    outcomes: list[str] = []
    waiting = Thread(target=lambda: outcomes.extend(at_once(act)))

    with transaction.atomic():
        change_role(
            organization=organization,
            user=demoted.user,
            role=Role.MEMBER,
            actor=an_actor(the_owner(organization), fresh=True),
        )
        waiting.start()
        until_somebody_waits_for_a_lock()
    waiting.join(timeout=30)

    assert outcomes == ["role_too_low"]


def test_of_two_who_rename_at_once_to_one_name_one_gets_it() -> None:
    """Red without ``take_name`` in ``rename_organization``: the constraint would fail instead."""
    for number in range(ROUNDS):
        organizations = [an_organization(), an_organization()]

        outcomes = at_once(
            *[
                partial(
                    rename_organization,
                    organization=each,
                    name=f"wanted-{number}",
                    confirmation=each.name,
                    actor=an_actor(the_owner(each)),
                )
                for each in organizations
            ]
        )

        assert outcomes == ["name_taken", "ok"]


def test_of_two_owners_who_rename_at_once_one_does() -> None:
    """Red without ``Organization.objects.lock`` in ``rename_organization``."""
    for number in range(ROUNDS):
        organization = an_organization()
        rename = partial(
            rename_organization, organization=organization, confirmation=organization.name
        )
        owners = [the_owner(organization), a_member(organization, Role.OWNER)]

        outcomes = at_once(
            partial(rename, name=f"one-{number}-a", actor=an_actor(owners[0])),
            partial(rename, name=f"two-{number}-b", actor=an_actor(owners[1])),
        )

        assert outcomes == ["confirmation_wrong", "ok"]
        assert organization.names.count() == 2
