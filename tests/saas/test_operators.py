"""The operators' site: behind a second factor, and without secrets."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from kernel.rows import ToLookAt
from saas.development import SECOND_FACTOR
from tests.builders import PASSWORD, a_user, signed_in

pytestmark = pytest.mark.django_db


def an_operator() -> User:
    operator = a_user(password=PASSWORD, staff_role="admin")
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    operator.refresh_from_db()
    return operator


def with_both_factors(user: User) -> Client:
    browser = Client()
    TOTP.activate(user, generate_totp_secret())
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    browser.post(reverse("mfa_authenticate"), {"code": SECOND_FACTOR})
    return browser


@pytest.fixture(autouse=True)
def development(settings: Settings) -> None:
    """Let the development code pass for any authenticator's."""
    settings.DEBUG = True


@pytest.fixture
def opened() -> Client:
    """Return a browser in which an operator used password and second factor."""
    return with_both_factors(an_operator())


def test_a_password_alone_does_not_open_it() -> None:
    """Red without ``used_second_factor`` in ``OperatorSite.has_permission``."""
    answer = signed_in(an_operator()).get("/admin/")

    assert answer.status_code == 302
    following = signed_in(an_operator()).get("/admin/login/")
    assert following.headers["Location"].startswith(reverse("mfa_activate_totp"))


def test_with_the_second_factor_rows_are_seen_and_not_changed(opened: Client) -> None:
    assert opened.get("/admin/").status_code == 200
    assert opened.get("/admin/orgs/organization/").status_code == 200
    assert opened.get("/admin/orgs/organization/add/").status_code == 403


def test_visitors_are_led_to_our_sign_in_and_others_find_nothing() -> None:
    assert Client().get("/admin/login/").headers["Location"].startswith("/account/login/")
    assert signed_in(a_user()).get("/admin/login/").status_code == 404


def test_a_second_factor_makes_nobody_staff() -> None:
    """Red without Django's own question in ``OperatorSite.has_permission``."""
    browser = with_both_factors(a_user(password=PASSWORD))

    assert browser.get("/account/profile/").status_code == 200
    assert browser.get("/admin/", follow=True).status_code == 404


def test_every_table_can_be_opened(opened: Client) -> None:
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        assert opened.get(reverse(f"admin:{label}_changelist")).status_code == 200, label


def test_what_holds_secrets_is_left_out_and_nothing_can_be_written() -> None:
    """Red when ``OperatorSite.register`` lets other apps' tables through."""
    shown = {model._meta.label: rows for model, rows in admin.site._registry.items()}

    hidden = {"djstripe.APIKey", "djstripe.WebhookEndpoint", "mfa.Authenticator", "auth.Group"}
    assert not set(shown) & hidden
    assert "djstripe.Invoice" in shown
    assert all(isinstance(rows, ToLookAt) for rows in shown.values())
