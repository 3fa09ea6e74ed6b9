"""Mutants that no test can notice, each with the reason; they count among all, as not noticed."""

EQUIVALENT: dict[str, str] = {
    "orgs/api/subjects.py project_seen_by: if not decide(person, 'projects:read', found).allowed": (
        "each operation asks for its own permission next, to which a private project is not there"
    ),
    "orgs/web/gate.py for_staff.gated.gate: if not isinstance(user, User)": (
        "whoever is not signed in is led to the sign-in before any page, and is no staff either"
    ),
    "orgs/web/project_access.py _team: whose teams in"
    " project.organization.teams.filter(normalized_name=normalized(name))": (
        "a team of another organization has no level here, and the actions look for it once more"
    ),
    "orgs/web/team_projects.py _project: if found.organization_id != team.organization_id": (
        "the actions look for the project in the team's own organization, and answer the same"
    ),
}
