"""Addresses of the free road, and of the staff who look after it; included at the root."""

from django.urls import include, path

from community.web import applying, reviewing

applicant_patterns = [
    path("apply/", applying.apply, name="apply"),
    path("applications/", applying.list_applications, name="list"),
    path("applications/<uuid:public_id>/", applying.application, name="application"),
    path("applications/<uuid:public_id>/edit/", applying.edit, name="edit"),
    path("applications/<uuid:public_id>/submit/", applying.submit, name="submit"),
    path("applications/<uuid:public_id>/withdraw/", applying.withdraw, name="withdraw"),
    path("applications/<uuid:public_id>/appeal/", applying.appeal, name="appeal"),
    path(
        "applications/<uuid:public_id>/questions/<uuid:question>/", applying.answer, name="answer"
    ),
]

_APPLICATION = "applications/<uuid:public_id>/"
staff_patterns = [
    path("", reviewing.home, name="home"),
    path(_APPLICATION, reviewing.application, name="application"),
    path(f"{_APPLICATION}claim/", reviewing.claim, name="claim"),
    path(f"{_APPLICATION}release/", reviewing.release, name="release"),
    path(f"{_APPLICATION}resume/", reviewing.resume, name="resume"),
    path(f"{_APPLICATION}ask/", reviewing.ask, name="ask"),
    path(f"{_APPLICATION}defer/", reviewing.defer, name="defer"),
    path(f"{_APPLICATION}note/", reviewing.note, name="note"),
    path(f"{_APPLICATION}approve/", reviewing.approve, name="approve"),
    path(f"{_APPLICATION}decline/", reviewing.decline, name="decline"),
]

urlpatterns = [
    path("", include((applicant_patterns, "community"))),
    path("staff/", include((staff_patterns, "staff"))),
]
