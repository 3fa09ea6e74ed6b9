"""Money is whole minor units and a currency."""

import pytest

from kernel.money import Money, format_money


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (1200, "usd", "$12.00"),
        (0, "usd", "$0.00"),
        (5, "eur", "€0.05"),
        (-250, "usd", "-$2.50"),
        (1200, "jpy", "¥1,200"),
        (123456789012345678, "usd", "$1,234,567,890,123,456.78"),
        (1234, "kwd", "KWD1.234"),
    ],
)
def test_minor_units_are_written_for_people(amount: int, currency: str, words: str) -> None:
    assert format_money(amount, currency) == str(Money(amount, currency)) == words


def test_many_of_a_price_is_exact() -> None:
    assert Money(333, "usd") * 3 == Money(999, "usd")
