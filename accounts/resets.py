"""The link by which a person stops the reset of their second factor."""

from django.core import signing

from accounts.models import SecondFactorReset
from accounts.refusals import ResetClosed

SALT = "accounts.resets"


def objection_token(reset: SecondFactorReset) -> str:
    """Return what stands in the link; it is derived, and stored nowhere."""
    return signing.dumps(reset.pk, salt=SALT)


def reset_behind(token: str) -> SecondFactorReset:
    """Return the open reset of a link, for showing it. Refuses with ResetClosed."""
    try:
        pk = int(signing.loads(token, salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        raise ResetClosed from None
    found = SecondFactorReset.objects.open().filter(pk=pk).select_related("user").first()
    if found is None:
        raise ResetClosed
    return found
