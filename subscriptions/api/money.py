"""How the API tells money."""

from ninja import Schema

from kernel.money import Money


class MoneyOut(Schema):
    """Minor units of a currency: 1200 and *usd* are twelve dollars."""

    amount: int
    currency: str


def in_minor_units(money: Money) -> MoneyOut:
    """Return money as it is answered."""
    return MoneyOut(amount=money.amount, currency=money.currency)
