"""The links of the header, the account pages and an organization's pages.

A link names a route; one whose route is not installed is left out, so a layout never breaks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Place:
    """A page worth a link: its words, its icon and its route."""

    label: str
    icon: str
    route: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A place with its address; ``current`` is *page*, *true* (above the page) or empty."""

    label: str
    icon: str
    url: str
    current: str


HEADER = (
    Place("Organizations", "building", "orgs:list"),
    Place("Projects", "package", "orgs:projects"),
    Place("Applications", "gift", "community:list"),
)
VISITOR = (Place("Apply for a free organization", "gift", "community:apply"),)
STAFF = Place("Staff", "shield-check", "staff:home")
NAMES = Place("Names", "id", "orgs:staff_names")
"""The desk where names are released."""
DESK = Place("Desk", "building", "desk:organizations")
"""The desk for organizations and their money."""
STAFF_PEOPLE = Place("People", "users", "staff_people:people")

FOOTER = (
    Place("Plans and prices", "credit-card", "subscriptions:plans"),
    Place("Guide", "help-circle", "guide"),
    Place("API reference", "file-text", "api:openapi-view"),
)

ACCOUNT = (
    Place("Profile", "user", "accounts:profile"),
    Place("Email addresses", "mail", "account_email"),
    Place("Password", "lock", "account_change_password"),
    Place("Second factor", "shield-lock", "mfa_index"),
    Place("Devices", "device-mobile", "accounts:devices"),
    Place("Mail", "mail-forward", "accounts:notifications"),
    Place("Tokens", "key", "accounts:tokens"),
    Place("Your log", "history", "orgs:account_log"),
    Place("Your data", "download", "people:data"),
    Place("Sign out", "logout", "account_logout"),
)

ORGANIZATION = (
    Place("Overview", "layout-dashboard", "orgs:overview", "organization:read"),
    Place("People", "users", "orgs:people", "members:read"),
    Place("Teams", "sitemap", "orgs:teams", "teams:read"),
    Place("Projects", "package", "orgs:organization_projects", "organization:read"),
    Place("Billing", "credit-card", "subscriptions:billing", "billing:read"),
    Place("Audit log", "history", "orgs:audit", "audit:read"),
    Place("Tokens", "key", "orgs:tokens", "tokens:read"),
    Place("Settings", "settings", "orgs:settings", "organization:update"),
)

PROJECT = (
    Place("About", "package", "orgs:project", "projects:read"),
    Place("Who may do what", "users", "orgs:project_access", "projects:read_access"),
    Place("Log", "history", "orgs:project_log", "projects:read_access"),
    Place("Settings", "settings", "orgs:project_settings", "projects:update"),
    Place("Move", "arrow-right", "orgs:transfer", "projects:transfer_out"),
)


def links(places: Iterable[Place], path: str, **arguments: str) -> list[Link]:
    """Return the links that can be made; the deepest one at or above ``path`` is current."""
    found = list(_made(places, arguments))
    above = [url for _, url in found if path.startswith(url)]
    nearest = max(above, key=len, default="")
    return [
        Link(place.label, place.icon, url, _current(url, path) if url == nearest else "")
        for place, url in found
    ]


def _made(places: Iterable[Place], arguments: dict[str, str]) -> Iterator[tuple[Place, str]]:
    for place in places:
        try:
            yield place, reverse(place.route, kwargs=arguments or None)
        except NoReverseMatch:
            continue


def _current(url: str, path: str) -> str:
    return "page" if url == path else "true"
