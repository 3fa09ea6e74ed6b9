"""Form bodies with brackets, as nested values: items[0][price]=x, expand[]=y."""

import re
from typing import Any
from urllib.parse import parse_qsl

from sandbox.protocol.refusals import malformed
from sandbox.store import Doc


def decode(text: str) -> Doc:
    """The nested values of a query string or form body; lists are recognised by their digits."""
    root: Doc = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _place(root, _steps(name), value, name)
    return {name: _lists(value) for name, value in root.items()}


def _steps(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket:
        return [name]
    if not head or not rest.endswith("]"):
        raise malformed(f"Invalid parameter name: {name}", name)
    return [head, *re.split(r"\]\[", rest[:-1])]


def _place(node: Doc, steps: list[str], value: str, name: str) -> None:
    for step in steps[:-1]:
        node = node.setdefault(step or str(len(node)), {})
        if not isinstance(node, dict):
            raise malformed(f"Invalid object at {name}", name)
    node[steps[-1] or str(len(node))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(child) for name, child in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
