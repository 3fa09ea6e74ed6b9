"""Where invoices go, and what they say."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orgs.policy import require
from orgs.web.visit import Visit, sent, shown_at_field, visiting
from subscriptions.actions.details import Details
from subscriptions.detailing import keep_details
from subscriptions.refusals import NoCustomerYet
from subscriptions.web.forms import DetailsForm


@require_http_methods(["GET", "POST"])
@visiting
def details(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what stands on invoices, and let it be something else."""
    require(visit.actor, "billing:manage", visit.organization)
    customer = visit.organization.stripe_customers.filter(is_current=True).first()
    if customer is None:
        raise NoCustomerYet
    initial = {"email": customer.email, "purchase_order": customer.purchase_order}
    form = DetailsForm(sent(request), initial=initial)
    if form.is_valid():
        with shown_at_field(form):
            done = keep_details(
                organization=visit.organization,
                details=Details(form.cleaned_data["email"], form.cleaned_data["purchase_order"]),
                actor=visit.actor,
            )
            words = "The next invoice says it." if done else "It is noted, and done in a minute."
            messages.info(request, words)
            return redirect("subscriptions:billing", name=visit.organization.name)
    status = 422 if form.errors else 200
    return render(request, "subscriptions/details.html", visit.context(form=form), status=status)
