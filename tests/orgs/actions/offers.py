"""A project offered by one organization to another."""

from orgs.actions.transfers import propose_transfer
from orgs.models import Organization, Project, ProjectTransfer
from tests.builders import a_project, an_actor, an_organization, the_owner


def offered(
    *, is_private: bool = False
) -> tuple[Organization, Organization, Project, ProjectTransfer]:
    """Return giver, receiver, project and the offer."""
    giver, receiver = an_organization(), an_organization()
    project = a_project(giver, is_private=is_private)
    transfer = propose_transfer(
        project=project, to_organization=receiver, actor=an_actor(the_owner(giver), fresh=True)
    )
    return giver, receiver, project, transfer
