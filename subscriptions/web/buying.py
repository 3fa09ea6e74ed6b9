"""An order for a buyer: prepared by an owner, and paid by somebody who has no account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kernel.money import Money
from orgs.policy import require
from orgs.web.visit import Visit, sent, shown_at_field, visiting
from subscriptions.actions.buyer_links import (
    leads_on,
    link_behind,
)
from subscriptions.actions.checkout import TERMS_REVISION, Choice
from subscriptions.checking_out import (
    look_after_return,
    order_by_link,
    start_buyers_checkout,
    take_link_back,
)
from subscriptions.models import BuyerLink, CheckoutAttempt, Price
from subscriptions.web.forms import BuyerForm, ChoiceForm

State = CheckoutAttempt.State


@require_http_methods(["GET", "POST"])
@visiting
def prepare(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Prepare an order, and show the link of the open one."""
    require(visit.actor, "billing:manage", visit.organization)
    form = ChoiceForm(
        sent(request),
        organization=visit.organization,
        initial={"plan": "team", "interval": "month"},
    )
    if form.is_valid():
        with shown_at_field(form):
            chosen = form.cleaned_data
            order_by_link(
                organization=visit.organization,
                choice=Choice(chosen["plan"], chosen["interval"], chosen["seats"]),
                actor=visit.actor,
            )
            return redirect("subscriptions:buyer-link", name=visit.organization.name)
    link = visit.organization.buyer_links.open().select_related("issued_by", "organization").first()
    context = visit.context(
        form=form,
        link=link,
        leads_on=link is not None and leads_on(link),
    )
    status = 422 if form.errors else 200
    return render(request, "subscriptions/buyer_link.html", context, status=status)


@require_POST
@visiting
def take_back(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take the open link back."""
    take_link_back(organization=visit.organization, actor=visit.actor)
    messages.success(request, "The link leads nowhere any more.")
    return redirect("subscriptions:buyer-link", name=visit.organization.name)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def buy(request: HttpRequest, token: str) -> HttpResponse:
    """Show an order to whoever holds its link, and lead them to the payment page.

    After paying they come back here, and see whether it is paid, and no more. Like the return page
    of an organization, it only looks, at the attempt of this link.
    """
    link = link_behind(token)
    attempt = link.attempts.order_by("-pk").first()
    if attempt is not None and attempt.state == State.OPEN and "canceled" not in request.GET:
        settled = look_after_return(link.organization)
        attempt.refresh_from_db()
        if attempt.state == State.OPEN and not settled and request.method == "GET":
            return _page(request, link, attempt, "confirming")
    if attempt is not None and attempt.state == State.COMPLETE:
        return _page(request, link, attempt, "paid")
    if not leads_on(link):
        return _page(request, link, attempt, "over")
    form = BuyerForm(sent(request))
    if form.is_valid():
        with shown_at_field(form):
            begun = start_buyers_checkout(
                link=link,
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                accepts_terms=form.cleaned_data["terms"],
            )
            response = redirect(begun.url)
            response.status_code = 303
            return response
    return _page(request, link, attempt, "open", form)


def _page(
    request: HttpRequest,
    link: BuyerLink,
    attempt: CheckoutAttempt | None,
    state: str,
    form: BuyerForm | None = None,
) -> HttpResponse:
    price = Price.objects.get(price_id=link.price_id)
    context = {
        "link": link,
        "attempt": attempt,
        "state": state,
        "form": form,
        "each": price.money,
        "total": Money(price.amount * link.seats, price.currency),
        "terms_revision": TERMS_REVISION,
    }
    status = 422 if form is not None and form.errors else 200
    if request.method == "POST" and form is None:
        status = 409  # what was sent has no effect, and the page says why
    response = render(request, "subscriptions/buy.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    if state == "confirming":
        response["Refresh"] = "3"
    return response
