"""The lines of the API's matrix: each operation, its scope, and what each role is answered."""

from tests.saas.api.matrix import Case, every

ORG = "/organizations/{name}"
MEMBER, TEAM = f"{ORG}/members/{{target}}", f"{ORG}/teams/{{team}}"
OFFER = f"{ORG}/invitations/{{invitation}}"
WHEEL = "/projects/{project}"
OFFERS = f"{WHEEL}/collaborator-invitations"
DRAFT, ASKED = "/applications/{draft}", "/applications/{questioned}"
BUY = {"plan": "team", "interval": "month", "seats": 9, "accepts_terms": True}
ENDS = {"subscription": "sub_1"}
QUESTION = {"user": "{target}", "permission": "teams:read", "subject": "team:{name}/{team}"}


SEEN_BY_OWNER, ENDED_BY_OWNER = (200, 404, 404, 404), (204, 404, 404, 404)
OWNER_ONLY = (200, 403, 403, 403)
LEADERS = (200, 200, 403, 403)
LEADERS_ENDING = (204, 204, 403, 403)
MINE = (200, 404, 404, 404)

CASES = {
    "get_me": Case("GET", "/me", "", every(200), stranger=200),
    "decide": Case(
        "POST", "/decisions", "decisions:ask", every(200), {"questions": [QUESTION]}, stranger=200
    ),
    "list_organizations": Case(
        "GET", "/organizations", "organizations:read", every(200), stranger=200
    ),
    "found_company": Case(
        "POST",
        "/organizations",
        "organizations:write",
        every(201),
        {"name": "bakery", "display_name": "The Bakery"},
        stranger=201,
    ),
    "report_tokens": Case(
        "POST", "/tokens/reported", "", every(202), {"": [{"token": "none of ours"}]}, stranger=202
    ),
    "get_organization": Case("GET", ORG, "organizations:read", every(200)),
    "change_organization": Case(
        "PATCH", ORG, "organizations:write", OWNER_ONLY, {"description": "New."}
    ),
    "rename_organization": Case(
        "POST",
        f"{ORG}/rename",
        "organizations:write",
        OWNER_ONLY,
        {"name": "bakers", "confirmation": "{name}"},
    ),
    "get_profile": Case("GET", f"{ORG}/profile", "organizations:read", every(200)),
    "check_name": Case("GET", "/names/bakers", "organizations:read", every(200), stranger=200),
    "show_myself": Case(
        "PATCH", "/me/organizations/{name}", "members:write", every(200), {"is_public": True}
    ),
    "get_second_factor": Case("GET", f"{ORG}/second-factor", "organizations:write", OWNER_ONLY),
    # The owner here has no second factor, and can only take the demand back.
    "demand_second_factor": Case(
        "PUT",
        f"{ORG}/second-factor",
        "organizations:write",
        OWNER_ONLY,
        {"required": False},
    ),
    "list_members_without_second_factor": Case(
        "GET", f"{ORG}/second-factor/without", "organizations:write", OWNER_ONLY
    ),
    "get_entitlements": Case("GET", f"{ORG}/entitlements", "organizations:read", every(200)),
    "list_members": Case("GET", f"{ORG}/members", "members:read", every(200)),
    "change_role": Case("PATCH", MEMBER, "members:write", OWNER_ONLY, {"role": "manager"}),
    "remove_member": Case("DELETE", MEMBER, "members:write", LEADERS_ENDING),
    "leave_organization": Case(
        "DELETE", "/me/organizations/{name}", "members:write", (409, 204, 204, 204)
    ),
    "preview_offboarding": Case("GET", f"{MEMBER}/offboarding", "members:write", LEADERS),
    "list_invitations": Case("GET", f"{ORG}/invitations", "members:read", every(200)),
    "invite_member": Case(
        "POST",
        f"{ORG}/invitations",
        "members:write",
        (201, 201, 403, 403),
        {"email": "rosa@example.org"},
    ),
    "invite_many": Case(
        "POST",
        f"{ORG}/invitations/bulk",
        "members:write",
        LEADERS,
        {"invitations": [{"email": "rosa@example.org", "role": "member"}]},
    ),
    "resend_invitation": Case("POST", f"{OFFER}/resend", "members:write", LEADERS),
    "revoke_invitation": Case("DELETE", OFFER, "members:write", LEADERS_ENDING),
    "list_my_invitations": Case("GET", "/me/invitations", "members:read", every(200), stranger=200),
    # These offers are made to others: to everybody here they do not exist.
    "accept_invitation": Case(
        "POST", "/me/invitations/{invitation}/accept", "members:write", every(404)
    ),
    "decline_invitation": Case(
        "POST", "/me/invitations/{invitation}/decline", "members:write", every(404), {"words": ""}
    ),
    "list_my_collaborator_invitations": Case(
        "GET", "/me/collaborator-invitations", "projects:read", every(200), stranger=200
    ),
    "accept_collaboration": Case(
        "POST", "/me/collaborator-invitations/{offer}/accept", "projects:write", every(404)
    ),
    "decline_collaboration": Case(
        "POST", "/me/collaborator-invitations/{offer}/decline", "projects:write", every(404)
    ),
    "list_teams": Case("GET", f"{ORG}/teams", "organizations:read", every(200)),
    "create_team": Case(
        "POST", f"{ORG}/teams", "teams:write", (201, 201, 403, 403), {"name": "bread"}
    ),
    "get_team": Case("GET", TEAM, "organizations:read", every(200)),
    "change_team": Case("PATCH", TEAM, "teams:write", LEADERS, {"name": "centre"}),
    "delete_team": Case("DELETE", TEAM, "teams:write", LEADERS_ENDING),
    "list_team_members": Case("GET", f"{TEAM}/members", "organizations:read", every(200)),
    "add_team_members": Case(
        "POST", f"{TEAM}/members", "teams:write", LEADERS, {"users": ["{target}"]}
    ),
    "put_team_member": Case(
        "PUT", f"{TEAM}/members/{{target}}", "teams:write", LEADERS, {"is_maintainer": True}
    ),
    "remove_team_member": Case(
        "DELETE", f"{TEAM}/members/{{target}}", "teams:write", LEADERS_ENDING
    ),
    "list_projects": Case("GET", "/projects", "projects:read", every(200), stranger=200),
    "list_organization_projects": Case("GET", f"{ORG}/projects", "projects:read", every(200)),
    "register_project": Case(
        "POST",
        "/projects",
        "projects:write",
        (201, 201, 403, 403),
        {"name": "axle", "organization": "{name}"},
    ),
    "get_project": Case("GET", WHEEL, "projects:read", SEEN_BY_OWNER),
    "change_project": Case(
        "PATCH", WHEEL, "projects:write", SEEN_BY_OWNER, {"description": "Rolls."}
    ),
    "list_access": Case("GET", f"{WHEEL}/access", "projects:read", SEEN_BY_OWNER),
    "set_project_role": Case(
        "PUT",
        f"{WHEEL}/roles/{{target}}",
        "projects:write",
        SEEN_BY_OWNER,
        {"level": "publish"},
    ),
    "remove_project_role": Case(
        "DELETE", f"{WHEEL}/roles/{{target}}", "projects:write", ENDED_BY_OWNER
    ),
    "grant_team": Case(
        "PUT", f"{WHEEL}/teams/{{team}}", "projects:write", SEEN_BY_OWNER, {"level": "publish"}
    ),
    "revoke_team_grant": Case(
        "DELETE", f"{WHEEL}/teams/{{team}}", "projects:write", ENDED_BY_OWNER
    ),
    "grant_team_on_many": Case(
        "POST",
        f"{TEAM}/grants",
        "projects:write",
        OWNER_ONLY,
        {"level": "publish", "projects": "all"},
    ),
    "set_base_level": Case(
        "PUT", f"{ORG}/base-level", "organizations:write", OWNER_ONLY, {"level": None}
    ),
    "get_base_level": Case("GET", f"{ORG}/base-level", "organizations:read", every(200)),
    "list_project_roles": Case("GET", f"{WHEEL}/roles", "projects:read", SEEN_BY_OWNER),
    "list_team_grants": Case("GET", f"{WHEEL}/teams", "projects:read", SEEN_BY_OWNER),
    "list_grants_of_team": Case("GET", f"{TEAM}/grants", "projects:read", every(200)),
    "list_collaborator_invitations": Case("GET", OFFERS, "projects:write", SEEN_BY_OWNER),
    "invite_collaborator": Case(
        "POST", OFFERS, "projects:write", (201, 404, 404, 404), {"email": "lea@example.org"}
    ),
    "resend_collaborator_invitation": Case(
        "POST", f"{OFFERS}/{{offer}}/resend", "projects:write", SEEN_BY_OWNER
    ),
    "revoke_collaborator_invitation": Case(
        "DELETE", f"{OFFERS}/{{offer}}", "projects:write", ENDED_BY_OWNER
    ),
    "list_transfers": Case("GET", f"{ORG}/transfers", "projects:write", LEADERS),
    "list_my_transfers": Case("GET", "/me/transfers", "projects:write", every(200), stranger=200),
    "accept_transfer": Case("POST", "/transfers/{transfer}/accept", "projects:write", LEADERS),
    "decline_transfer": Case(
        "POST", "/transfers/{transfer}/decline", "projects:write", LEADERS_ENDING
    ),
    "put_external_user": Case(
        "PUT", "/directory/users/7", "", every(403), {"email": "kim@example.org"}, stranger=403
    ),
    "put_external_project": Case(
        "PUT", "/directory/projects/7", "", every(403), {"name": "axle"}, stranger=403
    ),
    "get_billing": Case("GET", f"{ORG}/billing", "billing:read", (200, 403, 200, 403)),
    "list_seats": Case("GET", f"{ORG}/seats", "billing:read", (200, 403, 200, 403)),
    "list_seat_history": Case("GET", f"{ORG}/seats/history", "billing:read", (200, 403, 200, 403)),
    # Nothing was pushed to Stripe, so whoever may buy is told that it is not on sale.
    "start_checkout": Case("POST", f"{ORG}/checkout", "billing:write", (409, 403, 409, 403), BUY),
    # Nothing runs here that could be changed.
    "quote_change": Case(
        "POST",
        f"{ORG}/subscription/quote",
        "billing:write",
        (409, 403, 409, 403),
        {"plan": "team", "interval": "month", "seats": 20},
    ),
    "change_subscription": Case(
        "POST",
        f"{ORG}/subscription/change",
        "billing:write",
        (409, 403, 409, 403),
        {"quote": "stale"},
    ),
    "set_seat_ceiling": Case(
        "PUT",
        f"{ORG}/subscription/seat-ceiling",
        "billing:write",
        (409, 403, 409, 403),
        {"ceiling": 20},
    ),
    "fix_seats": Case(
        "DELETE", f"{ORG}/subscription/seat-ceiling", "billing:write", (204, 403, 204, 403)
    ),
    "cancel_subscription": Case(
        "POST", f"{ORG}/subscription/cancel", "billing:write", (409, 403, 409, 403), ENDS
    ),
    "resume_subscription": Case(
        "POST", f"{ORG}/subscription/resume", "billing:write", (409, 403, 409, 403), ENDS
    ),
    "explain_entitlements": Case("GET", f"{ORG}/billing/why", "billing:read", (200, 403, 200, 403)),
    # Nothing was ever bought.
    "get_billing_details": Case(
        "GET", f"{ORG}/billing/details", "billing:read", (409, 403, 409, 403)
    ),
    "set_billing_details": Case(
        "PUT",
        f"{ORG}/billing/details",
        "billing:write",
        (409, 403, 409, 403),
        {"email": "money@example.org", "purchase_order": "PO 7"},
    ),
    # Nothing was pushed to Stripe.
    "make_buyer_link": Case(
        "PUT",
        f"{ORG}/buyer-link",
        "billing:write",
        (409, 403, 409, 403),
        {"plan": "team", "interval": "month", "seats": 20},
    ),
    "revoke_buyer_link": Case("DELETE", f"{ORG}/buyer-link", "billing:write", (204, 403, 204, 403)),
    # It has no grant that could go on.
    "renew_grant": Case(
        "POST",
        f"{ORG}/grant/renew",
        "billing:write",
        (409, 403, 409, 403),
        {"until": "2027-01-01T00:00:00Z", "confirms": True},
    ),
    "list_service_tokens": Case("GET", f"{ORG}/tokens", "tokens:read", OWNER_ONLY),
    "revoke_service_token": Case(
        "DELETE", f"{ORG}/tokens/{{robot}}", "tokens:write", (204, 403, 403, 403)
    ),
    "list_audit_events": Case("GET", f"{ORG}/audit-log", "audit:read", LEADERS),
    "export_audit_log_csv": Case("GET", f"{ORG}/audit-log.csv", "audit:read", OWNER_ONLY),
    "export_audit_log_ndjson": Case("GET", f"{ORG}/audit-log.ndjson", "audit:read", OWNER_ONLY),
    "list_team_events": Case("GET", f"{TEAM}/audit-log", "audit:read", LEADERS),
    "list_project_events": Case("GET", f"{WHEEL}/audit-log", "audit:read", SEEN_BY_OWNER),
    "list_my_events": Case("GET", "/me/audit-log", "audit:read", every(200), stranger=200),
    "list_applications": Case(
        "GET", "/applications", "applications:write", every(200), stranger=200
    ),
    "begin_application": Case(
        "POST",
        "/applications",
        "applications:write",
        every(201),
        {"name": "bakers"},
        stranger=201,
    ),
    "get_application": Case("GET", DRAFT, "applications:write", MINE),
    "edit_application": Case("PATCH", DRAFT, "applications:write", MINE, {"people": 3}),
    "submit_application": Case("POST", f"{DRAFT}/submit", "applications:write", MINE),
    "withdraw_application": Case("POST", f"{DRAFT}/withdraw", "applications:write", MINE),
    "answer_question": Case(
        "POST",
        f"{ASKED}/questions/{{question}}/answer",
        "applications:write",
        MINE,
        {"text": "Since 2019."},
    ),
    "appeal_decision": Case(
        "POST",
        "/applications/{declined}/appeal",
        "applications:write",
        MINE,
        {"words": "Please look again."},
    ),
}
