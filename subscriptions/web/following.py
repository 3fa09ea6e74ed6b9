"""Automatic seats: how many at most, and a fixed number again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orgs.policy import require
from orgs.web.visit import Visit, sent, shown_at_field, visiting
from subscriptions.actions.changes import the_live_subscription
from subscriptions.actions.following import fix_seats, set_ceiling
from subscriptions.queries import billing_of
from subscriptions.web.forms import CeilingForm


@require_http_methods(["GET", "POST"])
@visiting
def ceiling(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what automatic seats mean here, and set how many there may be at most."""
    require(visit.actor, "billing:manage", visit.organization)
    the_live_subscription(visit.organization)
    shown = billing_of(visit.organization)
    most = shown.ceiling or max(shown.seats_taken, shown.quantity)
    form = CeilingForm(sent(request), initial={"ceiling": most})
    if form.is_valid():
        with shown_at_field(form):
            set_ceiling(
                organization=visit.organization,
                ceiling=form.cleaned_data["ceiling"],
                actor=visit.actor,
            )
            messages.success(request, "From now on you pay for who takes a seat.")
            return redirect("subscriptions:billing", name=visit.organization.name)
    status = 422 if form.errors else 200
    context = visit.context(form=form, billing=shown)
    return render(request, "subscriptions/ceiling.html", context, status=status)


@require_POST
@visiting
def fix(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Keep the number of seats that is paid for."""
    fix_seats(organization=visit.organization, actor=visit.actor)
    messages.success(request, "The number of seats is fixed.")
    return redirect("subscriptions:billing", name=visit.organization.name)
