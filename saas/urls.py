"""Every address, in one place."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from saas import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("webhooks.urls")),
    path("", include("accounts.urls")),
    path("", include("saas.people.urls")),
    path("account/", include("allauth.urls")),
    path("", include("subscriptions.urls")),
    path("", include("orgs.urls")),
    path("staff/organizations/", include("saas.desk.urls")),
    path("staff/people/", include("orgs.staff_urls")),
    path("", include("community.urls")),
    path("", include("saas.api.urls")),
    path("admin/", admin.site.urls),
]
if settings.ENV.debug:  # as the stack was started; test runners turn DEBUG itself off
    urlpatterns.append(path("dev/", include("saas.dev.urls")))
