"""Addresses of an organization's pages; included at the root."""

from django.urls import path

from orgs.web import (
    account_log,
    collaboration,
    collaborators,
    invitations,
    inviting,
    log,
    names,
    organization_projects,
    organizations,
    ownership,
    people,
    project_access,
    project_log,
    projects,
    second_factor,
    team_projects,
    teams,
    transfers,
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
    path(
        "orgs/<str:name>/settings/second-factor/", second_factor.second_factor, name="second_factor"
    ),
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
    path("orgs/<str:name>/teams/<str:team>/projects/", team_projects.give, name="give_team_levels"),
    path(
        "orgs/<str:name>/teams/<str:team>/projects/all/",
        team_projects.give_on_all,
        name="give_team_level_on_all",
    ),
    path(
        "orgs/<str:name>/teams/<str:team>/projects/<str:project>/level/",
        team_projects.change,
        name="change_team_level",
    ),
    path(
        "orgs/<str:name>/teams/<str:team>/projects/<str:project>/revoke/",
        team_projects.revoke,
        name="revoke_team_level",
    ),
    path(
        "orgs/<str:name>/projects/",
        organization_projects.projects,
        name="organization_projects",
    ),
    path(
        "orgs/<str:name>/projects/base-level/",
        organization_projects.base_level,
        name="base_level",
    ),
    path("orgs/<str:name>/audit/", log.log, name="audit"),
    path("projects/", projects.list_projects, name="projects"),
    path("projects/new/", projects.register, name="new_project"),
    path("projects/<str:name>/", projects.project, name="project"),
    path("projects/<str:name>/settings/", projects.settings, name="project_settings"),
    path(
        "projects/<str:name>/settings/visibility/", projects.visibility, name="project_visibility"
    ),
    path("projects/<str:name>/settings/archive/", projects.archive, name="archive_project"),
    path("projects/<str:name>/access/", project_access.access, name="project_access"),
    path(
        "projects/<str:name>/access/people/<uuid:person>/",
        project_access.set_role,
        name="set_project_role",
    ),
    path(
        "projects/<str:name>/access/people/<uuid:person>/remove/",
        project_access.remove_role,
        name="remove_project_role",
    ),
    path("projects/<str:name>/access/offers/", collaborators.invite, name="invite_collaborator"),
    path(
        "projects/<str:name>/access/offers/<uuid:offer>/resend/",
        collaborators.resend,
        name="resend_offer",
    ),
    path(
        "projects/<str:name>/access/offers/<uuid:offer>/withdraw/",
        collaborators.withdraw,
        name="withdraw_offer",
    ),
    path("projects/<str:name>/access/teams/", project_access.set_grant, name="set_team_grant"),
    path(
        "projects/<str:name>/access/teams/<str:team>/",
        project_access.change_grant,
        name="change_team_grant",
    ),
    path(
        "projects/<str:name>/access/teams/<str:team>/revoke/",
        project_access.revoke_grant,
        name="revoke_team_grant",
    ),
    path("projects/<str:name>/log/", project_log.log, name="project_log"),
    path("projects/<str:name>/transfer/", transfers.transfer, name="transfer"),
    path("projects/<str:name>/transfer/cancel/", transfers.cancel, name="cancel_transfer"),
    path("projects/<str:name>/transfer/move/", transfers.move, name="move_project"),
    path("transfers/<int:transfer>/", transfers.answer, name="answer_transfer"),
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
