"""Keeping what a comparison found, for staff to see since when it is so."""

from collections.abc import Sequence

import structlog
from django.db import connection, transaction

from kernel import clock
from orgs.models import Organization
from subscriptions.leaks import Finding
from subscriptions.models import Leak

log = structlog.get_logger()


@transaction.atomic
def keep_findings(found: Sequence[Finding]) -> int:
    """Note what is new, and that what is not found any more is gone; returns how many are open.

    Twice is once. Two comparisons at once write one after the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('subscriptions_leak'))")
    names = {each.organization for each in found if each.organization}
    houses = dict(Organization.objects.filter(name__in=names).values_list("name", "pk"))
    told = {
        (each.kind, houses.get(each.organization), each.subscription): each.words[:300]
        for each in found
    }
    open_now = {
        (row.kind, row.organization_id, row.subscription_id): row
        for row in Leak.objects.open().order_by("pk")
    }
    for key, row in open_now.items():
        if key not in told:
            row.gone_at = clock.now()
            row.save(update_fields=["gone_at"])
        elif row.words != told[key]:
            row.words = told[key]
            row.save(update_fields=["words"])
    for (kind, organization_id, subscription), words in told.items():
        if (kind, organization_id, subscription) in open_now:
            continue
        Leak.objects.create(
            kind=kind, organization_id=organization_id, subscription_id=subscription, words=words
        )
        log.error("does not add up", kind=kind, subscription=subscription, words=words)
    return len(told)
