"""Finds every permission check by reading the code, and says how each can be taken away.

A check is a call of ``require…``; a guard that raises or answers no for a reason of who asks; what
narrows a look-up to somebody's own; and every row of the matrix, in its roles and in its needs.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ = ("orgs", "accounts", "community", "subscriptions", "saas")
UNREAD = re.compile(r"migrations/|management/|admin\.py|embedded/|smoke/|dev/|seeding")
EDGES = re.compile(r"/(web|api)/|community/queries|people/")

REQUIRING = re.compile(r"^(_?require(_\w+)?|_own|_operators_only|place_of)$")
NOT_ABOUT_WHO = frozenset(
    [
        "require_http_methods",
        "require_GET",
        "require_POST",
        "require_room",
        "require_room_for_offer",
        "require_nothing_left",
        "require_present_name",
        "_require_complete",
        "_require_draft",
        "_require_appealable",
        "_require_kept_long_enough",
    ]
)
ABOUT_WHO = frozenset(
    [
        "NotFound",
        "Forbidden",
        "FreshSignInRequired",
        "ScopeMissing",
        "InterestedReviewer",
        "HeldByAnother",
        "NotHeld",
        "InvitationForAnother",
        "StaffAccount",
        "NotYourself",
        "SecondFactorRequired",
    ]
)
DECIDING = frozenset(["not_open", "_project_withholds", "_credential_short", "_answer_project"])
"""Where a no is answered and not raised."""
LOOKING = frozenset({"place_of", "organization_seen_by"})
"""Where it is the check itself that something is found."""
CHILDREN = frozenset(
    [
        "teams",
        "invitations",
        "memberships",
        "tokens",
        "service_tokens",
        "collaborator_invitations",
        "questions",
        "projects",
    ]
)
"""What hangs on an organization, a project or a person, and is looked up by a name or an id."""
KEYS = frozenset(["pk", "public_id", "normalized_name", "user__public_id"])
OWNERS = frozenset(["user", "applicant", "application", "organization", "project_roles__project"])

Change = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One check taken away: where, in which words, and the module's source without it.

    ``is_repeated`` when a function makes the same check more than once.
    """

    path: str
    line: int
    where: str
    words: str
    source: str
    is_repeated: bool = False

    @property
    def name(self) -> str:
        """Return what it is called in lists: without lines, so that it outlives other edits."""
        return f"{self.path} {self.where}: {self.words}"


def mutants() -> list[Mutant]:
    """Return all there are, module by module; of equal names each has its number."""
    found: list[Mutant] = []
    for package in READ:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not UNREAD.search(name):
                found += _in_module(name, path.read_text())
    return _numbered(found)


def _numbered(found: list[Mutant]) -> list[Mutant]:
    times = Counter(each.name for each in found)
    seen: Counter[str] = Counter()
    result = []
    for each in found:
        seen[each.name] += 1
        words = each.words if seen[each.name] == 1 else f"{each.words} ({seen[each.name]})"
        result.append(replace(each, words=words, is_repeated=times[each.name] > 1))
    return result


def _in_module(path: str, text: str) -> Iterator[Mutant]:
    tree = ast.parse(text)
    for node, where in _walked(tree):
        for words, replaced, by in _changes(path, node, where):
            start = replaced.lineno, replaced.col_offset
            end = replaced.end_lineno or 0, replaced.end_col_offset or 0
            yield Mutant(path, start[0], where, words, _spliced(text, start, end, by))


def _walked(tree: ast.AST, where: str = "") -> Iterator[tuple[ast.AST, str]]:
    for child in ast.iter_child_nodes(tree):
        inside = where
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inside = f"{where}.{child.name}".lstrip(".")
        yield child, inside
        yield from _walked(child, inside)


def _spliced(text: str, start: tuple[int, int], end: tuple[int, int], by: str) -> str:
    """Return the text with a piece replaced by one that takes as many lines."""
    lines = text.splitlines(keepends=True)
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line.encode()))
    raw = text.encode()
    first, last = offsets[start[0] - 1] + start[1], offsets[end[0] - 1] + end[1]
    kept = raw[first:last].count(b"\n") - by.count("\n")
    return (raw[:first] + by.encode() + b"\n" * max(0, kept) + raw[last:]).decode()


Found = Iterator[tuple[str, ast.expr | ast.stmt, str]]


def _changes(path: str, node: ast.AST, where: str) -> Found:
    """Return what can be taken away at a node: words, what is replaced, and by what.

    What is removed stays in the text behind ``False``, so that the function closes over the same.
    """
    if path == "orgs/matrix.py":
        yield from _of_matrix(node)
        return
    match node:
        case ast.Expr(value=ast.Call() as call) if _requires(call):
            yield ast.unparse(call), call, f"(False and {_flat(call)})"
        case ast.Assign(value=ast.Call() as call) if _called(call) == "require_reviewer":
            actor = ast.unparse(call.args[0])
            yield ast.unparse(call), call, f"({actor}.as_staff() or {_flat(call)})"
        case ast.If() if _refuses(path, node, where):
            yield from _of_guard(node)
        case ast.Call(func=ast.Attribute(attr="of_user", value=those)):
            yield ast.unparse(node), node, f"({_flat(those)} or {_flat(node)})"
        case ast.Call(func=ast.Attribute(attr="filter" | "get")) if EDGES.search(path):
            yield from _of_look_up(node)
        case ast.Return(value=ast.BoolOp() as asked) if where.endswith(
            ("has_permission", "answer")
        ):
            yield from _of_choice(asked)
        case ast.Return(value=ast.BoolOp() as asked) if where.endswith("_answer_project"):
            yield from _of_choice(asked)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _requires(call: ast.Call) -> bool:
    name = _called(call)
    return bool(REQUIRING.match(name)) and name not in NOT_ABOUT_WHO


