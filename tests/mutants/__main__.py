"""``python -m tests.mutants [WORDS …]``: take each check away in turn; tell which test notices.

Ends with 1 when fewer than 95 of 100 are noticed. ``WORDS`` choose mutants by what is in their
names, by any of them.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import pytest

from tests.mutants.choosing import files_for
from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.finding import Mutant, mutants
from tests.mutants.running import NOT_APPLIED, Trying, Verdict

ENOUGH = 0.95
ARGUMENTS = ("-qq", "--no-summary", "-p", "no:randomly", "-p", "no:cacheprovider")


def main() -> int:
    """Find all mutants, try them, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*")
    asked = parser.parse_args()
    every = mutants()
    found = [each for each in every if any(word in each.name for word in asked.words or [""])]
    survivors: list[str] = []

    def tell(mutant: Mutant, verdict: Verdict) -> None:
        if verdict.by in ("", NOT_APPLIED):
            survivors.append(mutant.name)
        print(f"{verdict.seconds:5.1f} s  {mutant.name}  {_became(mutant, verdict)}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        trying = Trying(found, Path(folder), tell)
        code = pytest.main([*ARGUMENTS, *files_for(found)], plugins=[trying])
    if code != pytest.ExitCode.OK:
        return int(code)
    for gone in sorted(EQUIVALENT.keys() - {each.name for each in every}):
        print(f"not there any more, and still excused: {gone}")
    noticed = len(found) - len(survivors)
    share = noticed / len(found) if found else 1.0
    print(f"mutants: {len(found)}\nnoticed: {noticed}\nnoticed_share: {share:.3f}")
    return 0 if share >= ENOUGH else 1


def _became(mutant: Mutant, verdict: Verdict) -> str:
    if verdict.by == NOT_APPLIED:
        return "SURVIVED: nothing that runs was changed"
    if verdict.by:
        return f"noticed by {verdict.by}"
    excuse = EQUIVALENT.get(mutant.name, "")
    return f"survived: {excuse}" if excuse else "SURVIVED"


if __name__ == "__main__":
    sys.exit(main())
