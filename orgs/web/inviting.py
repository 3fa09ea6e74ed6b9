"""Invitations of an organization: all that are open, many at once, sent again, withdrawn."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.refusals import NotFound, Refusal
from orgs import queries
from orgs.actions.bulk_invitations import Line, invite_many, preview_invitations
from orgs.actions.invitations import resend_invitation, revoke_invitation
from orgs.bulk import Entry, read_entries
from orgs.models import Invitation
from orgs.policy import allowed_or_refused, require
from orgs.roles import Role
from orgs.web.confirming import sent_on_once_confirmed
from orgs.web.forms import BulkForm
from orgs.web.people import invitable, why_not_invite
from orgs.web.visit import Visit, sent, visiting


@require_GET
@visiting
def invitations(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show every open invitation, the newest first."""
    cursor = request.GET.get("cursor", "")
    page = queries.open_invitations_of(visit.organization, cursor=cursor)
    context = visit.context(page=page, first=bool(cursor))
    return render(request, "orgs/invitations.html", context)


@require_http_methods(["GET", "POST"])
@sent_on_once_confirmed
@visiting
def bulk(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say line by line what would happen; do it when that is confirmed, and say what happened.

    What is confirmed is the text itself, which is judged anew.
    """
    require(visit.actor, "members:invite_many", visit.organization)
    roles = invitable(visit)
    form = BulkForm(sent(request), request.FILES or None, roles=roles)
    entries = _entries(form) if form.is_valid() else []
    if not entries:
        context = visit.context(form=form, refusal=why_not_invite(visit), can_begin=bool(roles))
        status = 422 if form.errors else 200
        return render(request, "orgs/bulk.html", context, status=status)
    is_confirmed = request.POST.get("step") == "send"
    if is_confirmed:
        _require_confirmed(visit, entries)
        lines = invite_many(organization=visit.organization, entries=entries, actor=visit.actor)
    else:  # whoever sends these lines on has confirmed by then who they are
        sender = replace(visit.actor, fresh=True)
        lines = preview_invitations(organization=visit.organization, entries=entries, actor=sender)
    context = visit.context(
        lines=lines,
        number=sum(line.is_invited for line in lines),
        is_done=is_confirmed,
        text=form.cleaned_data["text"],
        role=form.cleaned_data["role"],
        left_over=_left_over(lines) if is_confirmed else "",
    )
    return render(request, "orgs/bulk_lines.html", context)


@require_POST
@visiting
def resend(request: HttpRequest, visit: Visit, invitation: UUID) -> HttpResponse:
    """Send an invitation again, with a new link."""
    sent = resend_invitation(invitation=_invitation(visit, invitation), actor=visit.actor)
    messages.success(
        request, f"A new link went to {sent.addressee}. The old one opens nothing any more."
    )
    return redirect("orgs:people", name=visit.organization.name)


@require_POST
@visiting
def withdraw(request: HttpRequest, visit: Visit, invitation: UUID) -> HttpResponse:
    """Take an invitation back."""
    withdrawn = _invitation(visit, invitation)
    revoke_invitation(invitation=withdrawn, actor=visit.actor)
    messages.success(request, f"The invitation of {withdrawn.addressee} was withdrawn.")
    return redirect("orgs:people", name=visit.organization.name)


def _require_confirmed(visit: Visit, entries: list[Entry]) -> None:
    """Ask for a fresh sign-in before any line is sent, when one of them needs it."""
    waits = visit.decisions["members:invite_owner"]
    if waits.reason == "fresh_sign_in_required" and any(
        entry.role is Role.OWNER for entry in entries
    ):
        allowed_or_refused(waits)


def _entries(form: BulkForm) -> list[Entry]:
    """Return the lines of a form; what is wrong with them as a whole is put beside the field."""
    try:
        entries = read_entries(form.cleaned_data["text"], default=Role(form.cleaned_data["role"]))
    except Refusal as refusal:
        form.add_error("text", refusal.sentence)
        return []
    if not entries:
        form.add_error("text", "Paste at least one address, or choose a file.")
    return entries


def _left_over(lines: list[Line]) -> str:
    """Return the lines that somebody could still be invited by, to correct and send again."""
    left = [line for line in lines if not line.is_invited and not line.is_harmless]
    return "\n".join(", ".join(filter(None, [line.address, line.word])) for line in left)


def _invitation(visit: Visit, public_id: UUID) -> Invitation:
    found = (
        visit.organization.invitations.filter(public_id=public_id).select_related("user").first()
    )
    if found is None:
        raise NotFound
    return found