def _flat(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split("\n"))


def _refuses(path: str, node: ast.If, where: str) -> bool:
    """Whether a condition keeps somebody out."""
    last = node.body[-1]
    function = where.rpartition(".")[2]
    is_existence = all(_is_none(each) for each in _operands(node.test))
    if "is_well_formed" in ast.unparse(node.test):
        return False
    if isinstance(last, ast.Raise):
        name = _raised(last)
        if name not in ABOUT_WHO and "decide(" not in ast.unparse(node.test):
            return False
        return not is_existence or (
            function in LOOKING and ast.unparse(node.test).startswith("found")
        )
    if not isinstance(last, ast.Return) or last.value is None:
        return False
    told = ast.unparse(last.value)
    if function in DECIDING:
        return told.startswith(("Decision(False", "NOT_FOUND", "_")) and not is_existence
    return "status=403" in told or (
        path == "saas/api/authentication.py" and told == "None" and not is_existence
    )


def _raised(node: ast.Raise) -> str:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if isinstance(raised, ast.Subscript):
        return "NotFound"  # REFUSED_AS[...]
    return raised.id if isinstance(raised, ast.Name) else ""


def _operands(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return test.values
    return [test]


def _is_none(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is)


def _of_guard(node: ast.If) -> Found:
    """Each reason of a refusal by itself; that something was not found at all is none."""
    operands = _operands(node.test)
    for each in operands:
        if len(operands) == 1 or not _is_none(each):
            yield f"if {ast.unparse(each)}", each, f"(False and ({_flat(each)}))"


def _of_choice(asked: ast.BoolOp) -> Found:
    """Each question of a chain: none of them says no."""
    neutral = "None and" if isinstance(asked.op, ast.Or) else "True or"
    for each in asked.values:
        if "_allowed" not in ast.unparse(each):
            yield ast.unparse(each), each, f"({neutral} {_flat(each)})"


def _of_look_up(node: ast.Call) -> Found:
    """What narrows a look-up by name or id: the owner in its conditions, or whose child it is."""
    named = {each.arg: each for each in node.keywords if each.arg}
    those = node.func.value if isinstance(node.func, ast.Attribute) else None
    if not named.keys() & KEYS or those is None:
        return
    for name in sorted(named.keys() & OWNERS):
        wider = ast.parse(_flat(node), mode="eval").body
        if isinstance(wider, ast.Call):
            wider.keywords = [each for each in wider.keywords if each.arg != name]
            yield f"{name}= in {ast.unparse(node)}", node, f"({_flat(wider)} or {_flat(node)})"
    if isinstance(those, ast.Attribute) and those.attr in CHILDREN:
        wider_text = f"{_flat(those)}.model._default_manager"
        yield f"whose {those.attr} in {ast.unparse(node)}", those, wider_text


def _of_matrix(node: ast.AST) -> Found:
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.value, ast.Dict):
        return
    table = ast.unparse(node.target)
    for key, rule in zip(node.value.keys, node.value.values, strict=True):
        permission = f"{table}[{ast.unparse(key) if key else ''}]"
        if table == "STAFF_MATRIX":
            everyone = "frozenset({'reviewer', 'support', 'billing', 'admin'})"
            if "billing" not in ast.unparse(rule) or "reviewer" not in ast.unparse(rule):
                yield f"{permission} for every role", rule, everyone
            yield f"{permission} for none", rule, "frozenset()"
        elif isinstance(rule, ast.Call):
            yield from _of_rule(permission, rule)


def _of_rule(permission: str, rule: ast.Call) -> Found:
    kind = _called(rule)
    if kind == "_rule":
        first, last = rule.args[0], rule.args[-1]
        yield f"{permission} for everyone", first, f"*EVERYONE, {ast.unparse(first)}"
        nobody = "*()" if len(rule.args) == 1 else ast.unparse(first)
        yield f"{permission} without {ast.unparse(last)}", last, nobody
    elif kind == "Rule":
        yield f"{permission} for owners alone", rule.args[0], "frozenset({OWNER})"
    elif ast.unparse(rule.args[0]) != "Level.READ":
        yield f"{permission} for readers", rule.args[0], "Level.READ"
    else:
        yield f"{permission} for publishers", rule.args[0], "Level.PUBLISH"
    is_fresh = any(each.arg == "fresh" for each in rule.keywords)
    for each in rule.keywords:
        if each.arg == "scope" and not is_fresh and "members:read'" not in ast.unparse(each):
            yield f"{permission} by another scope", each.value, "'members:read'"
        elif each.arg in ("feature", "limit"):
            yield f"{permission} without {ast.unparse(each)}", each.value, "None"
        elif each.arg not in ("words", "scope"):
            yield f"{permission} without {ast.unparse(each)}", each.value, "False"
