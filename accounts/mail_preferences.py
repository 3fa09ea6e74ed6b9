"""Whether somebody wants a mail, and the link by which they say that they do not.

The link is signed, and names an address and a kind: it works from any mail program, signed in or
not, and for people who have no account. Mail programs press it by themselves (RFC 8058).
"""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.mail_kinds import KINDS, OPTIONAL, MailKind
from accounts.models import MutedMail, User
from audit.mail import Manner
from kernel.refusals import NotFound

SALT = "accounts.mail_preferences"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One kind of mail to one address."""

    address: str
    kind: MailKind


def manner_of(to: str, template: str) -> Manner | None:
    """Return how a mail goes out to an address; ``None`` when its kind is not wanted there."""
    kind = KINDS.get(template)
    if kind is None or kind not in OPTIONAL:
        return Manner()
    if muted_for(to).filter(kind=kind).exists():
        return None
    url = unsubscribe_url(to, kind)
    return Manner(
        headers={
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        words={"unsubscribe_url": url, "kind_words": kind.label.lower()},
    )


def muted_for(address: str) -> QuerySet[MutedMail]:
    """Return what is not wanted at an address: by its person, or before there was one."""
    unwanted = Q(user__isnull=True, address__iexact=address)
    person = person_at(address)
    if person is not None:
        unwanted |= Q(user=person)
    return MutedMail.objects.filter(unwanted)


def person_at(address: str) -> User | None:
    """Return whose proven address this is, if it is anybody's."""
    found = (
        EmailAddress.objects.filter(email__iexact=address, verified=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    return found.user if found is not None else None


def addresses_of(user: User) -> list[str]:
    """Return a person's proven addresses."""
    rows = EmailAddress.objects.filter(user=user, verified=True).order_by("pk")
    return list(rows.values_list("email", flat=True))


def rows_of(user: User) -> QuerySet[MutedMail]:
    """Return what a person does not want, under their account and under their addresses."""
    unwanted = Q(user=user)
    for address in addresses_of(user):
        unwanted |= Q(user__isnull=True, address__iexact=address)
    return MutedMail.objects.filter(unwanted)


def wanted_by(user: User) -> dict[MailKind, bool]:
    """Return each kind, and whether it is sent to a person."""
    muted = set(rows_of(user).values_list("kind", flat=True))
    return {kind: kind not in muted for kind in MailKind}


def unsubscribe_url(address: str, kind: MailKind) -> str:
    """Return the link that ends one kind of mail to an address."""
    token = signing.dumps({"address": address, "kind": kind}, salt=SALT, compress=True)
    return f"{settings.BASE_URL}{reverse('accounts:unsubscribe', kwargs={'token': token})}"


def subscription_behind(token: str) -> Subscription:
    """Return what a link ends. Refuses with NotFound."""
    try:
        told = signing.loads(token, salt=SALT)
        return Subscription(str(told["address"]), MailKind(told["kind"]))
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        raise NotFound from None
