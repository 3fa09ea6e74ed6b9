"""An organization that demands a second factor of its members."""

from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from pytest_django import DjangoAssertNumQueries

from audit.models import AuditEvent
from kernel.actor import ActorKind
from kernel.refusals import Forbidden
from orgs.actions.members import leave
from orgs.actions.second_factor import demand_second_factor
from orgs.matrix import MATRIX
from orgs.models import Membership, Organization
from orgs.policy import decide, decide_many
from orgs.queries import without_second_factor
from orgs.refusals import SecondFactorRequired
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_second_factor,
    a_user,
    an_actor,
    an_organization,
    deliver_all,
    the_owner,
)

pytestmark = pytest.mark.django_db


def demanding() -> Organization:
    """An organization that demands one, and whose owner has one."""
    organization = an_organization()
    a_second_factor(the_owner(organization))
    return demand_second_factor(
        organization=organization, demand=True, actor=an_actor(the_owner(organization))
    )


def reasons(who: Membership) -> set[str]:
    answers = decide_many(
        [(an_actor(who, fresh=True), permission, who.organization) for permission in MATRIX]
    )
    return {answer.reason for answer in answers}


def test_everything_but_leaving_is_refused_to_members_without_one() -> None:
    """Red without ``_second_factor_missing`` in ``orgs.policy._answer``."""
    member = a_member(demanding())
    actor = an_actor(member, fresh=True)

    answers = {p: decide(actor, p, member.organization) for p in MATRIX}

    assert {p for p, answer in answers.items() if answer.allowed} == {"members:leave"}
    assert {answer.reason for answer in answers.values()} == {"ok", "second_factor_required"}
    remedy = answers["teams:read"].remedy
    assert remedy is not None
    assert (remedy.action, remedy.who) == ("Set up a second factor", "you")


def test_with_one_everything_is_as_before_at_once() -> None:
    member = a_member(demanding())

    a_second_factor(member)

    assert "second_factor_required" not in reasons(member)


def test_recovery_codes_alone_are_no_second_factor() -> None:
    """Red without ``a.type <> 'recovery_codes'`` in ``orgs.facts.FACTS``, or its twin in
    ``without_second_factor``.
    """
    member = a_member(demanding())
    RecoveryCodes.activate(member.user)

    assert "second_factor_required" in reasons(member)
    assert list(without_second_factor(member.organization)) == [member]


def test_their_tokens_are_refused_too() -> None:
    member = a_member(demanding())
    scopes = frozenset(rule.scope for rule in MATRIX.values() if rule.scope)
    token = replace(an_actor(member), kind=ActorKind.TOKEN, scopes=scopes)

    assert decide(token, "members:read", member.organization).reason == "second_factor_required"
    assert decide(token, "members:leave", member.organization).allowed


def test_they_can_leave() -> None:
    """Red without ``OPEN_WITHOUT_SECOND_FACTOR`` in ``orgs.policy``."""
    member = a_member(demanding())

    leave(organization=member.organization, actor=an_actor(member))

    assert not member.organization.memberships.filter(pk=member.pk).exists()


def test_strangers_do_not_learn_of_the_demand() -> None:
    answer = decide(an_actor(a_user()), "organization:read", demanding())

    assert answer.reason == "not_found"


def test_other_organizations_of_the_same_person_stay_open() -> None:
    member = a_member(demanding())
    other = a_member(an_organization(), user=member.user)

    assert decide(an_actor(other), "teams:read", other.organization).allowed


def test_a_decision_stays_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    member = a_member(demanding())

    with django_assert_num_queries(1):
        decide(an_actor(member), "teams:read", member.organization)


def test_an_owner_without_one_cannot_demand_it() -> None:
    """Red without the question of ``has_second_factor`` in ``demand_second_factor``."""
    organization = an_organization()

    with pytest.raises(SecondFactorRequired):
        demand_second_factor(
            organization=organization, demand=True, actor=an_actor(the_owner(organization))
        )

    organization.refresh_from_db()
    assert not organization.requires_second_factor


@pytest.mark.parametrize("role", [Role.MANAGER, Role.BILLING_MANAGER, Role.MEMBER])
def test_only_owners_demand_it(role: Role) -> None:
    organization = an_organization()
    other = a_member(organization, role)
    a_second_factor(other)

    with pytest.raises(Forbidden):
        demand_second_factor(organization=organization, demand=True, actor=an_actor(other))


def test_twice_is_once() -> None:
    organization = demanding()

    demand_second_factor(
        organization=organization, demand=True, actor=an_actor(the_owner(organization))
    )

    assert AuditEvent.objects.filter(name="organization.second_factor_demanded").count() == 1


def test_an_owner_who_lost_it_is_locked_out_like_everybody() -> None:
    organization = demanding()
    Authenticator.objects.filter(user=the_owner(organization).user).delete()

    assert decide(
        an_actor(the_owner(organization)), "organization:demand_second_factor", organization
    ).reason == ("second_factor_required")


def test_who_is_locked_out_is_told_by_mail_and_the_other_owners_too() -> None:
    organization = an_organization()
    a_second_factor(the_owner(organization))
    other, without, has = (
        a_member(organization, Role.OWNER),
        a_member(organization),
        a_member(organization),
    )
    a_second_factor(other)
    a_second_factor(has)

    demand_second_factor(
        organization=organization, demand=True, actor=an_actor(the_owner(organization))
    )
    deliver_all()

    told = {message.to[0]: message.subject for message in mail.outbox}
    assert told == {
        without.user.email: f"{organization.display_name} demands a second factor now",
        other.user.email: f"{organization.display_name}: a second factor is demanded now",
    }


def test_switching_it_off_is_told_to_the_other_owners() -> None:
    organization = demanding()
    other = a_member(organization, Role.OWNER)
    deliver_all()
    mail.outbox.clear()

    demand_second_factor(
        organization=organization,
        demand=False,
        actor=an_actor(the_owner(organization), fresh=True),
    )
    deliver_all()

    assert [message.to for message in mail.outbox] == [[other.user.email]]
    assert "not demanded any more" in mail.outbox[0].subject


def test_switching_it_off_needs_a_fresh_sign_in() -> None:
    """Red without ``RELEASING``. Where nothing is demanded, nothing is asked for."""
    organization = demanding()
    stale = an_actor(the_owner(organization))

    with pytest.raises(Forbidden) as refused:
        demand_second_factor(organization=organization, demand=False, actor=stale)

    assert refused.value.reason == "fresh_sign_in_required"
    demand_second_factor(
        organization=an_organization(owner=the_owner(organization).user), demand=False, actor=stale
    )
