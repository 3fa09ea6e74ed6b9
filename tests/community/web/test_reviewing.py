"""The staff console: who comes in, what it shows, and that every act is an act of staff."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import AuditEvent
from community import queries
from community.models import Application
from community.states import State
from orgs.models import NameClaim, Organization
from tests.builders import a_member, a_user, an_organization, signed_in
from tests.community.builders import (
    a_reviewer,
    an_application,
    decided,
    reviewing,
    with_second_factor,
)

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def reviewer() -> User:
    return a_user("rana@example.org", name="Rana", staff_role="reviewer")


@pytest.fixture
def console(reviewer: User) -> Client:
    return with_second_factor(reviewer)


def screen(application: Application, more: str = "") -> str:
    return f"/staff/applications/{application.public_id}/{more}"


ACTS = ["claim/", "release/", "resume/", "ask/", "defer/", "note/", "approve/", "decline/"]


def test_to_people_without_a_staff_role_the_console_does_not_exist() -> None:
    application = an_application()
    stranger = with_second_factor(a_user())

    for address in ("/staff/", screen(application)):
        assert stranger.get(address).status_code == 404
    for act in ACTS:
        assert stranger.post(screen(application, act)).status_code == 404


@pytest.mark.parametrize("has_factor", [False, True])
def test_staff_without_a_second_factor_in_this_session_are_led_to_it(
    reviewer: User, has_factor: bool
) -> None:
    """Red without the check of ``actor.staff_role`` in ``orgs.web.gate``."""
    application = an_application()
    if has_factor:
        Authenticator.objects.create(user=reviewer, type=Authenticator.Type.TOTP, data={})
    browser = signed_in(reviewer)

    for address in ("/staff/", screen(application)):
        response = browser.get(address)
        assert response.status_code == 403
        html = response.content.decode()
        way = "/account/2fa/reauthenticate/" if has_factor else "/account/2fa/totp/activate/"
        assert f"{way}?next={address}" in html
        assert application.display_name not in html
    for act in ACTS:
        assert browser.post(screen(application, act)).status_code == 403
    assert Application.objects.get().state == State.SUBMITTED


def test_staff_in_another_role_are_told_that_this_is_not_theirs() -> None:
    support = with_second_factor(a_reviewer("support"))

    assert support.get("/staff/").status_code == 403


def test_drafts_are_shown_to_nobody_else(console: Client) -> None:
    draft = an_application(State.DRAFT)

    assert console.get(screen(draft)).status_code == 404
    assert draft.display_name not in console.get("/staff/?state=undecided").content.decode()


def test_the_queue_is_oldest_first_and_filtered_by_state_and_reviewer(
    console: Client, reviewer: User
) -> None:
    first, second = an_application(), an_application()
    mine = an_application(State.CLAIMED, reviewer=reviewer)
    other = an_application(State.CLAIMED)
    done = an_application(State.DECLINED, reviewer=reviewer)

    html = console.get("/staff/").content.decode()
    assert html.index(first.display_name) < html.index(second.display_name)
    assert mine.display_name not in html

    html = console.get(f"/staff/?state=claimed&reviewer={reviewer.public_id}").content.decode()
    assert mine.display_name in html
    assert other.display_name not in html
    html = console.get(f"/staff/?state=declined&reviewer={reviewer.public_id}").content.decode()
    assert done.display_name in html
    nonsense = console.get("/staff/?state=nonsense&reviewer=nobody&cursor=")
    assert nonsense.status_code == 200
    assert console.get("/staff/?cursor=%00").status_code == 422


def test_the_queue_tells_of_conflicts(console: Client) -> None:
    an_application(name="orchard")
    an_application(name="0rchard")
    gone = an_application(name="vineyard")
    NameClaim.objects.filter(claimant=gone.claimant).delete()
    an_organization("vineyard")

    html = console.get("/staff/").content.decode()

    assert html.count("1 more want it") == 2
    assert "Name is gone" in html


def test_a_long_queue_comes_in_pages() -> None:
    applications = [an_application() for _ in range(5)]
    seen: list[int] = []
    cursor = ""
    for _ in range(3):
        page = queries.queue(states=[State.SUBMITTED], reviewer=None, cursor=cursor, size=2)
        seen += [each.pk for each in page.rows]
        cursor = page.next_cursor
    assert seen == [each.pk for each in applications]
    assert cursor == ""


def test_one_screen_shows_everything_and_escapes_every_word(console: Client) -> None:
    applicant = a_user("ada@example.org", name=EVIL)
    a_member(an_organization("guild"), user=applicant)
    an_application(State.DECLINED, applicant=applicant, display_name="An earlier one")
    rival = an_application(name="Orchard", display_name="The rival")
    application = an_application(
        State.NEEDS_INFORMATION,
        applicant=applicant,
        name="orchard",
        display_name=EVIL,
        description=EVIL,
        intended_use=EVIL,
        maintainers=EVIL,
    )
    application.notes.create(author=a_reviewer(), text=EVIL)
    application.questions.update(text=EVIL)

    html = console.get(screen(application)).content.decode()

    assert EVIL not in html
    for words in ("An earlier one", "The rival", "guild", "ada@example.org"):
        assert words in html
    assert screen(rival) in html
    assert 'rel="noopener nofollow"' in html


def test_a_review_from_claim_to_organization_is_told_as_acts_of_staff(
    console: Client, reviewer: User
) -> None:
    application = an_application(name="orchard")

    console.post(screen(application, "claim/"))
    assert 'name="approve-reason"' in console.get(screen(application)).content.decode()
    console.post(screen(application, "note/"), {"note-text": "Looks fine."})
    missing = console.post(screen(application, "decline/"), {"decline-reason": "other"})
    assert missing.status_code == 422
    assert Application.objects.get().state == State.CLAIMED
    response = console.post(
        screen(application, "approve/"), {"approve-reason": "open_project"}, follow=True
    )

    assert "is approved." in response.content.decode()
    assert Organization.objects.get().name == "orchard"
    acts = AuditEvent.objects.exclude(name__in=["application.drafted", "application.submitted"])
    assert {act.actor_kind for act in acts} == {"staff"}
    assert {act.actor_id for act in acts} == {reviewer.pk}
    assert console.get(screen(application)).status_code == 200


def test_asking_setting_aside_letting_go_and_taking_up_again(
    console: Client, reviewer: User
) -> None:
    application = an_application(State.CLAIMED, reviewer=reviewer)
    console.post(screen(application, "release/"))
    assert Application.objects.get().state == State.SUBMITTED
    console.post(screen(application, "claim/"))
    console.post(screen(application, "defer/"), {"defer-words": "Later."})
    assert Application.objects.get().state == State.DEFERRED
    console.post(screen(application, "resume/"))
    console.post(screen(application, "claim/"))
    console.post(screen(application, "ask/"), {"ask-text": "Who?"})
    assert Application.objects.get().state == State.NEEDS_INFORMATION


def test_a_second_reviewer_sees_who_has_it_and_no_forms(console: Client) -> None:
    application = an_application(State.CLAIMED, reviewer=a_user(name="Kim", staff_role="admin"))

    html = console.get(screen(application)).content.decode()

    assert "Kim has it" in html
    assert 'name="approve-reason"' not in html
    refused = console.post(screen(application, "claim/"))
    assert refused.status_code == 409
    assert "Kim has this application." in refused.content.decode()


def test_who_decides_second_reads_who_decided_what(console: Client, reviewer: User) -> None:
    application = an_application(State.CLAIMED, reviewer=reviewer)
    decided(application, "declined", reviewing(reviewer))

    refused = console.post(screen(application, "approve/"), {"approve-reason": "open_project"})

    assert refused.status_code == 409
    assert "Rana declined this application on" in refused.content.decode()


@pytest.mark.parametrize("address", ["/staff/?state=undecided", "screen", "/applications/"])
def test_a_page_asks_as_much_for_many_as_for_one(reviewer: User, address: str) -> None:
    applicant = a_user()
    mine = address == "/applications/"
    browser = signed_in(applicant) if mine else with_second_factor(reviewer)
    one = an_application(State.CLAIMED, applicant=applicant, reviewer=reviewer, name="orchard")
    address = screen(one) if address == "screen" else address
    browser.get(address)

    def asked() -> int:
        with CaptureQueriesContext(connection) as sent:
            assert browser.get(address).status_code == 200
        return len(sent)

    before = asked()
    for number in range(3):
        an_application(State.WITHDRAWN, applicant=applicant)
        an_application(name="orchard")
        an_application(State.DECLINED)
        a_member(an_organization(), user=applicant)
        one.notes.create(author=reviewer, text=str(number))
        one.questions.create(asked_by=reviewer, text=str(number))

    assert asked() == before
