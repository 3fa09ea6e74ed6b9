"""Names that nobody may bear, however they are spelled."""

import pytest

from orgs.name_availability import name_availability
from orgs.names import is_well_formed
from orgs.prohibited import PROHIBITED, why_prohibited


@pytest.mark.parametrize(
    "name",
    [
        "acme-official",
        "Official.Acme",
        "0fficia1_acme",
        "acme-verified",
        "stripe",
        "str1pe",
        "s-t-r-i-p-e",
        "stripe-support",
        "chapterhouse-billing",
        "mychapterhouse",
        "chapterh0use2",
    ],
)
def test_these_are_borne_by_nobody(name: str) -> None:
    assert is_well_formed(name)
    assert why_prohibited(name)


@pytest.mark.parametrize("name", ["pinstripe", "officials-club", "stripes", "chapter-one", "acme"])
def test_these_are_not_meant(name: str) -> None:
    assert why_prohibited(name) == ""


def test_every_word_of_the_table_says_why() -> None:
    assert all(each.because.endswith(".") and each.meets(each.word) for each in PROHIBITED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("acme-official", "prohibited"),
        ("adm1n", "reserved"),
        ("supp0rt", "reserved"),
        ("acme", "ok"),
    ],
)
def test_availability_says_so(name: str, reason: str) -> None:
    """Red without ``_never`` in ``name_availability``."""
    assert name_availability(name).reason == reason
