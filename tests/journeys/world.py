"""The world that pictures are taken of: a company in each state of its bill, what people wrote."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import requests
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from accounts.actions.tokens import make_personal_token
from accounts.mail_kinds import MailKind
from accounts.mail_preferences import unsubscribe_url
from accounts.models import StaffRole, User
from accounts.resets import objection_token
from community.actions.questions import answer_question, ask_question
from community.states import State
from kernel import clock
from kernel.actor import SYSTEM
from orgs.actions.access import grant_team
from orgs.actions.collaborators import invite_collaborator
from orgs.actions.factor_resets import ask_second_factor_reset
from orgs.actions.invitations import invite_member
from orgs.actions.members import show_myself
from orgs.actions.names import rename_organization
from orgs.actions.organizations import set_profile_visibility
from orgs.actions.projects import archive_project, register_project
from orgs.actions.second_factor import demand_second_factor
from orgs.actions.service_tokens import make_service_token
from orgs.actions.teams import add_team_member, create_team
from orgs.actions.transfers import propose_transfer
from orgs.actors import of_service_token
from orgs.events import DELETED
from orgs.levels import Level
from orgs.models import Organization
from orgs.roles import Role
from saas.development import PASSWORD
from saas.mail import written_mail
from subscriptions.actions.buyer_links import make_buyer_link
from subscriptions.actions.checkout import Choice
from subscriptions.actions.closing import begin_closing, tear_down
from subscriptions.actions.following import set_ceiling
from subscriptions.actions.founding import found_company
from subscriptions.actions.grants import give_community_grant
from subscriptions.checking_out import look_after_return, start_checkout
from tests.builders import (
    a_member,
    a_project,
    a_role,
    a_second_factor,
    a_team,
    a_user,
    an_actor,
    an_organization,
)
from tests.community.builders import an_application, reviewing
from tests.journeys.desk_world import at_the_desk
from tests.journeys.paying import fails, invoice, pays, waits
from tests.sandbox_control import the_sandbox

TEAM = [
    ("ben@northwind.example", "Ben Mwangi", Role.MANAGER),
    ("chen@northwind.example", "Chen Li", Role.MEMBER),
    ("elif@northwind.example", "Elif Faruk", Role.MEMBER),
    ("finn@northwind.example", "Finn Aaltonen", Role.BILLING_MANAGER),
]
ATLAS: dict[str, Any] = {
    "url": "https://openatlas.example",
    "description": "Maps of everywhere, drawn together and free for all.",
    "intended_use": "Publishing our map tools, which five of us look after. Today they hang on one "
    "person's account, and that person would like to go on holiday.",
    "repository_url": "https://code.example/open-atlas",
    "license_url": "https://code.example/open-atlas/license",
    "maintainers": "Kim Dahl and Ada Novak, see the commit log",
}


@dataclass
class World:
    """Who there is, and the names by which addresses of pages are made."""

    site: str
    people: dict[str, User] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


def a_world(site: str) -> World:
    """Return the world, made by the product's own actions; its clock stands months ahead."""
    world = World(site)
    people(world)
    companies(world)
    northwind(world)
    crowd(world)
    projects(world)
    applications(world)
    tokens(world)
    lives(world)
    second_factors(world)
    world.facts["mail"] = written_mail()[0]["id"]
    return world


def people(world: World) -> None:
    """Make the cast: an owner, a newcomer, an applicant, and staff with and without a factor."""
    ana = a_user("ana@northwind.example", name="Ana Ortiz", password=PASSWORD)
    kim = a_user("kim@example.org", name="Kim Dahl", password=PASSWORD)
    dana = a_user("dana@openatlas.example", name="Dana Kowalska", password=PASSWORD)
    rosa = a_user("rosa@chapterhouse.example", name="Rosa Lund", password=PASSWORD)
    sam = a_user("sam@chapterhouse.example", name="Sam Keita", password=PASSWORD)
    for each in (rosa, sam):
        each.staff_role = StaffRole.REVIEWER
        each.save(update_fields=["staff_role"])
    TOTP.activate(rosa, generate_totp_secret())
    RecoveryCodes.activate(rosa)
    world.people |= {"ana": ana, "kim": kim, "dana": dana, "rosa": rosa, "sam": sam}
    other = EmailAddress.objects.create(user=ana, email="ana@home.example")
    world.facts |= {
        "confirmation": EmailConfirmationHMAC(other).key,
        "uid": user_pk_to_url_str(kim),
        "reset": default_token_generator.make_token(kim),
    }


