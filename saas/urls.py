"""Every address, in one place."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from saas import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("webhooks.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
for part in ("subscriptions.urls", "orgs.urls", "community.urls", "accounts.urls", "saas.api.urls"):
    if find_spec(part.split(".")[0]) and find_spec(part):
        urlpatterns.append(path("", include(part)))
if settings.DEBUG and find_spec("saas.dev") and find_spec("saas.dev.urls"):
    urlpatterns.append(path("dev/", include("saas.dev.urls")))
