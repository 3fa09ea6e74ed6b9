"""Inviting many people at once: what each line would come to, and doing it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import transaction
from django.db.models.functions import Lower

from kernel.actor import SYSTEM, Actor
from kernel.refusals import Invalid
from orgs.actions.invitations import (
    address_of,
    an_offer,
    close_invitation,
    offering,
    record_sent,
)
from orgs.bulk import Entry
from orgs.decision import Decision
from orgs.entitlements import UNLIMITED, Limit
from orgs.facts import facts_of
from orgs.invitation_limits import lock_sender, note_sent, room_today
from orgs.models import Invitation, Organization
from orgs.models.invitation import Outcome
from orgs.policy import decide_many, require
from orgs.roles import Role, takes_seat
from orgs.seats import seated_addresses


class Fate(StrEnum):
    """What a line comes to."""

    INVITED = "invited"
    MALFORMED = "malformed"
    ROLE_UNKNOWN = "role_unknown"
    DUPLICATE = "duplicate"
    ROLE_NOT_YOURS = "role_not_yours"
    ALREADY_MEMBER = "already_member"
    ALREADY_INVITED = "already_invited"
    NOT_OPEN = "not_open"
    UNCONFIRMED = "fresh_sign_in_required"
    NO_SEAT = "no_seat_left"
    TOO_MANY = "too_many_invitations"


WORDS = {
    Fate.MALFORMED: "This is not an e-mail address.",
    Fate.ROLE_UNKNOWN: "This is none of the roles.",
    Fate.DUPLICATE: "An earlier line names the same address.",
    Fate.ROLE_NOT_YOURS: "You may not give this role.",
    Fate.ALREADY_MEMBER: "This person is a member already.",
    Fate.ALREADY_INVITED: "This address has an open invitation.",
    Fate.NO_SEAT: "No seat is left from here on.",
}
HARMLESS = frozenset({Fate.DUPLICATE, Fate.ALREADY_MEMBER, Fate.ALREADY_INVITED})
FULL = frozenset({"no_seat_left", "pay_invoice_first"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what it comes to; ``invitation`` is there once it was sent.

    ``word`` is the role as it was written.
    """

    number: int
    address: str
    word: str
    role: Role | None
    fate: Fate
    sentence: str = ""
    invitation: Invitation | None = None

    @property
    def is_harmless(self) -> bool:
        """Whether it invites nobody because nobody is left to invite by it."""
        return self.fate in HARMLESS

    @property
    def is_invited(self) -> bool:
        """Whether somebody is invited by it."""
        return self.fate is Fate.INVITED


def preview_invitations(
    *, organization: Organization, entries: list[Entry], actor: Actor
) -> list[Line]:
    """Say line by line what inviting would come to now; nothing is locked and nothing written."""
    require(actor, "members:invite_many", organization)
    return _judged(organization, entries, actor)


@transaction.atomic
def invite_many(*, organization: Organization, entries: list[Entry], actor: Actor) -> list[Line]:
    """Invite everybody who can be, and say line by line what it came to.

    A line that cannot be is no reason against the others. Locks the organization, then the sender,
    and judges every line anew in one pass; each invitation has its own event, and so its mail.
    """
    require(actor, "members:invite_many", organization)
    organization = Organization.objects.lock(organization.pk)
    require(actor, "members:invite_many", organization)
    lock_sender(actor)
    lines = _judged(organization, entries, actor)
    going = [line for line in lines if line.is_invited]
    invitations = organization.invitations.lapsed_unmarked().alias(address=Lower("email"))
    for lapsed in invitations.filter(address__in=[line.address.lower() for line in going]):
        close_invitation(lapsed, Outcome.LAPSED, actor=SYSTEM)
    offers = Invitation.objects.bulk_create(
        an_offer(organization, email=line.address, user=None, role=str(line.role), actor=actor)
        for line in going
    )
    for offer in offers:
        record_sent(offer, organization, actor)
    note_sent(organization, actor, number=len(offers))
    sent = {line.number: offer for line, offer in zip(going, offers, strict=True)}
    return [replace(line, invitation=sent.get(line.number)) for line in lines]


def _judged(organization: Organization, entries: list[Entry], actor: Actor) -> list[Line]:
    judge = _Judge(organization, actor, [entry.address.lower() for entry in entries])
    return [judge.line(entry) for entry in entries]


class _Judge:
    """What lines are held against, read once; what earlier lines take, later ones find taken."""

    def __init__(self, organization: Organization, actor: Actor, addresses: list[str]) -> None:
        self._answers = _answers(organization, actor)
        self._members = set(
            organization.memberships.filter(email_key__in=addresses).values_list(
                "email_key", flat=True
            )
        )
        self._invited = _invited(organization, addresses)
        self._seats = _seats_left(organization, actor)
        is_scarce = self._seats < len(addresses)
        self._seated = seated_addresses(organization, addresses) if is_scarce else frozenset()
        self._room = room_today(organization, actor)
        self._going = 0
        self._seen: set[str] = set()

    def line(self, entry: Entry) -> Line:
        """Judge one line; those that are invited take their seat and their place in the day."""
        try:
            address = address_of(entry.address)
        except Invalid:
            return self._told(entry, entry.address, Fate.MALFORMED)
        fate, sentence = self._fate(address.lower(), entry.role)
        if fate is Fate.INVITED and entry.role is not None:
            self._going += 1
            self._seats -= takes_seat(entry.role)  # as the open invitation will be counted
        if entry.role is not None:
            self._seen.add(address.lower())
        return self._told(entry, address, fate, sentence)

    def _fate(self, address: str, role: Role | None) -> tuple[Fate, str]:
        if role is None:
            return Fate.ROLE_UNKNOWN, ""
        if address in self._seen:
            return Fate.DUPLICATE, ""
        answer = self._answers[role]
        if answer.reason == "role_too_low":
            return Fate.ROLE_NOT_YOURS, answer.sentence
        if answer.reason == Fate.UNCONFIRMED:
            return Fate.UNCONFIRMED, answer.sentence
        if address in self._members:
            return Fate.ALREADY_MEMBER, ""
        if address in self._invited:
            return Fate.ALREADY_INVITED, ""
        if not answer.allowed and answer.reason not in FULL:
            return Fate.NOT_OPEN, answer.sentence
        if takes_seat(role) and address not in self._seated and self._seats < 1:
            return Fate.NO_SEAT, ""
        if self._going >= self._room.left:
            return Fate.TOO_MANY, self._room.sentence
        return Fate.INVITED, ""

    def _told(self, entry: Entry, address: str, fate: Fate, sentence: str = "") -> Line:
        sentence = sentence or WORDS.get(fate, "")
        return Line(entry.number, address, entry.word, entry.role, fate, sentence)


def _answers(organization: Organization, actor: Actor) -> dict[Role, Decision]:
    answers = decide_many([(actor, offering(role), organization) for role in Role])
    return dict(zip(Role, answers, strict=True))


def _invited(organization: Organization, addresses: list[str]) -> set[str]:
    return set(
        organization.invitations.open()
        .annotate(address=Lower("email"))
        .filter(address__in=addresses)
        .values_list("address", flat=True)
    )


def _seats_left(organization: Organization, actor: Actor) -> float:
    """Return how many seats can be offered; no limit is infinitely many."""
    (facts,) = facts_of([(actor.user_id, organization)])
    if facts is None:
        return 0
    seats = facts.phase.limits.get(Limit.SEATS, 0)
    return float("inf") if seats == UNLIMITED else seats - facts.taken(Limit.SEATS)
