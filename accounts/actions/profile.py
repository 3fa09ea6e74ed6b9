"""What a person says of themselves."""

from django.db import transaction

from accounts.events import NameChanged
from accounts.models import User
from audit.record import record
from kernel.actor import Actor
from kernel.refusals import NotFound


@transaction.atomic
def change_name(*, user: User, name: str, actor: Actor) -> User:
    """Change the name that others see; empty shows the address instead. Twice is once."""
    if actor.user_id != user.pk:
        raise NotFound
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before, after = user.name, name.strip()
    if before == after:
        return user
    user.name = after
    user.save(update_fields=["name"])
    record(NameChanged(before=before, after=after), actor=actor)
    return user
