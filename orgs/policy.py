"""Who may do what: the matrix, and the one function that answers.

Nothing else in the project answers the question. Pages that explain roles render these tables.
Permission is asked before standing, so that nobody outside learns how an organization stands.
"""

from collections.abc import Sequence

from kernel import clock
from kernel.actor import Actor, ActorKind
from kernel.refusals import Remedy
from orgs.decision import NOT_FOUND, Decision, Rule
from orgs.entitlements import Feature, Limit, phase_at
from orgs.facts import Facts, ProjectFacts, Subject, Way, facts_of
from orgs.levels import Level
from orgs.needs import not_open
from orgs.refusals import REFUSED_AS, SET_UP_SECOND_FACTOR
from orgs.roles import Role

OWNER, MANAGER = Role.OWNER, Role.MANAGER
BILLING_MANAGER, MEMBER = Role.BILLING_MANAGER, Role.MEMBER
EVERYONE = frozenset(Role)
PUBLIC = Way(Level.READ, "the project is public")


def _rule(*roles: Role, words: str, scope: str, **needs: object) -> Rule:
    return Rule(frozenset(roles), words, scope, **needs)  # type: ignore[arg-type]  # Rule checks names


def _by_level(level: Level, *, words: str, scope: str, **needs: bool) -> Rule:
    return Rule(frozenset(), words, scope, level=level, **needs)  # type: ignore[arg-type]  # Rule checks names


