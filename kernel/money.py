"""Money: integer minor units and an ISO 4217 currency. Never a float."""

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's minor units (cents for USD)."""

    amount: int
    currency: str

    def __mul__(self, times: int) -> "Money":
        """Return ``times`` as much."""
        return Money(self.amount * times, self.currency)

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)


def format_money(amount: int, currency: str, *, locale: str = "en_US") -> str:
    """Write minor units for people: ``format_money(1200, "usd")`` is ``$12.00``."""
    code = currency.upper()
    major = Decimal(amount).scaleb(-get_currency_precision(code))
    return format_currency(major, code, locale=locale)