def companies(world: World) -> None:
    """Make a company for each state of a bill. Time passes twice, so the order counts."""
    ana = world.people["ana"]
    pays(_company(ana, "northwind", "Northwind Labs"), ana, seats=10)
    quarry = _company(ana, "old-quarry", "Old Quarry")
    pays(quarry, ana, seats=3)
    fails(quarry)
    _pass_time(world, days=46)
    mill = _company(ana, "mill-and-mortar", "Mill & Mortar")
    pays(mill, ana, seats=2)
    fails(mill)
    _pass_time(world, days=34)
    lantern = _company(ana, "lantern-press", "Lantern Press")
    pays(lantern, ana, seats=4, plan="business")
    ending = lantern.subscriptions.get().subscription_id
    the_sandbox().call("portal/cancel", subscription=ending)
    look_after_return(lantern, seconds=20)
    kites = _company(ana, "kite-works", "Kite Works")
    pays(kites, ana, seats=3, trial=True)
    herons = _company(ana, "heron-books", "Heron Books")
    pays(herons, ana, seats=2)
    waits(herons, ana)
    terns = _company(ana, "tern-and-co", "Tern & Co")
    pays(terns, ana, seats=3)
    set_ceiling(organization=terns, ceiling=8, actor=an_actor(ana))
    quills = _company(ana, "quillworks", "Quillworks")
    orders = [
        make_buyer_link(
            organization=quills, choice=Choice("team", "year", seats), actor=an_actor(ana)
        )
        for seats in (3, 5)
    ]
    world.facts |= {"order_over": orders[0].token, "order": orders[1].token}
    boats = _company(ana, "paper-boats", "Paper Boats")
    gus = a_member(boats, Role.OWNER, user=a_user("gus@boats.example", name="Gus Berg")).user
    world.facts["checkout"] = start_checkout(
        organization=boats,
        choice=Choice("team", "month", 5),
        accepts_terms=True,
        actor=an_actor(gus),
    ).url
    world.facts["paid_invoice"] = invoice("northwind")
    world.facts["open_invoice"] = invoice("mill-and-mortar")


def northwind(world: World) -> None:
    """Fill the company that pays with people, teams and invitations."""
    ana, house = world.people["ana"], Organization.objects.get(name="northwind")
    actor = an_actor(ana)
    members = [
        a_member(house, role, user=a_user(address, name=name, password=PASSWORD))
        for address, name, role in TEAM
    ]
    world.people |= {"ben": members[0].user, "chen": members[1].user}
    team = create_team(
        organization=house, name="instruments", actor=actor, description="Builds the anemometers."
    )
    create_team(organization=house, name="docs", actor=actor)
    for place in members[:2]:
        add_team_member(team=team, user=place.user, actor=actor)
    for address in ("kim@example.org", "noor@northwind.example"):
        offer = invite_member(organization=house, email=address, role=Role.MEMBER, actor=actor)
        world.facts["invitation"] = world.facts.get("invitation", offer.token)
    barometer = register_project(name="barometer", organization=house, actor=actor)
    level = invite_collaborator(
        project=barometer, email="kim@example.org", level=Level.PUBLISH, actor=actor
    )
    world.facts["collaboration"] = level.token
    to_kim = invite_member(
        organization=house, user=world.people["kim"], role=Role.MANAGER, actor=actor
    )
    world.facts["for_kim"] = to_kim.token
    world.facts |= {"chen": str(members[1].user.public_id), "ben": str(members[0].user.public_id)}


