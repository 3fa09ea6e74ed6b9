"""The pages of an organization."""

from tests.saas.web.row import AGAIN, DONE, NOBODY, SIGN_IN, Row, anybody, by_role, whose

ORG = {"name": "{name}"}
TEAM = ORG | {"team": "{team}"}
TARGET = ORG | {"person": "{target}"}
IN_TEAM = TEAM | {"person": "{target}"}
OFFERED = ORG | {"invitation": "{invitation}"}
GRANTED = TEAM | {"project": "{project}"}

SHOWN = by_role(200, 200, 200, 200)
DONE_BY_ALL = by_role(DONE, DONE, DONE, DONE)
OWNERS, OWNERS_DO = by_role(200, 403, 403, 403), by_role(DONE, 403, 403, 403)
LEADERS, LEADERS_DO = by_role(200, 200, 403, 403), by_role(DONE, DONE, 403, 403)
PAYERS = by_role(200, 403, 200, 403)
FRESH = by_role(200, 403, 403, 403, stale_owner=AGAIN)
FRESH_DO = by_role(DONE, 403, 403, 403, stale_owner=AGAIN)
ADMINISTERED = by_role(DONE, 404, 404, 404, maintainer=403, administrator=404)
LEVEL = {"level": "publish"}

OF_ORGANIZATIONS = (
    Row("orgs:list", get=anybody(200)),
    Row("orgs:new", get=anybody(200)),
    Row("orgs:check_name", get=anybody(200), query="?name=bakers"),
    Row("orgs:overview", ORG, get=SHOWN, is_open=True),
    Row("orgs:overview", {"name": "{shown}"}, get=anybody(200, nobody=200), is_open=True),
    Row("orgs:show_me", ORG, post=DONE_BY_ALL, body={"is_public": "yes"}),
    Row(
        "orgs:settings",
        ORG,
        get=OWNERS,
        post=OWNERS_DO,
        body={"display_name": "New", "url": "", "description": "Anew."},
    ),
    Row("orgs:visibility", ORG, post=OWNERS_DO, body={"profile_is_public": "on"}),
    Row(
        "orgs:rename",
        ORG,
        get=OWNERS,
        post=OWNERS_DO,
        body={"name": "bakers", "confirmation": "{name}"},
    ),
    Row("orgs:second_factor", ORG, get=OWNERS, post=OWNERS_DO, body={"demand": "yes"}),
    Row(
        "orgs:people",
        ORG,
        get=SHOWN,
        post=LEADERS_DO,
        body={"email": "rosa@example.org", "role": "member"},
    ),
    Row("orgs:roles", ORG, get=SHOWN),
    Row("orgs:leave", ORG, get=SHOWN, post=by_role(409, DONE, DONE, DONE)),
    Row("orgs:member", TARGET, get=SHOWN, post=OWNERS_DO, body={"role": "manager"}),
    Row("orgs:remove_member", TARGET, get=LEADERS, post=LEADERS_DO),
    Row(
        "orgs:remove_member",
        ORG | {"person": "{manager}"},
        get=OWNERS,
        post=by_role(DONE, 403, 403, 403),
    ),
    Row(
        "orgs:hand_over",
        TARGET,
        get=FRESH,
        post=FRESH_DO,
        body={"stays": "manager", "confirmation": "{name}"},
    ),
    Row("orgs:tokens", ORG, get=OWNERS),
    Row(
        "orgs:new_token",
        ORG,
        get=FRESH,
        post=by_role(200, 403, 403, 403, stale_owner=AGAIN),
        body={"name": "mill", "scopes": "teams:write", "days": "30"},
    ),
    Row("orgs:revoke_token", ORG | {"token": "{robot}"}, get=OWNERS, post=OWNERS_DO),
    Row("orgs:invitations", ORG, get=SHOWN),
    Row(
        "orgs:bulk",
        ORG,
        get=LEADERS,
        post=LEADERS,
        body={"text": "rosa@example.org", "role": "member", "step": "send"},
    ),
    Row("orgs:resend", OFFERED, post=LEADERS_DO),
    Row("orgs:withdraw", OFFERED, post=LEADERS_DO),
    Row("orgs:teams", ORG, get=SHOWN, post=LEADERS_DO, body={"name": "bread"}),
    Row(
        "orgs:team",
        TEAM,
        get=SHOWN,
        post=by_role(DONE, DONE, 403, 403, maintainer=DONE),
        body={"user": "{member}"},
    ),
    Row(
        "orgs:edit_team",
        TEAM,
        get=LEADERS,
        post=LEADERS_DO,
        body={"name": "centre", "description": ""},
    ),
    Row("orgs:delete_team", TEAM, get=LEADERS, post=LEADERS_DO, body={"confirmation": "{team}"}),
    Row("orgs:remove_team_member", IN_TEAM, post=by_role(DONE, DONE, 403, 403, maintainer=DONE)),
    Row("orgs:maintainer", IN_TEAM, post=LEADERS_DO, body={"is_maintainer": "yes"}),
    # Only projects that the visitor administers can be chosen; others are no choice of the form.
    Row(
        "orgs:give_team_levels",
        TEAM,
        get=SHOWN,
        post=by_role(DONE, 422, 422, 422),
        body={"projects": "{axle}", "level": "read"},
    ),
    Row("orgs:give_team_level_on_all", TEAM, post=OWNERS_DO, body={"all-level": "read"}),
    Row("orgs:change_team_level", GRANTED, post=ADMINISTERED, body=LEVEL),
    Row("orgs:revoke_team_level", GRANTED, post=ADMINISTERED),
    Row("orgs:organization_projects", ORG, get=SHOWN),
    Row("orgs:base_level", ORG, post=OWNERS_DO, body={"level": "read"}),
    Row("orgs:audit", ORG, get=LEADERS),
    Row("orgs:audit_csv", ORG, post=OWNERS),
    Row("orgs:audit_ndjson", ORG, post=OWNERS),
    Row("orgs:team_log", TEAM, get=LEADERS),
    Row(
        "orgs:invitation",
        {"token": "{invitation_token}"},
        get=anybody(200, nobody=200),
        post={NOBODY: SIGN_IN, "stranger": DONE, "owner": 409},
        body={"answer": "accept"},
        is_open=True,
    ),
)

