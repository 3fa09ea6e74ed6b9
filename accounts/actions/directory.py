"""People as a host knows them: it tells us its ids, and asks about them afterwards.

A host vouches for the addresses it sends: it is the application that we belong to, made by
operators. It changes no account that is there; it only says which one is meant.
"""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.events import ExternalUserNamed
from accounts.models import ExternalUser, Host, User
from audit.record import record
from kernel.actor import Actor, ActorKind
from kernel.refusals import Forbidden, Invalid


@transaction.atomic
def put_external_user(
    *, external_id: str, email: str, name: str, actor: Actor
) -> tuple[ExternalUser, bool]:
    """Say whom a host calls ``external_id``; returns whether that made an account.

    An account is found by a proven address. Where there is none one is made, which its owner opens
    by resetting the password. Twice is once. Refuses with Invalid.
    """
    host_id = hosts_only(actor)
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(
            "This is not an e-mail address.", reason="email_malformed", field="email"
        ) from None
    host = Host.objects.select_for_update(no_key=True).get(pk=host_id)
    user = _owner_of(email)
    is_new = user is None
    user = user or _made(email, name)
    known = host.external_users.filter(external_id=external_id).first()
    if known is not None and known.user_id == user.pk:
        return known, False
    row, _ = ExternalUser.objects.update_or_create(
        host=host, external_id=external_id, defaults={"user": user}
    )
    record(
        ExternalUserNamed(host=host.name, external_id=external_id, made_account=is_new),
        actor=actor,
        about=[f"user:{user.pk}", f"host:{host.pk}"],
    )
    return row, is_new


def hosts_only(actor: Actor) -> int:
    """Return the host that acts. Refuses everybody else with Forbidden."""
    if actor.kind is not ActorKind.HOST or actor.credential_id is None:
        raise Forbidden("Only hosts keep a directory.", reason="scope_missing")
    return actor.credential_id


def _owner_of(email: str) -> User | None:
    proven = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user")
    found = proven.first()
    return found.user if found is not None else None


def _made(email: str, name: str) -> User:
    """Make an account that nobody has opened yet.

    Who signed up with the address and never proved it does not get what the host vouches for: the
    password they chose opens nothing any more, and neither do their sessions.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=name.strip())
    else:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )
    return user
