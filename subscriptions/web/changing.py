"""Other seats, another plan or interval: chosen, shown to the cent, confirmed; and an invoice
paid.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs.policy import require
from orgs.web.visit import Visit, shown_at_field, visiting
from subscriptions.actions.checkout import Choice
from subscriptions.changing import confirm_change, page_to_pay
from subscriptions.gateway.client import in_a_hurry
from subscriptions.models import SubscriptionChange
from subscriptions.queries import billing_of
from subscriptions.quotes import Quote, quote_change
from subscriptions.web.forms import ChangeForm

TOLD: dict[str, str] = {
    SubscriptionChange.State.APPLIED: "Done: {seats} seats of the {plan} plan.",
    SubscriptionChange.State.ASKED: "Your change is under way. This page shows it in a minute.",
    SubscriptionChange.State.LAPSED: "The change came to nothing; look at the figures again.",
}


@require_GET
@visiting
def change(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the form, and once something is chosen what it would cost and take away.

    Reads from Stripe and changes nothing, so it can be linked to, gone back to and left.
    """
    require(visit.actor, "billing:manage", visit.organization)
    shown = billing_of(visit.organization)
    running = shown.subscription
    if running is None or not shown.is_live:
        return redirect("subscriptions:subscribe", name=visit.organization.name)
    now = {"plan": running.plan_key, "interval": running.interval, "seats": running.quantity}
    follows = shown.ceiling is not None
    asked = {key: request.GET[key] for key in now if request.GET.get(key)}
    if not asked:
        form = ChangeForm(organization=visit.organization, seats_follow=follows, initial=now)
        return _page(request, visit, form)
    form = ChangeForm(now | asked, organization=visit.organization, seats_follow=follows)
    quote: Quote | None = None
    if form.is_valid():
        with shown_at_field(form), in_a_hurry():
            quote = quote_change(
                organization=visit.organization,
                choice=Choice(
                    form.cleaned_data["plan"],
                    form.cleaned_data["interval"],
                    form.cleaned_data.get("seats", running.quantity),
                ),
                actor=visit.actor,
            )
    return _page(request, visit, form, quote)


@require_POST
@visiting
def confirm(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Change the subscription at the figures that were shown."""
    require(visit.actor, "billing:manage", visit.organization)
    done = confirm_change(
        organization=visit.organization, quote=request.POST.get("quote", ""), actor=visit.actor
    )
    if done.state in TOLD:
        words = TOLD[done.state].format(seats=done.quantity, plan=done.plan_name)
        messages.info(request, words)
    return redirect("subscriptions:billing", name=visit.organization.name)


@require_POST
@visiting
def pay(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Lead to the page on which one open invoice is paid, or its card is confirmed."""
    url = page_to_pay(
        organization=visit.organization,
        invoice_id=request.POST.get("invoice", "")[:255],
        actor=visit.actor,
    )
    response = redirect(url)
    response.status_code = 303
    return response


def _page(
    request: HttpRequest, visit: Visit, form: ChangeForm, quote: Quote | None = None
) -> HttpResponse:
    context = visit.context(form=form, quote=quote, billing=billing_of(visit.organization))
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "subscriptions/change.html", context, status=status)
