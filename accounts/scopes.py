"""What a personal token can be allowed; an effective right is the scope *and* the person's own
right now.
"""

from django.db import models


class Scope(models.TextChoices):
    """One area and one direction each."""

    ORGANIZATIONS_READ = "organizations:read", "Read organizations, teams and entitlements"
    ORGANIZATIONS_WRITE = "organizations:write", "Found organizations and change their settings"
    MEMBERS_READ = "members:read", "Read members and invitations"
    MEMBERS_WRITE = "members:write", "Invite, remove and change members"
    TEAMS_WRITE = "teams:write", "Create, change and delete teams"
    PROJECTS_READ = "projects:read", "Read projects, also private ones"
    PROJECTS_PUBLISH = "projects:publish", "Publish projects"
    PROJECTS_WRITE = "projects:write", "Create and change projects, and who has a level on them"
    BILLING_READ = "billing:read", "Read billing"
    BILLING_WRITE = "billing:write", "Start checkouts and open the customer portal"
    APPLICATIONS_WRITE = "applications:write", "Apply for free organizations and answer questions"
    AUDIT_READ = "audit:read", "Read audit logs"
    TOKENS_READ = "tokens:read", "Read which tokens organizations have"
    TOKENS_WRITE = "tokens:write", "Revoke tokens of organizations"
    DECISIONS_ASK = "decisions:ask", "Ask what you yourself may do"
