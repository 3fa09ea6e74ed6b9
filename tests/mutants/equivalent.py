"""Mutants that no test can notice, each with the reason; they count among all, as not noticed."""

EQUIVALENT: dict[str, str] = {}
