"""What tests begin with, each made in one line: ``an_organization(seats=1)``.

Builders write rows as the use cases would leave them. They ask no policy, so that a test can begin
in a state that took a year to come about.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client, RequestFactory

from accounts import actors
from accounts.models import User
from accounts.tokens import make_token
from audit import outbox
from kernel import clock
from kernel.actor import Actor
from orgs.actions.invitations import LIFE
from orgs.actions.organizations import create_organization
from orgs.entitlements import UNLIMITED, Entitlements, Feature, Limit, Phase, Standing
from orgs.levels import Level
from orgs.models import (
    Invitation,
    Membership,
    Organization,
    Project,
    ProjectRole,
    ServiceToken,
    Team,
    TeamGrant,
    TeamMembership,
)
from orgs.names import normalized
from orgs.private_projects import recount_private_projects
from orgs.roles import SEAT_ROLES, Role
from orgs.seats import recount
from orgs.service_scopes import ServiceScope

PASSWORD = "correct horse battery"
GROWING = frozenset({Standing.ACTIVE, Standing.GRACE})
_numbers = count(1)


def a_user(email: str = "", *, name: str = "", password: str = "", staff_role: str = "") -> User:
    """Return a person with a verified address; ``signed_in`` needs no ``password``."""
    number = next(_numbers)
    email = email or f"person{number}@example.org"
    user = User.objects.create_user(
        email, password or None, name=name or f"Person {number}", staff_role=staff_role
    )
    EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
    return user


def an_actor(user: User | Membership, *, fresh: bool = False) -> Actor:
    """Return a person acting for themselves; ``fresh`` has just signed in."""
    return actors.person(user.user if isinstance(user, Membership) else user, fresh=fresh)


def signed_in(user: User | Membership, *, fresh: bool = False) -> Client:
    """Return a browser in which a person is signed in; ``fresh`` has just given a password."""
    client = Client()
    person = user.user if isinstance(user, Membership) else user
    client.force_login(person)
    if fresh:
        request = RequestFactory().get("/")
        session = client.session
        request.user, request.session = person, session
        record_authentication(request, person, method="password")
        session.save()
    return client


def an_organization(
    name: str = "",
    *,
    owner: User | None = None,
    kind: str = "company",
    seats: int | None = None,
    standing: str = Standing.ACTIVE,
    features: Iterable[Feature] = tuple(Feature),
    private_projects: int | None = None,
) -> Organization:
    """Return an organization with an owner and its settled entitlements; ``None`` is no limit."""
    owner = owner or a_user()
    name = name or f"guild-{next(_numbers)}"
    organization = create_organization(
        name=name, display_name=name.title(), kind=kind, owner=owner, actor=an_actor(owner)
    )
    entitle(
        organization,
        a_phase(standing, seats=seats, features=features, private_projects=private_projects),
    )
    return organization


def a_phase(
    standing: str = Standing.ACTIVE,
    *,
    since: datetime | None = None,
    seats: int | None = None,
    features: Iterable[Feature] = tuple(Feature),
    private_projects: int | None = None,
    may_raise_bill: bool = True,
) -> Phase:
    """Return what holds from ``since``; a standing that does not grow opens nothing."""
    holds = Standing(standing) in GROWING
    limits = {
        Limit.SEATS: UNLIMITED if seats is None else seats,
        Limit.PRIVATE_PROJECTS: UNLIMITED if private_projects is None else private_projects,
    }
    return Phase(
        since=since or clock.now(),
        standing=Standing(standing),
        features=frozenset(features) if holds else frozenset(),
        limits=limits if holds else {},
        may_publish=holds,
        may_raise_bill=may_raise_bill,
    )


def entitle(organization: Organization, *phases: Phase) -> Entitlements:
    """Write the row of entitlements as settling does: the phases, the earliest first."""
    now = clock.now()
    following = [phase.since for phase in phases if phase.since > now]
    row, _ = Entitlements.objects.update_or_create(
        organization=organization,
        defaults={
            "phases": [phase.to_json() for phase in phases],
            "settled_at": now,
            "next_at": min(following, default=None),
        },
    )
    return row


def a_member(
    organization: Organization, role: str = Role.MEMBER, *, user: User | None = None
) -> Membership:
    """Return somebody's place in an organization; the seat is counted and not asked for."""
    membership = organization.memberships.create(user=user or a_user(), role=role)
    if user is not None:
        recount(organization)
    elif role in SEAT_ROLES:  # somebody new takes no seat elsewhere in it
        organization.seats_taken += 1
        organization.save(update_fields=["seats_taken"])
        organization.seats.create(user=membership.user, number=1, is_taken=True)
    return membership


