"""A person's own log: what they did, and what was done to them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit.queries import account_log
from orgs import queries
from orgs.logs import sentence_for
from orgs.web.log_forms import LogForm
from orgs.web.visit import signed_in_person


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Show it across organizations; of those that were left, no more than one may know."""
    person = signed_in_person(request)
    cursor = request.GET.get("cursor", "")
    form = LogForm(request.GET)
    known = queries.organizations_told_of(person.pk)
    page = account_log(person.pk, form.wanted(), organizations=list(known), cursor=cursor)
    context = {
        "form": form,
        "page": page,
        "lines": [
            (event, sentence_for(event, person.pk, known), known.get(event.organization_id or 0))
            for event in page.rows
        ],
        "first": bool(cursor),
        "narrowed": form.asked(),
    }
    return render(request, "orgs/account_log.html", context)
