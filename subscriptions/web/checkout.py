"""To Stripe and back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs.entitlements import Standing
from orgs.policy import require
from orgs.web.visit import Visit, shown_at_field, visiting
from subscriptions.actions.checkout import TERMS_REVISION, Choice
from subscriptions.checking_out import look_after_return, start_checkout
from subscriptions.models import CheckoutAttempt
from subscriptions.queries import billing_of
from subscriptions.web.forms import CheckoutForm


@require_GET
@visiting
def subscribe(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the form that chooses; nothing happens at Stripe before it is sent."""
    require(visit.actor, "billing:manage", visit.organization)
    if visit.organization.subscriptions.live().exists():
        return redirect("subscriptions:billing", name=visit.organization.name)
    asked = {
        name: request.GET[name] for name in ("plan", "interval", "seats") if name in request.GET
    }
    initial = {"plan": "team", "interval": "month", **asked}
    form = CheckoutForm(organization=visit.organization, initial=initial)
    return _form_page(request, visit, form)


@require_POST
@visiting
def checkout(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Open the organization's one session at Stripe and lead to its page."""
    require(visit.actor, "billing:manage", visit.organization)
    form = CheckoutForm(request.POST, organization=visit.organization)
    if form.is_valid():
        with shown_at_field(form):
            attempt = start_checkout(
                organization=visit.organization,
                choice=Choice(
                    form.cleaned_data["plan"],
                    form.cleaned_data["interval"],
                    form.cleaned_data["seats"],
                    form.cleaned_data.get("trial", False),
                ),
                accepts_terms=form.cleaned_data["terms"],
                actor=visit.actor,
            )
            return _onward(request, visit, attempt)
    return _form_page(request, visit, form)


@require_GET
@visiting
def returned(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Look at what became of a payment, or of a visit to the portal.

    The one page whose GET may write, since it only looks: it takes the session from the attempt,
    never from the address, and grants nothing that Stripe did not show. Until Stripe shows it, the
    page asks again by itself.
    """
    require(visit.actor, "billing:read", visit.organization)
    settled = look_after_return(visit.organization)
    shown = billing_of(visit.organization)
    came_to_pay = request.GET.get("from") != "portal"
    if came_to_pay and shown.is_live and shown.standing is Standing.ACTIVE:
        messages.success(request, "Thank you. The subscription runs, and everything is open.")
    if shown.is_live:
        return redirect("subscriptions:billing", name=visit.organization.name)
    if settled and (shown.attempt is None or not came_to_pay):
        return redirect("subscriptions:billing", name=visit.organization.name)
    response = render(request, "subscriptions/returned.html", visit.context(billing=shown))
    response["Refresh"] = "3"  # asks again without any script
    return response


def _onward(request: HttpRequest, visit: Visit, attempt: CheckoutAttempt) -> HttpResponse:
    """Lead to the payment page; whoever did not begin the attempt first reads who did."""
    is_theirs = attempt.begun_by_id == visit.actor.user_id and attempt.buyer_link_id is None
    if is_theirs or "join" in request.POST:
        response = redirect(attempt.url)
        response.status_code = 303
        return response
    return render(request, "subscriptions/begun.html", visit.context(attempt=attempt))


def _form_page(request: HttpRequest, visit: Visit, form: CheckoutForm) -> HttpResponse:
    shown = billing_of(visit.organization)
    context = visit.context(form=form, billing=shown, terms_revision=TERMS_REVISION)
    status = 422 if form.errors else 200
    return render(request, "subscriptions/subscribe.html", context, status=status)
