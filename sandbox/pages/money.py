"""Amounts and dates as people read them, for templates."""

from datetime import UTC, datetime

from django import template

register = template.Library()

SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}


@register.filter
def money(amount: int | None, currency: str | None) -> str:
    """Minor units of a currency, written out."""
    sign = SIGNS.get(currency or "", "")
    text = f"{sign}{abs(amount or 0) / 100:,.2f}"
    if not sign:
        text = f"{text} {(currency or '').upper()}".strip()
    return f"−{text}" if (amount or 0) < 0 else text


@register.filter
def day(moment: int | None) -> str:
    """A Unix second as a date."""
    return f"{datetime.fromtimestamp(moment, UTC):%-d %B %Y}" if moment else "—"


@register.filter
def instant(moment: int | None) -> str:
    """A Unix second as date and time."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}" if moment else "—"


@register.filter
def words(code: str | None) -> str:
    """A code of Stripe's as words: past_due is past due."""
    return (code or "").replace("_", " ")
