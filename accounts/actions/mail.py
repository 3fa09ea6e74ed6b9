"""Which kinds of mail somebody gets: chosen on a page, or ended by the link in a mail."""

from collections.abc import Collection
from dataclasses import replace

from django.db import transaction

from accounts import events
from accounts.mail_kinds import OPTIONAL, MailKind
from accounts.mail_preferences import person_at, rows_of, subscription_behind
from accounts.models import MutedMail, User
from accounts.refusals import MailNotOptional
from audit.record import record
from kernel.actor import SYSTEM, Actor
from kernel.refusals import NotFound

BY_LINK = replace(SYSTEM, label="A link in a mail")


@transaction.atomic
def choose_mail(*, user: User, wanted: Collection[str], actor: Actor) -> None:
    """Send a person the kinds that are ``wanted`` and no other optional ones. Twice is once.

    Locks the person. Refuses with MailNotOptional what nobody can choose.
    """
    if actor.user_id != user.pk:
        raise NotFound
    if not set(wanted) <= OPTIONAL:
        raise MailNotOptional(field="wanted")
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    rows = rows_of(user)
    before = set(rows.values_list("kind", flat=True))
    for kind in sorted(OPTIONAL):
        if kind in wanted and kind in before:
            rows.filter(kind=kind).delete()
            _record(kind, is_on=True, actor=actor, user=user)
        elif kind not in wanted and kind not in before:
            user.muted_mail.create(kind=kind)
            _record(kind, is_on=False, actor=actor, user=user)


@transaction.atomic
def unsubscribe(*, token: str) -> MailKind:
    """End one kind of mail to one address; holding the link is the proof. Twice is once.

    The link works from mail programs, which sign in nowhere. Refuses with NotFound.
    """
    told = subscription_behind(token)
    if told.kind not in OPTIONAL:
        raise NotFound
    user = person_at(told.address)
    if user is not None:
        _, is_new = MutedMail.objects.get_or_create(user=user, kind=told.kind)
    else:
        _, is_new = MutedMail.objects.get_or_create(
            user=None, address=told.address.lower(), kind=told.kind
        )
    if is_new:
        _record(told.kind, is_on=False, actor=BY_LINK, user=user)
    return told.kind


def _record(kind: MailKind, *, is_on: bool, actor: Actor, user: User | None) -> None:
    record(
        events.MailSwitched(kind=kind, state="on" if is_on else "off"),
        actor=actor,
        about=[f"user:{user.pk}"] if user is not None else [],
    )
