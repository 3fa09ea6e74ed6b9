"""Where the link of an offer to collaborate leads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import of_request
from accounts.models import User
from orgs import queries
from orgs.actions.collaborators import (
    accept_collaboration,
    collaboration_behind,
    decline_collaboration,
)
from orgs.levels import PURPOSE, Level


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def collaboration(request: HttpRequest, token: str) -> HttpResponse:
    """Show who offers which level; take the answer of somebody who is signed in."""
    offer = collaboration_behind(token)
    user = request.user
    if request.method == "POST" and not isinstance(user, User):
        return redirect_to_login(request.path)
    if isinstance(user, User) and request.POST.get("answer") in ("accept", "decline"):
        return _answer(request, token, user)
    addresses = queries.verified_addresses(user) if isinstance(user, User) else frozenset()
    context = {
        "invitation": offer,
        "project": offer.project,
        "level_words": PURPOSE[Level(offer.level)],
        "is_other_address": bool(addresses) and offer.email.lower() not in addresses,
    }
    return render(request, "orgs/collaboration.html", context)


def _answer(request: HttpRequest, token: str, user: User) -> HttpResponse:
    project = collaboration_behind(token).project
    if request.POST["answer"] == "decline":
        decline_collaboration(token=token, actor=of_request(request))
        messages.success(request, f"You declined the invitation to {project.name}.")
        return redirect("home")
    role = accept_collaboration(token=token, user=user, actor=of_request(request))
    messages.success(
        request, f"You work on {project.name} now, with the level “{role.get_level_display()}”."
    )
    return redirect("home")
