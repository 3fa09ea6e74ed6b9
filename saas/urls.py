"""Every address, in one place."""

from importlib.util import find_spec

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
    if all(find_spec(part.rsplit(".", depth)[0]) for depth in range(part.count("."), -1, -1)):
        urlpatterns.append(path("", include(part)))
if find_spec("saas.dev") and find_spec("saas.dev.urls"):  # its pages exist in development only
    urlpatterns.append(path("dev/", include("saas.dev.urls")))
