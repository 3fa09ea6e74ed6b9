"""Addresses of an organization's pages; included at the root."""

from django.urls import path

from orgs.web import (
    account_log,
    collaboration,
    invitations,
    inviting,
    log,
    names,
    organizations,
    ownership,
    people,
    teams,
)

app_name = "orgs"

urlpatterns = [
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("collaborations/<str:token>/", collaboration.collaboration, name="collaboration"),
    path("orgs/", organizations.list_organizations, name="list"),
    path("orgs/new/", organizations.choose_kind, name="new"),
    path("orgs/new/name/", names.check, name="check_name"),
    path("orgs/<str:name>/", organizations.overview, name="overview"),
    path("orgs/<str:name>/show-me/", organizations.show_me, name="show_me"),
    path("orgs/<str:name>/settings/", organizations.settings, name="settings"),
    path("orgs/<str:name>/settings/visibility/", organizations.visibility, name="visibility"),
    path("orgs/<str:name>/settings/rename/", names.rename, name="rename"),
    path("orgs/<str:name>/people/", people.people, name="people"),
    path("orgs/<str:name>/people/roles/", people.roles, name="roles"),
    path("orgs/<str:name>/people/leave/", people.leave_organization, name="leave"),
    path("orgs/<str:name>/people/<uuid:person>/", people.member, name="member"),
    path("orgs/<str:name>/people/<uuid:person>/remove/", people.remove, name="remove_member"),
    path("orgs/<str:name>/people/<uuid:person>/owner/", ownership.hand_over, name="hand_over"),
    path("orgs/<str:name>/people/invitations/", inviting.invitations, name="invitations"),
    path("orgs/<str:name>/people/invitations/bulk/", inviting.bulk, name="bulk"),
    path("orgs/<str:name>/invitations/<uuid:invitation>/resend/", inviting.resend, name="resend"),
    path(
        "orgs/<str:name>/invitations/<uuid:invitation>/withdraw/",
        inviting.withdraw,
        name="withdraw",
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
    path("staff/names/", names.names_for_staff, name="staff_names"),
    path("orgs/<str:name>/audit/log.csv", log.export, kwargs={"form": "csv"}, name="audit_csv"),
    path(
        "orgs/<str:name>/audit/log.ndjson",
        log.export,
        kwargs={"form": "ndjson"},
        name="audit_ndjson",
    ),
    path("orgs/<str:name>/teams/<str:team>/log/", log.team_log, name="team_log"),
    path("account/log/", account_log.log, name="account_log"),
]
