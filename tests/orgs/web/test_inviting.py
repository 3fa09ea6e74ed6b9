"""The pages of invitations: many at once, all that are open, and the way in for a newcomer."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orgs.models import Organization
from orgs.roles import Role
from tests.builders import (
    PASSWORD,
    a_member,
    a_phase,
    a_user,
    an_invitation,
    an_organization,
    entitle,
    signed_in,
    the_owner,
)

pytestmark = pytest.mark.django_db

BULK = "/orgs/acme/people/invitations/bulk/"
TEXT = "email,role\nada@new.example\nbo@new.example,manager\nnonsense\n"


@pytest.fixture
def acme() -> Organization:
    return an_organization("acme")


@pytest.fixture
def owner(acme: Organization) -> Client:
    return signed_in(the_owner(acme))


def test_what_is_pasted_is_looked_over_first_and_the_text_is_carried_on(
    acme: Organization, owner: Client
) -> None:
    answer = owner.post(BULK, {"text": TEXT, "role": "member", "step": "look"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("Will be invited") == 2
    assert "This is not an e-mail address." in page
    assert "bo@new.example,manager" in page
    assert "Send 2 invitations" in page
    assert not acme.invitations.exists()


def test_what_is_confirmed_is_judged_anew_and_what_is_left_can_be_corrected(
    acme: Organization, owner: Client
) -> None:
    an_invitation(acme, "ada@new.example")

    text = f"{TEXT}captain@new.example, captain\n"

    answer = owner.post(BULK, {"text": text, "role": "member", "step": "send"})

    page = answer.content.decode()
    assert "1 of 4 lines became an invitation" in page
    assert ">nonsense\ncaptain@new.example, captain</textarea>" in page
    assert acme.invitations.get(email="bo@new.example").role == Role.MANAGER


def test_a_file_does_as_well(acme: Organization, owner: Client) -> None:
    file = SimpleUploadedFile("people.csv", ("\ufeff" + TEXT).encode())

    answer = owner.post(BULK, {"file": file, "role": "member", "step": "look"})

    assert answer.content.decode().count("Will be invited") == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"text": ""},
        {"text": "# nobody\n"},
        {"text": "\n".join(f"a{n}@b.example" for n in range(1001))},
        {"file": SimpleUploadedFile("people.csv", b"\xff\xfea\x00@")},
        {"file": SimpleUploadedFile("people.csv", b"x" * 1_000_001)},
        {"file": SimpleUploadedFile("people.csv", b"a\x00@b.example")},
        {"text": TEXT, "role": "emperor"},
    ],
    ids=["empty", "comments", "too many", "no text", "too large", "nul", "no role"],
)
def test_what_cannot_be_read_is_said_at_the_field(
    acme: Organization, owner: Client, sent: dict[str, object]
) -> None:
    answer = owner.post(BULK, {"role": "member", "step": "send", **sent})

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not acme.invitations.exists()


def test_html_in_a_line_is_text(owner: Client) -> None:
    page = owner.post(BULK, {"text": "<script>alert(1)</script>", "role": "member"})

    assert "<script>alert(1)" not in page.content.decode()


def test_a_manager_invites_plain_members_and_a_member_nobody(acme: Organization) -> None:
    manager = signed_in(a_member(acme, Role.MANAGER))

    page = manager.post(BULK, {"text": TEXT, "role": "member", "step": "look"}).content.decode()

    assert page.count("Will be invited") == 1
    assert "Only owners of acme may" in page
    assert signed_in(a_member(acme)).post(BULK, {"text": TEXT}).status_code == 403


def test_where_growth_is_closed_the_reason_stands_above_what_still_can_be(
    acme: Organization, owner: Client
) -> None:
    entitle(acme, a_phase("restricted"))

    page = owner.get(BULK).content.decode()

    assert "standing_restricted" in page
    assert 'value="billing_manager"' in page
    assert 'value="member"' not in page


def test_all_open_invitations_come_in_pages_with_their_role(
    acme: Organization, owner: Client
) -> None:
    for number in range(51):
        an_invitation(acme, f"x{number:02}@new.example", role="manager")

    people = owner.get("/orgs/acme/people/").content.decode()
    first = owner.get("/orgs/acme/people/invitations/")
    second = owner.get(
        "/orgs/acme/people/invitations/", {"cursor": first.context["page"].next_cursor}
    ).content.decode()

    assert people.count("Send again") == 20
    assert "All open invitations" in people
    assert len(first.context["page"].rows) == 50
    assert "x00@new.example" in second
    assert "Manager" in second


def test_an_account_is_invited_by_its_id_and_sees_it_waiting(
    acme: Organization, owner: Client
) -> None:
    grace = a_user("secret@example.org", name="Grace")
    assert str(grace.public_id) in signed_in(grace).get("/account/profile/").content.decode()

    answer = owner.post(
        "/orgs/acme/people/", {"email": str(grace.public_id), "role": "member"}, follow=True
    )
    waiting = signed_in(grace).get("/orgs/").content.decode()

    page = answer.content.decode()
    assert "Grace was invited." in page
    assert "secret@example.org" not in page
    assert acme.invitations.get().token in waiting
    unknown = owner.post(
        "/orgs/acme/people/", {"email": f"{str(grace.public_id)[:-4]}0000", "role": "member"}
    )
    assert (unknown.status_code, b"No account has this id" in unknown.content) == (422, True)


def test_another_account_is_told_whose_it_is_and_given_no_button(acme: Organization) -> None:
    invitation, token = an_invitation(acme)
    acme.invitations.filter(pk=invitation.pk).update(email="", user=a_user())
    browser = signed_in(a_user())

    page = browser.get(f"/invitations/{token}/").content.decode()
    answer = browser.post(f"/invitations/{token}/", {"answer": "accept"})

    assert "for another account" in page
    assert "Accept and join" not in page
    assert answer.status_code == 403


def test_declining_takes_words_of_a_length(acme: Organization) -> None:
    invitation, token = an_invitation(acme)
    browser = signed_in(a_user())

    long = browser.post(f"/invitations/{token}/", {"answer": "decline", "words": "x" * 501})
    assert (long.status_code, b"x" * 501 in long.content) == (422, True)
    browser.post(f"/invitations/{token}/", {"answer": "decline", "words": "No, thank you."})

    log = signed_in(the_owner(acme)).get("/orgs/acme/audit/").content.decode()
    assert "was declined: “No, thank you.”" in log
    invitation.refresh_from_db()
    assert invitation.state == "declined"


def test_a_newcomer_signs_up_on_the_way_and_lands_on_the_invitation(acme: Organization) -> None:
    """Red without ``?next=`` at the links of ``orgs/invitation.html``."""
    _, token = an_invitation(acme, "newcomer@example.org")
    browser = Client()
    page = browser.get(f"/invitations/{token}/").content.decode()
    (way,) = re.findall(r'href="(/account/signup/\?next=[^"]+)"', page)

    form = {"email": "newcomer@example.org", "password1": PASSWORD, "password2": PASSWORD}
    browser.post(way, {**form, "name": "Newcomer", "next": f"/invitations/{token}/"})
    (link,) = re.findall(r"http://\S+?(/account/confirm-email/\S+)", str(mail.outbox[-1].body))
    browser.get(link)
    answer = browser.post(link, follow=True)

    assert EmailAddress.objects.get(email="newcomer@example.org").verified
    assert answer.redirect_chain[-1][0] == f"/invitations/{token}/"
    assert "Accept and join" in answer.content.decode()