MATRIX: dict[str, Rule] = {
    "organization:read": Rule(EVERYONE, "see the organization", "organizations:read"),
    "members:read": Rule(EVERYONE, "see its people", "members:read"),
    "members:read_security": _rule(
        OWNER, MANAGER, words="see who has a second factor", scope="members:read"
    ),
    "teams:read": Rule(EVERYONE, "see its teams", "organizations:read"),
    "organization:update": _rule(
        OWNER, words="change its settings", scope="organizations:write", while_open=True
    ),
    "organization:demand_second_factor": _rule(
        OWNER, words="demand a second factor of its members", scope="organizations:write"
    ),
    "organization:rename": _rule(
        OWNER, words="rename it", scope="organizations:write", while_open=True
    ),
    "organization:delete": _rule(OWNER, words="delete it", scope="", fresh=True),
    "organization:undo_delete": _rule(OWNER, words="take its deletion back", scope=""),
    "organization:convert": _rule(OWNER, words="convert it", scope="", fresh=True, while_open=True),
    "ownership:transfer": _rule(
        OWNER, words="hand over ownership", scope="", fresh=True, while_open=True
    ),
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
    "members:invite_many": _rule(
        OWNER, MANAGER, words="invite many people at once, each as they may", scope="members:write"
    ),
    "members:revoke_invitation": _rule(
        OWNER, MANAGER, words="withdraw invitations", scope="members:write"
    ),
    "members:remove": _rule(OWNER, words="remove people", scope="members:write"),
    "members:remove_member": _rule(
        OWNER, MANAGER, words="remove plain members", scope="members:write"
    ),
    "members:change_role": _rule(
        OWNER, words="change roles", scope="members:write", while_open=True
    ),
    "members:show_self": Rule(
        EVERYONE, "choose whether its public profile shows them", "members:write"
    ),
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
    "projects:decline_transfer": _rule(
        OWNER, MANAGER, words="decline projects that are offered", scope="projects:write"
    ),
    "projects:transfer_out": _rule(OWNER, words="move projects out", scope="", fresh=True),
    "projects:set_base_level": _rule(
        OWNER,
        words="give every member a level on all projects",
        scope="projects:write",
        growth=True,
    ),
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

PROJECT_MATRIX: dict[str, Rule] = {
    "projects:read": _by_level(Level.READ, words="see it", scope="projects:read"),
    "projects:read_access": _by_level(
        Level.ADMINISTER, words="see who may do what on it", scope="projects:read"
    ),
    "projects:publish": _by_level(
        Level.PUBLISH,
        words="publish it",
        scope="projects:publish",
        publishing=True,
        present=True,
    ),
    "projects:update": _by_level(
        Level.ADMINISTER, words="change what it says of itself", scope="projects:write"
    ),
    "projects:archive": _by_level(
        Level.ADMINISTER, words="archive it and bring it back", scope="projects:write"
    ),
    "projects:revoke": _by_level(
        Level.ADMINISTER, words="take levels on it away", scope="projects:write"
    ),
    "projects:grant": _by_level(
        Level.ADMINISTER, words="give levels on it", scope="projects:write", growth=True
    ),
    "collaborators:invite": _by_level(
        Level.ADMINISTER, words="invite people from outside", scope="projects:write", growth=True
    ),
}
"""Permission on one project → the level that holds it. Everybody reads a public one."""

STAFF_MATRIX: dict[str, frozenset[str]] = {
    "applications:review": frozenset({"reviewer", "admin"}),
    "people:reset_second_factor": frozenset({"support", "admin"}),
    "organization:read": frozenset({"reviewer", "support", "billing", "admin"}),
    "members:read": frozenset({"support", "admin"}),
    "billing:read": frozenset({"support", "billing", "admin"}),
    "audit:read": frozenset({"support", "billing", "admin"}),
    "events:read": frozenset({"billing", "admin"}),
    "names:release": frozenset({"support", "admin"}),
}
"""What staff may do in their staff role, with a second factor; least privilege."""

HOST_SCOPES: dict[str, str] = {
    "entitlements:read": "entitlements:read",
    "decisions:ask": "decisions:ask",
}
"""What a host may do, and the scope it needs; it changes nothing."""


class UnknownPermission(LookupError):
    """A permission that is not in the matrix was asked for; a bug, or at the edge a 422."""


def is_known(permission: str) -> bool:
    """Whether any table answers for ``permission``."""
    return permission in MATRIX or permission in PROJECT_MATRIX or permission in STAFF_MATRIX


def decide(actor: Actor, permission: str, subject: Subject) -> Decision:
    """Answer whether ``actor`` may, why, until when, and what would help. One SQL query.

    Raises UnknownPermission.
    """
    return decide_many([(actor, permission, subject)])[0]


def decide_many(questions: Sequence[tuple[Actor, str, Subject | None]]) -> list[Decision]:
    """Answer many questions in one query and in their order; a subject of ``None`` is not found."""
    for _, permission, _ in questions:
        if not is_known(permission):
            raise UnknownPermission(permission)
    found = facts_of([(actor.user_id, subject) for actor, _, subject in questions])
    return [
        answer(actor, permission, facts)
        for (actor, permission, _), facts in zip(questions, found, strict=True)
    ]


def require(actor: Actor, permission: str, subject: Subject) -> Decision:
    """Return the decision when it is yes; raise the refusal that its reason names when it is no."""
    return allowed_or_refused(decide(actor, permission, subject))


def require_all(actor: Actor, permission: str, subjects: Sequence[Subject]) -> None:
    """Ask the same about many subjects in one query; raise the first refusal."""
    for decision in decide_many([(actor, permission, subject) for subject in subjects]):
        allowed_or_refused(decision)


def allowed_or_refused(decision: Decision) -> Decision:
    """Return a yes; raise the refusal that the reason of a no names."""
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


def answer(actor: Actor, permission: str, facts: Facts | None) -> Decision:
    """Answer from facts that were read; ``decide`` reads them, and so do lists of many people."""
    if facts is None:
        return NOT_FOUND
    if actor.kind is ActorKind.SYSTEM:
        return Decision(True, "ok", "The system may.", because="system")
    if actor.kind is ActorKind.STAFF:
        return _answer_staff(actor, permission)
    rule = MATRIX.get(permission) or PROJECT_MATRIX.get(permission)
    if rule is None:
        return NOT_FOUND
    if facts.project is not None:
        return _answer_project(actor, rule, facts, facts.project)
    if facts.role is None or rule.level is not None:
        return NOT_FOUND
    return (
        _second_factor_missing(permission, facts)
        or _role_missing(rule, facts)
        or _credential_short(actor, rule)
        or not_open(rule, facts)
        or _allowed(rule, facts)
    )


OPEN_WITHOUT_SECOND_FACTOR = frozenset({"members:leave"})
"""What people may who lack the second factor that an organization demands: they can get out."""


def _answer_staff(actor: Actor, permission: str) -> Decision:
    if actor.staff_role in STAFF_MATRIX.get(permission, frozenset()):
        return Decision(True, "ok", "Staff may.", because=f"staff: {actor.staff_role}")
    return Decision(False, "role_too_low", "Your staff role does not include this.")


def _answer_project(actor: Actor, rule: Rule, facts: Facts, project: ProjectFacts) -> Decision:
    """Answer about a project. Who has no level on a private one does not learn that it is there."""
    way = project.best or (None if project.is_private else PUBLIC)
    if way is None:
        return NOT_FOUND
    if rule.level is None:
        missing = None if project.is_own else _role_missing(rule, facts, project.name)
        way = Way(way.level, way.words if project.is_own else f"{facts.role} of {facts.name}")
    else:
        missing = _level_missing(rule, rule.level, way, project)
    return (
        (None if way is PUBLIC else _second_factor_missing("", facts))
        or missing
        or _credential_short(actor, rule)
        or not_open(rule, facts)
        or _allowed_because(rule, facts, way.words)
    )


def _level_missing(rule: Rule, needed: Level, way: Way, project: ProjectFacts) -> Decision | None:
    if way.level >= needed:
        return None
    return Decision(
        False,
        "role_too_low",
        f"Only those with the level “{needed.key}” on {project.name} may {rule.words}.",
        because=f"{way.level.key}: {way.words}",
        remedy=Remedy(
            "Ask somebody who administers it", "administrator", f"/projects/{project.name}/"
        ),
    )


def _second_factor_missing(permission: str, facts: Facts) -> Decision | None:
    """Refuse members without a second factor where it is demanded, and their tokens with them."""
    if facts.role is None or not facts.lacks_second_factor:
        return None
    if permission in OPEN_WITHOUT_SECOND_FACTOR:
        return None
    return Decision(
        False,
        "second_factor_required",
        f"{facts.name} demands a second factor of its members, and you have none yet.",
        because=f"{facts.role} of {facts.name}",
        remedy=SET_UP_SECOND_FACTOR,
    )


def _role_missing(rule: Rule, facts: Facts, project: str = "") -> Decision | None:
    if facts.role in rule.roles or (rule.maintainer and facts.is_maintainer):
        return None
    if facts.role is None:  # somebody else's project
        return Decision(
            False, "role_too_low", f"Only owners of {project} may {rule.words}.", because="no role"
        )
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


def _allowed(rule: Rule, facts: Facts) -> Decision:
    by_role = facts.role in rule.roles
    because = (
        f"{facts.role} of {facts.name}" if by_role else f"maintainer of team {facts.team_name}"
    )
    return _allowed_because(rule, facts, because)


def _allowed_because(rule: Rule, facts: Facts, because: str) -> Decision:
    depends = (
        rule.growth or rule.feature is not None or rule.limit is not None or rule.publishing
    ) and facts.name
    until = phase_at(facts.phases, clock.now())[2] if depends else None
    return Decision(True, "ok", f"You may {rule.words}.", because=because, until=until)


def _listed(roles: list[Role]) -> str:
    words = [f"{role.label.lower()}s" for role in roles]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
