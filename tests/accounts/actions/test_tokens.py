"""Making and revoking personal tokens."""

from datetime import timedelta

import pytest
from time_machine import travel

from accounts.actions.tokens import MOST_LIVE, make_personal_token, revoke_personal_token
from accounts.models import PersonalToken, User
from accounts.refusals import FreshSignInRequired, TokenMalformed, TooManyTokens
from accounts.tokens import digest
from audit.models import AuditEvent
from kernel import clock
from kernel.actor import Actor, ActorKind
from kernel.refusals import NotFound
from tests.builders import a_user, an_actor

pytestmark = pytest.mark.django_db


def a_token(user: User, **given: object) -> tuple[PersonalToken, str]:
    asked = {
        "name": "build",
        "scopes": ["teams:write"],
        "actor": an_actor(user, fresh=True),
        **given,
    }
    return make_personal_token(user=user, **asked)  # type: ignore[arg-type]  # as each test gives


def test_only_a_fingerprint_is_kept() -> None:
    token, text = a_token(a_user())

    stored = PersonalToken.objects.filter(pk=token.pk).values().get()
    assert stored["digest"] == digest(text)
    assert not any(text in str(value) for value in stored.values())
    assert not any(text in str(row) for row in AuditEvent.objects.values())


def test_it_lasts_ninety_days_unless_told_otherwise() -> None:
    with travel(clock.wall(), tick=False):
        usual, _ = a_token(a_user())
        longest, _ = a_token(a_user(), days=365)

        assert usual.expires_at == clock.wall() + timedelta(days=90)
        assert longest.expires_at == clock.wall() + timedelta(days=365)


def test_making_and_revoking_are_in_the_log() -> None:
    user = a_user()
    token, _ = a_token(user)
    revoke_personal_token(token=token, actor=an_actor(user))
    revoke_personal_token(token=token, actor=an_actor(user))

    log = AuditEvent.objects.about("token", token.pk).order_by("pk")
    assert [event.name for event in log] == ["token.made", "token.revoked"]
    assert [event.actor_id for event in log] == [user.pk, user.pk]


def test_a_revoked_token_is_over_at_once() -> None:
    user = a_user()
    token, _ = a_token(user)
    assert user.tokens.live().get() == token

    revoke_personal_token(token=token, actor=an_actor(user))

    assert not user.tokens.live().exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_a_token_makes_no_token_and_neither_does_an_old_sign_in(fresh: bool) -> None:
    """Turns red without ``require_fresh_person`` in accounts/actions/tokens.py."""
    user = a_user()
    by_token = Actor(ActorKind.TOKEN, user_id=user.pk, scopes=frozenset(), fresh=fresh)

    for actor in (by_token, an_actor(user)):
        with pytest.raises(FreshSignInRequired):
            a_token(user, actor=actor)


def test_tokens_of_others_do_not_exist() -> None:
    """Turns red without ``_own`` in accounts/actions/tokens.py."""
    user, stranger = a_user(), a_user()
    token, _ = a_token(user)

    with pytest.raises(NotFound):
        a_token(user, actor=an_actor(stranger, fresh=True))
    with pytest.raises(NotFound):
        revoke_personal_token(token=token, actor=an_actor(stranger, fresh=True))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
)
def test_what_cannot_be_a_token_is_refused(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(TokenMalformed) as refused:
        a_token(a_user(), **wrong)

    assert refused.value.field == field


def test_nobody_has_more_than_fifty_live_ones() -> None:
    """Turns red without the count in make_personal_token."""
    user = a_user()
    first, _ = a_token(user)
    for _ in range(MOST_LIVE - 1):
        a_token(user)

    with pytest.raises(TooManyTokens):
        a_token(user)

    revoke_personal_token(token=first, actor=an_actor(user))
    a_token(user)
