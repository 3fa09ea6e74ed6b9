"""Names of organizations and teams: how they look, and when two are the same."""

import re
import unicodedata

from confusable_homoglyphs import confusables

NAME_PATTERN = r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,48}[A-Za-z0-9])$"
NAME_RULE = (
    "Use 2 to 50 letters, digits, dots, hyphens or underscores,"
    " starting and ending with a letter or digit."
)
_SEPARATORS = re.compile(r"[._-]+")
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})

RESERVED = frozenset(
    [
        "about",
        "account",
        "accounts",
        "admin",
        "api",
        "apply",
        "applications",
        "assets",
        "auth",
        "billing",
        "blog",
        "chapterhouse",
        "checkout",
        "community",
        "contact",
        "dev",
        "docs",
        "download",
        "help",
        "home",
        "host",
        "hosts",
        "invitations",
        "invite",
        "legal",
        "login",
        "logout",
        "mail",
        "me",
        "metrics",
        "new",
        "news",
        "null",
        "org",
        "organization",
        "organizations",
        "orgs",
        "owner",
        "owners",
        "portal",
        "pricing",
        "privacy",
        "project",
        "projects",
        "public",
        "readyz",
        "healthz",
        "return",
        "root",
        "search",
        "security",
        "settings",
        "sign-in",
        "sign-up",
        "signin",
        "signup",
        "staff",
        "static",
        "status",
        "support",
        "system",
        "team",
        "teams",
        "terms",
        "undefined",
        "user",
        "users",
        "webhooks",
        "www",
    ]
)
"""Names that addresses of this service use, or that would pass for the service itself."""


def is_well_formed(name: str) -> bool:
    """Whether ``name`` keeps the rule for names."""
    return re.fullmatch(NAME_PATTERN, name) is not None


def normalized(name: str) -> str:
    """Return the form in which names are compared: lower case, runs of ``.``, ``_``, ``-`` as one
    ``-``.
    """
    return _SEPARATORS.sub("-", name).lower()


def skeleton(name: str) -> str:
    """Return what the eye reads: look-alikes folded together, separators dropped."""
    folded = unicodedata.normalize("NFKC", name).lower()
    plain = "".join(_latin(letter) for letter in folded)
    return _SEPARATORS.sub("", plain).translate(_ALIKE)


def _latin(letter: str) -> str:
    """Return the Latin letter that ``letter`` passes for, or itself."""
    if letter.isascii():
        return letter
    found = confusables.is_confusable(letter, preferred_aliases=["latin"])
    for glyph in found[0]["homoglyphs"] if found else []:
        if glyph["c"].isascii():
            return str(glyph["c"]).lower()
    return letter
