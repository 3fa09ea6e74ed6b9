"""People and organizations that a development stack begins with. Twice is once."""

from dataclasses import dataclass

import requests
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings

from accounts import actors
from accounts.actors import has_second_factor
from accounts.models import StaffRole, User
from orgs.actions.teams import create_team
from orgs.models import Membership, Organization
from orgs.roles import Role
from orgs.seats import recount
from saas.development import (
    ACCOUNTANT,
    EVERYTHING,
    FOUNDER,
    MAINTAINER,
    MEMBER,
    OWNER,
    PASSWORD,
    REVIEWER,
)
from saas.seeding_states import States
from subscriptions.actions.checkout import Choice
from subscriptions.actions.founding import found_company
from subscriptions.checking_out import look_after_return, start_checkout

CARD = "4242424242424242"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody to sign in as, and why one would."""

    email: str
    about: str


def seed() -> list[SignIn]:
    """Make what is missing of the seeded world; returns who can sign in."""
    if not settings.DEBUG or not settings.USES_SANDBOX:
        raise RuntimeError("Seeding gives everybody the same password: development only.")
    ana = _person(OWNER, "Ana Ortiz")
    ben = _person(MEMBER, "Ben Mwangi")
    chen = _person(FOUNDER, "Chen Li")
    _person(MAINTAINER, "Dana Kowalska")
    _staff(REVIEWER, "Rosa Lund", StaffRole.REVIEWER)
    _staff(ACCOUNTANT, "Vera Novak", StaffRole.BILLING)
    _paid_company(ana, ben)
    _unpaid_company(chen)
    return [
        SignIn(OWNER, "owns Northwind Labs, a company that pays"),
        SignIn(MEMBER, "a member there"),
        SignIn(FOUNDER, "owns Quillworks, a company that has not paid yet"),
        SignIn(MAINTAINER, "has no organization yet, and may apply for a free one"),
        SignIn(REVIEWER, "reviews applications; asked for a second factor"),
        SignIn(ACCOUNTANT, "sees to the money of organizations, at the desk; asked for one too"),
    ]


def seed_states() -> list[SignIn]:
    """Make one organization in every billing state, all of one owner; returns who can sign in."""
    people = seed()
    owner = _person(EVERYTHING, "Ursel Vogt")
    names = States(owner, _staff(ACCOUNTANT, "Vera Novak", StaffRole.BILLING)).make()
    return [*people, SignIn(EVERYTHING, f"owns {len(names)}, one in every billing state")]


def _staff(email: str, name: str, role: str) -> User:
    user = _person(email, name, staff_role=role)
    if not has_second_factor(user):
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
    return user


def _person(email: str, name: str, staff_role: str = "") -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, staff_role=staff_role)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _paid_company(owner: User, member: User) -> None:
    organization = Organization.objects.filter(name="northwind").first()
    actor = actors.person(owner)
    if organization is None:
        organization = found_company(
            name="northwind",
            display_name="Northwind Labs",
            owner=owner,
            actor=actor,
            url="https://northwind.example",
            description="Instruments for people who measure the wind.",
        )
    if not organization.subscriptions.exists():
        attempt = start_checkout(
            organization=organization,
            choice=Choice("team", "month", 10),
            accepts_terms=True,
            actor=actor,
        )
        body = {"session": attempt.session_id, "card": CARD}
        requests.post(
            f"{settings.SANDBOX_URL}/_sandbox/pay", json=body, timeout=60
        ).raise_for_status()
        look_after_return(organization, seconds=20)
    if not Membership.objects.filter(organization=organization, user=member).exists():
        organization.memberships.create(user=member, role=Role.MEMBER)
        recount(organization)
    if not organization.teams.exists():
        create_team(
            organization=organization, name="instruments", actor=actor, description="Anemometers"
        )


def _unpaid_company(owner: User) -> None:
    if not Organization.objects.filter(name="quillworks").exists():
        found_company(
            name="quillworks", display_name="Quillworks", owner=owner, actor=actors.person(owner)
        )
