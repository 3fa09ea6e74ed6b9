"""Browsers in which a person is signed in: ended one by one, or all at once."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts import events
from audit.record import record
from kernel.actor import Actor
from kernel.refusals import NotFound


@transaction.atomic
def end_session(*, session: UserSession, actor: Actor) -> None:
    """Sign a browser out at once; no fresh sign-in is asked: it only closes. Twice is once."""
    if actor.user_id != session.user_id:
        raise NotFound
    if not UserSession.objects.select_for_update().filter(pk=session.pk).exists():
        return
    record(events.SessionEnded(browser=session.user_agent, seen_at=session.ip), actor=actor)
    session.end()
