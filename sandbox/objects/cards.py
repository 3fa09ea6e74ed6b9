"""Test cards: what each number does, and what a card form must hold."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.store import Doc


@dataclass(frozen=True, slots=True)
class TestCard:
    """How a number behaves: when it is put on, and when it is charged."""

    number: str
    brand: str
    words: str
    attaches: bool = True
    decline: tuple[str, str] | None = None
    authenticates: bool = False

    @property
    def spaced(self) -> str:
        """The number as it stands on a card."""
        return " ".join(self.number[place : place + 4] for place in range(0, 16, 4))


GENERIC = ("card_declined", "generic_decline")
FUNDS = ("card_declined", "insufficient_funds")

CARDS = {
    card.number: card
    for card in (
        TestCard("4242424242424242", "visa", "pays"),
        TestCard("5555555555554444", "mastercard", "pays"),
        TestCard("4000000000000002", "visa", "is declined", attaches=False, decline=GENERIC),
        TestCard("4000000000009995", "visa", "lacks funds", attaches=False, decline=FUNDS),
        TestCard("4000000000000341", "visa", "can be saved, then fails", decline=GENERIC),
        TestCard("4000002760003184", "visa", "asks for authentication", authenticates=True),
    )
}
ALIASES = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
}
WORDS = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "authentication_required": "Your bank asks you to confirm this payment yourself.",
}


class CardMistake(Exception):
    """A card form that cannot be right; the words are for the person who filled it in."""

    def __init__(self, field: str, words: str) -> None:
        """Name the field, and say what is wrong."""
        super().__init__(words)
        self.field = field
        self.words = words


@dataclass(frozen=True, slots=True)
class Card:
    """A card as someone entered it."""

    test: TestCard
    month: int
    year: int


def read(form: Doc, *, now: int) -> Card:
    """The card of a form; raises CardMistake with a sentence for whoever typed it."""
    number = re.sub(r"[ -]", "", str(form.get("number", "")))
    if not number:
        raise CardMistake("number", "Enter the card number.")
    if not number.isdigit() or not luhn(number):
        raise CardMistake("number", "This card number is not valid.")
    if number not in CARDS:
        raise CardMistake("number", "This is not a test card. Use one of those listed.")
    month, year = _expiry(str(form.get("expiry", "")))
    today = datetime.fromtimestamp(now, UTC)
    if (year, month) < (today.year, today.month):
        raise CardMistake("expiry", "This card has expired.")
    if not re.fullmatch(r"\d{3,4}", str(form.get("cvc", "")).strip()):
        raise CardMistake("cvc", "Enter the three digits on the back of the card.")
    return Card(CARDS[number], month, year)


def plain(number: str) -> Card:
    """A card by its number alone, as the control interface names it."""
    return read({"number": number, "expiry": "12 / 99", "cvc": "123"}, now=0)


def _expiry(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*(\d{1,2})\s*[/ -]?\s*(\d{2}|\d{4})\s*", text)
    if not found or not 1 <= int(found[1]) <= 12:
        raise CardMistake("expiry", "Enter the expiry date as month and year, such as 12 / 34.")
    year = int(found[2])
    return int(found[1]), year if year > 99 else 2000 + year


def luhn(number: str) -> bool:
    """Whether the check digit is right."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return 12 <= len(number) <= 19 and total % 10 == 0
