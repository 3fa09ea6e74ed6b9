"""How people are shown: by their public id; the address only to those who may read members."""

from uuid import UUID

from ninja import Schema
from pydantic import Field

from accounts.models import User
from kernel.actor import Actor


class PersonOut(Schema):
    """A person as others are told of them."""

    id: UUID
    name: str
    email: str | None = Field(description="Null where the asker may not read members.")


def shown_person(user: User, to: Actor) -> PersonOut:
    """Show a fellow member; without ``members:read`` only the name that was chosen to be seen."""
    may_read = to.scopes is None or "members:read" in to.scopes or to.user_id == user.pk
    return PersonOut(id=user.public_id, name=user.name, email=user.email if may_read else None)
