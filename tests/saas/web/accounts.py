"""The pages of one's own account, of signing in, and those that programs call."""

from tests.saas.web.row import AGAIN, DONE, NOBODY, SIGN_IN, STALE, Answers, Row, anybody, whose

OPEN = anybody(200, nobody=200)
NONE = anybody(404, nobody=404)
SIGNING_IN: Answers = {NOBODY: 200, "stranger": DONE}
FRESH = anybody(200, stale_owner=AGAIN)
PASSWORD: Answers = {NOBODY: SIGN_IN, "stranger": 200, "owner": DONE}
NO_PASSWORD: Answers = {NOBODY: SIGN_IN, "stranger": DONE, "owner": 200}
NOT_BEGUN: Answers = {NOBODY: DONE, "owner": DONE}
FIRST: Answers = {NOBODY: SIGN_IN, "stranger": 200, STALE: AGAIN}
BY_PASSKEY: Answers = {NOBODY: DONE, "stranger": DONE}
ANOTHER_WAY: Answers = {NOBODY: SIGN_IN, "stranger": AGAIN}
PASSKEY = {"pk": "{passkey}"}
OLD_LINK = {"uidb36": "1", "key": "too-old"}
THEIRS, THEIRS_DO = whose(200, stale_owner=AGAIN), whose(DONE, stale_owner=AGAIN)

OF_ACCOUNTS = (
    Row("home", get=SIGNING_IN, post=SIGNING_IN, is_open=True),
    Row("webhooks:stripe", post=anybody(400, nobody=400), is_open=True),
    Row("accounts:profile", get=anybody(200), post=anybody(DONE), body={"name": "New"}),
    Row("accounts:notifications", get=anybody(200), post=anybody(DONE), body={"wanted": "news"}),
    Row("accounts:unsubscribe", {"token": "{unsubscribe}"}, get=OPEN, post=OPEN, is_open=True),
    Row("accounts:object_to_reset", {"token": "{objection}"}, get=OPEN, post=OPEN, is_open=True),
    Row("accounts:tokens", get=anybody(200)),
    Row(
        "accounts:new_token",
        get=FRESH,
        post=FRESH,
        body={"name": "builds", "days": "90", "scopes": "audit:read"},
    ),
    Row("accounts:revoke_token", {"token": "{token}"}, get=whose(200), post=whose(DONE)),
    Row("accounts:devices", get=anybody(200), post=anybody(DONE)),
    Row("accounts:end_session", {"session": "{session}"}, post=whose(DONE)),
    Row("people:data", get=anybody(200)),
    Row("people:export", get=FRESH),
    Row(
        "people:delete",
        get=FRESH,
        post={NOBODY: SIGN_IN, "stranger": DONE, "owner": 422, STALE: AGAIN},
        body={"confirmation": "stranger@example.org"},
    ),
    Row("orgs:account_log", get=anybody(200)),
)
OF_SIGNING_IN = (
    Row("account_login", get=SIGNING_IN, post=SIGNING_IN, is_open=True),
    Row(
        "account_logout",
        get={NOBODY: DONE, "stranger": 200},
        post={NOBODY: DONE, "stranger": DONE},
        is_open=True,
    ),
    Row("account_inactive", get=OPEN, is_open=True),
    Row("account_signup", get=SIGNING_IN, post=SIGNING_IN, is_open=True),
    Row("account_reauthenticate", get=anybody(200, owner=AGAIN), post=anybody(200, owner=AGAIN)),
    Row("account_email", get=anybody(200), post=anybody(DONE)),
    Row("account_email_verification_sent", get=OPEN, is_open=True),
    Row("account_change_password", get=PASSWORD, post=PASSWORD),
    Row("account_set_password", get=NO_PASSWORD, post=NO_PASSWORD),
    Row("account_reset_password", get=OPEN, post=OPEN, is_open=True),
    Row("account_confirm_login_code", get=NOT_BEGUN, post=NOT_BEGUN, is_open=True),
    # Whoever follows somebody else's link is signed out, so nobody else is asked.
    Row(
        "account_confirm_email",
        {"key": "{confirmation}"},
        get={NOBODY: 200},
        post={NOBODY: DONE},
        is_open=True,
    ),
    Row("account_reset_password_from_key_done", get=OPEN, is_open=True),
    Row("account_reset_password_from_key", OLD_LINK, get=OPEN, post=OPEN, is_open=True),
    Row("account_reset_password_done", get=OPEN, is_open=True),
    Row("mfa_index", get=anybody(200)),
    Row("mfa_authenticate", get=NOT_BEGUN, post=NOT_BEGUN, is_open=True),
    Row("mfa_reauthenticate", get=anybody(AGAIN), post=anybody(AGAIN)),
    Row("mfa_activate_totp", get=FRESH, post=FRESH),
    Row("mfa_deactivate_totp", get=anybody(404), post=anybody(404)),
    Row("mfa_view_recovery_codes", get=anybody(404)),
    Row(
        "mfa_generate_recovery_codes",
        get=FRESH,
        post=anybody(DONE, stranger=200, stale_owner=AGAIN),
    ),
    Row("mfa_download_recovery_codes", get=anybody(404), post=anybody(404)),
    Row("mfa_list_webauthn", get=anybody(200)),
    Row("mfa_add_webauthn", get=FIRST, post=FIRST),
    Row("mfa_reauthenticate_webauthn", get=ANOTHER_WAY, post=ANOTHER_WAY),
    Row("mfa_remove_webauthn", PASSKEY, get=THEIRS, post=THEIRS_DO),
    Row("mfa_edit_webauthn", PASSKEY, get=THEIRS, post=THEIRS_DO, body={"name": "New"}),
    Row("mfa_login_webauthn", get=BY_PASSKEY, post=BY_PASSKEY, is_open=True),
    Row("usersessions_list", get=anybody(200), post=anybody(DONE)),
)
"""The sign-in library's own. Most forms stand empty here and are shown again: no right decides."""
OF_DEVELOPMENT = (
    Row("dev:clock", post=OPEN, is_open=True),
    Row("dev:mailbox", get=NONE, is_open=True),
    Row("dev:mailbox-json", get=NONE, is_open=True),
    Row("dev:mail", {"mail_id": "none"}, get=NONE, is_open=True),
    Row("dev:mail-page", {"mail_id": "none"}, get=NONE, is_open=True),
    Row("dev:emails", get=OPEN, is_open=True),
    Row("dev:email-page", {"template": "invitation_sent"}, get=OPEN, is_open=True),
    Row("dev:email", {"template": "invitation_sent"}, get=OPEN, is_open=True),
)
"""Reached in development alone; mail is found where it is written into a folder."""
