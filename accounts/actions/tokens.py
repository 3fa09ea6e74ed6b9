"""Personal tokens: made by a person who is there, shown once, revoked at any time."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction

from accounts import events
from accounts.models import PersonalToken, User
from accounts.refusals import FreshSignInRequired, TokenMalformed, TooManyTokens
from accounts.scopes import Scope
from accounts.tokens import make_token
from audit.record import record
from kernel import clock
from kernel.actor import Actor, ActorKind
from kernel.refusals import NotFound

DAYS, MOST_DAYS = 90, 365
MOST_LIVE = 50
LONGEST_NAME = 80


def require_fresh_person(actor: Actor) -> None:
    """Let through a person who signed in moments ago. Refuses with FreshSignInRequired."""
    if actor.kind is not ActorKind.PERSON or not actor.fresh:
        raise FreshSignInRequired


@transaction.atomic
def make_personal_token(
    *, user: User, name: str, scopes: Iterable[str], actor: Actor, days: int = DAYS
) -> tuple[PersonalToken, str]:
    """Return a token that acts for ``user`` for ``days``, and its text, which is known only now.

    Locks the person, so that the limit holds. Refuses with FreshSignInRequired, TokenMalformed or
    TooManyTokens.
    """
    _own(user, actor)
    require_fresh_person(actor)
    name, chosen = name.strip(), sorted(set(scopes))
    require_well_formed(name, chosen, days, known=Scope.values)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.tokens.live().count() >= MOST_LIVE:
        raise TooManyTokens
    fresh = make_token(PersonalToken.PREFIX)
    token = PersonalToken.objects.create(
        user=user,
        name=name,
        digest=fresh.digest,
        hint=fresh.hint,
        scopes=chosen,
        expires_at=clock.wall() + timedelta(days=days),
    )
    record(
        events.TokenMade(token=name, hint=fresh.hint, scopes=chosen),
        actor=actor,
        about=[f"token:{token.pk}"],
    )
    return token, fresh.text


@transaction.atomic
def revoke_personal_token(*, token: PersonalToken, actor: Actor) -> None:
    """End a token at once; twice is once, and no fresh sign-in is asked: it only closes."""
    _own(token.user, actor)
    token = PersonalToken.objects.select_for_update(no_key=True).get(pk=token.pk)
    if token.revoked_at is not None:
        return
    token.revoked_at = clock.wall()
    token.save(update_fields=["revoked_at"])
    record(
        events.TokenRevoked(token=token.name, hint=token.hint),
        actor=actor,
        about=[f"token:{token.pk}"],
    )


def _own(user: User, actor: Actor) -> None:
    """Tokens of others do not exist."""
    if actor.user_id != user.pk:
        raise NotFound


def require_well_formed(
    name: str, scopes: Collection[str], days: int, *, known: Collection[str]
) -> None:
    """Let through what can be a token of any kind. Refuses with TokenMalformed."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise TokenMalformed("Give the token a name of up to 80 characters.", field="name")
    if not scopes or not set(scopes) <= set(known):
        raise TokenMalformed("Choose at least one of the scopes.", field="scopes")
    if not 1 <= days <= MOST_DAYS:
        raise TokenMalformed(f"A token lasts 1 to {MOST_DAYS} days.", field="days")
