"""The billing page, and the way into the customer portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs.policy import require
from orgs.web.visit import Visit, visiting
from subscriptions.actions.portal import open_portal
from subscriptions.catalog import SOLD
from subscriptions.queries import billing_of
from subscriptions.web.words import grant_facts, plan_cards, standing_words


@require_GET
@visiting
def billing(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show plan, seats, standing, what comes next, and invoices."""
    require(visit.actor, "billing:read", visit.organization)
    shown = billing_of(visit.organization)
    context = visit.context(
        billing=shown,
        standing=standing_words(shown),
        plans=plan_cards(visit.organization, shown),
        grant_facts=grant_facts(shown),
        was_canceled="canceled" in request.GET and not shown.is_live,
    )
    return render(request, "subscriptions/billing.html", context)


@require_POST
@visiting
def portal(request: HttpRequest, visit: Visit) -> HttpResponse:  # noqa: ARG001 -- a view's signature
    """Lead to Stripe's portal."""
    return redirect(open_portal(organization=visit.organization, actor=visit.actor))


@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Show what is sold, to everybody."""
    return render(
        request, "subscriptions/plans.html", {"plans": plan_cards(None, None), "sold": SOLD}
    )


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """Show the terms that a checkout asks to accept."""
    return render(request, "subscriptions/terms.html")
