"""Counting seats anew: the counter is kept under a lock, and still looked at every night."""

import structlog
from django.db import transaction

from orgs.models import Organization
from orgs.private_projects import recount_private_projects
from orgs.seats import recount

log = structlog.get_logger()


def recount_everywhere() -> int:
    """Set every counter to what is true, one organization at a time; returns how many were off."""
    off = 0
    for pk in Organization.objects.live().values_list("pk", flat=True).iterator():
        with transaction.atomic():
            organization = Organization.objects.lock(pk)
            if recount(organization):
                off += 1
                log.error("seats were counted wrong", organization=organization.name)
            if recount_private_projects(organization):
                off += 1
                log.error("private projects were counted wrong", organization=organization.name)
    return off