def crowd(world: World) -> None:
    """Make an organization of many, most of them in one team; its free term ends soon."""
    house = an_organization("wind-league", owner=world.people["ana"], kind="community")
    give_community_grant(
        organization=house, reason="Clubs who fly.", actor=SYSTEM, term=timedelta(days=20)
    )
    members = [
        a_member(house, user=a_user(f"member{number}@league.example", name=f"Mika Berg {number}"))
        for number in range(85)
    ]
    a_team(house, "everyone", maintainers=members[:2], members=members[2:55])
    world.facts["crowd"] = house.name


def projects(world: World) -> None:
    """Give the company projects with every way to a level, and offers in both directions."""
    ana, ben, kim = (world.people[name] for name in ("ana", "ben", "kim"))
    house, actor = Organization.objects.get(name="northwind"), an_actor(ana, fresh=True)
    made = {
        name: register_project(
            name=name, organization=house, actor=actor, is_private=is_private, description=words
        )
        for name, is_private, words in (
            ("wind-tables", False, "Tables of the wind at every height, for whoever builds masts."),
            ("gust-lab", True, "Where gusts are tried out before anybody hears of them."),
            ("anemometer", False, "The instrument itself, with its drawings."),
            ("rain-gauge", False, "Rain, measured the old way."),
        )
    }
    instruments = house.teams.get(name="instruments")
    wind, measured = made["wind-tables"], [made["anemometer"], made["gust-lab"]]
    grant_team(team=instruments, projects=[wind, *measured], level=Level.PUBLISH, actor=actor)
    a_role(wind, world.people["chen"], Level.READ)
    a_role(wind, kim, Level.READ)
    archive_project(project=made["rain-gauge"], is_archived=True, actor=actor)
    register_project(name="weather-diary", actor=actor, description="A line a day.")
    given = propose_transfer(project=made["anemometer"], actor=actor, to_user=kim)
    gift = register_project(name="tide-clock", actor=an_actor(kim), description="Tides, told.")
    taken = propose_transfer(project=gift, actor=an_actor(kim, fresh=True), to_organization=house)
    quarry = Organization.objects.get(name="old-quarry")
    a_team(quarry, "pit")
    a_role(a_project(quarry, "quarry-map"), ben, Level.PUBLISH)
    world.facts |= {"to_kim": str(given.pk), "to_northwind": str(taken.pk)}


def applications(world: World) -> None:
    """Write an application in each state, all of one applicant; one organization came of it."""
    dana, rosa = world.people["dana"], world.people["rosa"]
    mine = an_application(
        State.CLAIMED, applicant=dana, reviewer=rosa, display_name="Open Atlas Tools", **ATLAS
    )
    asked = ask_question(application=mine, text="Which license is it?", actor=reviewing(rosa))
    answer_question(question=asked, text="The MIT license.", actor=an_actor(dana))
    mine.notes.create(author=world.people["sam"], text="I know two of them; they are who they say.")
    world.facts["mine"] = str(mine.public_id)
    for state in State:
        row = an_application(
            state, reviewer=rosa, display_name=f"Open Atlas {state.label}", people=12, **ATLAS
        )
        type(row).objects.filter(pk=row.pk).update(applicant=dana)
        world.facts[state] = str(row.public_id)
        if row.organization:
            world.facts["community"] = row.organization.name
            row.organization.memberships.update(user=dana)


def tokens(world: World) -> None:
    """Make tokens of a person and of an organization, one of them made by somebody who left."""
    ana = world.people["ana"]
    scopes = ["organizations:read", "members:read"]
    token, _ = make_personal_token(
        user=ana, name="deploy script", scopes=scopes, actor=an_actor(ana, fresh=True)
    )
    world.facts["token"] = str(token.pk)
    northwind = Organization.objects.get(name="northwind")
    robot, _ = make_service_token(
        organization=northwind,
        name="release robot",
        scopes=["projects:read", "projects:publish", "teams:write"],
        actor=an_actor(ana, fresh=True),
    )
    create_team(organization=northwind, name="releases", actor=of_service_token(robot))
    robot.last_used_at = clock.wall()
    robot.created_by = world.people["kim"]
    robot.save()
    make_service_token(
        organization=northwind,
        name="log collector",
        scopes=["audit:read"],
        days=7,
        actor=an_actor(ana, fresh=True),
    )
    world.facts["robot"] = str(robot.public_id)


