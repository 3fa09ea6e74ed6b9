"""Every address, in one place."""

from django.contrib import admin
from django.urls import include, path

from saas import views

urlpatterns = [
    path("", views.home, name="home"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
