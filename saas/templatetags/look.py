"""Tags of every page: icons, times, money, scrollable tables and the links of the layouts."""

from datetime import date

from django.forms import BoundField
from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel.money import format_money
from orgs.entitlements import Standing
from orgs.matrix import STAFF_MATRIX
from saas.look import moments, navigation

register = Library()

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
"""Mark in a user agent → words; the first that is found counts, so the order does too."""


STAFF_PLACES = (
    ("applications:review", navigation.STAFF),
    ("names:release", navigation.NAMES),
    ("people:reset_second_factor", navigation.STAFF_PEOPLE),
    ("billing:read", navigation.DESK),
)
"""What a member of staff must hold to be shown a link, and the link."""


@register.inclusion_tag("components/icon.html")
def icon(name: str, classes: str = "") -> dict[str, str]:
    """Draw one symbol of ``static/icons.svg``; it is silent, so words must stand beside it."""
    return {"name": name, "classes": classes}


@register.simple_tag
def moment(value: date | None, style: str = "full", *, empty: str = "–") -> SafeString | str:
    """Write a time as ``<time>``: words to read, UTC on hover; ``empty`` for none."""
    if not value:
        return empty
    machine = moments.exact(value)
    title = machine.replace("T", " ").replace("Z", " UTC")
    words = moments.in_words(value, style)
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, title, words)


@register.filter
def money(amount: int | None, currency: str) -> str:
    """Write minor units: ``{{ price.unit_amount|money:price.currency }}``; nothing for none."""
    return "" if amount is None else format_money(amount, currency)


@register.filter
def initials(name: str) -> str:
    """Shorten a name or an address to at most two letters for an avatar."""
    words = name.split("@")[0].replace(".", " ").replace("-", " ").replace("_", " ").split()
    if not words:
        return "?"
    ends = words if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


@register.filter
def browser_words(user_agent: str) -> str:
    """Say a browser and its system in two words, as far as they can be told."""
    browser = next((words for mark, words in BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "")
    known = " on ".join(word for word in (browser, system) if word)
    return known or user_agent or "Unknown browser"


@register.filter
def first_id(field: BoundField) -> str:
    """Return the id that a link to a field should lead to: for a group, its first choice."""
    choices = field.subwidgets
    return choices[0].id_for_label if len(choices) > 1 else field.id_for_label


@register.simple_block_tag
def scrollable(content: str, label: str) -> str:
    """Wrap a wide table: it scrolls by itself, by keyboard too, and has a name."""
    return render_to_string("components/table.html", {"content": content, "label": label})


@register.simple_tag(takes_context=True)
def header_links(context: Context) -> list[navigation.Link]:
    """Return the links of the header for whoever looks."""
    user = context.get("user")
    places: tuple[navigation.Place, ...]
    if user is None or not user.is_authenticated:
        places = navigation.VISITOR
    else:
        places = navigation.HEADER
        for permission, place in STAFF_PLACES:
            if user.staff_role in STAFF_MATRIX[permission]:
                places = (*places, place)
    return navigation.links(places, _path(context))


@register.simple_tag
def footer_links() -> list[navigation.Link]:
    """Return the links at the foot of every page."""
    return navigation.links(navigation.FOOTER, "")


@register.simple_tag(takes_context=True)
def account_links(context: Context) -> list[navigation.Link]:
    """Return the links beside a person's own pages."""
    return navigation.links(navigation.ACCOUNT, _path(context))


@register.simple_tag(takes_context=True)
def organization_links(context: Context) -> list[navigation.Link]:
    """Return the links beside the pages of ``organization``.

    A view may set ``permissions`` to what the person holds; other places are then left out.
    """
    held = context.get("permissions")
    places = [
        place for place in navigation.ORGANIZATION if held is None or place.permission in held
    ]
    return navigation.links(places, _path(context), name=context["organization"].name)


@register.simple_tag(takes_context=True)
def grace_ends(context: Context) -> date | None:
    """Return until when ``organization`` is in grace, to those who can see to it."""
    row = getattr(context["organization"], "entitlements", None)
    can_pay = "billing:manage" in (context.get("permissions") or ())
    if row is None or not can_pay or row.holding().standing is not Standing.GRACE:
        return None
    until: date | None = row.until()
    return until


@register.simple_tag(takes_context=True)
def project_links(context: Context) -> list[navigation.Link]:
    """Return the links beside the pages of ``project``, to those that ``permissions`` open."""
    places = [place for place in navigation.PROJECT if place.permission in context["permissions"]]
    return navigation.links(places, _path(context), name=context["project"].name)


def _path(context: Context) -> str:
    request = context.get("request")
    return request.path if request else ""
