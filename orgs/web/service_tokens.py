"""Tokens of an organization: the list, making one, revoking one."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kernel.refusals import Forbidden, NotFound, Refusal
from orgs.actions.service_tokens import MOST_LIVE, make_service_token, revoke_service_token
from orgs.models import ServiceToken
from orgs.policy import decide, require
from orgs.queries import service_tokens_of
from orgs.web.forms import ServiceTokenForm
from orgs.web.visit import Visit, sent, visiting


@require_GET
@visiting
def tokens(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the tokens that open something now, the newest first, and what stands against more."""
    require(visit.actor, "tokens:read", visit.organization)
    making = decide(replace(visit.actor, fresh=True), "tokens:create", visit.organization)
    found = list(service_tokens_of(visit.organization).order_by("-created_at", "-pk"))
    context = visit.context(
        tokens=found,
        most=MOST_LIVE,
        may_make=making.allowed and len(found) < MOST_LIVE,
        refusal=None if making.allowed else making,
    )
    return render(request, "orgs/tokens.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@visiting
def new_token(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make a token and show its text in the answer itself: it is kept nowhere, not in a session."""
    require(visit.actor, "tokens:create", visit.organization)
    form = ServiceTokenForm(sent(request))
    if form.is_valid():
        try:
            token, text = make_service_token(
                organization=visit.organization, actor=visit.actor, **form.cleaned_data
            )
        except (Forbidden, NotFound):
            raise
        except Refusal as refusal:
            form.add_error(refusal.field or None, refusal.sentence)
        else:
            return render(request, "orgs/token_made.html", visit.context(token=token, text=text))
    status = 422 if form.errors else 200
    return render(request, "orgs/new_token.html", visit.context(form=form), status=status)


@require_http_methods(["GET", "POST"])
@visiting
def revoke_token(request: HttpRequest, visit: Visit, token: UUID) -> HttpResponse:
    """Say what revoking means, and do it when that is confirmed."""
    require(visit.actor, "tokens:revoke", visit.organization)
    found = _token(visit, token)
    if request.method == "POST":
        revoke_service_token(token=found, actor=visit.actor)
        messages.success(request, f"The token “{found.name}” opens nothing any more.")
        return redirect("orgs:tokens", name=visit.organization.name)
    return render(request, "orgs/revoke_token.html", visit.context(token=found))


def _token(visit: Visit, public_id: UUID) -> ServiceToken:
    """Return a token that lives; one past its life is no page any more."""
    found = service_tokens_of(visit.organization).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