def the_owner(organization: Organization) -> Membership:
    """Return the first owner."""
    return organization.memberships.owners().select_related("user").order_by("pk")[0]


def an_invitation(
    organization: Organization, email: str = "", *, role: str = Role.MEMBER, by: User | None = None
) -> tuple[Invitation, str]:
    """Return an open invitation, and the token of its link."""
    invitation = Invitation(
        organization=organization,
        email=email or f"invited{next(_numbers)}@example.org",
        role=role,
        invited_by=by or the_owner(organization).user,
        expires_at=clock.now() + LIFE,
    )
    invitation.renew_token()
    invitation.save()
    return invitation, invitation.token


def a_project(
    owner: User | Organization | None = None,
    name: str = "",
    *,
    by: User | Membership | None = None,
    is_private: bool = False,
) -> Project:
    """Return a project of a person or an organization; its counters are true afterwards."""
    name = name or f"wheel-{next(_numbers)}"
    organization = owner if isinstance(owner, Organization) else None
    person = None if isinstance(owner, Organization) else owner or a_user()
    creator = by.user if isinstance(by, Membership) else by
    creator = creator or person or the_owner(organization or an_organization()).user
    project = Project.objects.create(
        name=name,
        normalized_name=normalized(name),
        organization=organization,
        owner=person,
        created_by=creator,
        is_private=is_private,
    )
    if organization is not None:
        recount_private_projects(organization)
    return project


def a_role(project: Project, user: User | Membership, level: Level = Level.READ) -> ProjectRole:
    """Return somebody's own level on a project; the seat of an outsider is counted."""
    role = project.roles.create(
        user=user.user if isinstance(user, Membership) else user, level=level
    )
    if project.organization is not None:
        recount(project.organization)
    return role


def a_grant(project: Project, team: Team, level: Level = Level.READ) -> TeamGrant:
    """Return a team's level on a project of its organization."""
    return project.team_grants.create(organization_id=team.organization_id, team=team, level=level)


def a_team(
    organization: Organization,
    name: str = "",
    *,
    members: Iterable[Membership] = (),
    maintainers: Iterable[Membership] = (),
) -> Team:
    """Return a team with its people."""
    name = name or f"team-{next(_numbers)}"
    team = organization.teams.create(name=name, normalized_name=normalized(name))
    for people, is_maintainer in ((members, False), (maintainers, True)):
        for membership in people:
            TeamMembership.objects.create(
                organization=organization,
                team=team,
                membership=membership,
                is_maintainer=is_maintainer,
            )
    return team


def a_service_token(
    organization: Organization, *scopes: str, name: str = "robot"
) -> tuple[ServiceToken, str]:
    """Return a live token of an organization and its text; with every scope unless some are
    named.
    """
    fresh, now = make_token(ServiceToken.PREFIX), clock.wall()
    token = organization.service_tokens.create(
        name=name,
        digest=fresh.digest,
        hint=fresh.hint,
        scopes=list(scopes or ServiceScope.values),
        created_by=the_owner(organization).user,
        created_at=now,
        expires_at=now + timedelta(days=90),
    )
    return token, fresh.text


def deliver_all() -> int:
    """Let every listener hear what it has not; returns how many deliveries were tried."""
    tried = 0
    while heard := outbox.sweep():
        tried += heard
    return tried


def a_second_factor(user: User | Membership) -> None:
    """Set up an authenticator app, as its page does."""
    TOTP.activate(user.user if isinstance(user, Membership) else user, generate_totp_secret())
