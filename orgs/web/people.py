"""The people of an organization: who is in, who is invited, and what each may be."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from kernel.refusals import NotFound
from orgs import people as found
from orgs import queries
from orgs.actions.invitations import invite_member
from orgs.actions.members import change_role, leave, remove_member
from orgs.decision import Decision, Rule
from orgs.levels import PURPOSE as LEVEL_PURPOSE
from orgs.levels import Level
from orgs.matrix import MATRIX, PROJECT_MATRIX, SERVICE_TOKENS
from orgs.models import Membership
from orgs.offboarding import lasting_of, losses_of
from orgs.policy import require
from orgs.refusals import AccountUnknown, SearchTooShort
from orgs.roles import PURPOSE, Role
from orgs.seats import seat_limit, seats_offered
from orgs.service_scopes import ServiceScope
from orgs.web.confirming import sent_on_once_confirmed
from orgs.web.forms import InvitationForm, RoleForm, SearchForm
from orgs.web.visit import Visit, sent, shown_at_field, visiting, without_second_factor

INVITES = {
    Role.OWNER: "members:invite_owner",
    Role.MANAGER: "members:invite",
    Role.BILLING_MANAGER: "members:invite_billing_manager",
    Role.MEMBER: "members:invite_member",
}
MOST_INVITATIONS = 20
"""As many open invitations as stand among the people; the rest have a page of their own."""
TOKEN_COLUMN = ("Service token", "")
ROLE_UNKNOWN = frozenset({"role_too_low", "not_a_company"})


@require_http_methods(["GET", "POST"])
@sent_on_once_confirmed
@visiting
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show members, found and filtered, and the latest invitations; take an invitation."""
    roles = invitable(visit)
    form = InvitationForm(sent(request), roles=roles)
    if request.method == "POST" and not roles:
        require(visit.actor, "members:invite_member", visit.organization)
    if form.is_valid():
        with shown_at_field(form):
            invitation = invite_member(
                organization=visit.organization,
                role=form.cleaned_data["role"],
                actor=visit.actor,
                **_whom(form.cleaned_data["email"]),
            )
            messages.success(request, f"{invitation.addressee} was invited.")
            return redirect("orgs:people", name=visit.organization.name)
    return _people_page(request, visit, form)


def _people_page(request: HttpRequest, visit: Visit, form: InvitationForm) -> HttpResponse:
    organization = visit.organization
    cursor = request.GET.get("cursor", "")
    may_see_factors = visit.may("members:read_security")
    search = SearchForm(request.GET, may_see_factors=may_see_factors)
    sought = _sought(search)
    try:
        page = found.people_page(organization, sought, cursor=cursor)
    except SearchTooShort as refusal:
        search.add_error("q", refusal.sentence)
        sought = found.Sought()
        page = found.people_page(organization)
    for membership in page.rows:
        membership.organization = organization
    context = visit.context(
        form=form,
        search=search,
        sought=sought,
        number=found.people_number(organization, sought),
        cap=found.CAP,
        may_see_factors=may_see_factors,
        refusal=why_not_invite(visit),
        page=page,
        first=bool(cursor),
        removable=_removable(visit),
        invitations=queries.open_invitations_of(organization, size=MOST_INVITATIONS),
        seats=seat_limit(organization),
        offered=seats_offered(organization),
        phase=organization.entitlements.holding(),
        me=request.user.pk,
    )
    status = 422 if form.errors or search.errors else 200
    return render(request, "orgs/people.html", context, status=status)


def _sought(search: SearchForm) -> found.Sought:
    """Return what is sought; a value that is none of the choices narrows nothing."""
    search.is_valid()
    asked = search.cleaned_data
    factor = asked.get("second_factor", "")
    return found.Sought(
        text=asked.get("q", ""),
        role=asked.get("role", ""),
        second_factor=factor == "yes" if factor else None,
    )


def _whom(text: str) -> dict[str, Any]:
    """Return whom an invitation goes to: the account of an id, or else an address."""
    try:
        public_id = UUID(text)
    except ValueError:
        return {"email": text}
    user = User.objects.filter(public_id=public_id, is_active=True).first()
    if user is None:
        raise AccountUnknown(field="email")
    return {"user": user}


