"""Who may do what: the matrix, and the one function that answers.

Nothing else in the project answers the question. Pages that explain roles render these tables.
Permission is asked before standing, so that nobody outside learns how an organization stands.
"""

from dataclasses import dataclass
from datetime import datetime

from kernel import clock
from kernel.actor import Actor, ActorKind
from kernel.refusals import Remedy
from orgs.entitlements import UNLIMITED, Feature, Limit, Phase, Standing, phase_at
from orgs.facts import Facts, Subject, facts_of
from orgs.refusals import REFUSED_AS, SET_UP_SECOND_FACTOR
from orgs.roles import Role

OWNER, MANAGER = Role.OWNER, Role.MANAGER
BILLING_MANAGER, MEMBER = Role.BILLING_MANAGER, Role.MEMBER
EVERYONE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the matrix: who holds the permission, and what it needs besides.

    ``words`` completes "may …"; ``scope`` is what a token must carry.
    """

    roles: frozenset[Role]
    words: str
    scope: str
    maintainer: bool = False
    fresh: bool = False
    growth: bool = False
    company: bool = False
    feature: Feature | None = None
    limit: Limit | None = None


def _rule(*roles: Role, words: str, scope: str, **needs: object) -> Rule:
    return Rule(frozenset(roles), words, scope, **needs)  # type: ignore[arg-type]  # Rule checks names


MATRIX: dict[str, Rule] = {
    "organization:read": Rule(EVERYONE, "see the organization", "organizations:read"),
    "members:read": Rule(EVERYONE, "see its people", "members:read"),
    "teams:read": Rule(EVERYONE, "see its teams", "organizations:read"),
    "organization:update": _rule(OWNER, words="change its settings", scope="organizations:write"),
    "organization:demand_second_factor": _rule(
        OWNER, words="demand a second factor of its members", scope="organizations:write"
    ),
    "organization:rename": _rule(OWNER, words="rename it", scope="organizations:write"),
    "organization:delete": _rule(OWNER, words="delete it", scope="", fresh=True),
    "organization:convert": _rule(OWNER, words="convert it", scope="", fresh=True),
    "ownership:transfer": _rule(OWNER, words="hand over ownership", scope="", fresh=True),
    "members:invite": _rule(
        OWNER,
        words="invite people in any role",
        scope="members:write",
        growth=True,
        limit=Limit.SEATS,
    ),
    "members:invite_member": _rule(
        OWNER,
        MANAGER,
        words="invite members",
        scope="members:write",
        growth=True,
        limit=Limit.SEATS,
    ),
    "members:invite_billing_manager": _rule(
        OWNER, words="invite billing managers", scope="members:write", company=True
    ),
    "members:revoke_invitation": _rule(
        OWNER, MANAGER, words="withdraw invitations", scope="members:write"
    ),
    "members:remove": _rule(OWNER, words="remove people", scope="members:write"),
    "members:remove_member": _rule(
        OWNER, MANAGER, words="remove plain members", scope="members:write"
    ),
    "members:change_role": _rule(OWNER, words="change roles", scope="members:write"),
    "members:change_role_into_seat": _rule(
        OWNER,
        words="give a role that takes a seat",
        scope="members:write",
        growth=True,
        limit=Limit.SEATS,
    ),
    "members:leave": Rule(EVERYONE, "leave", "members:write"),
    "teams:grow": _rule(
        OWNER,
        MANAGER,
        words="create teams and add people to them",
        scope="teams:write",
        growth=True,
        feature=Feature.TEAMS,
    ),
    "teams:add_members": _rule(
        OWNER,
        MANAGER,
        words="add people to this team",
        scope="teams:write",
        maintainer=True,
        growth=True,
        feature=Feature.TEAMS,
    ),
    "teams:shrink": _rule(OWNER, MANAGER, words="rename and delete teams", scope="teams:write"),
    "teams:remove_members": _rule(
        OWNER, MANAGER, words="take people out of this team", scope="teams:write", maintainer=True
    ),
    "projects:create": _rule(
        OWNER, MANAGER, words="create projects", scope="projects:write", growth=True
    ),
    "projects:create_private": _rule(
        OWNER,
        MANAGER,
        words="create private projects",
        scope="projects:write",
        growth=True,
        feature=Feature.PRIVATE_PROJECTS,
        limit=Limit.PRIVATE_PROJECTS,
    ),
    "projects:receive": _rule(
        OWNER, MANAGER, words="bring projects in", scope="projects:write", growth=True
    ),
    "projects:transfer_out": _rule(OWNER, words="move projects out", scope="", fresh=True),
    "billing:read": _rule(OWNER, BILLING_MANAGER, words="see its billing", scope="billing:read"),
    "billing:manage": _rule(
        OWNER, BILLING_MANAGER, words="manage its billing", scope="billing:write"
    ),
    "audit:read": _rule(OWNER, MANAGER, words="read its audit log", scope="audit:read"),
    "audit:export": _rule(
        OWNER, words="export its audit log", scope="audit:read", feature=Feature.AUDIT_EXPORT
    ),
    "tokens:create": _rule(
        OWNER, words="create its tokens", scope="", growth=True, feature=Feature.ORG_TOKENS
    ),
    "tokens:revoke": _rule(OWNER, words="revoke its tokens", scope=""),
}
"""Permission → who holds it. The last column of the design's table is ``growth``, ``feature``,
``limit``.
"""

STAFF_MATRIX: dict[str, frozenset[str]] = {
    "applications:review": frozenset({"reviewer", "admin"}),
    "people:reset_second_factor": frozenset({"support", "admin"}),
    "organization:read": frozenset({"reviewer", "support", "billing", "admin"}),
    "members:read": frozenset({"support", "admin"}),
    "billing:read": frozenset({"support", "billing", "admin"}),
    "audit:read": frozenset({"support", "billing", "admin"}),
    "events:read": frozenset({"billing", "admin"}),
}
"""What staff may do in their staff role, with a second factor; least privilege."""

HOST_SCOPES: dict[str, str] = {
    "entitlements:read": "entitlements:read",
    "decisions:ask": "decisions:ask",
}
"""What a host may do, and the scope it needs; it changes nothing."""


class UnknownPermission(LookupError):
    """A permission that is not in the matrix was asked for; a bug, or at the edge a 422."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An explained answer. ``until`` is when it changes by itself."""

    allowed: bool
    reason: str
    sentence: str
    because: str = ""
    until: datetime | None = None
    remedy: Remedy | None = None


