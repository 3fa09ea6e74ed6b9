"""Every page there is, and how one gets to see it. A new page needs a line here, or a reason."""

from django.urls import URLPattern, URLResolver, get_resolver

from saas.development import PASSWORD
from tests.journeys.project_shots import OF_PROJECTS
from tests.journeys.shot import (
    PASTED,
    VISITOR,
    Shot,
    await_reference,
    forget_the_cookie,
    make_token,
    open_menu,
    paste_and_send,
    pay_with,
    press,
    send,
    subscribe,
)
from tests.journeys.staff_shots import OF_STAFF
from tests.journeys.walker import CARD, DECLINED

NORTHWIND = {"name": "northwind"}
HARBOR = {"name": "harbor-lights"}
GLASSWORKS = {"name": "glassworks"}
CHEN = NORTHWIND | {"person": "{chen}"}
CROWD = {"name": "{crowd}", "team": "everyone"}
ROBOT = NORTHWIND | {"token": "{robot}"}
INSTRUMENTS = NORTHWIND | {"team": "instruments"}
CONFIRMS = CARD | {"Card number": "4000 0027 6000 3184"}

OF_VISITORS = (
    Shot("home", VISITOR, "home"),
    Shot("plans", VISITOR, "subscriptions:plans"),
    Shot("terms", VISITOR, "subscriptions:terms"),
    Shot("sign-up", VISITOR, "account_signup"),
    Shot("sign-up-wrong", VISITOR, "account_signup", act=send("Create account", email="ana@")),
    Shot("sign-in", VISITOR, "account_login"),
    Shot(
        "sign-in-wrong",
        VISITOR,
        "account_login",
        act=send("Sign in", login="a@b.example", password="no"),
    ),
    Shot(
        "sign-in-second-factor",
        VISITOR,
        "account_login",
        act=send("Sign in", login="rosa@chapterhouse.example", password=PASSWORD),
    ),
    Shot("sign-in-inactive", VISITOR, "account_inactive"),
    Shot("verification-sent", VISITOR, "account_email_verification_sent"),
    Shot("verification-confirm", VISITOR, "account_confirm_email", {"key": "{confirmation}"}),
    Shot("verification-old-link", VISITOR, "account_confirm_email", {"key": "too-old"}),
    Shot("reset", VISITOR, "account_reset_password"),
    Shot("reset-sent", VISITOR, "account_reset_password_done"),
    Shot(
        "reset-new",
        VISITOR,
        "account_reset_password_from_key",
        {"uidb36": "{uid}", "key": "{reset}"},
    ),
    Shot(
        "reset-old-link",
        VISITOR,
        "account_reset_password_from_key",
        {"uidb36": "{uid}", "key": "too-old"},
    ),
    Shot("reset-done", VISITOR, "account_reset_password_from_key_done"),
    Shot("collaboration-visitor", VISITOR, "orgs:collaboration", {"token": "{collaboration}"}),
    Shot("invitation-visitor", VISITOR, "orgs:invitation", {"token": "{invitation}"}),
    Shot("error-404", VISITOR, at="{site}/no/such/page/", status=404, debug=False),
    Shot("error-500", VISITOR, "broken", status=500, debug=False),
    Shot("error-csrf", VISITOR, "account_login", act=forget_the_cookie, status=403, debug=False),
)
OF_PEOPLE = (
    Shot("organizations-none", "kim", "orgs:list"),
    Shot("organizations", "ana", "orgs:list"),
    Shot("account-menu", "ana", "orgs:list", act=open_menu),
    Shot("new", "ana", "orgs:new"),
    Shot("found", "ana", "subscriptions:found"),
    Shot(
        "found-too-many",
        "vic",
        "subscriptions:found",
        act=send("Found company", name="fourth", display_name="Fourth"),
        status=409,
    ),
    Shot("check-name", "ana", "orgs:check_name"),
    Shot("check-name-free", "ana", "orgs:check_name", query="?name=clockmakers"),
    Shot("check-name-taken", "ana", "orgs:check_name", query="?name=n0rthwind"),
    Shot(
        "found-wrong",
        "kim",
        "subscriptions:found",
        act=send("Found company", name="northwind", display_name="Again"),
        status=422,
    ),
    Shot("collaboration", "kim", "orgs:collaboration", {"token": "{collaboration}"}),
    Shot("invitation", "kim", "orgs:invitation", {"token": "{invitation}"}),
    Shot("invitation-another", "dana", "orgs:invitation", {"token": "{for_kim}"}),
    Shot("invitation-other-address", "dana", "orgs:invitation", {"token": "{invitation}"}),
    Shot("invitation-closed", "kim", "orgs:invitation", {"token": "unknown"}, status=409),
    Shot("apply", "dana", "community:apply"),
    Shot("apply-form", "kim", "community:apply", query="?kind=community"),
    Shot(
        "apply-wrong",
        "kim",
        "community:apply",
        query="?kind=community",
        act=press("Submit"),
        status=422,
    ),
    Shot("applications-none", "kim", "community:list"),
    Shot("applications", "dana", "community:list"),
    *(
        Shot(
            f"application-{state.replace('_', '-')}",
            "dana",
            "community:application",
            {"public_id": f"{{{state}}}"},
        )
        for state in (
            "draft",
            "submitted",
            "claimed",
            "needs_information",
            "deferred",
            "approved",
            "declined",
            "appealed",
            "withdrawn",
        )
    ),
    Shot("application-edit", "dana", "community:edit", {"public_id": "{submitted}"}),
    Shot("application-withdraw", "dana", "community:withdraw", {"public_id": "{submitted}"}),
    Shot("application-appeal", "dana", "community:appeal", {"public_id": "{declined}"}),
    Shot("tokens-none", "kim", "accounts:tokens"),
    Shot("tokens", "ana", "accounts:tokens"),
    Shot("token-new", "ana", "accounts:new_token"),
    Shot("token-made", "ana", "accounts:new_token", act=make_token),
    Shot("token-revoke", "ana", "accounts:revoke_token", {"token": "{token}"}),
    Shot("profile", "ana", "accounts:profile"),
    Shot("account-log", "ana", "orgs:account_log"),
    Shot("account-log-nothing", "kim", "orgs:account_log", query="?to=2020-01-01"),
    Shot("emails", "ana", "account_email"),
    Shot("password", "ana", "account_change_password"),
    Shot("second-factor-off", "ana", "mfa_index"),
    Shot("second-factor-begin", "kim", "mfa_activate_totp"),
    Shot("second-factor", "rosa", "mfa_index"),
    Shot("second-factor-end", "rosa", "mfa_deactivate_totp"),
    Shot("recovery-codes", "rosa", "mfa_view_recovery_codes"),
    Shot("recovery-codes-new", "rosa", "mfa_generate_recovery_codes"),
    Shot("passkeys-none", "kim", "mfa_list_webauthn"),
    Shot("passkey-add", "kim", "mfa_add_webauthn"),
    Shot("passkeys", "ivo", "mfa_list_webauthn"),
    Shot("passkey-rename", "ivo", "mfa_edit_webauthn", {"pk": "{passkey}"}),
    Shot("passkey-remove", "ivo", "mfa_remove_webauthn", {"pk": "{passkey}"}),
    Shot("again-passkey", "rosa", "mfa_reauthenticate_webauthn"),
    Shot("devices", "ana", "accounts:devices"),
    Shot("notifications", "ana", "accounts:notifications"),
    Shot("unsubscribe", VISITOR, "accounts:unsubscribe", {"token": "{unsubscribe}"}),
    Shot(
        "unsubscribe-done",
        VISITOR,
        "accounts:unsubscribe",
        {"token": "{unsubscribe}"},
        act=press("Send no more"),
    ),
    Shot("data", "ana", "people:data"),
    Shot("delete-account", "chen", "people:delete"),
    Shot("delete-account-owner", "ana", "people:delete"),
    Shot("reset-objection", VISITOR, "accounts:object_to_reset", {"token": "{objection}"}),
    Shot("again-password", "ana", "account_reauthenticate"),
    Shot("again-second-factor", "rosa", "mfa_reauthenticate"),
    Shot("sign-out", "ana", "account_logout"),
    Shot("api", "ana", "api:openapi-view", act=await_reference, no_axe="Swagger's own markup"),
    Shot("mail", VISITOR, "dev:mailbox"),
    Shot("mail-message", VISITOR, "dev:mail", {"mail_id": "{mail}"}),
    Shot(
        "mail-page",
        VISITOR,
        "dev:mail-page",
        {"mail_id": "{mail}"},
        no_axe="no script may run in a mail",
    ),
    Shot("every-mail", VISITOR, "dev:emails"),
    Shot(
        "every-mail-one",
        VISITOR,
        "dev:email",
        {"template": "invitation_sent"},
        no_axe="no script may run in the mail that it frames",
    ),
    Shot(
        "every-mail-page",
        VISITOR,
        "dev:email-page",
        {"template": "second_factor_demanded"},
        no_axe="no script may run in a mail",
    ),
)
OF_ORGANIZATIONS = (
    Shot("overview", "ana", "orgs:overview", NORTHWIND),
    Shot("overview-member", "chen", "orgs:overview", NORTHWIND),
    Shot("overview-community", "dana", "orgs:overview", {"name": "{community}"}),
    Shot("people", "ana", "orgs:people", NORTHWIND),
    Shot("people-member", "chen", "orgs:people", NORTHWIND),
    Shot("people-found", "ana", "orgs:people", NORTHWIND, query="?q=ch&role=member"),
    Shot("people-nobody", "ana", "orgs:people", NORTHWIND, query="?q=zz"),
    Shot("people-too-short", "ana", "orgs:people", NORTHWIND, query="?q=z", status=422),
    Shot("people-gated", "ana", "orgs:people", {"name": "quillworks"}),
    Shot("roles", "ana", "orgs:roles", NORTHWIND),
    Shot("person", "ana", "orgs:member", CHEN),
    Shot("person-remove", "ana", "orgs:remove_member", CHEN),
    Shot("person-owner", "ana", "orgs:hand_over", CHEN),
    Shot("invitations", "ana", "orgs:invitations", NORTHWIND),
    Shot("invitations-none", "ana", "orgs:invitations", {"name": "quillworks"}),
    Shot("bulk", "ana", "orgs:bulk", NORTHWIND),
    Shot("bulk-gated", "ana", "orgs:bulk", {"name": "quillworks"}),
    Shot("bulk-wrong", "ana", "orgs:bulk", NORTHWIND, act=press("Look it over"), status=422),
    Shot("bulk-lines", "ana", "orgs:bulk", NORTHWIND, act=send("Look it over", text=PASTED)),
    Shot("bulk-done", "ana", "orgs:bulk", NORTHWIND, act=paste_and_send),
    Shot("leave", "chen", "orgs:leave", NORTHWIND),
    Shot("teams", "ana", "orgs:teams", NORTHWIND),
    Shot("teams-gated", "ana", "orgs:teams", {"name": "quillworks"}),
    Shot("team", "ana", "orgs:team", INSTRUMENTS),
    Shot("team-many", "ana", "orgs:team", CROWD),
    Shot("team-find", "ana", "orgs:team", CROWD, query="?find=mika"),
    Shot("team-empty", "ana", "orgs:team", NORTHWIND | {"team": "docs"}),
    Shot("team-edit", "ana", "orgs:edit_team", INSTRUMENTS),
    Shot("team-delete", "ana", "orgs:delete_team", INSTRUMENTS),
    Shot("audit", "ana", "orgs:audit", NORTHWIND),
    Shot("audit-nothing", "ana", "orgs:audit", NORTHWIND, query="?event=organization.closed"),
    Shot("audit-filtered", "ana", "orgs:audit", NORTHWIND, query="?event=team&from=2026-01-01"),
    Shot("audit-filter-wrong", "ana", "orgs:audit", NORTHWIND, query="?from=soon&to=2026-01-01"),
    Shot("audit-export", "ana", "orgs:audit", {"name": "lantern-press"}, query="?event=member"),
    Shot("audit-manager", "ben", "orgs:audit", NORTHWIND),
    Shot("audit-team", "ana", "orgs:team_log", INSTRUMENTS),
    Shot("settings", "ana", "orgs:settings", NORTHWIND),
    Shot("settings-public", "uma", "orgs:settings", HARBOR),
    Shot("settings-closing", "uma", "orgs:settings", {"name": "tidewater"}, status=409),
    Shot("service-tokens", "ana", "orgs:tokens", NORTHWIND),
    Shot("service-tokens-none", "ana", "orgs:tokens", {"name": "lantern-press"}),
    Shot("service-tokens-gated", "ana", "orgs:tokens", {"name": "quillworks"}),
    Shot("service-token-new", "ana", "orgs:new_token", NORTHWIND),
    Shot(
        "service-token-wrong",
        "ana",
        "orgs:new_token",
        NORTHWIND,
        act=press("Make token"),
        status=422,
    ),
    Shot("service-token-made", "ana", "orgs:new_token", NORTHWIND, act=make_token),
    Shot("service-token-revoke", "ana", "orgs:revoke_token", ROBOT),
    Shot("rename", "ana", "orgs:rename", NORTHWIND),
    Shot(
        "rename-wrong",
        "ana",
        "orgs:rename",
        NORTHWIND,
        act=send("Rename", name="quillworks", confirmation="northwind"),
        status=422,
    ),
    Shot("rename-lately", "uma", "orgs:rename", HARBOR),
    Shot("delete", "uma", "subscriptions:delete", HARBOR),
    Shot("delete-subscribed", "ana", "subscriptions:delete", NORTHWIND),
    Shot("closing", "uma", "subscriptions:delete", {"name": "tidewater"}),
    Shot("overview-closing", "uma", "orgs:overview", {"name": "tidewater"}),
    Shot("overview-public", "uma", "orgs:overview", HARBOR),
    Shot("profile-public", VISITOR, "orgs:overview", HARBOR),
    Shot("profile-public-empty", VISITOR, "orgs:overview", {"name": "lighthouse"}),
    Shot("second-factor-demand", "ana", "orgs:second_factor", NORTHWIND),
    Shot("second-factor-demanded", "ivo", "orgs:second_factor", GLASSWORKS),
    Shot("second-factor-lacking", "chen", "orgs:overview", GLASSWORKS, status=403),
    Shot("refusal", "chen", "subscriptions:billing", NORTHWIND, status=403),
    Shot("billing-never-paid", "ana", "subscriptions:billing", {"name": "quillworks"}),
    Shot(
        "billing-canceled-checkout",
        "ana",
        "subscriptions:billing",
        {"name": "quillworks"},
        query="?canceled",
    ),
    Shot("billing-open-checkout", "ana", "subscriptions:billing", {"name": "paper-boats"}),
    Shot("billing", "ana", "subscriptions:billing", NORTHWIND),
    Shot("ceiling", "ana", "subscriptions:ceiling", NORTHWIND),
    Shot("ceiling-set", "ana", "subscriptions:ceiling", {"name": "tern-and-co"}),
    Shot("billing-follows", "ana", "subscriptions:billing", {"name": "tern-and-co"}),
    Shot("people-follows", "ana", "orgs:people", {"name": "tern-and-co"}),
    Shot("cancel", "ana", "subscriptions:cancel", NORTHWIND),
    Shot("why", "ana", "subscriptions:why", NORTHWIND),
    Shot("change", "ana", "subscriptions:change", NORTHWIND),
    Shot("change-more", "ana", "subscriptions:change", NORTHWIND, query="?seats=12"),
    Shot("change-less", "ana", "subscriptions:change", NORTHWIND, query="?seats=9&plan=team"),
    Shot(
        "change-wrong",
        "ana",
        "subscriptions:change",
        NORTHWIND,
        query="?seats=1",
        status=422,
    ),
    Shot("seats", "ana", "orgs:seats", NORTHWIND),
    Shot("seats-history", "ana", "orgs:seat_history", NORTHWIND),
    Shot("billing-trial", "ana", "subscriptions:billing", {"name": "kite-works"}),
    Shot("billing-change-unpaid", "ana", "subscriptions:billing", {"name": "heron-books"}),
    Shot("billing-ending", "ana", "subscriptions:billing", {"name": "lantern-press"}),
    Shot("billing-grace", "ana", "subscriptions:billing", {"name": "mill-and-mortar"}),
    Shot("billing-restricted", "ana", "subscriptions:billing", {"name": "old-quarry"}),
    Shot("billing-community", "dana", "subscriptions:billing", {"name": "{community}"}),
    Shot("billing-renewable", "ana", "subscriptions:billing", {"name": "wind-league"}),
    Shot("subscribe", "ana", "subscriptions:subscribe", {"name": "quillworks"}),
    Shot(
        "subscribe-wrong",
        "ana",
        "subscriptions:subscribe",
        {"name": "quillworks"},
        act=press("Continue to payment"),
        status=422,
    ),
    Shot(
        "begun-by-another", "ana", "subscriptions:subscribe", {"name": "paper-boats"}, act=subscribe
    ),
    Shot("confirming", "ana", "subscriptions:returned", {"name": "paper-boats"}),
)
OF_THE_SANDBOX = (
    Shot("sandbox-checkout", VISITOR, at="{checkout}"),
    Shot("sandbox-checkout-declined", VISITOR, at="{checkout}", act=pay_with(DECLINED), status=422),
    Shot("sandbox-checkout-confirm", VISITOR, at="{checkout}", act=pay_with(CONFIRMS)),
    Shot(
        "sandbox-portal",
        "ana",
        "subscriptions:billing",
        NORTHWIND,
        act=press("Card and invoices"),
    ),
    Shot("sandbox-invoice", VISITOR, at="{paid_invoice}"),
    Shot("sandbox-invoice-open", VISITOR, at="{open_invoice}"),
    Shot("sandbox-dashboard", VISITOR, at="{sandbox}/"),
    Shot("sandbox-404", VISITOR, at="{sandbox}/pay/cs_test_unknown", status=404),
)
SHOTS = OF_VISITORS + OF_PEOPLE + OF_ORGANIZATIONS + OF_PROJECTS + OF_STAFF + OF_THE_SANDBOX


def routes() -> set[str]:
    """Return the names of every route of the product, but the admin's and the API's."""
    found = set(_named(get_resolver("saas.urls"), ()))
    return {name for name in found if not name.startswith(("admin:", "api:", "/api"))}


def _named(resolver: URLResolver, spaces: tuple[str, ...]) -> list[str]:
    names = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            names += _named(pattern, inside)
        elif isinstance(pattern, URLPattern):
            names.append(
                ":".join((*spaces, pattern.name or f"/{str(pattern.pattern).lstrip('^')}"))
            )
    return names
