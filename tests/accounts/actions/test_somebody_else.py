"""What is somebody's own is nobody else's: not a name, not a browser, not the mails they get."""

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession

from accounts.actions.devices import end_session
from accounts.actions.directory import put_external_user
from accounts.actions.hosts import add_host, revoke_host
from accounts.actions.mail import choose_mail
from accounts.actions.profile import change_name
from accounts.models import ExternalUser, User
from audit.models import AuditEvent
from kernel.actor import SYSTEM, Actor
from kernel.refusals import Forbidden, NotFound
from tests.builders import a_user, an_actor, signed_in

pytestmark = pytest.mark.django_db


def rename(user: User, actor: Actor) -> None:
    change_name(user=user, name="Mallory", actor=actor)


def mute(user: User, actor: Actor) -> None:
    choose_mail(user=user, wanted=[], actor=actor)


def sign_out(user: User, actor: Actor) -> None:
    end_session(session=UserSession.objects.get(user=user), actor=actor)


@pytest.mark.parametrize("act", [rename, mute, sign_out])
def test_an_action_on_somebody_else_finds_nobody(act: Callable[[User, Actor], None]) -> None:
    """Red without ``actor.user_id`` in ``change_name``, ``choose_mail`` and ``end_session``."""
    user = a_user()
    signed_in(user).get("/account/sessions/")

    with pytest.raises(NotFound):
        act(user, an_actor(a_user(), fresh=True))
    assert not AuditEvent.objects.exists()

    act(user, an_actor(user, fresh=True))
    assert AuditEvent.objects.exists()


def test_people_keep_no_directory() -> None:
    """Red without ``ActorKind.HOST`` in ``hosts_only``: a person's token has a number as well."""
    host, _ = add_host(name="index", scopes=["decisions:ask"], actor=SYSTEM)
    person = an_actor(a_user())

    for actor in (person, Actor(person.kind, user_id=person.user_id, credential_id=host.pk)):
        with pytest.raises(Forbidden):
            put_external_user(external_id="7", email="ada@example.org", name="", actor=actor)
    assert not ExternalUser.objects.exists()


def test_people_revoke_no_host() -> None:
    """Red without ``_operators_only`` in ``revoke_host``."""
    host, _ = add_host(name="index", scopes=["decisions:ask"], actor=SYSTEM)

    with pytest.raises(Forbidden):
        revoke_host(name="index", actor=an_actor(a_user(staff_role="admin"), fresh=True))

    host.refresh_from_db()
    assert host.is_live
