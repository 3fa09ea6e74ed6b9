"""Many invited at once: line by line, and nothing lost."""

import pytest
from django.core import mail

from audit.models import AuditEvent
from kernel.refusals import Forbidden, NotFound
from orgs.actions.bulk_invitations import Line, invite_many, preview_invitations
from orgs.actions.invitations import invite_member
from orgs.bulk import read_entries
from orgs.models import Invitation, InvitationMail, Membership, Organization
from orgs.refusals import NoSeatLeft
from orgs.roles import Role
from tests.builders import (
    a_member,
    a_phase,
    a_project,
    a_role,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    deliver_all,
    entitle,
    the_owner,
)

pytestmark = pytest.mark.django_db

TEXT = """email, role
one@example.org
ONE@example.org, manager
not an address
two@example.org, boss
member@example.org
Invited@Example.org
three@example.org, manager
four@example.org
payer@example.org, billing manager
five@example.org
"""


@pytest.fixture
def guild() -> Organization:
    organization = an_organization("guild", seats=5)
    a_member(organization, user=a_user("Member@example.org"))
    an_invitation(organization, "invited@example.org")
    return organization


def fates(lines: list[Line]) -> list[str]:
    return [str(line.fate) for line in lines]


def preview(organization: Organization, by: Membership, text: str = TEXT) -> list[Line]:
    entries = read_entries(text, default=Role.MEMBER)
    return preview_invitations(organization=organization, entries=entries, actor=an_actor(by))


def invite(organization: Organization, by: Membership, text: str = TEXT) -> list[Line]:
    entries = read_entries(text, default=Role.MEMBER)
    return invite_many(organization=organization, entries=entries, actor=an_actor(by))


EXPECTED = [
    "invited",
    "duplicate",
    "malformed",
    "role_unknown",
    "already_member",
    "already_invited",
    "invited",
    "no_seat_left",
    "invited",
    "no_seat_left",
]


def test_each_line_is_told_what_it_comes_to_and_nothing_is_written(guild: Organization) -> None:
    lines = preview(guild, the_owner(guild))

    assert fates(lines) == EXPECTED
    assert [line.number for line in lines] == list(range(2, 12))
    assert all(line.sentence for line in lines if not line.is_invited)
    assert guild.invitations.count() == 1
    assert not InvitationMail.objects.exists()


def test_inviting_comes_to_what_was_told_and_each_has_its_mail(guild: Organization) -> None:
    deliver_all()
    mail.outbox.clear()

    lines = invite(guild, the_owner(guild))
    deliver_all()

    assert fates(lines) == EXPECTED
    assert {message.to[0] for message in mail.outbox} == {
        "one@example.org",
        "three@example.org",
        "payer@example.org",
    }
    sent = {line.address: line.invitation for line in lines if line.invitation}
    assert sent["three@example.org"].role == Role.MANAGER
    assert AuditEvent.objects.filter(name="invitation.sent").count() == 3
    assert InvitationMail.objects.count() == 3


def test_inviting_twice_is_once(guild: Organization) -> None:
    invite(guild, the_owner(guild))

    again = invite(guild, the_owner(guild))

    assert "invited" not in fates(again)
    assert guild.invitations.open().count() == 4


def test_a_manager_gives_the_plain_role_only(guild: Organization) -> None:
    """Red without ``ROLE_NOT_YOURS`` in ``_Judge``."""
    text = (
        "a@example.org,owner\nb@example.org,manager\nc@example.org,billing manager\nd@example.org"
    )

    lines = invite(guild, a_member(guild, Role.MANAGER), text)

    assert fates(lines) == ["role_not_yours"] * 3 + ["invited"]


@pytest.mark.parametrize("role", ["billing_manager", "member"])
def test_others_invite_nobody(guild: Organization, role: str) -> None:
    for act in (preview, invite):
        with pytest.raises(Forbidden):
            act(guild, a_member(guild, role))
        with pytest.raises(NotFound):
            act(guild, a_member(an_organization(), Role.OWNER))


def test_where_growth_is_closed_the_payer_gets_in_all_the_same(guild: Organization) -> None:
    entitle(guild, a_phase("restricted"))

    lines = invite(guild, the_owner(guild), "a@example.org\nb@example.org, billing manager")

    assert fates(lines) == ["not_open", "invited"]
    assert "no running subscription" in lines[0].sentence


def test_a_lapsed_offer_is_closed_and_made_anew(guild: Organization) -> None:
    guild.invitations.update(expires_at="2020-01-01T00:00Z")

    lines = invite(guild, the_owner(guild), "invited@example.org")

    assert fates(lines) == ["invited"]
    assert sorted(guild.invitations.values_list("outcome", flat=True)) == ["", "lapsed"]
    closed = AuditEvent.objects.get(name="invitation.closed")  # red with a bare ``update``
    assert closed.facts["outcome"] == "lapsed"


def test_a_day_s_limit_stops_from_a_line_on() -> None:
    """Red without ``TOO_MANY`` in ``_Judge``."""
    organization = an_organization(kind="community")
    text = "\n".join(f"new{number}@crowd.example" for number in range(23))

    lines = invite(organization, the_owner(organization), text)

    assert fates(lines) == ["invited"] * 20 + ["too_many_invitations"] * 3
    assert "The next can go at" in lines[-1].sentence
    assert Invitation.objects.count() == 20


def test_known_and_unknown_addresses_come_to_the_same(guild: Organization) -> None:
    a_user("known@example.org")

    known, unknown = preview(guild, the_owner(guild), "known@example.org\nunknown@example.org")

    assert (known.fate, known.sentence) == (unknown.fate, unknown.sentence)


def test_a_thousand_lines_cost_a_few_reads(
    guild: Organization, django_assert_max_num_queries: object
) -> None:
    text = "\n".join(f"new{number}@crowd.example" for number in range(1000))
    entitle(guild, a_phase(seats=2000))

    with django_assert_max_num_queries(10):  # type: ignore[operator]  # pytest-django's fixture
        lines = preview(guild, the_owner(guild), text)

    assert fates(lines) == ["invited"] * 1000


def test_who_has_a_seat_already_is_invited_into_a_full_organization() -> None:
    """Red without ``_seated`` in ``_Judge``, and without ``seated_addresses`` in
    ``invite_member``.
    """
    organization = an_organization(seats=3)
    owner = the_owner(organization)
    project = a_project(organization, is_private=True)
    for name in ("kim", "lea"):
        a_role(project, a_user(f"{name}@outside.example"))

    lines = invite(organization, owner, "kim@Outside.example\nnew@example.org")

    assert fates(lines) == ["invited", "no_seat_left"]
    actor = an_actor(owner)
    invite_member(
        organization=organization, email="LEA@outside.example", role=Role.MEMBER, actor=actor
    )
    with pytest.raises(NoSeatLeft):
        invite_member(
            organization=organization, email="new@example.org", role=Role.MEMBER, actor=actor
        )
