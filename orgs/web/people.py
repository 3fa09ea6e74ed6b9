"""The people of an organization: who is in, who is invited, and what each may be."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.refusals import NotFound
from orgs import queries
from orgs.actions.invitations import invite_member, resend_invitation, revoke_invitation
from orgs.actions.members import change_role, leave, remove_member
from orgs.models import Invitation, Membership
from orgs.policy import MATRIX, Decision, require
from orgs.roles import PURPOSE, Role
from orgs.seats import seat_limit, seats_offered
from orgs.web.forms import InvitationForm, RoleForm
from orgs.web.visit import Visit, sent, shown_at_field, visiting, without_second_factor

INVITES = {
    Role.OWNER: "members:invite",
    Role.MANAGER: "members:invite",
    Role.BILLING_MANAGER: "members:invite_billing_manager",
    Role.MEMBER: "members:invite_member",
}
ROLE_UNKNOWN = frozenset({"role_too_low", "not_a_company"})


@require_http_methods(["GET", "POST"])
@visiting
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show members and open invitations; take an invitation."""
    roles = _invitable(visit)
    form = InvitationForm(sent(request), roles=roles)
    if request.method == "POST" and not roles:
        require(visit.actor, "members:invite_member", visit.organization)
    if form.is_valid():
        with shown_at_field(form):
            invitation = invite_member(
                organization=visit.organization, actor=visit.actor, **form.cleaned_data
            )
            messages.success(request, f"{invitation.email} was invited.")
            return redirect("orgs:people", name=visit.organization.name)
    return _people_page(request, visit, form)


def _people_page(request: HttpRequest, visit: Visit, form: InvitationForm) -> HttpResponse:
    organization = visit.organization
    cursor = request.GET.get("cursor", "")
    page = queries.people_of(organization, cursor=cursor)
    for membership in page.rows:
        membership.organization = organization
    context = visit.context(
        form=form,
        refusal=_why_not_invite(visit),
        page=page,
        first=bool(cursor),
        removable=_removable(visit),
        invitations=queries.open_invitations_of(organization),
        seats=seat_limit(organization),
        offered=seats_offered(organization),
        me=request.user.pk,
    )
    return render(request, "orgs/people.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@visiting
def member(request: HttpRequest, visit: Visit, person: UUID) -> HttpResponse:
    """Show one member, and give another role."""
    membership = _membership(visit, person)
    form = RoleForm(sent(request), initial={"role": membership.role})
    if request.method == "POST" and form.is_valid():
        with shown_at_field(form):
            changed = change_role(
                organization=visit.organization,
                user=membership.user,
                actor=visit.actor,
                **form.cleaned_data,
            )
            messages.success(request, f"{membership.user} is {changed.get_role_display()} now.")
            return redirect("orgs:people", name=visit.organization.name)
    context = visit.context(
        form=form, membership=membership, is_removable=_may_remove(visit, membership)
    )
    return render(request, "orgs/member.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@visiting
def remove(request: HttpRequest, visit: Visit, person: UUID) -> HttpResponse:
    """Say what removing means, and do it when that is confirmed."""
    membership = _membership(visit, person)
    if request.method == "POST":
        remove_member(organization=visit.organization, user=membership.user, actor=visit.actor)
        messages.success(request, f"{membership.user} is no member any more.")
        return redirect("orgs:people", name=visit.organization.name)
    require(visit.actor, _removing(membership), visit.organization)
    teams = membership.team_memberships.select_related("team").order_by("team__normalized_name")
    context = visit.context(membership=membership, teams=[place.team for place in teams])
    return render(request, "orgs/remove_member.html", context)


@require_http_methods(["GET", "POST"])
@visiting
@without_second_factor
def leave_organization(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what leaving means, and do it when that is confirmed."""
    organization = visit.organization
    if request.method == "POST":
        leave(organization=organization, actor=visit.actor)
        messages.success(request, f"You left {organization.display_name}.")
        return redirect("orgs:list")
    mine = organization.memberships.get(user=visit.person)
    others = organization.memberships.owners().exclude(pk=mine.pk)
    is_last_owner = mine.role == Role.OWNER and not others.exists()
    return render(request, "orgs/leave.html", visit.context(mine=mine, is_last_owner=is_last_owner))


@require_POST
@visiting
def resend(request: HttpRequest, visit: Visit, invitation: UUID) -> HttpResponse:
    """Send an invitation again, with a new link."""
    sent = resend_invitation(invitation=_invitation(visit, invitation), actor=visit.actor)
    messages.success(
        request, f"A new link went to {sent.email}. The old one opens nothing any more."
    )
    return redirect("orgs:people", name=visit.organization.name)


@require_POST
@visiting
def withdraw(request: HttpRequest, visit: Visit, invitation: UUID) -> HttpResponse:
    """Take an invitation back."""
    withdrawn = _invitation(visit, invitation)
    revoke_invitation(invitation=withdrawn, actor=visit.actor)
    messages.success(request, f"The invitation of {withdrawn.email} was withdrawn.")
    return redirect("orgs:people", name=visit.organization.name)


@require_GET
@visiting
def roles(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Explain the roles with the very table that decides."""
    rows = [
        (rule.words, [role in rule.roles for role in Role], _needs(permission))
        for permission, rule in MATRIX.items()
    ]
    explained = [(role.label, PURPOSE[role]) for role in Role]
    return render(request, "orgs/roles.html", visit.context(rows=rows, roles=explained))


def _invitable(visit: Visit) -> list[Role]:
    return [role for role in Role if visit.may(INVITES[role])]


def _why_not_invite(visit: Visit) -> Decision | None:
    """Return what to show in the form's place: the role is there, something else is missing."""
    answer = visit.decisions["members:invite_member"]
    return None if answer.allowed or answer.reason in ROLE_UNKNOWN else answer


def _removable(visit: Visit) -> frozenset[str]:
    if visit.may("members:remove"):
        return frozenset(Role)
    return frozenset({Role.MEMBER}) if visit.may("members:remove_member") else frozenset()


def _may_remove(visit: Visit, membership: Membership) -> bool:
    return membership.role in _removable(visit)


def _removing(membership: Membership) -> str:
    return "members:remove_member" if membership.role == Role.MEMBER else "members:remove"


def _membership(visit: Visit, person: UUID) -> Membership:
    found = (
        visit.organization.memberships.filter(user__public_id=person).select_related("user").first()
    )
    if found is None:
        raise NotFound
    return found


def _invitation(visit: Visit, public_id: UUID) -> Invitation:
    found = visit.organization.invitations.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _needs(permission: str) -> str:
    rule = MATRIX[permission]
    needed = [
        "a company" if rule.company else "",
        "a paid plan or a grant" if rule.growth else "",
        f"the feature {rule.feature.replace('_', ' ')}" if rule.feature else "",
        f"room in {rule.limit.replace('_', ' ')}" if rule.limit else "",
        "a fresh sign-in" if rule.fresh else "",
    ]
    return ", ".join(need for need in needed if need)
