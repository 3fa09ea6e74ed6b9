"""The devices on which a person is signed in. The list itself is the sign-in library's view."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actions.devices import end_session
from accounts.actors import of_request
from accounts.web.visitor import visitor
from kernel.refusals import NotFound


@require_POST
def end(request: HttpRequest, session: int) -> HttpResponse:
    """End one session of the visitor's."""
    found = UserSession.objects.filter(pk=session, user=visitor(request)).first()
    if found is None:
        raise NotFound
    end_session(session=found, actor=of_request(request))
    messages.success(request, "That browser is signed out.")
    return redirect("usersessions_list")