def decide(actor: Actor, permission: str, subject: Subject) -> Decision:
    """Answer whether ``actor`` may, why, until when, and what would help. One SQL query.

    Raises UnknownPermission.
    """
    return decide_many([(actor, permission, subject)])[0]


def decide_many(questions: list[tuple[Actor, str, Subject | None]]) -> list[Decision]:
    """Answer many questions in one query and in their order; a subject of ``None`` is not found."""
    for _, permission, _ in questions:
        if permission not in MATRIX and permission not in STAFF_MATRIX:
            raise UnknownPermission(permission)
    found = facts_of([(actor.user_id, subject) for actor, _, subject in questions])
    return [
        _answer(actor, permission, facts)
        for (actor, permission, _), facts in zip(questions, found, strict=True)
    ]


def require(actor: Actor, permission: str, subject: Subject) -> Decision:
    """Return the decision when it is yes; raise the refusal that its reason names when it is no."""
    decision = decide(actor, permission, subject)
    if not decision.allowed:
        raise REFUSED_AS[decision.reason](
            decision.sentence, reason=decision.reason, remedy=decision.remedy
        )
    return decision


def require_staff(actor: Actor, permission: str) -> None:
    """Let staff through in a role that holds ``permission``; to all others the place does not
    exist.
    """
    if actor.staff_role not in STAFF_MATRIX[permission]:
        raise REFUSED_AS["not_found"]


def _answer(actor: Actor, permission: str, facts: Facts | None) -> Decision:
    if facts is None:
        return NOT_FOUND
    if actor.kind is ActorKind.SYSTEM:
        return Decision(True, "ok", "The system may.", because="system")
    if actor.kind is ActorKind.STAFF:
        return _answer_staff(actor, permission)
    rule = MATRIX.get(permission)
    if rule is None or facts.role is None:
        return NOT_FOUND
    return (
        _second_factor_missing(permission, facts)
        or _role_missing(rule, facts)
        or _credential_short(actor, rule)
        or _not_open(rule, facts)
        or _allowed(rule, facts)
    )


OPEN_WITHOUT_SECOND_FACTOR = frozenset({"members:leave"})
"""What people may who lack the second factor that an organization demands: they can get out."""

NOT_FOUND = Decision(False, "not_found", "There is nothing here that you can see.")


def _answer_staff(actor: Actor, permission: str) -> Decision:
    if actor.staff_role in STAFF_MATRIX.get(permission, frozenset()):
        return Decision(True, "ok", "Staff may.", because=f"staff: {actor.staff_role}")
    return Decision(False, "role_too_low", "Your staff role does not include this.")


def _second_factor_missing(permission: str, facts: Facts) -> Decision | None:
    """Refuse members without a second factor where it is demanded, and their tokens with them."""
    if not facts.lacks_second_factor or permission in OPEN_WITHOUT_SECOND_FACTOR:
        return None
    return Decision(
        False,
        "second_factor_required",
        f"{facts.name} demands a second factor of its members, and you have none yet.",
        because=f"{facts.role} of {facts.name}",
        remedy=SET_UP_SECOND_FACTOR,
    )


def _role_missing(rule: Rule, facts: Facts) -> Decision | None:
    if facts.role in rule.roles or (rule.maintainer and facts.is_maintainer):
        return None
    holders = _listed([role for role in Role if role in rule.roles])
    return Decision(
        False,
        "role_too_low",
        f"Only {holders} of {facts.name} may {rule.words}.",
        because=f"{facts.role} of {facts.name}",
        remedy=Remedy("Ask one of its owners", "owner", f"/orgs/{facts.name}/people/"),
    )


