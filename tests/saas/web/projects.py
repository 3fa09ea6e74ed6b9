"""The pages of projects."""

from tests.saas.web.row import AGAIN, DONE, NOBODY, SIGN_IN, Row, anybody, by_level, by_role

WHEEL = {"name": "{project}"}
PERSON = WHEEL | {"person": "{target}"}
OFFER = WHEEL | {"offer": "{offer}"}
GRANT = WHEEL | {"team": "{team}"}
PUBLIC = {"name": "{public_project}"}

ADMINISTER, ADMINISTER_DO = by_level(200, 403), by_level(DONE, 403)
MOVE = by_level(200, 403, administrator=403, stale_owner=AGAIN)
MOVE_DO = by_level(DONE, 403, administrator=403, stale_owner=AGAIN)
LEVEL = {"level": "publish"}

OF_PROJECTS = (
    Row("orgs:projects", get=anybody(200)),
    Row(
        "orgs:new_project",
        get=anybody(200),
        post=anybody(DONE),
        body={"name": "spoke", "owner": "-", "is_private": "no"},
    ),
    # Where one does not lead, there is no choice to register.
    Row(
        "orgs:new_project",
        post=by_role(DONE, DONE, 422, 422, outside=422),
        get=anybody(200),
        body={"name": "spoke", "owner": "{name}", "is_private": "yes"},
    ),
    Row("orgs:project", WHEEL, get=by_level(200, 200, nobody=404), is_open=True),
    Row("orgs:project", PUBLIC, get=anybody(200, nobody=200), is_open=True),
    Row(
        "orgs:project_settings",
        WHEEL,
        get=ADMINISTER,
        post=ADMINISTER_DO,
        body={"description": "Rolls."},
    ),
    Row(
        "orgs:project_settings",
        PUBLIC,
        get=anybody(403),
        post=anybody(403),
        body={"description": "x"},
    ),
    Row(
        "orgs:project_visibility",
        WHEEL,
        post=ADMINISTER_DO,
        body={"is_private": "no", "confirmation": "{project}"},
    ),
    Row("orgs:archive_project", WHEEL, post=ADMINISTER_DO, body={"is_archived": "yes"}),
    Row(
        "orgs:project_access",
        WHEEL,
        get=ADMINISTER,
        post=ADMINISTER_DO,
        body={"user": "{member_email}", "level": "read"},
    ),
    Row("orgs:set_project_role", PERSON, post=ADMINISTER_DO, body=LEVEL),
    Row("orgs:remove_project_role", PERSON, post=ADMINISTER_DO),
    Row(
        "orgs:invite_collaborator",
        WHEEL,
        post=ADMINISTER_DO,
        body={"offer-email": "lea@example.org", "offer-level": "read"},
    ),
    Row("orgs:resend_offer", OFFER, post=ADMINISTER_DO),
    Row("orgs:withdraw_offer", OFFER, post=ADMINISTER_DO),
    # Teams are seen by members only, so a collaborator chooses none.
    Row(
        "orgs:set_team_grant",
        WHEEL,
        post=by_level(DONE, 403, administrator=422),
        body={"team-team": "{loft}", "team-level": "read"},
    ),
    Row("orgs:change_team_grant", GRANT, post=ADMINISTER_DO, body=LEVEL),
    Row("orgs:revoke_team_grant", GRANT, post=ADMINISTER_DO),
    Row("orgs:project_log", WHEEL, get=ADMINISTER),
    Row(
        "orgs:transfer",
        WHEEL,
        get=MOVE,
        post=MOVE_DO,
        body={"receiver": "{receiver}", "confirmation": "{project}"},
    ),
    Row(
        "orgs:cancel_transfer",
        {"name": "{axle}"},
        post=by_level(DONE, 404, administrator=404, stale_owner=AGAIN),
    ),
    Row(
        "orgs:move_project",
        WHEEL,
        get=MOVE,
        post=MOVE_DO,
        body={"confirmation": "{project}"},
        query="?to=-",
    ),
    Row(
        "orgs:delete_project",
        WHEEL,
        get=MOVE,
        post=MOVE_DO,
        body={"confirmation": "{project}"},
    ),
    Row(
        "orgs:answer_transfer",
        {"transfer": "{transfer_number}"},
        get=by_role(200, 200, 403, 403),
        post=by_role(DONE, DONE, 403, 403),
        body={"answer": "accept"},
    ),
    Row(
        "orgs:collaboration",
        {"token": "{offer_token}"},
        get=anybody(200, nobody=200),
        post={NOBODY: SIGN_IN, "stranger": DONE},
        body={"answer": "accept"},
        is_open=True,
    ),
)
