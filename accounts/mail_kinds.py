"""What kinds of mail there are, and which mail is of which kind. The one table of both."""

from django.db import models


class MailKind(models.TextChoices):
    """Why somebody gets a mail; the last four can be switched off by whoever gets them."""

    SECURITY = "security", "Security of your account"
    BILLING = "billing", "Billing"
    MEMBERSHIP = "membership", "Your place in organizations"
    INVITATIONS = "invitations", "Invitations to you"
    NEWS = "news", "News of organizations you own"
    APPLICATIONS = "applications", "Applications for free organizations"


ABOUT: dict[MailKind, str] = {
    MailKind.SECURITY: "Passwords, second factors, tokens, and whether your organizations live on.",
    MailKind.BILLING: "Payments, invoices and what happens when one fails.",
    MailKind.MEMBERSHIP: "Your role or level changed, or you were removed.",
    MailKind.INVITATIONS: "Somebody invites you. They can tell you of the link themselves, too.",
    MailKind.NEWS: "Somebody joined, left or answered; a project is offered, has moved or is gone.",
    MailKind.APPLICATIONS: "Questions and decisions about applications, yours or in your review.",
}
OPTIONAL = frozenset(
    {MailKind.MEMBERSHIP, MailKind.INVITATIONS, MailKind.NEWS, MailKind.APPLICATIONS}
)
"""Nobody may miss what is about the safety of an account, or about money."""

SIGN_IN = (
    "account/email/account_already_exists",
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_reset_key",
    "account/email/password_set",
    "account/email/unknown_account",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
)
"""Mails that the sign-in library sends by itself; all of them are about security."""

KINDS: dict[str, MailKind] = {
    **dict.fromkeys(SIGN_IN, MailKind.SECURITY),
    "account_deleted": MailKind.SECURITY,
    "application_approved": MailKind.APPLICATIONS,
    "application_declined": MailKind.APPLICATIONS,
    "application_deferred": MailKind.APPLICATIONS,
    "application_question_answered": MailKind.APPLICATIONS,
    "application_question_asked": MailKind.APPLICATIONS,
    "application_submitted": MailKind.APPLICATIONS,
    "collaborator_answered": MailKind.NEWS,
    "collaborator_invited": MailKind.INVITATIONS,
    "invitation_declined": MailKind.NEWS,
    "invitation_sent": MailKind.INVITATIONS,
    "member_joined": MailKind.NEWS,
    "member_left": MailKind.NEWS,
    "member_removed": MailKind.MEMBERSHIP,
    "member_role_changed": MailKind.MEMBERSHIP,
    "name_loss_warned": MailKind.SECURITY,
    "name_released": MailKind.SECURITY,
    "organization_closed": MailKind.SECURITY,
    "organization_closing": MailKind.SECURITY,
    "organization_renamed": MailKind.SECURITY,
    "organization_resumed": MailKind.SECURITY,
    "organization_stays": MailKind.SECURITY,
    "organization_suspended": MailKind.SECURITY,
    "owner_made": MailKind.SECURITY,
    "ownership_transferred": MailKind.SECURITY,
    "payment_failed": MailKind.BILLING,
    "grace_warning": MailKind.BILLING,
    "term_warning": MailKind.BILLING,
    "trial_ending": MailKind.BILLING,
    "project_level_given": MailKind.MEMBERSHIP,
    "project_level_taken": MailKind.MEMBERSHIP,
    "project_deleted": MailKind.NEWS,
    "project_moved": MailKind.NEWS,
    "second_factor_demanded": MailKind.SECURITY,
    "second_factor_reset_asked": MailKind.SECURITY,
    "second_factor_reset_done": MailKind.SECURITY,
    "second_factor_switched": MailKind.SECURITY,
    "service_token_made": MailKind.SECURITY,
    "service_token_reported": MailKind.SECURITY,
    "token_reported": MailKind.SECURITY,
    "transfer_closed": MailKind.NEWS,
    "transfer_proposed": MailKind.NEWS,
}
"""Template → kind; a test holds it to the folders there are."""
