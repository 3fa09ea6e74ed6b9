"""The page behind the link of an offer to collaborate, and the mail that carries it."""

import pytest
from django.core import mail
from django.test import Client

from audit import outbox
from audit.models import AuditEvent
from orgs.actions.collaborators import invite_collaborator
from orgs.levels import Level
from orgs.models import CollaboratorInvitation
from tests.builders import a_project, a_user, an_actor, an_organization, signed_in, the_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation() -> CollaboratorInvitation:
    organization = an_organization("guild")
    return invite_collaborator(
        project=a_project(organization, "wheel", is_private=True),
        email="kim@outside.example",
        level=Level.PUBLISH,
        actor=an_actor(the_owner(organization)),
    )


def test_the_mail_leads_to_the_page_and_is_sent_once(invitation: CollaboratorInvitation) -> None:
    event = AuditEvent.objects.get(name="collaborator.invited")
    for _ in range(2):
        outbox.deliver(event.pk)

    [message] = mail.outbox
    assert message.to == ["kim@outside.example"]
    assert f"/collaborations/{invitation.token}/" in message.body
    assert "the level “Publish”" in message.body


def test_a_visitor_reads_who_offers_what_and_signs_in_to_answer(
    invitation: CollaboratorInvitation,
) -> None:
    address = f"/collaborations/{invitation.token}/"

    page = Client().get(address)
    answer = Client().post(address, {"answer": "accept"})

    assert page.status_code == 200
    assert "the level <strong>Publish</strong>" in page.content.decode()
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize(("answer", "roles"), [("accept", 1), ("decline", 0)])
def test_somebody_signed_in_answers_once(
    invitation: CollaboratorInvitation, answer: str, roles: int
) -> None:
    browser = signed_in(a_user("kim@outside.example"))
    address = f"/collaborations/{invitation.token}/"

    assert browser.post(address, {"answer": answer}).status_code == 302
    assert invitation.project.roles.count() == roles
    assert browser.get(address).status_code == 409


def test_an_unknown_link_opens_nothing() -> None:
    assert Client().get("/collaborations/unknown/").status_code == 409


def test_whoever_administers_offers_sends_again_and_withdraws_on_the_page() -> None:
    organization = an_organization("guild")
    a_project(organization, "wheel", is_private=True)
    browser = signed_in(the_owner(organization))
    page = "/projects/wheel/access/"

    wrong = browser.post(f"{page}offers/", {"offer-email": "nobody", "offer-level": "publish"})
    browser.post(f"{page}offers/", {"offer-email": "kim@outside.example", "offer-level": "publish"})
    offer = CollaboratorInvitation.objects.get()
    shown = browser.get(page).content.decode()
    browser.post(f"{page}offers/{offer.public_id}/resend/")
    browser.post(f"{page}offers/{offer.public_id}/withdraw/")

    assert (wrong.status_code, "kim@outside.example" in shown) == (422, True)
    offer.refresh_from_db()
    assert (offer.level, offer.round, offer.outcome) == (Level.PUBLISH, 2, "revoked")


def test_who_does_not_administer_offers_nothing(invitation: CollaboratorInvitation) -> None:
    """Red without ``require`` in ``orgs.web.collaborators``."""
    page = "/projects/wheel/access/offers/"
    for path in (page, f"{page}{invitation.public_id}/resend/"):
        assert signed_in(a_user()).post(path, {"offer-email": "x@y.example"}).status_code == 404
    assert CollaboratorInvitation.objects.count() == 1
