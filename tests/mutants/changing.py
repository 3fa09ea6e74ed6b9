"""Puts a mutant into the place of what runs, in this process alone.

The functions of the module, wherever they were imported to or wrapped, get the code that was
compiled without the check; tables get the rows. Nothing is written to any file.
"""

import gc
import importlib
from collections import defaultdict
from types import CodeType, FunctionType
from typing import Any

from tests.mutants.finding import ROOT, Mutant

TABLES = ("MATRIX", "PROJECT_MATRIX", "STAFF_MATRIX")
Key = tuple[str, int]
Functions = dict[str, list[FunctionType]]


class NotApplied(Exception):
    """Nothing that runs was changed by the mutant."""


def functions_of(found: list[Mutant]) -> Functions:
    """Return every function there is of the modules of mutants, by the file it was written in."""
    for path in {each.path for each in found}:
        importlib.import_module(_module(path))
    files = {str(ROOT / each.path) for each in found}
    functions: Functions = defaultdict(list)
    gc.unfreeze()  # what the plugin of the servers froze is not listed
    for each in gc.get_objects():
        # A lazy object answers to isinstance by waking up.
        if type(each) is FunctionType and each.__code__.co_filename in files:
            functions[each.__code__.co_filename].append(each)
    return functions


def apply(mutant: Mutant, functions: Functions) -> None:
    """Make the mutant what runs. Raises NotApplied."""
    file = str(ROOT / mutant.path)
    changed = _refill_tables(mutant) if mutant.path == "orgs/matrix.py" else 0
    old = dict(_codes(compile((ROOT / mutant.path).read_text(), file, "exec")))
    new = dict(_codes(compile(mutant.source, file, "exec")))
    for function in functions[file]:
        key = _key(function.__code__)
        if key in new and new[key] != old[key]:
            function.__code__ = new[key]
            changed += 1
    if not changed:
        raise NotApplied(mutant.name)


def _refill_tables(mutant: Mutant) -> int:
    """Fill the tables, which others hold by name, with the rows of the mutant."""
    module: Any = importlib.import_module(_module(mutant.path))
    told: dict[str, Any] = {"__name__": module.__name__}
    exec(compile(mutant.source, mutant.path, "exec"), told)  # noqa: S102 -- our own code
    changed = 0
    for name in TABLES:
        table = getattr(module, name)
        changed += sum(table[key] != row for key, row in told[name].items())
        table.update(told[name])
    return changed


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _codes(code: CodeType) -> list[tuple[Key, CodeType]]:
    inside = [each for each in code.co_consts if isinstance(each, CodeType)]
    return [pair for each in inside for pair in ((_key(each), each), *_codes(each))]


def _key(code: CodeType) -> Key:
    return code.co_qualname, code.co_firstlineno
