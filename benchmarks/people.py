"""The page of people, of an organization of ten and of one of ten thousand."""

from benchmarks.timing import alternated, queries
from orgs.models import Organization
from orgs.people import Sought, people_page

SMALL, CROWDED = 2, 3
"""Where ``benchmarks.facts`` puts them."""
PAIRS = 60


class Looking:
    """Looks at the people of one organization, as its owner, from the start or from the middle."""

    def __init__(self, pk: int) -> None:
        self._organization = Organization.objects.get(pk=pk)

    def __call__(self, _: int) -> object:
        """Read one page."""
        return people_page(self._organization, Sought(), size=10)


def measure() -> dict[str, str]:
    """Return the figures by name."""
    ten, ten_thousand = Looking(SMALL), Looking(CROWDED)
    return {
        "people_page_queries_10": str(queries(ten)),
        "people_page_queries_10k": str(queries(ten_thousand)),
        "people_page_10k_vs_10": f"{alternated(ten_thousand, ten, pairs=PAIRS):.2f}",
    }