@require_http_methods(["GET", "POST"])
@sent_on_once_confirmed
@visiting
def member(request: HttpRequest, visit: Visit, person: UUID) -> HttpResponse:
    """Show one member, and give another role."""
    membership = membership_of(visit, person)
    form = RoleForm(sent(request), initial={"role": membership.role})
    if request.method == "POST":
        require(visit.actor, "members:change_role", visit.organization)
    if form.is_valid():
        with shown_at_field(form):
            changed = change_role(
                organization=visit.organization,
                user=membership.user,
                actor=visit.actor,
                **form.cleaned_data,
            )
            messages.success(request, f"{membership.user} is {changed.get_role_display()} now.")
            return redirect("orgs:people", name=visit.organization.name)
    teams = membership.team_memberships.select_related("team").order_by("team__normalized_name")
    context = visit.context(
        form=form,
        membership=membership,
        teams=teams,
        is_removable=_may_remove(visit, membership),
        is_heir=_may_hand_over(visit) and membership.user_id != visit.person.pk,
    )
    return render(request, "orgs/member.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@visiting
def remove(request: HttpRequest, visit: Visit, person: UUID) -> HttpResponse:
    """Say what removing means, and do it when that is confirmed."""
    membership = membership_of(visit, person)
    if request.method == "POST":
        remove_member(organization=visit.organization, user=membership.user, actor=visit.actor)
        messages.success(request, f"{membership.user} is no member any more.")
        return redirect("orgs:people", name=visit.organization.name)
    require(visit.actor, _removing(membership), visit.organization)
    if membership.role == Role.OWNER and membership.user_id != visit.person.pk:
        require(visit.actor, "members:change_owners", visit.organization)
    context = visit.context(
        membership=membership, losses=losses_of(membership), lasting=lasting_of(membership)
    )
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
    context = visit.context(
        mine=mine,
        is_last_owner=is_last_owner,
        losses=losses_of(mine),
        lasting=lasting_of(mine),
    )
    return render(request, "orgs/leave.html", context)


@require_GET
@visiting
def roles(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Explain the roles with the very table that decides."""
    rows = [
        (rule.words, [*(role in rule.roles for role in Role), name in SERVICE_TOKENS], _needs(rule))
        for name, rule in MATRIX.items()
    ]
    project_rows = [
        (
            rule.words,
            [
                *(rule.level is not None and level >= rule.level for level in Level),
                name in SERVICE_TOKENS,
            ],
            _needs(rule),
        )
        for name, rule in PROJECT_MATRIX.items()
    ]
    roles = [(role.label, PURPOSE[role]) for role in Role]
    levels = [(level.label, LEVEL_PURPOSE[level]) for level in Level]
    context = visit.context(
        rows=rows,
        roles=roles,
        role_columns=[*roles, TOKEN_COLUMN],
        scopes=ServiceScope.choices,
        project_rows=project_rows,
        levels=levels,
        level_columns=[*levels, TOKEN_COLUMN],
    )
    return render(request, "orgs/roles.html", context)


def invitable(visit: Visit) -> list[Role]:
    """Return the roles that the visitor can invite into now, if need be once they confirm that it
    is them.
    """
    waits = visit.decisions[INVITES[Role.OWNER]].reason == "fresh_sign_in_required"
    return [
        role
        for role in Role
        if visit.may(INVITES[role])
        or (role == Role.OWNER and waits and visit.may(INVITES[Role.MANAGER]))
    ]


def why_not_invite(visit: Visit) -> Decision | None:
    """Return what to show in the form's place: the role is there, something else is missing."""
    answer = visit.decisions["members:invite_member"]
    return None if answer.allowed or answer.reason in ROLE_UNKNOWN else answer


def _removable(visit: Visit) -> frozenset[str]:
    if visit.may("members:remove"):
        return frozenset(Role)
    return frozenset({Role.MEMBER}) if visit.may("members:remove_member") else frozenset()


def _may_remove(visit: Visit, membership: Membership) -> bool:
    return membership.role in _removable(visit)


def _may_hand_over(visit: Visit) -> bool:
    """Whether ownership is theirs to hand over; the fresh sign-in is asked for on the way."""
    answer = visit.decisions["ownership:transfer"]
    return answer.allowed or answer.reason == "fresh_sign_in_required"


def _removing(membership: Membership) -> str:
    return "members:remove_member" if membership.role == Role.MEMBER else "members:remove"


def membership_of(visit: Visit, person: UUID) -> Membership:
    """Return a member's place. Refuses with NotFound."""
    found = (
        visit.organization.memberships.filter(user__public_id=person).select_related("user").first()
    )
    if found is None:
        raise NotFound
    return found


def _needs(rule: Rule) -> str:
    needed = [
        "a company" if rule.company else "",
        "a paid plan or a grant" if rule.growth else "",
        f"the feature {rule.feature.replace('_', ' ')}" if rule.feature else "",
        f"room in {rule.limit.replace('_', ' ')}" if rule.limit else "",
        "a fresh sign-in" if rule.fresh else "",
        "an organization that is not held, nor long unpaid" if rule.publishing else "",
        "a project that is not archived" if rule.present else "",
    ]
    return ", ".join(need for need in needed if need)
