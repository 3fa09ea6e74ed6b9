"""Pages of the log."""

from audit.models import AuditEvent
from kernel.pagination import Page, page_of


def organization_log(
    organization_id: int,
    *,
    cursor: str = "",
    size: int = 50,
    name: str = "",
    actor_id: int | None = None,
) -> Page[AuditEvent]:
    """Return the newest events of an organization first, with their personal words."""
    rows = AuditEvent.objects.of_organization(organization_id).select_related("detail")
    if name:
        rows = rows.filter(name=name)
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    return page_of(rows, order=["-id"], cursor=cursor, size=size)
