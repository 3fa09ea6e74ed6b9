"""The log of one project."""

import pytest

from orgs.actions.access import set_project_role
from orgs.actions.projects import describe_project, register_project
from orgs.actions.transfers import accept_transfer, propose_transfer
from orgs.levels import Level
from tests.builders import a_member, a_user, an_actor, an_organization, signed_in, the_owner

pytestmark = pytest.mark.django_db


def test_those_who_administer_read_what_happened_and_nobody_else() -> None:
    """Red without ``require`` in ``orgs.web.project_log.log``."""
    organization = an_organization("guild")
    owner, member = the_owner(organization), a_member(organization)
    project = register_project(name="wheel", organization=organization, actor=an_actor(owner))
    set_project_role(project=project, user=member.user, level=Level.READ, actor=an_actor(owner))

    page = signed_in(owner).get("/projects/wheel/log/").content.decode()

    assert "registered the public project wheel" in page
    assert "changed the level of" in page
    assert signed_in(member).get("/projects/wheel/log/").status_code == 403


def test_a_new_owner_does_not_read_what_happened_under_the_old_one() -> None:
    """Red without ``organization_id`` in ``audit.queries.project_log``."""
    giver, receiver = an_organization(), an_organization()
    owner = an_actor(the_owner(giver), fresh=True)
    project = register_project(name="wheel", organization=giver, actor=owner)
    describe_project(project=project, description="Our secret plan.", actor=owner)
    transfer = propose_transfer(project=project, to_organization=receiver, actor=owner)
    accept_transfer(transfer=transfer, actor=an_actor(the_owner(receiver)))

    page = signed_in(the_owner(receiver)).get("/projects/wheel/log/").content.decode()

    assert "secret plan" not in page
    assert signed_in(a_user()).get("/projects/wheel/log/").status_code == 403
