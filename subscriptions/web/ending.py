"""Canceling at the end of the period, and resuming; and why the organization has what it has."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs.policy import require
from orgs.web.visit import Visit, visiting
from subscriptions.ending import cancel_at_period_end, resume
from subscriptions.explaining import explain_all
from subscriptions.queries import billing_of
from subscriptions.refusals import NothingRuns

UNDER_WAY = "Stripe does not answer at the moment. It is noted, and done in a minute."


@require_http_methods(["GET", "POST"])
@visiting
def cancel(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what canceling means, and let the subscription end with its period."""
    require(visit.actor, "billing:manage", visit.organization)
    if request.method == "POST":
        done = cancel_at_period_end(
            organization=visit.organization,
            subscription_id=request.POST.get("subscription", "")[:255],
            actor=visit.actor,
        )
        words = "Canceled. Everything is open until the period ends." if done else UNDER_WAY
        messages.info(request, words)
        return redirect("subscriptions:billing", name=visit.organization.name)
    shown = billing_of(visit.organization)
    running = [] if shown.subscription is None else [shown.subscription, *shown.also_live]
    ending = [each for each in running if each.is_live and each.ends_at is None]
    if not ending:
        raise NothingRuns("No subscription is running that could be canceled.")
    context = visit.context(billing=shown, running=ending)
    return render(request, "subscriptions/cancel.html", context)


@require_POST
@visiting
def go_on(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let a subscription go on that would have ended."""
    done = resume(
        organization=visit.organization,
        subscription_id=request.POST.get("subscription", "")[:255],
        actor=visit.actor,
    )
    messages.info(request, "Resumed: it renews as before." if done else UNDER_WAY)
    return redirect("subscriptions:billing", name=visit.organization.name)


@require_GET
@visiting
def why(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show each reason for every feature and limit."""
    require(visit.actor, "billing:read", visit.organization)
    explained = explain_all(visit.organization)
    return render(request, "subscriptions/why.html", visit.context(explained=explained))
