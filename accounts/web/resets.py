"""Where the link leads by which a person stops the reset of their second factor."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions.resets import object_to_reset as stop
from accounts.resets import reset_behind


@login_not_required  # whoever lost their second factor cannot sign in; the link is the proof
@never_cache
@require_http_methods(["GET", "POST"])
def object_to_reset(request: HttpRequest, token: str) -> HttpResponse:
    """Say what will happen and when; stop it once that is confirmed."""
    reset = reset_behind(token)
    if request.method == "POST":
        stop(token=token)
    context = {"reset": reset, "is_done": request.method == "POST"}
    return render(request, "accounts/object_to_reset.html", context)
