"""The pages of projects, of who may do what on them, and of their way to another owner."""

from tests.journeys.shot import VISITOR, Shot, send

NORTHWIND = {"name": "northwind"}
WIND = {"name": "wind-tables"}

OF_PROJECTS = (
    Shot("projects-none", "dana", "orgs:projects"),
    Shot("projects", "ana", "orgs:projects"),
    Shot("projects-given", "kim", "orgs:projects"),
    Shot("project-new", "ana", "orgs:new_project"),
    Shot("project-new-none", "dana", "orgs:new_project"),
    Shot(
        "project-new-wrong",
        "ana",
        "orgs:new_project",
        act=send("Register project", name="Wind.Tables"),
        status=422,
    ),
    Shot("project-visitor", VISITOR, "orgs:project", WIND),
    Shot("project", "ana", "orgs:project", WIND),
    Shot("project-member", "chen", "orgs:project", WIND),
    Shot("project-archived", "ana", "orgs:project", {"name": "rain-gauge"}),
    Shot("project-settings", "ana", "orgs:project_settings", WIND),
    Shot("project-settings-private", "ana", "orgs:project_settings", {"name": "gust-lab"}),
    Shot("project-settings-own", "ana", "orgs:project_settings", {"name": "weather-diary"}),
    Shot("project-delete", "ana", "orgs:delete_project", WIND),
    Shot("project-access", "ana", "orgs:project_access", WIND),
    Shot(
        "project-access-wrong",
        "ana",
        "orgs:project_access",
        WIND,
        act=send("Give this level", user="rosa@chapterhouse.example"),
        status=422,
    ),
    Shot("project-access-own", "ana", "orgs:project_access", {"name": "weather-diary"}),
    Shot("project-access-gated", "ana", "orgs:project_access", {"name": "quarry-map"}),
    Shot("project-log", "ana", "orgs:project_log", WIND),
    Shot("transfer", "ana", "orgs:transfer", WIND),
    Shot(
        "transfer-wrong",
        "ana",
        "orgs:transfer",
        WIND,
        act=send("Offer the project", receiver="nobody@example.org", confirmation="wind-tables"),
        status=422,
    ),
    Shot("transfer-offered", "ana", "orgs:transfer", {"name": "anemometer"}),
    Shot("transfer-move", "ana", "orgs:move_project", WIND, query="?to=-"),
    Shot(
        "transfer-move-gated",
        "ana",
        "orgs:move_project",
        {"name": "weather-diary"},
        query="?to=quillworks",
    ),
    Shot("transfer-answer", "kim", "orgs:answer_transfer", {"transfer": "{to_kim}"}),
    Shot("transfer-answer-house", "ben", "orgs:answer_transfer", {"transfer": "{to_northwind}"}),
    Shot("organization-projects", "ana", "orgs:organization_projects", NORTHWIND),
    Shot("organization-projects-member", "chen", "orgs:organization_projects", NORTHWIND),
    Shot(
        "organization-projects-none", "ana", "orgs:organization_projects", {"name": "lantern-press"}
    ),
    Shot(
        "organization-projects-gated", "ana", "orgs:organization_projects", {"name": "paper-boats"}
    ),
    Shot(
        "organization-projects-nothing",
        "ana",
        "orgs:organization_projects",
        NORTHWIND,
        query="?q=submarine",
    ),
    Shot("team-levels", "ana", "orgs:give_team_levels", NORTHWIND | {"team": "docs"}),
    Shot(
        "team-levels-gated", "ana", "orgs:give_team_levels", {"name": "old-quarry", "team": "pit"}
    ),
)
