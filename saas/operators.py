"""The operators' site: rows to look at, for staff with a second factor used in this session."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.actors import has_second_factor, used_second_factor
from kernel.refusals import NotFound
from kernel.rows import ToLookAt

KEPT_HIDDEN = frozenset({"djstripe.APIKey", "djstripe.WebhookEndpoint"})


class OperatorSite(admin.AdminSite):
    """Django's admin without its own sign-in, which knows no second factor."""

    site_header = site_title = "Chapterhouse: rows"
    index_title = "What is stored"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Show only what is looked at: our read-only tables, and the mirror in the same manner.

        Other apps' tables are left out: an edit there would leave no trace, and some hold secrets
        (authenticators, the mirror's keys).
        """
        is_one = isinstance(model_or_iterable, ModelBase)
        found: list[type[Model]] = [model_or_iterable] if is_one else list(model_or_iterable)
        for model in found:
            if isinstance(admin_class, type) and issubclass(admin_class, ToLookAt):
                super().register(model, admin_class, **options)
            elif model._meta.app_label == "djstripe" and model._meta.label not in KEPT_HIDDEN:
                super().register(model, ToLookAt, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active staff who used their second factor."""
        return super().has_permission(request) and used_second_factor(request)

    def login(
        self,
        request: HttpRequest,
        extra_context: dict[str, object] | None = None,  # noqa: ARG002 -- Django's signature
    ) -> HttpResponse:
        """Lead to our sign-in, or to the second factor; for everybody else nothing is here."""
        user = request.user
        if not user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
        if not user.is_staff:
            raise NotFound
        route = "mfa_reauthenticate" if has_second_factor(user) else "mfa_activate_totp"
        return redirect(f"{reverse(route)}?{urlencode({'next': request.path})}")
