"""Addresses at which staff help people; included under `/staff/people/`."""

from django.urls import path

from orgs.web import staff_people

app_name = "staff_people"

urlpatterns = [
    path("", staff_people.people, name="people"),
    path("<uuid:public_id>/", staff_people.person, name="person"),
    path("<uuid:public_id>/withdraw/", staff_people.withdraw, name="withdraw"),
]
