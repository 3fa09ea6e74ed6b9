"""Who sits before the browser."""

from django.http import HttpRequest

from accounts.models import User


def visitor(request: HttpRequest) -> User:
    """Return the signed-in person; the middleware lets nobody else come this far."""
    if not isinstance(request.user, User):
        raise TypeError("only signed-in people have pages of their own")
    return request.user
