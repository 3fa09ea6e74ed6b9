"""Mutants that no test can notice, each with the reason; they count among all, as not noticed."""

EQUIVALENT: dict[str, str] = {
    "orgs/api/subjects.py project_seen_by: if not decide(person, 'projects:read', found).allowed": (
        "each operation asks for its own permission next, to which a private project is not there"
    ),
}
