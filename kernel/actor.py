"""Who acts: a person, a token of theirs or of an organization, a host, staff, whoever pays by a
link, or the system.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class ActorKind(StrEnum):
    """How the one who acts came in."""

    PERSON = "person"
    TOKEN = "token"  # noqa: S105 -- a kind, not a secret
    SERVICE_TOKEN = "service_token"  # noqa: S105 -- a kind, not a secret
    HOST = "host"
    BUYER = "buyer"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, with what limits their rights now.

    ``scopes`` is ``None`` for whoever is not held to scopes. ``fresh`` says that the person proved
    who they are moments ago. ``organization_id`` is whose service token acts; no person stands
    behind it. ``staff_role`` is set only for staff with a second factor. ``address`` is the network
    address; it is personal and goes to the erasable part of the log.
    """

    kind: ActorKind
    user_id: int | None = None
    label: str = ""
    scopes: frozenset[str] | None = None
    credential_id: int | None = None
    fresh: bool = False
    organization_id: int | None = None
    staff_role: str = ""
    address: str = ""

    @property
    def person_id(self) -> int:
        """The person who acts; raises TypeError for actors that are nobody, such as SYSTEM."""
        if self.user_id is None:
            raise TypeError(f"{self.kind} is not a person")
        return self.user_id

    def as_staff(self) -> "Actor":
        """Return the same person acting in their staff role; the log tells the two apart."""
        return replace(self, kind=ActorKind.STAFF)


SYSTEM = Actor(ActorKind.SYSTEM, label="system")
