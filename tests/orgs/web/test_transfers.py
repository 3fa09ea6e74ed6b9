"""The pages on which a project moves: the side that gives, and the side that receives."""

from datetime import timedelta

import pytest
from django.test import Client

from kernel import clock
from orgs.actions.transfers import propose_transfer
from orgs.levels import Level
from orgs.models import Organization, Project, ProjectTransfer
from orgs.roles import Role
from tests.builders import (
    PASSWORD,
    a_grant,
    a_member,
    a_phase,
    a_project,
    a_role,
    a_team,
    a_user,
    an_actor,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db
HERE = "/projects/wheel/transfer/"


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme", owner=a_user("ada@example.org", name="Ada", password=PASSWORD))


@pytest.fixture
def wheel(acme: Organization) -> Project:
    return a_project(acme, "wheel")


def freshly(email: str) -> Client:
    """Return a browser in which somebody has just signed in with their password."""
    client = Client()
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    return client


@pytest.fixture
def owner(acme: Organization) -> Client:
    return freshly("ada@example.org")


def page_of(client: Client, address: str = HERE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def an_offer(project: Project, **to: object) -> ProjectTransfer:
    giver = project.owner or the_owner(project.organization).user  # type: ignore[arg-type]  # it has one
    return propose_transfer(project=project, actor=an_actor(giver, fresh=True), **to)  # type: ignore[arg-type]  # one receiver


def test_moving_needs_a_fresh_sign_in_and_comes_back(acme: Organization, wheel: Project) -> None:
    stale = signed_in(the_owner(acme))

    for answer in (stale.get(HERE), stale.post(HERE, {"receiver": "x"}, HTTP_REFERER=HERE)):
        assert answer["Location"].startswith("/account/reauthenticate/?next=")


def test_it_is_offered_to_an_organization_by_any_of_its_names(
    wheel: Project, owner: Client
) -> None:
    receiver = an_organization("Guild_House")

    answer = owner.post(HERE, {"receiver": " guild-house ", "confirmation": "wheel"}, follow=True)

    assert "is on offer" in answer.content.decode()
    assert ProjectTransfer.objects.get().to_organization == receiver
    assert "Cancel the offer" in page_of(owner)
    assert "This project is on offer" in page_of(owner, "/projects/wheel/")


def test_it_is_offered_to_a_person_by_their_proven_address(wheel: Project, owner: Client) -> None:
    grace = a_user("grace@example.org")

    owner.post(HERE, {"receiver": "Grace@Example.org", "confirmation": "wheel"})

    assert ProjectTransfer.objects.get().to_user == grace


def test_unknown_receivers_are_answered_alike(wheel: Project, owner: Client) -> None:
    """Red without ``live()`` and ``is_active`` in ``orgs.transfer_queries``."""
    gone = an_organization("gone")
    Organization.objects.filter(pk=gone.pk).update(state="closed")
    inactive = a_user("off@example.org")
    inactive.is_active = False
    inactive.save()

    said = set()
    for unknown in ("nothing-here", "gone", "off@example.org", "nobody@example.org", "ä", "%"):
        answer = owner.post(HERE, {"receiver": unknown, "confirmation": "wheel"})
        assert answer.status_code == 422
        said.add(str(answer.context["form"].errors))
    assert len(said) == 1
    assert not ProjectTransfer.objects.exists()


def test_a_name_that_was_released_leads_to_who_has_it_now(wheel: Project, owner: Client) -> None:
    """Red without ``named`` in ``orgs.transfer_queries.receiver_called``."""
    before = an_organization("before")
    name = before.names.create(name="hub", normalized_name="hub", skeleton="hub")
    name.release("given up")
    offer = {"receiver": "hub", "confirmation": "wheel"}

    assert owner.post(HERE, offer).status_code == 422
    now = an_organization("hub")
    owner.post(HERE, offer)

    assert ProjectTransfer.objects.get().to_organization == now


@pytest.mark.parametrize("confirmation", ["", "Wheel", "wheels"])
def test_an_offer_is_confirmed_by_typing_the_name(
    wheel: Project, owner: Client, confirmation: str
) -> None:
    an_organization("guild")

    answer = owner.post(HERE, {"receiver": "guild", "confirmation": confirmation})

    assert answer.status_code == 422
    assert 'value="guild"' in answer.content.decode()
    assert not ProjectTransfer.objects.exists()


def test_offering_to_whom_it_belongs_or_twice_is_told_in_place(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    an_organization("guild")

    own = owner.post(HERE, {"receiver": "acme", "confirmation": "wheel"})
    assert own.status_code == 422
    assert "belongs to them already" in own.content.decode()

    owner.post(HERE, {"receiver": "guild", "confirmation": "wheel"})
    again = owner.post(HERE, {"receiver": "guild", "confirmation": "wheel"})
    assert again.status_code == 422
    assert ProjectTransfer.objects.count() == 1


def test_the_giving_side_sees_whose_levels_end_and_not_who_gains(
    acme: Organization, wheel: Project, owner: Client
) -> None:
    member = a_member(acme)
    a_grant(wheel, a_team(acme, "core", members=[member]))
    a_role(wheel, a_user("out@example.org"), Level.PUBLISH)
    guild = an_organization("guild", owner=a_user("grace@example.org"))
    an_offer(wheel, to_organization=guild)

    page = page_of(owner)

    for words in ("owner of acme", "team core grants it", "out@example.org", member.user.email):
        assert words in page
    assert "grace@example.org" not in page


def test_the_receiving_side_sees_who_gains_and_only_how_many_lose(
    acme: Organization, wheel: Project
) -> None:
    """Red with ``named=True`` in ``answer_transfer.html``."""
    a_role(wheel, a_user("out@example.org"))
    grace = a_user("grace@example.org")
    guild = an_organization("guild", owner=grace)
    Organization.objects.filter(pk=guild.pk).update(base_level=Level.READ)
    transfer = an_offer(wheel, to_organization=guild)

    page = page_of(signed_in(grace), f"/transfers/{transfer.pk}/")

    assert "grace@example.org" in page
    assert "2 people have" in page
    assert "out@example.org" not in page
    assert "Every member who takes a seat: read" in page
    manager = page_of(signed_in(a_member(guild, Role.MANAGER)), f"/transfers/{transfer.pk}/")
    assert "You: administer, as the manager who takes it over" in manager


def test_an_offer_exists_for_the_receiving_side_alone(acme: Organization, wheel: Project) -> None:
    """Red without ``_offer_to``."""
    guild = an_organization("guild")
    address = f"/transfers/{an_offer(wheel, to_organization=guild).pk}/"

    for who, status in (
        (the_owner(acme), 404),
        (a_user(), 404),
        (a_member(guild), 403),
        (a_member(guild, Role.BILLING_MANAGER), 403),
    ):
        for answer in (
            signed_in(who).get(address),
            signed_in(who).post(address, {"answer": "accept"}),
            signed_in(who).post(address, {"answer": "decline"}),
        ):
            assert answer.status_code == status
    mine = an_offer(a_project(a_user()), to_user=a_user()).pk
    assert signed_in(a_user()).get(f"/transfers/{mine}/").status_code == 404
    assert signed_in(a_user()).get(f"/transfers/{10**30}/").status_code == 404
    assert Client().get(address)["Location"].startswith("/account/login/")


def test_a_manager_accepts_and_is_led_to_the_project(acme: Organization) -> None:
    secret = a_project(acme, "secret", is_private=True)
    guild = an_organization("guild")
    transfer = an_offer(secret, to_organization=guild)
    manager = signed_in(a_member(guild, Role.MANAGER))

    answer = manager.post(f"/transfers/{transfer.pk}/", {"answer": "accept"}, follow=True)

    assert answer.redirect_chain == [("/projects/secret/", 302)]
    assert "Administer" in answer.content.decode()
    assert Project.objects.get().organization == guild


def test_a_person_declines_and_nothing_moves(acme: Organization, wheel: Project) -> None:
    grace = a_user()
    transfer = an_offer(wheel, to_user=grace)
    browser = signed_in(grace)

    assert browser.post(f"/transfers/{transfer.pk}/", {"answer": "maybe"}).status_code == 302
    answer = browser.post(f"/transfers/{transfer.pk}/", {"answer": "decline"})

    assert answer["Location"] == "/projects/"
    assert Project.objects.get().organization == acme
    assert browser.get(f"/transfers/{transfer.pk}/").status_code == 409
    assert browser.post(f"/transfers/{transfer.pk}/", {"answer": "accept"}).status_code == 409


def test_a_lapsed_offer_is_told_and_moves_nothing(acme: Organization, wheel: Project) -> None:
    grace = a_user()
    transfer = an_offer(wheel, to_user=grace)
    ProjectTransfer.objects.update(expires_at=clock.now() - timedelta(seconds=1))

    answer = signed_in(grace).get(f"/transfers/{transfer.pk}/")

    assert answer.status_code == 409
    assert "transfer_over" in answer.content.decode()


def test_what_keeps_a_receiver_from_accepting_stands_in_place_of_the_button(
    acme: Organization,
) -> None:
    guild = an_organization("guild")
    transfer = an_offer(a_project(acme, is_private=True), to_organization=guild)
    browser, address = signed_in(the_owner(guild)), f"/transfers/{transfer.pk}/"
    assert "Accept the project" in page_of(browser, address)

    for phase, reason in (
        (a_phase(private_projects=0), "limit_reached"),
        (a_phase("restricted"), "standing_restricted"),
    ):
        entitle(guild, phase)
        page = page_of(browser, address)
        assert reason in page
        assert "Accept the project" not in page
        assert "Decline" in page
    assert browser.post(address, {"answer": "accept"}).status_code == 402
    assert browser.post(address, {"answer": "decline"}).status_code == 302


def test_an_offer_is_canceled(wheel: Project, owner: Client) -> None:
    an_offer(wheel, to_user=a_user())

    owner.post(f"{HERE}cancel/")

    assert ProjectTransfer.objects.get().state == "canceled"
    assert owner.post(f"{HERE}cancel/").status_code == 409


def test_who_may_not_cancel_does_not_learn_whether_there_is_an_offer(
    acme: Organization, wheel: Project
) -> None:
    """Red without ``require`` in ``orgs.web.transfers.cancel``."""
    manager = signed_in(a_member(acme, Role.MANAGER))
    without = manager.post(f"{HERE}cancel/")
    an_offer(wheel, to_user=a_user())

    assert without.status_code == manager.post(f"{HERE}cancel/").status_code == 403


def test_ones_own_project_is_brought_in_and_taken_out_again(acme: Organization) -> None:
    ada = the_owner(acme).user
    a_project(ada, "wheel")
    browser = freshly(ada.email)
    assert "Bring it into Acme" in page_of(browser)
    preview = page_of(browser, f"{HERE}move/?to=acme")
    assert "owner of the project" in preview
    assert "Administers it afterwards too" in preview

    wrong = browser.post(f"{HERE}move/?to=acme", {"confirmation": "no"})
    assert wrong.status_code == 422
    browser.post(f"{HERE}move/?to=acme", {"confirmation": "wheel"})
    assert Project.objects.get().organization == acme

    assert "Take it out to yourself" in page_of(browser)
    browser.post(f"{HERE}move/?to=-", {"confirmation": "wheel"})
    assert Project.objects.get().owner == ada


def test_a_manager_who_brings_in_reads_that_they_administer_it_afterwards(
    acme: Organization,
) -> None:
    """Red without ``taker`` in ``keeping`` and ``gaining_by_move``."""
    mia = a_user("mia@example.org", password=PASSWORD)
    a_member(acme, Role.MANAGER, user=mia)
    a_project(mia, "wheel")

    preview = page_of(freshly(mia.email), f"{HERE}move/?to=acme")

    assert "Administers it afterwards too" in preview
    assert "You: administer, as the manager who takes it over" in preview


def test_a_project_is_moved_only_to_where_its_owner_leads(acme: Organization) -> None:
    ada = the_owner(acme).user
    a_project(ada, "wheel")
    an_organization("foreign")
    a_member(an_organization("plain"), user=ada)
    browser = freshly(ada.email)

    for to in ("foreign", "plain", "-", "", "%00"):
        assert browser.get(f"{HERE}move/?to={to}").status_code == 404
        assert browser.post(f"{HERE}move/?to={to}", {"confirmation": "wheel"}).status_code == 404


def test_moving_to_where_it_is_withheld_says_why(acme: Organization) -> None:
    ada = the_owner(acme).user
    a_project(ada, "wheel")
    entitle(acme, a_phase("restricted"))

    page = page_of(freshly(ada.email), f"{HERE}move/?to=acme")

    assert "standing_restricted" in page
    assert "Move it" not in page.split("</nav>")[-1]
