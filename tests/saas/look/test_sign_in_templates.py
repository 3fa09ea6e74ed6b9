"""Whatever the sign-in library shows or sends is ours: nothing falls back to its bare pages."""

import ast
from pathlib import Path

import allauth.account
import allauth.mfa
import allauth.usersessions
import pytest
from allauth.account import app_settings as account
from allauth.mfa import app_settings as mfa
from django.conf import settings
from django.template.loader import get_template
from django.template.response import SimpleTemplateResponse

OURS = Path(settings.BASE_DIR) / "templates"
SWITCHED_OFF = {
    "account/email_change.html": not account.CHANGE_EMAIL,
    "account/request_login_code.html": not account.LOGIN_BY_CODE_ENABLED,
    "account/confirm_login_code.html": not account.LOGIN_BY_CODE_ENABLED,
    "account/confirm_email_verification_code.html": not account.EMAIL_VERIFICATION_BY_CODE_ENABLED,
    "account/confirm_password_reset_code.html": not account.PASSWORD_RESET_BY_CODE_ENABLED,
    "account/confirm_phone_verification_code.html": "phone" not in account.SIGNUP_FIELDS,
    "account/phone_change.html": "phone" not in account.SIGNUP_FIELDS,
    "account/signup_by_passkey.html": not mfa.PASSKEY_SIGNUP_ENABLED,
    "account/email/login_code": not account.LOGIN_BY_CODE_ENABLED,
    "account/email/password_reset_code": not account.PASSWORD_RESET_BY_CODE_ENABLED,
    "account/messages/login_code_sent.txt": not account.LOGIN_BY_CODE_ENABLED,
    "account/messages/phone_verification_sent.txt": "phone" not in account.SIGNUP_FIELDS,
    "account/messages/phone_verified.txt": "phone" not in account.SIGNUP_FIELDS,
    "mfa/webauthn/signup_form.html": not mfa.PASSKEY_SIGNUP_ENABLED,
    "mfa/trust.html": not mfa.TRUST_ENABLED,
}


def named_in(package: Path) -> set[str]:
    """Return the names of templates that a package's sources write, their suffix put in."""
    names = set()
    for path in package.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            text = _text(node)
            if text.startswith(("account/", "mfa/", "usersessions/")) and " " not in text:
                names.add(text.replace("{}", account.TEMPLATE_EXTENSION))
    return names


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return ""


def in_use() -> set[str]:
    packages = (allauth.account, allauth.mfa, allauth.usersessions)
    names = {name for package in packages for name in named_in(Path(str(package.__file__)).parent)}
    wanted = {name for name in names if not SWITCHED_OFF.get(name, False)}
    return {name for name in wanted if name.endswith((".html", ".txt")) or "/email/" in name}


def is_ours(name: str) -> bool:
    return Path(get_template(name).origin.name).is_relative_to(OURS)  # type: ignore[attr-defined]  # the backend's template


PAGES = sorted(name for name in in_use() if name.endswith((".html", ".txt")))
MAILS = sorted(name for name in in_use() if not name.endswith((".html", ".txt")))


def test_the_names_were_found() -> None:
    assert {
        "account/login.html",
        "mfa/totp/activate_form.html",
        "account/messages/logged_in.txt",
        "mfa/webauthn/add_form.html",
        "usersessions/usersession_list.html",
    } <= set(PAGES)
    assert {"account/email/password_reset_key", "mfa/email/totp_activated"} <= set(MAILS)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_library_is_ours(name: str) -> None:
    assert is_ours(name)


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("part", ["subject.txt", "message.txt", "message.html"])
def test_a_mail_of_the_library_is_ours(name: str, part: str) -> None:
    assert is_ours(f"{name}_{part}")


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_the_same_as_text_and_as_a_page(name: str) -> None:
    context = {
        "base_url": "https://chapterhouse.example",
        "email": "ana.o'brien@example.org",
        "activate_url": "https://chapterhouse.example/confirm/?a=1&b=2",
        "password_reset_url": "https://chapterhouse.example/reset/?a=1&b=2",
        "signup_url": "https://chapterhouse.example/signup/?a=1&b=2",
        "from_email": "old@example.org",
        "to_email": "new@example.org",
        "deleted_email": "gone@example.org",
        "ip": "192.0.2.1",
        "user_agent": "A browser",
    }

    text, page, subject = (
        SimpleTemplateResponse(f"{name}_{part}", context).rendered_content
        for part in ("message.txt", "message.html", "subject.txt")
    )

    assert subject.strip()
    assert "&#x27;" not in text
    assert "&amp;" not in text
    assert "https://chapterhouse.example" in text
    assert "<h1" in page
    assert "{{" not in text + page
