"""Settling an organization, however many people it has."""

from benchmarks.timing import queries
from orgs.models import Organization
from subscriptions.standing import settle
from tests.builders import a_member, a_user, an_actor, an_organization

PEOPLE = 300


def measure() -> dict[str, str]:
    """Return the figures by name."""
    owner = a_user()
    organization = an_organization(owner=owner)
    for _ in range(PEOPLE):
        a_member(organization)

    def settled(_: int) -> None:
        settle(Organization.objects.get(pk=organization.pk).pk, actor=an_actor(owner))

    settled(0)
    return {"settle_queries_at_300_members": str(queries(settled) - 1)}