def _credential_short(actor: Actor, rule: Rule) -> Decision | None:
    if rule.fresh and not actor.fresh:
        return Decision(
            False,
            "fresh_sign_in_required",
            "This needs a fresh sign-in, on the pages of this service.",
            remedy=Remedy("Confirm that it is you", "you", "/account/reauthenticate/"),
        )
    if actor.scopes is not None and (not rule.scope or rule.scope not in actor.scopes):
        needed = (
            f"the scope {rule.scope}" if rule.scope else "a person at the pages of this service"
        )
        return Decision(
            False,
            "scope_missing",
            f"This token cannot do that; it needs {needed}.",
            remedy=Remedy("Make a token with that scope", "you", "/account/tokens/"),
        )
    return None


def _not_open(rule: Rule, facts: Facts) -> Decision | None:
    """Say what standing, a feature, a limit or a seat withholds from somebody who holds the
    role.
    """
    phase = facts.phase
    if rule.company and facts.kind != "company":
        return Decision(
            False, "not_a_company", f"{facts.name} is not a company; nothing is billed."
        )
    if rule.growth and not phase.grows():
        return _standing_withholds(facts, phase, rule)
    if rule.feature is not None and rule.feature not in phase.features:
        return Decision(
            False,
            "feature_missing",
            f"What {facts.name} has now does not include {rule.feature.replace('_', ' ')}.",
            remedy=_billing(facts, "Look at the plans"),
        )
    if rule.limit is not None:
        return _limit_reached(rule.limit, facts, phase)
    return None


def _standing_withholds(facts: Facts, phase: Phase, rule: Rule) -> Decision:
    if phase.standing in (Standing.CLOSING, Standing.CLOSED):
        return Decision(
            False,
            "organization_closing",
            f"{facts.name} is being closed.",
            remedy=Remedy("Undo the deletion", "owner", f"/orgs/{facts.name}/settings/"),
        )
    if phase.standing == Standing.SUSPENDED:
        return Decision(
            False,
            "standing_suspended",
            f"{facts.name} is suspended, so nobody can {rule.words} now.",
            remedy=Remedy("Write to support", "owner", f"/orgs/{facts.name}/billing/"),
        )
    if facts.kind == "company" and not phase.may_raise_bill:
        return Decision(
            False,
            "pay_invoice_first",
            f"An invoice of {facts.name} is unpaid, so nobody can {rule.words} until it is paid.",
            remedy=_billing(facts, "Pay the open invoice"),
        )
    if facts.kind == "company":
        words = f"{facts.name} has no running subscription, so nobody can {rule.words} yet."
        return Decision(
            False,
            "standing_restricted",
            words,
            remedy=_billing(facts, "Choose a plan and subscribe"),
        )
    words = f"The free grant of {facts.name} has ended, so nobody can {rule.words} now."
    return Decision(
        False, "standing_restricted", words, remedy=_billing(facts, "Look at the grant")
    )


def _limit_reached(limit: Limit, facts: Facts, phase: Phase) -> Decision | None:
    allowed = phase.limits.get(limit, 0)
    taken = facts.taken(limit)
    if allowed == UNLIMITED or taken < allowed:
        return None
    if limit is not Limit.SEATS:
        words = f"{facts.name} has used all {allowed} of its {limit.replace('_', ' ')}."
        return Decision(False, "limit_reached", words, remedy=_billing(facts, "Look at the plans"))
    if not phase.may_raise_bill:
        words = f"All {allowed} seats of {facts.name} are taken, and an invoice is unpaid."
        return Decision(
            False, "pay_invoice_first", words, remedy=_billing(facts, "Pay the open invoice")
        )
    words = (
        f"All {allowed} seats of {facts.name} are taken"
        f" ({facts.seats_taken} by members, {facts.seats_offered} by open invitations)."
    )
    people = Remedy(
        "Remove somebody or withdraw an invitation", "owner", f"/orgs/{facts.name}/people/"
    )
    return Decision(False, "no_seat_left", words, remedy=people)


def _allowed(rule: Rule, facts: Facts) -> Decision:
    by_role = facts.role in rule.roles
    because = (
        f"{facts.role} of {facts.name}" if by_role else f"maintainer of team {facts.team_name}"
    )
    depends = rule.growth or rule.feature is not None or rule.limit is not None
    until = phase_at(facts.phases, clock.now())[2] if depends else None
    return Decision(True, "ok", f"You may {rule.words}.", because=because, until=until)


def _billing(facts: Facts, action: str) -> Remedy:
    who = "owner or billing manager" if facts.kind == "company" else "owner"
    return Remedy(action, who, f"/orgs/{facts.name}/billing/")


def _listed(roles: list[Role]) -> str:
    words = [f"{role.label.lower()}s" for role in roles]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
