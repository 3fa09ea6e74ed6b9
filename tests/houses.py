"""An organization with everything in it that an address or a form can name, and everybody around.

Two of them make a world for the matrices: whatever of the one is put in the place of the other's
must look like nothing at all.
"""

from dataclasses import dataclass

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.actions.tokens import make_personal_token
from accounts.mail_kinds import MailKind
from accounts.mail_preferences import unsubscribe_url
from accounts.models import User
from accounts.scopes import Scope
from community.states import State
from orgs.actions.collaborators import invite_collaborator
from orgs.actions.transfers import propose_transfer
from orgs.levels import Level
from orgs.models import Organization
from orgs.roles import Role
from tests.builders import (
    a_grant,
    a_member,
    a_project,
    a_role,
    a_service_token,
    a_team,
    a_user,
    an_actor,
    an_invitation,
    an_organization,
    signed_in,
)
from tests.community.builders import a_draft, an_application


@dataclass(frozen=True, slots=True)
class House:
    """The people of an organization, and what can be named of it; all of it says its name."""

    organization: Organization
    people: dict[str, User]
    names: dict[str, str]


def a_house(name: str) -> House:
    """Return an organization with a team, projects, offers in both directions, and people.

    Besides the roles there are a ``maintainer`` of its team, a plain ``target`` of what is done to
    people, a ``former`` member, and two from outside with a level on the project ``wheel``: a
    ``reader`` and an ``administrator``. The owner has a passkey, tokens and applications too.
    """
    people = {who: a_user(f"{who}@{name}.example", name=f"{name} {who}") for who in PEOPLE}
    house = House(an_organization(name, owner=people["owner"]), people, {"name": name})
    for who in (*Role.values[1:], "maintainer", "target"):
        role = Role(who) if who in Role.values else Role.MEMBER
        a_member(house.organization, role, user=people[who])
    _teams_and_projects(house)
    _offers(house)
    _applications(house)
    _account(house)
    return house


PEOPLE = (*Role.values, "maintainer", "target", "former", "reader", "administrator")


def _teams_and_projects(house: House) -> None:
    organization, people = house.organization, house.people
    name = organization.name
    places = {each.user_id: each for each in organization.memberships.all()}
    core = a_team(
        organization,
        f"{name}-core",
        members=[places[people["target"].pk]],
        maintainers=[places[people["maintainer"].pk]],
    )
    loft = a_team(organization, f"{name}-loft")
    wheel = a_project(organization, f"{name}-wheel", is_private=True)
    axle = a_project(organization, f"{name}-axle", is_private=True)
    a_role(wheel, people["target"])
    a_role(wheel, people["reader"])
    a_role(wheel, people["administrator"], Level.ADMINISTER)
    a_grant(wheel, core)
    house.names.update(
        team=core.name,
        loft=loft.name,
        project=wheel.name,
        axle=axle.name,
        target=str(people["target"].public_id),
        member=str(people["member"].public_id),
        manager=str(people["manager"].public_id),
        member_email=people["member"].email,
    )


def _offers(house: House) -> None:
    organization, owner = house.organization, house.people["owner"]
    name = organization.name
    wheel, axle = organization.projects.order_by("-pk")[1], organization.projects.latest("pk")
    invitation, token = an_invitation(organization, f"ida@{name}.example")
    offer = invite_collaborator(
        project=wheel, email=f"kim@{name}.example", level=Level.READ, actor=an_actor(owner)
    )
    giver = a_user(f"giver@{name}.example", name=f"{name} giver")
    coming = propose_transfer(
        project=a_project(giver, f"{name}-cart"),
        to_organization=organization,
        actor=an_actor(giver, fresh=True),
    )
    propose_transfer(project=axle, to_user=giver, actor=an_actor(owner, fresh=True))
    house.names.update(
        invitation=str(invitation.public_id),
        invitation_token=token,
        offer=str(offer.public_id),
        offer_token=offer.token,
        transfer=str(coming.public_id),
        transfer_number=str(coming.pk),
        receiver=giver.email,
    )


def _applications(house: House) -> None:
    owner = house.people["owner"]
    questioned = an_application(State.NEEDS_INFORMATION, applicant=owner)
    house.names.update(
        draft=str(a_draft(owner).public_id),
        questioned=str(questioned.public_id),
        question=str(questioned.questions.get().public_id),
        declined=str(an_application(State.DECLINED, applicant=owner).public_id),
    )


def _account(house: House) -> None:
    owner = house.people["owner"]
    token, _ = make_personal_token(
        user=owner,
        name=f"{owner} builds",
        scopes=[Scope.AUDIT_READ],
        actor=an_actor(owner, fresh=True),
    )
    robot, _ = a_service_token(house.organization, name=f"{house.organization.name} robot")
    session = UserSession.objects.create(
        user=owner,
        ip="192.0.2.7",
        user_agent="curl/8",
        session_key=signed_in(owner).session.session_key,
    )
    passkey = Authenticator.objects.create(
        user=owner,
        type=Authenticator.Type.WEBAUTHN,
        data={
            "name": f"{owner} laptop",
            "credential": {"clientExtensionResults": {"credProps": {"rk": True}}},
        },
    )
    target = house.people["target"]
    other = EmailAddress.objects.create(user=target, email=f"again.{target.email}")
    house.names.update(
        token=str(token.pk),
        robot=str(robot.public_id),
        session=str(session.pk),
        passkey=str(passkey.pk),
        confirmation=EmailConfirmationHMAC(other).key,
        unsubscribe=unsubscribe_url(owner.email, MailKind.NEWS).split("/")[-2],
    )
