"""The desk: organizations found, one of them and its money, and each act of staff on it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods

from kernel.actor import Actor
from kernel.money import Money
from kernel.refusals import Invalid
from orgs.matrix import MATRIX, STAFF_MATRIX
from orgs.models import Organization
from orgs.web.gate import Gated, StaffView, for_staff
from orgs.web.visit import sent, shown_at_field
from saas.desk.finding import organizations_found
from saas.desk.forms import ContractForm, GiveBackForm, HoldForm, OverrideForm, ReasonForm
from saas.desk.timeline import timeline_of
from subscriptions.actions.contracts import end_contract, give_contract
from subscriptions.actions.holds import lift_hold, place_hold
from subscriptions.actions.overrides import end_override, set_override
from subscriptions.ending import end_now
from subscriptions.explaining import explain_all
from subscriptions.looking import look_again
from subscriptions.models import Leak
from subscriptions.queries import billing_of
from subscriptions.returning import give_money_back, invoice_to_give_back
from subscriptions.web.words import standing_words

gate = for_staff("billing:read", "the money of organizations")
for_money = for_staff("money:change", "changing the money of organizations")
for_holds = for_staff("organization:hold", "suspending organizations")


@require_GET
@gate
def organizations(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 -- a staff view
    """Find organizations by whatever is at hand."""
    asked = request.GET.get("q", "")[:255]
    found = organizations_found(asked)
    return render(request, "desk/organizations.html", {"asked": asked.strip(), "found": found})


@require_GET
@gate
def leaks(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 -- a staff view
    """Show what does not add up between Stripe and us, and what did lately."""
    rows = Leak.objects.select_related("organization")
    context = {
        "leaks": rows.open().order_by("since", "pk")[:500],
        "gone": rows.filter(gone_at__isnull=False).order_by("-gone_at", "-pk")[:50],
    }
    return render(request, "desk/leaks.html", context)


@require_GET
@gate
def organization(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Show one organization: how it stands and why, what it pays, and all that happened."""
    found = get_object_or_404(Organization.objects.select_related("entitlements"), pk=pk)
    billing = billing_of(found)
    payers = found.memberships.filter(role__in=MATRIX["billing:manage"].roles)
    context = {
        "organization": found,
        "billing": billing,
        "standing": standing_words(billing),
        "explained": explain_all(found),
        "payers": payers.select_related("user").order_by("role", "pk")[:20],
        "customers": found.stripe_customers.order_by("-is_current", "pk"),
        "subscriptions": found.subscriptions.order_by("-began_at", "-pk"),
        "grants": found.grants.select_related("given_by").order_by("-since", "-pk"),
        "overrides": found.overrides.select_related("set_by").order_by("-since", "-pk"),
        "holds": found.holds.select_related("placed_by").order_by("-since", "-pk"),
        "money_back": found.money_back.select_related("asked_by").order_by("-pk"),
        "leaks": found.leaks.open().order_by("since", "pk"),
        "timeline": timeline_of(found, before=_moment(request.GET.get("before", ""))),
        "first": "before" in request.GET,
        "may_change": actor.staff_role in STAFF_MATRIX["money:change"],
        "may_hold": actor.staff_role in STAFF_MATRIX["organization:hold"],
    }
    return render(request, "desk/organization.html", context)


def act(
    may: Callable[[StaffView[...]], Gated[...]], form_class: type[ReasonForm], title: str
) -> Callable[[Callable[..., str]], Gated[...]]:
    """Make a page of an act: it asks for what the act needs, does it, and says what it returned.

    One change a submit, with a reason. The act is given the organization, who acts, the form, and
    what else stands in the address.
    """

    def made(do: Callable[..., str]) -> Gated[...]:
        @require_http_methods(["GET", "POST"])
        @may
        @wraps(do)
        def page(request: HttpRequest, actor: Actor, pk: int, **named: Any) -> HttpResponse:
            found = get_object_or_404(Organization, pk=pk)
            form = form_class(sent(request))
            if form.is_valid():
                with shown_at_field(form):
                    messages.success(request, do(found, actor, form, **named))
                    return redirect("desk:organization", pk=pk)
            context = {"organization": found, "form": form, "title": title}
            return render(request, "desk/act.html", context, status=422 if form.errors else 200)

        return page

    return made


