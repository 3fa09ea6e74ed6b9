"""Addresses at which a person takes their data along, or deletes their account."""

from django.urls import path

from saas.people import web

app_name = "people"

urlpatterns = [
    path("account/data/", web.data, name="data"),
    path("account/export/", web.export, name="export"),
    path("account/delete/", web.delete, name="delete"),
]
