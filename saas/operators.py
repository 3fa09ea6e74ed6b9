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

KEPT_HIDDEN = frozenset({"djstripe.APIKey", "djstripe.WebhookEndpoint"})


class OperatorSite(admin.AdminSite):
    """Django's admin without its own sign-in, which knows no second factor."""

    site_header = site_title = "Chapterhouse: rows"
    index_title = "What is stored"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Leave out the mirror's rows that hold keys and signing secrets in clear."""
        is_one = isinstance(model_or_iterable, ModelBase)
        found: list[type[Model]] = [model_or_iterable] if is_one else list(model_or_iterable)
        shown = [model for model in found if model._meta.label not in KEPT_HIDDEN]
        super().register(shown, admin_class, **options)

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
