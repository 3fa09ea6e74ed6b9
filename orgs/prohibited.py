"""Names that no organization may bear, each with the reason that is told.

The table is short on purpose: it stops the few names that would be taken for somebody's voice, or
that no page of this service should ever show. Whatever else is wrong with a name is for people to
judge. All comparisons are made on what the eye reads, so ``str1pe`` is ``stripe``.
"""

from dataclasses import dataclass

from orgs.names import normalized, skeleton

SPEAKS_FOR_US = "It would be taken for this service itself."
SPEAKS_FOR_PAYMENTS = "It would be taken for the company that takes the payments."
CLAIMS_A_SEAL = "Nobody here hands out such a seal, so no name may claim it."
INSULTS = "It insults people."


@dataclass(frozen=True, slots=True)
class Prohibition:
    """One word, why it is prohibited, and whether it also counts inside of other words."""

    word: str
    because: str
    inside: bool = False

    def meets(self, name: str) -> bool:
        """Whether ``name`` bears the word: as one of its parts, as a whole, or anywhere."""
        looks = skeleton(self.word)
        if self.inside:
            return looks in skeleton(name)
        parts = {skeleton(part) for part in normalized(name).split("-")}
        return looks in parts | {skeleton(name)}


PROHIBITED: tuple[Prohibition, ...] = (
    Prohibition("chapterhouse", SPEAKS_FOR_US, inside=True),
    Prohibition("stripe", SPEAKS_FOR_PAYMENTS),
    Prohibition("official", CLAIMS_A_SEAL),
    Prohibition("verified", CLAIMS_A_SEAL),
    Prohibition("nigger", INSULTS, inside=True),
    Prohibition("faggot", INSULTS, inside=True),
    Prohibition("kike", INSULTS),
)


def why_prohibited(name: str) -> str:
    """Return why nobody may bear ``name``; empty when anybody may."""
    return next((each.because for each in PROHIBITED if each.meets(name)), "")
