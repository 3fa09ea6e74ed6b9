"""Founding a company."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actors import of_request
from orgs.web.visit import sent, shown_at_field, signed_in_person
from subscriptions.actions.founding import found_company
from subscriptions.web.forms import CompanyForm


@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Show and take the form; the new company is led to its plans."""
    form = CompanyForm(sent(request))
    if form.is_valid():
        with shown_at_field(form):
            organization = found_company(
                owner=signed_in_person(request), actor=of_request(request), **form.cleaned_data
            )
            messages.success(
                request, f"{organization.display_name} is founded. Choose a plan to open it up."
            )
            return redirect("subscriptions:billing", name=organization.name)
    return render(
        request, "subscriptions/found.html", {"form": form}, status=422 if form.errors else 200
    )
