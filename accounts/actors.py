"""From a signed-in person or a token to the actor that policy knows."""

import time

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from accounts.models import PersonalToken, User
from kernel.actor import Actor, ActorKind


def person(user: User, *, fresh: bool = False, address: str = "") -> Actor:
    """Return a person acting for themselves; no staff right comes with it."""
    return Actor(ActorKind.PERSON, user_id=user.pk, label=str(user), fresh=fresh, address=address)


def of_token(token: PersonalToken, *, address: str = "") -> Actor:
    """Return the owner of a token, held to its scopes. A token is never a fresh sign-in."""
    return Actor(
        ActorKind.TOKEN,
        user_id=token.user_id,
        label=str(token.user),
        scopes=frozenset(token.scopes),
        credential_id=token.pk,
        address=address,
    )


def of_request(request: HttpRequest) -> Actor:
    """Return who sits before the browser. Staff rights need a second factor used in this
    session.
    """
    user = request.user
    if not isinstance(user, User):
        raise TypeError("of_request needs a signed-in person")
    return Actor(
        ActorKind.PERSON,
        user_id=user.pk,
        label=str(user),
        fresh=_signed_in_lately(request),
        staff_role=user.staff_role if user.staff_role and used_second_factor(request) else "",
        address=getattr(request, "client_address", ""),
    )


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened, or confirmed, with a second factor."""
    return any(
        record.get("method") == "mfa"
        for record in get_authentication_records(request, request.user)
    )


def has_second_factor(user: User) -> bool:
    """Whether this person has set up a second factor."""
    return bool(is_mfa_enabled(user))


def _signed_in_lately(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    latest = max((float(record.get("at", 0)) for record in records), default=0.0)
    return time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
