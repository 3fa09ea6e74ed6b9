"""A person's tokens: the list, making one, revoking one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions.tokens import (
    MOST_LIVE,
    make_personal_token,
    require_fresh_person,
    revoke_personal_token,
)
from accounts.actors import of_request
from accounts.models import PersonalToken
from accounts.web.forms import TokenForm
from accounts.web.visitor import visitor
from kernel.refusals import NotFound, Refusal


@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the tokens that open something now, the newest first."""
    live = visitor(request).tokens.live().order_by("-created_at", "-pk")
    return render(request, "accounts/tokens.html", {"tokens": live, "most": MOST_LIVE})


@never_cache
@require_http_methods(["GET", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show its text in the answer itself: it is kept nowhere, not in a session."""
    actor = of_request(request)
    require_fresh_person(actor)
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            token, text = make_personal_token(
                user=visitor(request), actor=actor, **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.sentence)
        else:
            return render(request, "accounts/token_made.html", {"token": token, "text": text})
    status = 422 if form.errors else 200
    return render(request, "accounts/new_token.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def revoke_token(request: HttpRequest, token: int) -> HttpResponse:
    """Say what revoking means, and do it when that is confirmed."""
    found = visitor(request).tokens.filter(pk=token).first()
    if found is None or not _may_be_shown(found):
        raise NotFound
    if request.method == "POST":
        revoke_personal_token(token=found, actor=of_request(request))
        messages.success(request, f"The token “{found.name}” opens nothing any more.")
        return redirect("accounts:tokens")
    return render(request, "accounts/revoke_token.html", {"token": found})


def _may_be_shown(token: PersonalToken) -> bool:
    """A token past its life is no page any more."""
    return token.is_live
