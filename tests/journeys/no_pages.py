"""Which routes have no picture, and why."""

SENT = "takes a form, and shows no page but those that are pictured"
PROGRAMS = "answers programs"
NO_PAGE: dict[str, str] = {
    **dict.fromkeys(
        (
            "subscriptions:checkout",
            "subscriptions:portal",
            "subscriptions:confirm-change",
            "subscriptions:fix-seats",
            "subscriptions:pay",
            "subscriptions:renew",
            "subscriptions:undo",
            "orgs:show_me",
            "orgs:visibility",
            "orgs:resend",
            "orgs:withdraw",
            "orgs:remove_team_member",
            "orgs:maintainer",
            "orgs:audit_csv",
            "orgs:audit_ndjson",
            "orgs:give_team_level_on_all",
            "orgs:change_team_level",
            "orgs:revoke_team_level",
            "orgs:base_level",
            "orgs:project_visibility",
            "orgs:archive_project",
            "orgs:set_project_role",
            "orgs:remove_project_role",
            "orgs:set_team_grant",
            "orgs:change_team_grant",
            "orgs:revoke_team_grant",
            "orgs:invite_collaborator",
            "orgs:resend_offer",
            "orgs:withdraw_offer",
            "orgs:cancel_transfer",
            "accounts:end_session",
            "staff_people:withdraw",
            "community:submit",
            "community:answer",
            "staff:claim",
            "staff:release",
            "staff:resume",
            "staff:ask",
            "staff:defer",
            "staff:note",
            "staff:approve",
            "staff:decline",
        ),
        SENT,
    ),
    **dict.fromkeys(
        ("webhooks:stripe", "dev:clock", "dev:mailbox-json", "mfa_login_webauthn"), PROGRAMS
    ),
    "mfa_download_recovery_codes": "answers with a file",
    "usersessions_list": "is answered by accounts:devices, which stands before it",
    "people:export": "answers with a file",
    "mfa_authenticate": "is where signing in with a second factor leads, and pictured there",
    "account_set_password": "is for people without a password, whom sign-up does not make",
    "account_confirm_login_code": "is switched off: nobody signs in by a mailed code",
}
"""Route → why there is no picture of it. Of `admin:` there is none: its pages are Django's own, and
of `api:` only its reference is a page."""