@act(for_money, OverrideForm, "Set an override")
def override(found: Organization, actor: Actor, form: OverrideForm) -> str:
    """Set something beside what is paid for."""
    made = set_override(
        organization=found, setting=form.chosen, until=form.ends, reason=form.why, actor=actor
    )
    return f"Set: {made.words}."


@act(for_money, ReasonForm, "End an override")
def end_an_override(found: Organization, actor: Actor, form: ReasonForm, override_id: int) -> str:
    """End an override before its day."""
    ended = end_override(organization=found, override_id=override_id, reason=form.why, actor=actor)
    return f"Ended: {ended.words}."


@act(for_holds, HoldForm, "Suspend it")
def hold(found: Organization, actor: Actor, form: HoldForm) -> str:
    """Suspend an organization."""
    place_hold(organization=found, reason=form.why, until=form.ends, actor=actor)
    return "Suspended. The owners and billing managers are told by mail."


@act(for_holds, ReasonForm, "Lift a suspension")
def lift(found: Organization, actor: Actor, form: ReasonForm, hold_id: int) -> str:
    """Lift one hold."""
    lift_hold(organization=found, hold_id=hold_id, reason=form.why, actor=actor)
    return "Lifted. Another hold, if there is one, still counts."


@act(for_money, ContractForm, "Give a contract")
def contract(found: Organization, actor: Actor, form: ContractForm) -> str:
    """Let a company in under a contract."""
    given = give_contract(organization=found, agreed=form.agreed, reason=form.why, actor=actor)
    return f"The contract runs until {given.until:%-d %B %Y}."


@act(for_money, ReasonForm, "End the contract")
def end_a_contract(found: Organization, actor: Actor, form: ReasonForm, grant_id: int) -> str:
    """End a contract before its term."""
    end_contract(organization=found, grant_id=grant_id, reason=form.why, actor=actor)
    return "The contract is over."


@act(for_money, ReasonForm, "End the subscription now")
def end(found: Organization, actor: Actor, form: ReasonForm, subscription_id: str) -> str:
    """End a subscription at once; what is unused is credited."""
    done = end_now(
        organization=found, subscription_id=subscription_id, reason=form.why, actor=actor
    )
    return "Ended." if done else "Stripe does not answer; it is noted, and done by the sweep."


@require_http_methods(["GET", "POST"])
@for_money
def give_back(request: HttpRequest, actor: Actor, pk: int, invoice_id: str) -> HttpResponse:
    """Give back all or a part of what was paid of an invoice."""
    found = get_object_or_404(Organization, pk=pk)
    invoice = invoice_to_give_back(found, invoice_id, actor)
    left = Money(invoice.left, invoice.currency)
    form = GiveBackForm(sent(request), initial={"amount": f"{invoice.left / 100:.2f}"})
    if form.is_valid():
        with shown_at_field(form):
            done = give_money_back(
                organization=found,
                invoice_id=invoice_id,
                amount=form.minor_units(),
                reason=form.why,
                actor=actor,
            )
            messages.success(request, f"{done.money}: {done.get_state_display().lower()}.")
            return redirect("desk:organization", pk=pk)
    title = f"Give back of invoice {invoice.number}, at most {left}"
    context = {"organization": found, "form": form, "title": title, "label": "Give it back"}
    return render(request, "desk/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
@gate
def sync(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:  # noqa: ARG001 -- a staff view
    """Look at everything that Stripe has of it, now."""
    found = get_object_or_404(Organization, pk=pk)
    told = look_again(found)
    messages.info(request, "Looked at anew." if told else "Stripe does not answer at the moment.")
    return redirect("desk:organization", pk=pk)


def _moment(asked: str) -> datetime | None:
    """Return the moment before which the timeline is asked for; what is none narrows nothing."""
    try:
        moment = parse_datetime(asked)
    except ValueError:
        moment = None
    if asked and (moment is None or moment.tzinfo is None):
        raise Invalid("This page link is not valid any more. Please start at the first page.")
    return moment
