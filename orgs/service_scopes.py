"""What a service token can be allowed; ``matrix.SERVICE_TOKENS`` says what is opened."""

from django.db import models


class ServiceScope(models.TextChoices):
    """Those areas of the API in which an organization acts by itself."""

    ORGANIZATIONS_READ = "organizations:read", "Read the organization, its teams and entitlements"
    TEAMS_WRITE = "teams:write", "Create, change and delete teams, and say who is in them"
    PROJECTS_READ = "projects:read", "Read its projects, also private ones"
    PROJECTS_PUBLISH = "projects:publish", "Publish its projects"
    PROJECTS_WRITE = "projects:write", "Register projects, and change those it registered"
    AUDIT_READ = "audit:read", "Read its audit log"
    DECISIONS_ASK = "decisions:ask", "Ask what its people may do"