def lives(world: World) -> None:
    """Make organizations at the turns of a life: seen, renamed, being closed, gone, too many."""
    uma = a_user("uma@harbor.example", name="Uma Castillo", password=PASSWORD)
    vic = a_user("vic@example.org", name="Vic Laurent", password=PASSWORD)
    sol = a_user("sol@chapterhouse.example", name="Sol Amari", password=PASSWORD)
    sol.staff_role = StaffRole.SUPPORT
    sol.save(update_fields=["staff_role"])
    TOTP.activate(sol, generate_totp_secret())
    RecoveryCodes.activate(sol)
    vera = a_user("vera@chapterhouse.example", name="Vera Novak", staff_role=StaffRole.BILLING)
    a_second_factor(vera)
    world.people |= {"uma": uma, "vic": vic, "sol": sol, "vera": vera}
    world.facts |= at_the_desk(world.people["ana"], vera)
    actor = an_actor(uma, fresh=True)
    harbor = _company(uma, "harbour", "Harbor Lights")
    house = rename_organization(
        organization=harbor, name="harbor-lights", confirmation="harbour", actor=actor
    )
    for name in ("Wren Adeyemi", "Tomas Lindqvist", "Yuki Tanaka"):
        place = a_member(house, user=a_user(name=name))
        show_myself(organization=house, is_public=True, actor=an_actor(place))
    show_myself(organization=house, is_public=True, actor=actor)
    set_profile_visibility(organization=house, is_public=True, actor=actor)
    empty = _company(uma, "lighthouse", "Lighthouse")
    set_profile_visibility(organization=empty, is_public=True, actor=actor)
    tide = _company(uma, "tidewater", "Tidewater")
    begin_closing(organization=tide, confirmation="tidewater", actor=actor)
    with transaction.atomic():
        tear_down(_company(sol, "sunken", "Sunken"), why=DELETED)
    for name in ("first-try", "second-try", "third-try"):
        _company(vic, name, name.title())


def second_factors(world: World) -> None:
    """Let a company demand them, somebody have a passkey, and staff reset what was lost."""
    ivo = a_user("ivo@glassworks.example", name="Ivo Marek", password=PASSWORD)
    jo = a_user("jo@glassworks.example", name="Jo Nakamura")
    tess = a_user("tess@chapterhouse.example", name="Tess Okoro", staff_role=StaffRole.ADMIN)
    for each in (ivo, jo, tess):
        a_second_factor(each)
    passkey = Authenticator.objects.create(
        user=ivo,
        type=Authenticator.Type.WEBAUTHN,
        data={
            "name": "Work laptop",
            "credential": {"clientExtensionResults": {"credProps": {"rk": True}}},
        },
    )
    house = _company(ivo, "glassworks", "Glassworks")
    a_member(house, user=jo)
    a_member(house, user=world.people["chen"])
    demand_second_factor(organization=house, demand=True, actor=an_actor(ivo))
    reset = ask_second_factor_reset(
        user=jo,
        reason="Answered from their address, and knew who invited them.",
        actor=replace(an_actor(tess), staff_role=StaffRole.ADMIN),
    )
    world.people |= {"ivo": ivo, "tess": tess}
    world.facts |= {
        "passkey": str(passkey.pk),
        "ivo": str(ivo.public_id),
        "jo": str(jo.public_id),
        "objection": objection_token(reset),
        "unsubscribe": unsubscribe_url("ana@northwind.example", MailKind.NEWS).split("/")[-2],
    }


def _company(owner: User, name: str, display_name: str) -> Organization:
    return found_company(
        name=name,
        display_name=display_name,
        owner=owner,
        actor=an_actor(owner),
        url=f"https://{name}.example",
        description="Instruments for people who measure the wind.",
    )


def _pass_time(world: World, *, days: int) -> None:
    the_sandbox().advance(days=days)
    requests.post(f"{world.site}/dev/clock", timeout=60).raise_for_status()
