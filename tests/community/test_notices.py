"""Which event mails whom: once each, in text and as a page, in the words meant for them."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from accounts.models import User
from audit import outbox
from audit.models import AuditEvent
from community import notices
from community.actions.questions import answer_question, ask_question
from community.models import Application
from community.states import State
from tests.builders import a_user, an_actor, deliver_all
from tests.community.builders import a_reviewer, an_application, decided, reviewing

pytestmark = pytest.mark.django_db
EVIL = "<b>Ada</b> & 'Co'"


@pytest.fixture
def applicant() -> User:
    return a_user("ada@example.org", name="Ada")


@pytest.fixture
def reviewer() -> User:
    return a_user("rana@example.org", name="Rana", staff_role="reviewer")


def heard() -> list[EmailMultiAlternatives]:
    """Deliver everything, and return the mails it made."""
    mail.outbox.clear()
    deliver_all()
    return [each for each in mail.outbox if isinstance(each, EmailMultiAlternatives)]


def test_a_submission_is_confirmed_to_the_applicant_with_the_address_of_its_page(
    applicant: User,
) -> None:
    application = an_application(applicant=applicant, display_name=EVIL)

    (told,) = heard()

    assert told.to == ["ada@example.org"]
    assert told.subject == f"Your application for {EVIL} is in the queue"
    assert f"/applications/{application.public_id}/" in str(told.body)
    page = str(told.alternatives[0][0])
    assert "<b>Ada</b>" not in page
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp;" in page


def test_a_question_goes_to_the_applicant_and_the_last_answer_to_the_reviewer(
    applicant: User, reviewer: User
) -> None:
    application = an_application(State.CLAIMED, applicant=applicant, reviewer=reviewer)
    heard()
    questions = [
        ask_question(application=application, text=text, actor=reviewing(reviewer))
        for text in ("One <i>?", "Two?")
    ]
    one, two = heard()
    assert (one.to, two.to) == (["ada@example.org"], ["ada@example.org"])
    assert "One <i>?" in str(one.body)
    assert "One &lt;i&gt;?" in str(one.alternatives[0][0])

    answer_question(question=questions[0], text="1", actor=an_actor(applicant))
    assert heard() == []
    answer_question(question=questions[1], text="2", actor=an_actor(applicant))
    (answered,) = heard()
    assert answered.to == ["rana@example.org"]
    assert f"/staff/applications/{application.public_id}/" in str(answered.body)


def test_winner_and_rival_each_read_their_own_words(applicant: User, reviewer: User) -> None:
    winner = an_application(State.CLAIMED, applicant=applicant, reviewer=reviewer, name="orchard")
    rival = an_application(applicant=a_user("eve@example.org"), name="Orchard")
    heard()

    decided(winner, "approved", reviewing(reviewer), words="Only for the winner.")
    mails = {each.to[0]: each for each in heard()}

    assert set(mails) == {"ada@example.org", "eve@example.org"}
    assert "Only for the winner." in str(mails["ada@example.org"].body)
    assert "/orgs/orchard/" in str(mails["ada@example.org"].body)
    lost = mails["eve@example.org"]
    for words in (str(lost.body), str(lost.alternatives[0][0])):
        assert "winner" not in words
        assert winner.display_name not in words
        assert "“Orchard”" in words
        assert "Appeal with another name" in words
    assert f"/applications/{rival.public_id}/" in str(lost.body)


def test_a_decline_tells_why_in_the_reviewer_s_words_and_what_can_be_done(
    applicant: User, reviewer: User
) -> None:
    application = an_application(State.CLAIMED, applicant=applicant, reviewer=reviewer)
    heard()

    decided(application, "declined", reviewing(reviewer), words="We saw no code.")
    (told,) = heard()

    assert told.to == ["ada@example.org"]
    assert "We saw no code." in str(told.body)
    assert "you can appeal once" in str(told.body)
    assert "Rana" not in str(told.body)


def test_what_was_set_aside_is_told(applicant: User) -> None:
    an_application(State.DEFERRED, applicant=applicant)

    assert "Until spring." in str(heard()[-1].body)


def test_hearing_an_event_again_mails_nothing_again(applicant: User) -> None:
    an_application(State.APPROVED, applicant=applicant)
    assert len(heard()) == 2

    for event in AuditEvent.objects.all():
        outbox.deliver(event.pk)
    notices.tell_of_approval(AuditEvent.objects.get(name="application.approved"))

    assert len(mail.outbox) == 2


def test_nobody_is_mailed_whose_account_is_closed(applicant: User) -> None:
    an_application(applicant=applicant)
    User.objects.filter(pk=applicant.pk).update(is_active=False)

    assert heard() == []


def test_answers_are_not_mailed_to_somebody_who_reviews_no_more(applicant: User) -> None:
    reviewer = a_reviewer()
    application = an_application(State.NEEDS_INFORMATION, applicant=applicant, reviewer=reviewer)
    heard()
    User.objects.filter(pk=reviewer.pk).update(staff_role="")
    answer_question(question=application.questions.get(), text="1", actor=an_actor(applicant))

    assert heard() == []
    assert Application.objects.get(pk=application.pk).state == State.SUBMITTED