OF_MONEY = (
    Row("subscriptions:plans", get=anybody(200, nobody=200), is_open=True),
    Row("subscriptions:terms", get=anybody(200, nobody=200), is_open=True),
    Row(
        "subscriptions:found",
        get=anybody(200),
        post=anybody(DONE),
        body={"name": "bakery", "display_name": "The Bakery"},
    ),
    Row("subscriptions:billing", ORG, get=PAYERS),
    Row("orgs:seats", ORG, get=PAYERS),
    Row("orgs:seat_history", ORG, get=PAYERS),
    Row("subscriptions:subscribe", ORG, get=PAYERS),
    # Nothing was pushed to Stripe, so whoever may buy is told that it is not on sale.
    Row(
        "subscriptions:checkout",
        ORG,
        post=by_role(409, 403, 409, 403),
        body={"plan": "team", "interval": "month", "seats": "20", "terms": "on"},
    ),
    Row("subscriptions:returned", ORG, get=by_role(DONE, 403, DONE, 403)),
    # Nothing runs here: whoever may change it is led to the first choice, or told what is stale.
    Row("subscriptions:change", ORG, get=by_role(DONE, 403, DONE, 403)),
    Row("subscriptions:confirm-change", ORG, post=by_role(409, 403, 409, 403)),
    Row("subscriptions:pay", ORG, post=by_role(409, 403, 409, 403), body={"invoice": "in_1"}),
    Row(
        "subscriptions:ceiling",
        ORG,
        get=by_role(409, 403, 409, 403),
        post=by_role(409, 403, 409, 403),
        body={"ceiling": "20"},
    ),
    Row("subscriptions:fix-seats", ORG, post=by_role(DONE, 403, DONE, 403)),
    Row(
        "subscriptions:cancel",
        ORG,
        get=by_role(409, 403, 409, 403),
        post=by_role(409, 403, 409, 403),
        body={"subscription": "sub_1"},
    ),
    Row(
        "subscriptions:resume",
        ORG,
        post=by_role(409, 403, 409, 403),
        body={"subscription": "sub_1"},
    ),
    Row("subscriptions:why", ORG, get=PAYERS),
    # Nothing was pushed to Stripe, so nothing can be ordered.
    Row(
        "subscriptions:buyer-link",
        ORG,
        get=by_role(200, 403, 200, 403),
        post=by_role(409, 403, 409, 403),
        body={"plan": "team", "interval": "month", "seats": "9"},
    ),
    Row(
        "subscriptions:details",
        ORG,
        get=by_role(409, 403, 409, 403),
        post=by_role(409, 403, 409, 403),
        body={"email": "money@example.org", "purchase_order": "PO 7"},
    ),
    # Its price is asked no more, and the page says so.
    Row(
        "subscriptions:buy",
        {"token": "{buyer_token}"},
        get=anybody(200, nobody=200),
        post=anybody(409, nobody=409),
        body={"name": "Bea", "email": "bea@example.org", "terms": "on"},
        is_open=True,
    ),
    Row("subscriptions:take-buyer-link-back", ORG, post=by_role(DONE, 403, DONE, 403)),
    # It has no grant.
    Row("subscriptions:renew", ORG, post=by_role(409, 403, 409, 403)),
    Row("subscriptions:portal", ORG, post=by_role(409, 403, 409, 403)),
    # Its projects stand against it.
    Row(
        "subscriptions:delete",
        ORG,
        get=FRESH,
        post={**FRESH_DO, "owner": 409},
        body={"confirmation": "{name}"},
    ),
    Row("subscriptions:undo", ORG, post=OWNERS_DO),
)

APPLICATION = {"public_id": "{draft}"}
WRITTEN = {
    "display_name": "The Orchard",
    "name": "orchard",
    "url": "https://orchard.example.org/",
    "description": "People who grow things.",
    "intended_use": "To publish our tools.",
    "people": "7",
}

OF_APPLICATIONS = (
    Row(
        "community:apply",
        get=anybody(200),
        post=anybody(DONE),
        body=WRITTEN | {"then": "submit"},
        query="?kind=community",
    ),
    Row("community:list", get=anybody(200)),
    Row("community:application", APPLICATION, get=whose(200)),
    Row("community:edit", APPLICATION, get=whose(200), post=whose(DONE), body=WRITTEN),
    Row("community:submit", APPLICATION, post=whose(DONE)),
    Row("community:withdraw", APPLICATION, get=whose(200), post=whose(DONE)),
    Row(
        "community:appeal",
        {"public_id": "{declined}"},
        get=whose(200),
        post=whose(DONE),
        body={"words": "Please look again.", "name": "orchard"},
    ),
    Row(
        "community:answer",
        {"public_id": "{questioned}", "question": "{question}"},
        post=whose(DONE),
        body={"{question}-text": "Since 2019."},
    ),
)
