"""Addresses of an organization's pages; included at the root."""

from django.urls import path

from orgs.web import invitations, log, organizations, people, second_factor, teams

app_name = "orgs"

urlpatterns = [
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("orgs/", organizations.list_organizations, name="list"),
    path("orgs/new/", organizations.choose_kind, name="new"),
    path("orgs/<str:name>/", organizations.overview, name="overview"),
    path("orgs/<str:name>/settings/", organizations.settings, name="settings"),
    path(
        "orgs/<str:name>/settings/second-factor/", second_factor.second_factor, name="second_factor"
    ),
    path("orgs/<str:name>/people/", people.people, name="people"),
    path("orgs/<str:name>/people/roles/", people.roles, name="roles"),
    path("orgs/<str:name>/people/leave/", people.leave_organization, name="leave"),
    path("orgs/<str:name>/people/<uuid:person>/", people.member, name="member"),
    path("orgs/<str:name>/people/<uuid:person>/remove/", people.remove, name="remove_member"),
    path("orgs/<str:name>/invitations/<uuid:invitation>/resend/", people.resend, name="resend"),
    path(
        "orgs/<str:name>/invitations/<uuid:invitation>/withdraw/", people.withdraw, name="withdraw"
    ),
    path("orgs/<str:name>/teams/", teams.teams, name="teams"),
    path("orgs/<str:name>/teams/<str:team>/", teams.team, name="team"),
    path("orgs/<str:name>/teams/<str:team>/edit/", teams.edit, name="edit_team"),
    path("orgs/<str:name>/teams/<str:team>/delete/", teams.delete, name="delete_team"),
    path(
        "orgs/<str:name>/teams/<str:team>/people/<uuid:person>/remove/",
        teams.remove,
        name="remove_team_member",
    ),
    path(
        "orgs/<str:name>/teams/<str:team>/people/<uuid:person>/maintainer/",
        teams.maintainer,
        name="maintainer",
    ),
    path("orgs/<str:name>/audit/", log.log, name="audit"),
]
