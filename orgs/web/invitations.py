"""Where the link of an invitation leads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import has_second_factor, of_request
from accounts.models import User
from orgs import queries
from orgs.actions.invitations import accept_invitation, decline_invitation, invitation_behind
from orgs.roles import PURPOSE
from orgs.web.forms import DeclineForm


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites whom as what; take the answer of somebody who is signed in."""
    offer = invitation_behind(token)
    user = request.user
    if request.method == "POST" and not isinstance(user, User):
        return redirect_to_login(request.path)
    form = DeclineForm(request.POST if request.POST.get("answer") == "decline" else None)
    if isinstance(user, User) and (request.POST.get("answer") == "accept" or form.is_valid()):
        return _answer(request, token, user, words=form.data.get("words", ""))
    addresses = queries.verified_addresses(user) if isinstance(user, User) else frozenset()
    context = {
        "form": form,
        "is_for_another": isinstance(user, User) and offer.user_id not in (None, user.pk),
        "invitation": offer,
        "organization": offer.organization,
        "role_words": PURPOSE[offer.role],
        "lacks_second_factor": isinstance(user, User)
        and offer.organization.requires_second_factor
        and not has_second_factor(user),
        "is_other_address": bool(addresses and offer.email)
        and offer.email.lower() not in addresses,
    }
    status = 422 if form.errors else 200
    return render(request, "orgs/invitation.html", context, status=status)


def _answer(request: HttpRequest, token: str, user: User, *, words: str) -> HttpResponse:
    offer = invitation_behind(token)
    actor = of_request(request)
    if request.POST["answer"] == "decline":
        decline_invitation(token=token, actor=actor, words=words)
        messages.success(
            request, f"You declined the invitation of {offer.organization.display_name}."
        )
        return redirect("orgs:list")
    membership = accept_invitation(token=token, user=user, actor=actor)
    messages.success(
        request,
        f"Welcome to {offer.organization.display_name}. You are {membership.get_role_display()}.",
    )
    return redirect("orgs:overview", name=offer.organization.name)
