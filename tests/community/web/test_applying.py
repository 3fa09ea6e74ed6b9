"""An applicant's pages: what they show, what they keep, and whom they do not know."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from community.models import Application, Decision
from community.states import State
from kernel import clock
from tests.builders import a_user, an_organization, signed_in
from tests.community.builders import a_draft, a_reviewer, an_application, answers

pytestmark = pytest.mark.django_db
FORM = "/apply/?kind=community"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def applicant() -> User:
    return a_user("ada@example.org", name="Ada")


@pytest.fixture
def browser(applicant: User) -> Client:
    return signed_in(applicant)


def page_of(application: Application, more: str = "") -> str:
    return f"/applications/{application.public_id}/{more}"


def test_the_first_question_sends_companies_to_their_own_road(browser: Client) -> None:
    assert "Who stands behind it?" in browser.get("/apply/").content.decode()
    assert browser.get("/apply/?kind=company")["Location"] == "/orgs/new/company/"
    assert 'name="display_name"' in browser.get(FORM).content.decode()
    unanswered = browser.get("/apply/?kind=")
    assert unanswered.status_code == 422
    assert "Choose one of the two." in unanswered.content.decode()


def test_applying_leads_into_the_queue(browser: Client) -> None:
    response = browser.post(FORM, {**answers(), "then": "submit"}, follow=True)

    application = Application.objects.get()
    assert application.state == State.SUBMITTED
    assert response.redirect_chain[-1][0] == page_of(application)
    html = response.content.decode()
    assert "It is in the queue." in html
    assert "Your place in the queue: <strong>1</strong>" in html
    assert "not enough decisions yet" in html


def test_a_draft_keeps_half_an_application(browser: Client) -> None:
    browser.post(FORM, {"display_name": "Orchard", "then": "keep"})

    draft = Application.objects.get()
    assert (draft.state, draft.display_name, draft.name) == (State.DRAFT, "Orchard", "")
    response = browser.post(page_of(draft, "submit/"))
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_everything_is_kept_when_something_is_wrong(browser: Client) -> None:
    response = browser.post(FORM, {**answers(people="many", intended_use=EVIL), "then": "submit"})

    html = response.content.decode()
    assert response.status_code == 422
    assert "To publish" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert EVIL not in html
    assert "People who grow things together." in html
    assert not Application.objects.exists()


def test_a_name_that_is_taken_is_told_at_the_field_and_the_draft_is_kept_once(
    browser: Client,
) -> None:
    an_organization("taken")
    sent = answers(name="taken")

    response = browser.post(FORM, {**sent, "then": "submit"})

    html = response.content.decode()
    draft = Application.objects.get()
    assert response.status_code == 422
    assert "is taken" in html
    assert "kept as a draft" in html
    assert f'action="{page_of(draft, "edit/")}"' in html
    browser.post(page_of(draft, "edit/"), {**sent, "name": "orchard", "then": "submit"})
    assert Application.objects.get().state == State.SUBMITTED


def test_a_fourth_application_is_told_and_kept(browser: Client, applicant: User) -> None:
    for _ in range(3):
        an_application(applicant=applicant)

    response = browser.post(FORM, {**answers(), "then": "submit"})

    assert response.status_code == 409
    assert "Three applications are under way" in response.content.decode()
    assert Application.objects.filter(state=State.DRAFT).count() == 1


def test_the_place_in_the_queue_is_the_number_before_it_and_one(
    browser: Client, applicant: User
) -> None:
    an_application()
    an_application(State.CLAIMED)
    an_application(State.DEFERRED)
    an_application(State.APPEALED)
    mine = an_application(applicant=applicant)
    an_application()

    html = browser.get(page_of(mine)).content.decode()

    assert "Your place in the queue: <strong>3</strong>" in html


def test_the_usual_wait_is_the_median_of_recent_decisions(browser: Client, applicant: User) -> None:
    for days in (1, 2, 3, 30, 40):
        application = an_application(State.APPROVED)
        waited = clock.now() - timedelta(days=days)
        Application.objects.filter(pk=application.pk).update(submitted_at=waited)
    Decision.objects.filter(reason="name_given").delete()

    html = browser.get(page_of(an_application(applicant=applicant))).content.decode()

    assert "about 3 days" in html


@pytest.mark.parametrize("state", State.values)
def test_a_page_in_every_state_says_where_it_stands_and_escapes_every_word(
    browser: Client, applicant: User, state: str
) -> None:
    application = an_application(
        state,
        applicant=applicant,
        display_name=EVIL,
        description=EVIL,
        intended_use=EVIL,
        maintainers=EVIL,
        url="https://example.org/?q=%3Cscript%3E",
    )
    Application.objects.filter(pk=application.pk).update(appeal=EVIL)
    application.decisions.update(words=EVIL)
    application.questions.update(text=EVIL)

    html = browser.get(page_of(application)).content.decode()

    assert EVIL not in html
    assert html.count("<h1") == 1
    for link in re.findall(r"<a[^>]*href=\"https://example[^>]*>", html):
        assert 'rel="noopener nofollow"' in link


def test_questions_are_answered_on_the_page(browser: Client, applicant: User) -> None:
    application = an_application(State.NEEDS_INFORMATION, applicant=applicant)
    question = application.questions.get()
    address = page_of(application, f"questions/{question.public_id}/")

    empty = browser.post(address, {f"{question.public_id}-text": " "})
    assert empty.status_code == 422
    assert "Who are you?" in empty.content.decode()
    browser.post(address, {f"{question.public_id}-text": "Gardeners."})

    question.refresh_from_db()
    assert question.answer == "Gardeners."
    assert "Gardeners." in browser.get(page_of(application)).content.decode()


def test_a_question_is_found_at_its_own_application_only(browser: Client, applicant: User) -> None:
    """Red without ``application=`` in ``answer``."""
    asked = an_application(State.NEEDS_INFORMATION, applicant=applicant, name="orchard")
    other = an_application(State.NEEDS_INFORMATION, applicant=applicant, name="vineyard")
    question = asked.questions.get()

    answer = browser.post(
        page_of(other, f"questions/{question.public_id}/"), {f"{question.public_id}-text": "Us."}
    )

    question.refresh_from_db()
    assert (answer.status_code, question.answer) == (404, "")


def test_editing_withdrawing_and_appealing(browser: Client, applicant: User) -> None:
    application = an_application(applicant=applicant, name="orchard")
    assert "your place stays yours" in browser.get(page_of(application, "edit/")).content.decode()
    browser.post(page_of(application, "edit/"), {**answers(name="vineyard"), "then": "save"})
    assert Application.objects.get().name == "vineyard"

    assert "Keep it" in browser.get(page_of(application, "withdraw/")).content.decode()
    browser.post(page_of(application, "withdraw/"))
    assert Application.objects.get().state == State.WITHDRAWN

    declined = an_application(State.DECLINED, applicant=applicant, name="orchard")
    assert "You can appeal once" in browser.get(page_of(declined, "appeal/")).content.decode()
    browser.post(page_of(declined, "appeal/"), {"words": "Look.", "name": "orchard"})
    assert Application.objects.get(pk=declined.pk).state == State.APPEALED


def test_what_a_reviewer_reads_is_not_edited(browser: Client, applicant: User) -> None:
    application = an_application(State.CLAIMED, applicant=applicant)

    assert browser.get(page_of(application, "edit/")).status_code == 409
    assert page_of(application, "edit/") not in browser.get(page_of(application)).content.decode()


def test_reviewers_stay_unnamed_and_their_notes_unseen(browser: Client, applicant: User) -> None:
    reviewer = a_user(name="Rana Reviewer", staff_role="reviewer")
    application = an_application(State.DECLINED, applicant=applicant, reviewer=reviewer)
    application.notes.create(author=reviewer, text="Smells fishy.")

    html = browser.get(page_of(application)).content.decode()

    assert "Rana" not in html
    assert "fishy" not in html


@pytest.mark.parametrize("who", ["stranger", "reviewer"])
def test_to_all_others_an_application_does_not_exist(who: str) -> None:
    application = an_application(State.NEEDS_INFORMATION)
    question = application.questions.get()
    other = signed_in(a_user() if who == "stranger" else a_reviewer())

    for more in ("", "edit/", "withdraw/", "appeal/"):
        assert other.get(page_of(application, more)).status_code == 404, more
    for more in ("edit/", "submit/", "withdraw/", "appeal/", f"questions/{question.public_id}/"):
        assert other.post(page_of(application, more)).status_code == 404, more
    assert "orchard" not in other.get("/applications/").content.decode()


def test_without_a_sign_in_every_page_leads_to_it() -> None:
    application = an_application()

    for address in ("/apply/", "/applications/", page_of(application), "/staff/"):
        assert Client().get(address)["Location"].startswith("/account/login/")


def test_acts_are_not_done_by_following_a_link(browser: Client, applicant: User) -> None:
    draft = a_draft(applicant)

    assert browser.get(page_of(draft, "submit/")).status_code == 405
    assert Application.objects.get().state == State.DRAFT


def test_the_list_shows_what_is_mine(browser: Client, applicant: User) -> None:
    assert "You have not applied for anything" in browser.get("/applications/").content.decode()
    mine, other = an_application(applicant=applicant), an_application()

    html = browser.get("/applications/").content.decode()

    assert mine.display_name in html
    assert other.display_name not in html
