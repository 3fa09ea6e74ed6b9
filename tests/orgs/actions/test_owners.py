"""Who is an owner changes after a fresh sign-in only: a stolen token takes no organization over."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kernel.actor import Actor, ActorKind
from kernel.refusals import Forbidden
from orgs.actions.bulk_invitations import invite_many
from orgs.actions.invitations import invite_member
from orgs.actions.members import change_role, remove_member
from orgs.bulk import read_entries
from orgs.matrix import MATRIX
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import a_member, an_actor, an_organization, the_owner

pytestmark = pytest.mark.django_db


def promote(organization: Organization, actor: Actor) -> None:
    member = a_member(organization)
    change_role(organization=organization, user=member.user, role=Role.OWNER, actor=actor)


def demote(organization: Organization, actor: Actor) -> None:
    other = a_member(organization, Role.OWNER)
    change_role(organization=organization, user=other.user, role=Role.MEMBER, actor=actor)


def remove(organization: Organization, actor: Actor) -> None:
    other = a_member(organization, Role.OWNER)
    remove_member(organization=organization, user=other.user, actor=actor)


def invite(organization: Organization, actor: Actor) -> None:
    invite_member(organization=organization, email="x@new.example", role=Role.OWNER, actor=actor)


@pytest.mark.parametrize("act", [promote, demote, remove, invite])
def test_it_needs_a_fresh_sign_in(act: Callable[[Organization, Actor], None]) -> None:
    """Red without ``members:change_owners`` in ``change_role`` and ``remove_member``, and without
    ``members:invite_owner`` in ``PERMISSION``.
    """
    organization = an_organization()
    stale = an_actor(the_owner(organization))
    scopes = frozenset(rule.scope for rule in MATRIX.values() if rule.scope)
    for actor in (stale, replace(stale, kind=ActorKind.TOKEN, scopes=scopes)):
        with pytest.raises(Forbidden) as refused:
            act(organization, actor)
        assert refused.value.reason == "fresh_sign_in_required"

    act(organization, replace(stale, fresh=True))


def test_who_is_owner_already_becomes_it_again_without() -> None:
    organization = an_organization()
    other, actor = a_member(organization, Role.OWNER), an_actor(the_owner(organization))

    change_role(organization=organization, user=other.user, role=Role.OWNER, actor=actor)
    remove_member(organization=organization, user=other.user, actor=an_actor(other))


def test_of_many_lines_only_those_that_invite_owners_wait_for_it() -> None:
    """Red without ``Fate.UNCONFIRMED``."""
    organization = an_organization()
    entries = read_entries("a@new.example, owner\nb@new.example, manager", default=Role.MEMBER)

    lines = invite_many(
        organization=organization, entries=entries, actor=an_actor(the_owner(organization))
    )

    assert [line.fate for line in lines] == ["fresh_sign_in_required", "invited"]
    assert "fresh sign-in" in lines[0].sentence
