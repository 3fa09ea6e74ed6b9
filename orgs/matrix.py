"""The matrix: which role, level, service token, staff role and host holds which permission.

These tables are the whole of it: ``orgs.policy`` answers from them, and pages that explain roles
render them.
"""

from orgs.decision import Rule
from orgs.entitlements import Feature, Limit
from orgs.levels import Level
from orgs.roles import Role

OWNER, MANAGER = Role.OWNER, Role.MANAGER
BILLING_MANAGER, MEMBER = Role.BILLING_MANAGER, Role.MEMBER
EVERYONE = frozenset(Role)


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
    "organization:release_second_factor": _rule(
        OWNER, words="stop demanding a second factor", scope="", fresh=True
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
    "members:invite_owner": _rule(
        OWNER, words="invite owners", scope="", fresh=True, growth=True, limit=Limit.SEATS
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
        OWNER,
        words="invite billing managers",
        scope="members:write",
        company=True,
        while_open=True,
    ),
    "members:invite_many": _rule(
        OWNER, MANAGER, words="invite many people at once, each as they may", scope="members:write"
    ),
    "members:revoke_invitation": _rule(
        OWNER, MANAGER, words="withdraw invitations", scope="members:write"
    ),
    "members:revoke_any_invitation": _rule(
        OWNER, words="withdraw invitations into every role", scope="members:write"
    ),
    "members:resend_invitation": _rule(
        OWNER, MANAGER, words="send invitations of plain members again", scope="members:write"
    ),
    "members:resend_any_invitation": _rule(
        OWNER, words="send invitations into every role again", scope="members:write"
    ),
    "members:remove": _rule(OWNER, words="remove people", scope="members:write"),
    "members:remove_member": _rule(
        OWNER, MANAGER, words="remove plain members", scope="members:write"
    ),
    "members:change_role": _rule(
        OWNER, words="change roles", scope="members:write", while_open=True
    ),
    "members:change_owners": _rule(
        OWNER, words="make owners, give owners another role and remove them", scope="", fresh=True
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
    "projects:transfer_out": _rule(
        OWNER, words="move projects out", scope="", fresh=True, of_project=True
    ),
    "projects:delete": _rule(OWNER, words="delete projects", scope="", fresh=True, of_project=True),
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
    "tokens:read": _rule(OWNER, words="see its tokens", scope="tokens:read"),
    "tokens:create": _rule(
        OWNER,
        words="make tokens for it",
        scope="",
        fresh=True,
        growth=True,
        feature=Feature.ORG_TOKENS,
    ),
    "tokens:revoke": _rule(OWNER, words="revoke its tokens", scope="tokens:write"),
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

SERVICE_TOKENS: frozenset[str] = frozenset(
    {
        "organization:read",
        "teams:read",
        "teams:grow",
        "teams:add_members",
        "teams:shrink",
        "teams:remove_members",
        "projects:create",
        "projects:create_private",
        "projects:read",
        "projects:publish",
        "projects:update",
        "projects:archive",
        "audit:read",
    }
)
"""What a service token may in its organization, as a manager does, with the scope that a rule
names. It has the level *publish* on every project there, and administers those that a service token
of the organization registered. Whatever is not named here is for people.
"""

STAFF_MATRIX: dict[str, frozenset[str]] = {
    "applications:review": frozenset({"reviewer", "admin"}),
    "people:reset_second_factor": frozenset({"support", "admin"}),
    "organization:read": frozenset({"reviewer", "support", "billing", "admin"}),
    "members:read": frozenset({"support", "admin"}),
    "billing:read": frozenset({"support", "billing", "admin"}),
    "audit:read": frozenset({"support", "billing", "admin"}),
    "money:change": frozenset({"billing", "admin"}),
    "organization:hold": frozenset({"support", "billing", "admin"}),
    "events:read": frozenset({"billing", "admin"}),
    "names:release": frozenset({"support", "admin"}),
}
"""What staff may do in their staff role, with a second factor; least privilege."""

HOST_SCOPES: dict[str, str] = {
    "entitlements:read": "entitlements:read",
    "decisions:ask": "decisions:ask",
}
"""What a host may do, and the scope it needs; it changes nothing."""
