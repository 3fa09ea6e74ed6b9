"""A line of the web's matrix: one address, and how each of its visitors is answered.

Whoever is not named in an answer is not asked: pages about one's own account look alike to all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SIGN_IN, AGAIN, DONE = "led to the sign-in", "asked to sign in again", "led on"
Answer = int | str
Answers = Mapping[str, Answer]

MEMBERS = ("owner", "manager", "billing_manager", "member")
OUTSIDERS = ("stranger", "former", "foreign_owner", "reviewing")
NOBODY = "nobody"
"""Whoever is not signed in."""
STALE = "stale_owner"
"""The owner, signed in a while ago."""


@dataclass(frozen=True, slots=True)
class Row:
    """How an address answers; ``None`` where it does not take the method, which is 405.

    What stands in braces in ``path``, ``query`` and ``body`` is named in the world. ``is_open``
    pages need no sign-in.
    """

    route: str
    path: Mapping[str, str] = field(default_factory=dict)
    get: Answers | None = None
    post: Answers | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    is_open: bool = False

    def answers(self, method: str) -> Answers:
        """Return who is answered how when they ask by ``method``."""
        answers = self.get if method == "GET" else self.post
        if answers is not None:
            return answers
        return {NOBODY: 405 if self.is_open else SIGN_IN, "owner": 405}


def by_role(
    owner: Answer,
    manager: Answer,
    billing_manager: Answer,
    member: Answer,
    *,
    outside: Answer = 404,
    **others: Answer,
) -> Answers:
    """Answer by role; a team's maintainer is a member, and all others find nothing."""
    return {
        NOBODY: SIGN_IN,
        **dict.fromkeys((*OUTSIDERS, "reader"), outside),
        **dict(zip(MEMBERS, (owner, manager, billing_manager, member), strict=True)),
        "maintainer": member,
        **others,
    }


def by_level(
    administer: Answer, read: Answer, *, outside: Answer = 404, **others: Answer
) -> Answers:
    """Answer by level on a private project; members have none by themselves."""
    return {
        NOBODY: SIGN_IN,
        **dict.fromkeys((*OUTSIDERS, *MEMBERS), outside),
        "maintainer": read,  # the team has it
        "owner": administer,
        "administrator": administer,
        "reader": read,
        **others,
    }


def by_staff(
    reviewing: Answer,
    supporting: Answer,
    accounting: Answer = 403,
    *,
    reviewer: Answer = 403,
    **others: Answer,
) -> Answers:
    """Answer staff; to all others nothing is there. ``reviewer`` used no second factor."""
    everybody_else = ("stranger", "foreign_owner", "owner", "member")
    return {
        NOBODY: SIGN_IN,
        **dict.fromkeys(everybody_else, 404),
        "reviewer": reviewer,
        "reviewing": reviewing,
        "supporting": supporting,
        "accounting": accounting,
        **others,
    }


def anybody(answer: Answer, *, nobody: Answer = SIGN_IN, **others: Answer) -> Answers:
    """Answer everybody who is signed in alike."""
    return {NOBODY: nobody, "stranger": answer, "owner": answer, **others}


def whose(answer: Answer, **others: Answer) -> Answers:
    """Answer the owner about what is theirs alone; all others find nothing."""
    return {
        **dict.fromkeys((*OUTSIDERS, *MEMBERS), 404),
        NOBODY: SIGN_IN,
        "owner": answer,
        **others,
    }
