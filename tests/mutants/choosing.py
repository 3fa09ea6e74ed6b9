"""Which tests are tried on a mutant: those most likely to notice it first."""

from collections.abc import Sequence

import pytest

from tests.mutants.finding import ROOT, Mutant

API, WEB = "tests/saas/api/test_matrix.py", "tests/saas/web/test_matrix.py"
ASKED = "tests/saas/test_asked_first.py"
TELLING = (
    "test_whoever_is_demoted",
    "test_whoever_is_refused",
    "test_what_is_another",
    "test_what_is_in_one",
    "test_a_token_does",
    "test_strangers",
)
"""Beginnings of the matrices' tests that tell the most in a second; the others come last."""
OF_POLICY = (
    "tests/orgs/test_policy.py",
    "tests/orgs/test_project_policy.py",
    "tests/orgs/test_policy_refusals.py",
)
NEAR: dict[str, Sequence[str]] = {
    "orgs/policy.py": (*OF_POLICY, "tests/orgs/actions/test_second_factor.py"),
    "orgs/needs.py": OF_POLICY,
    "orgs/matrix.py": OF_POLICY,
    "orgs/actions/invitations.py": (
        "tests/orgs/actions/test_offers.py",
        "tests/orgs/actions/test_renewing_and_withdrawing.py",
        "tests/saas/api/test_own_offers.py",
    ),
    "orgs/queries.py": ("tests/orgs/web/test_account_log.py",),
    "orgs/api/subjects.py": ("tests/saas/api/test_decisions.py",),
    "orgs/web/inviting.py": ("tests/orgs/web/test_confirming.py",),
    "orgs/web/people.py": ("tests/orgs/web/test_confirming.py",),
    "orgs/web/visit.py": ("tests/orgs/web/test_second_factor.py",),
    "community/policy.py": ("tests/community/actions",),
    "community/actions/questions.py": ("tests/community/actions/test_reviewing.py",),
    "community/api/applications.py": ("tests/saas/api/test_probing.py",),
    "accounts/actions/hosts.py": ("tests/accounts/management",),
    "accounts/actions/directory.py": ("tests/saas/api/test_directory.py",),
    "accounts/api/edge.py": (
        "tests/saas/api/test_decisions.py",
        "tests/saas/api/test_directory.py",
    ),
    "orgs/api/entitlements.py": ("tests/saas/api/test_entitlements.py",),
    "orgs/api/directory.py": ("tests/saas/api/test_directory.py",),
    "orgs/api/access.py": ("tests/saas/api/test_own_offers.py",),
    "orgs/api/offers.py": ("tests/saas/api/test_own_offers.py",),
    "orgs/api/members.py": ("tests/saas/api/test_people.py",),
    "orgs/api/projects.py": ("tests/saas/api/test_service_token_matrix.py",),
    "orgs/api/service_tokens.py": ("tests/saas/api/test_service_tokens.py",),
    "orgs/api/names.py": ("tests/saas/test_old_names.py", "tests/saas/api/test_operations.py"),
    "orgs/api/profiles.py": ("tests/saas/api/test_operations.py",),
    "subscriptions/api/organizations.py": ("tests/saas/api/test_service_token_matrix.py",),
    "subscriptions/actions/closing.py": ("tests/subscriptions/test_closing.py",),
}
"""Tests that say what a module does where their place does not tell."""


def files_for(found: Sequence[Mutant]) -> list[str]:
    """Return the files of all tests that any mutant needs."""
    near = {test for each in found for test in (*_near(each.path), _house(each.path))}
    return sorted(near | {API, WEB})


def chosen(items: Sequence[pytest.Item], mutant: Mutant) -> list[pytest.Item]:
    """Return what is tried on a mutant, in order: what lies near it, the two matrices, its house.

    Of a check that is made twice, before and under a lock, the matrices can tell more. What is
    merely looked at tells nothing of an action.
    """
    near = _near(mutant.path)
    matrices = (WEB, API) if "/web/" in mutant.path else (API, WEB)
    ranked: list[tuple[tuple[int, int, int, int], pytest.Item]] = []
    for number, item in enumerate(items):
        file, told = item.nodeid.partition("::")[0], _telling(item.name)
        nearest = next((n for n, each in enumerate(near) if file.startswith(each)), None)
        if nearest is not None:
            ranked.append(((2 if mutant.is_repeated and nearest else 0, nearest, 0, number), item))
        elif file in matrices and (told < len(TELLING) or "/actions/" not in mutant.path):
            stage = 1 if told < len(TELLING) else 3
            ranked.append(((stage, matrices.index(file), told, number), item))
        elif file.startswith(_house(mutant.path)):
            ranked.append(((4, 0, 0, number), item))
    return [item for _, item in sorted(ranked, key=lambda each: each[0])]


def _house(path: str) -> str:
    """Return where all tests of an app lie: asked last, of what nothing nearer noticed."""
    return f"tests/{path.partition('/')[0]}/"


def _near(path: str) -> list[str]:
    folder, _, name = path.rpartition("/")
    mirror = f"tests/{folder}/test_{name}"
    own = [mirror] if (ROOT / mirror).exists() else []
    if folder == "orgs/api":
        own += ["tests/saas/api/test_probing.py", "tests/saas/api/test_service_token_matrix.py"]
    asked = [ASKED] if folder in ("orgs/actions", "subscriptions/actions") else []
    return [*asked, *own, *NEAR.get(path, ())]


def _telling(name: str) -> int:
    return next((n for n, begins in enumerate(TELLING) if name.startswith(begins)), len(TELLING))
