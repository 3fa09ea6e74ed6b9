"""Who may do what: the matrix, and the one function that answers.

Nothing else in the project answers the question; the tables are in ``orgs.matrix``.
Permission is asked before standing, so that nobody outside learns how an organization stands.
"""

from collections.abc import Sequence

from kernel.actor import Actor, ActorKind
from kernel.refusals import Remedy
from orgs.decision import NOT_FOUND, Decision, Rule
from orgs.facts import Facts, ProjectFacts, Subject, Way, facts_for
from orgs.levels import Level
from orgs.matrix import MATRIX, PROJECT_MATRIX, SERVICE_TOKENS, STAFF_MATRIX
from orgs.needs import not_open
from orgs.refusals import REFUSED_AS, SET_UP_SECOND_FACTOR
from orgs.roles import Role

PUBLIC = Way(Level.READ, "the project is public")


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
    found = facts_for([(actor, subject) for actor, _, subject in questions])
    return [
        answer(actor, permission, facts)
        for (actor, permission, _), facts in zip(questions, found, strict=True)
    ]


def require(actor: Actor, permission: str, subject: Subject) -> Decision:
    """Return the decision when it is yes; raise the refusal that its reason names when it is no."""
    return allowed_or_refused(decide(actor, permission, subject))


def require_credential(actor: Actor, permission: str, subject: Subject) -> None:
    """Let people at what is theirs, whatever their level; a token only with the scope that
    ``permission`` needs. Refuses with NotFound where there is nothing.
    """
    rule = MATRIX.get(permission) or PROJECT_MATRIX[permission]
    (facts,) = facts_for([(actor, subject)])
    if facts is None:
        raise REFUSED_AS["not_found"]
    allowed_or_refused(_credential_short(actor, rule, facts) or _allowed(rule, facts))


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
    if facts.project is not None and rule.level is None and not rule.of_project:
        return NOT_FOUND  # a question about an organization
    if facts.is_token and permission not in SERVICE_TOKENS:
        return _for_people(rule)
    if facts.project is not None:
        return _answer_project(actor, rule, facts, facts.project)
    if facts.role is None or rule.level is not None:
        return NOT_FOUND
    return (
        _second_factor_missing(permission, facts)
        or _role_missing(rule, facts)
        or _credential_short(actor, rule, facts)
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
    """Answer about a project. Who has no level on a private one does not learn that it is there,
    and members locked out for want of a second factor read a public one as everybody does.
    """
    way = project.best or (None if project.is_private else PUBLIC)
    if way is None:
        return NOT_FOUND
    locked_out = None if way is PUBLIC else _second_factor_missing("", facts)
    if locked_out is not None and rule.level is Level.READ and not project.is_private:
        way, locked_out = PUBLIC, None
    if rule.level is None:
        missing = None if project.is_own else _role_missing(rule, facts, project.name)
        way = Way(way.level, way.words if project.is_own else facts.place)
    else:
        missing = _level_missing(rule, rule.level, way, project)
    return (
        locked_out
        or missing
        or _credential_short(actor, rule, facts)
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
        because=facts.place,
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
        because=facts.place,
        remedy=Remedy("Ask one of its owners", "owner", f"/orgs/{facts.name}/people/"),
    )


FRESH_SIGN_IN_REQUIRED = Decision(
    False,
    "fresh_sign_in_required",
    "This needs a fresh sign-in, on the pages of this service.",
    remedy=Remedy("Confirm that it is you", "you", "/account/reauthenticate/"),
)


def _for_people(rule: Rule) -> Decision:
    """Refuse a service token what no scope opens to it."""
    if rule.fresh:
        return FRESH_SIGN_IN_REQUIRED
    return Decision(
        False,
        "scope_missing",
        f"No token of an organization may {rule.words}; a person can.",
        remedy=Remedy("Let a person do it", "owner", ""),
    )


def _credential_short(actor: Actor, rule: Rule, facts: Facts) -> Decision | None:
    if rule.fresh and not actor.fresh:
        return FRESH_SIGN_IN_REQUIRED
    if actor.scopes is not None and (not rule.scope or rule.scope not in actor.scopes):
        needed = (
            f"the scope {rule.scope}" if rule.scope else "a person at the pages of this service"
        )
        return Decision(
            False,
            "scope_missing",
            f"This token cannot do that; it needs {needed}.",
            remedy=_other_token(facts),
        )
    return None


def _other_token(facts: Facts) -> Remedy:
    if facts.is_token:
        pages = f"/orgs/{facts.name}/settings/tokens/"
        return Remedy("Make a token with that scope", "owner", pages)
    return Remedy("Make a token with that scope", "you", "/account/tokens/")


def _allowed(rule: Rule, facts: Facts) -> Decision:
    by_role = facts.role in rule.roles
    because = facts.place if by_role else f"maintainer of team {facts.team_name}"
    return _allowed_because(rule, facts, because)


def _allowed_because(rule: Rule, facts: Facts, because: str) -> Decision:
    depends = (
        rule.growth or rule.feature is not None or rule.limit is not None or rule.publishing
    ) and facts.name
    until = facts.until if depends else None
    return Decision(True, "ok", f"You may {rule.words}.", because=because, until=until)


def _listed(roles: list[Role]) -> str:
    words = [f"{role.label.lower()}s" for role in roles]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
