"""Settling an organization, however many people it has."""

from benchmarks.timing import queries
from orgs.models import Organization
from subscriptions.standing import settle
from tests.builders import a_member, a_user, an_actor, an_organization

FEW, MANY = 10, 300


def measure() -> dict[str, str]:
    """Return the figures by name."""
    return {f"settle_queries_{people}": str(_queries_at(people)) for people in (FEW, MANY)}


def _queries_at(people: int) -> int:
    owner = a_user()
    organization = an_organization(owner=owner)
    for _ in range(people):
        a_member(organization)

    def settled(_: int) -> None:
        settle(Organization.objects.get(pk=organization.pk).pk, actor=an_actor(owner))

    settled(0)
    return queries(settled) - 1
