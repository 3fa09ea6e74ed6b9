"""The devices on which a person is signed in; list and end are the sign-in library's."""

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import list_usersessions
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.devices import end_session
from accounts.actors import of_request
from kernel.refusals import NotFound


@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """List the browsers, or end all others; one that signed in before they were counted is now."""
    UserSession.objects.create_from_request(request)
    shown: HttpResponse = list_usersessions(request)
    return shown


@require_POST
def end(request: HttpRequest, session: int) -> HttpResponse:
    """End one session of the visitor's; the action finds no other's."""
    found = UserSession.objects.filter(pk=session).first()
    if found is None:
        raise NotFound
    end_session(session=found, actor=of_request(request))
    messages.success(request, "That browser is signed out.")
    return redirect("accounts:devices")
