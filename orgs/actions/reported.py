"""Tokens of any kind that were found where others can read them: revoked, whoever says so."""

from django.db import transaction

from accounts.actions import reported
from accounts.actions.reported import Found
from accounts.tokens import digest, is_well_formed
from audit.record import record
from kernel.actor import SYSTEM
from orgs.actions.service_tokens import end, subject_of
from orgs.models import Organization, ServiceToken
from orgs.token_events import ServiceTokenReported


def revoke_reported(found: list[Found]) -> None:
    """Revoke what lives of the tokens that were found; what is unknown or over is passed by.

    Each in a transaction of its own, so that one fault keeps no other alive. Twice is once.
    """
    for each in found:
        if is_well_formed(each.text, ServiceToken.PREFIX):
            _revoke_service(each)
        else:
            reported.revoke_reported(each)


@transaction.atomic
def _revoke_service(found: Found) -> None:
    """Revoke an organization's token; its owners are mailed where it was found."""
    known = ServiceToken.objects.live().filter(digest=digest(found.text))
    organization_id = known.values_list("organization_id", flat=True).first()
    if organization_id is None:
        return
    organization = Organization.objects.lock(organization_id)
    token = known.select_for_update(no_key=True).first()
    if token is None:
        return
    end(token)
    record(
        ServiceTokenReported(token=token.name, hint=token.hint, token_id=token.pk, url=found.url),
        actor=SYSTEM,
        organization=organization,
        about=[subject_of(token)],
    )
