"""Addresses of the desk; included under ``/staff/organizations/``."""

from django.urls import path

from saas.desk import web

app_name = "desk"

urlpatterns = [
    path("", web.organizations, name="organizations"),
    path("leaks/", web.leaks, name="leaks"),
    path("<int:pk>/", web.organization, name="organization"),
    path("<int:pk>/override/", web.override, name="override"),
    path("<int:pk>/override/<int:override_id>/end/", web.end_an_override, name="end_override"),
    path("<int:pk>/hold/", web.hold, name="hold"),
    path("<int:pk>/hold/<int:hold_id>/lift/", web.lift, name="lift"),
    path("<int:pk>/contract/", web.contract, name="contract"),
    path("<int:pk>/contract/<int:grant_id>/end/", web.end_a_contract, name="end_contract"),
    path("<int:pk>/subscription/<str:subscription_id>/end/", web.end, name="end"),
    path("<int:pk>/invoices/<str:invoice_id>/back/", web.give_back, name="give_back"),
    path("<int:pk>/sync/", web.sync, name="sync"),
]
