"""Tokens as texts: what they look like, and what is kept of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import PersonalToken
from accounts.tokens import ALPHABET, digest, is_well_formed, make_token

PREFIX = PersonalToken.PREFIX


def test_a_token_is_recognised_by_its_own_kind_only() -> None:
    text = make_token(PREFIX).text

    assert is_well_formed(text, PREFIX)
    assert not is_well_formed(text, "ch_host")
    assert text.startswith("ch_pat_")


def test_what_is_kept_does_not_lead_back() -> None:
    fresh = make_token(PREFIX)

    assert fresh.digest == digest(fresh.text)
    assert fresh.text not in fresh.digest
    assert fresh.hint == fresh.text[-4:]
    assert make_token(PREFIX).text != fresh.text


@given(place=st.integers(7, 42), letter=st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_seen(place: int, letter: str) -> None:
    """Turns red without the checksum in accounts/tokens.py."""
    text = make_token(PREFIX).text
    wrong = text[:place] + letter + text[place + 1 :]

    assert is_well_formed(wrong, PREFIX) is (wrong == text)


@pytest.mark.parametrize("noise", ["", "ch_pat_", "ch_pat_" + "é" * 36, "x" * 10_000])
def test_noise_is_no_token(noise: str) -> None:
    assert not is_well_formed(noise, PREFIX)
