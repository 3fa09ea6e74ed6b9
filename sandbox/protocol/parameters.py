"""Parameters held against the types that Stripe's own library publishes: nothing unknown passes."""

import functools
import importlib
import types
import typing
from decimal import Decimal
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import typing_extensions

from sandbox.protocol.refusals import Refused, malformed
from sandbox.store import Doc

NOT_BODY = frozenset(
    {
        "api_key",
        "stripe_account",
        "stripe_context",
        "stripe_version",
        "idempotency_key",
        "headers",
        "max_network_retries",
        "content_type",
    }
)
UNTYPED = ("UntypedStripeObject", "Dict", "dict", "Mapping")


def check(type_name: str, sent: Doc) -> Doc:
    """The parameters with their proper types, or the refusal that Stripe would give.

    ``type_name`` is a class below ``stripe.params``, such as "checkout.SessionCreateParams".
    """
    return _fields(_class(type_name), sent, "")


@functools.cache
def _class(type_name: str) -> type:
    *folders, name = type_name.split(".")
    module = importlib.import_module(".".join(["stripe.params", *folders]))
    found: type = getattr(module, name)
    return found


@functools.cache
def _shape(shape: type) -> dict[str, Any]:
    """Field name to type; the library writes them as text, read here in their own module."""
    module = vars(importlib.import_module(shape.__module__))
    return {
        name: _resolve(hint, module)
        for name, hint in shape.__annotations__.items()
        if name not in NOT_BODY
    }


def _resolve(hint: Any, module: dict[str, Any]) -> Any:
    if isinstance(hint, ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        # The text comes from the pinned library's own files, never from a request.
        hint = eval(hint, module)  # noqa: S307
    if get_origin(hint) in (typing_extensions.NotRequired, typing_extensions.Required):
        return _resolve(get_args(hint)[0], module)
    return hint


@functools.cache
def _required(shape: type) -> frozenset[str]:
    return frozenset(getattr(shape, "__required_keys__", frozenset())) - NOT_BODY


def _fields(shape: type, sent: Doc, where: str) -> Doc:
    known = _shape(shape)
    module = vars(importlib.import_module(shape.__module__))
    for name in sent:
        if name not in known:
            raise _unknown(_inside(where, name))
    for name in _required(shape):
        if name not in sent:
            place = _inside(where, name)
            raise malformed(f"Missing required param: {place}.", place, "parameter_missing")
    return {
        name: _value(known[name], value, _inside(where, name), module)
        for name, value in sent.items()
    }


def _value(hint: Any, value: Any, where: str, module: dict[str, Any]) -> Any:
    hint = _resolve(hint, module)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, where, module)
    if origin is Literal:
        if value in get_args(hint):
            return value
        raise _not_allowed(value, [str(choice) for choice in get_args(hint)], where)
    if origin in (list, typing.List):  # noqa: UP006
        return _list(get_args(hint)[0], value, where, module)
    if origin is dict or getattr(hint, "__name__", "") in UNTYPED:
        return _map(hint, value, where, module)
    if isinstance(hint, type) and hasattr(hint, "__total__"):
        if not isinstance(value, dict):
            raise malformed("Invalid object", where, "parameter_invalid_empty")
        return _fields(hint, value, where)
    return _scalar(hint, value, where)


def _one_of(options: tuple[Any, ...], value: Any, where: str, module: dict[str, Any]) -> Any:
    """The first option that takes the value.

    The library ends its enumerations with "or any text" for the future's sake; Stripe does not, so
    text counts only where no enumeration stands beside it.
    """
    choices = [c for o in options if get_origin(o) is Literal for c in get_args(o) if c != ""]
    fitting = [o for o in options if not (o is str and choices)]
    if not fitting:
        fitting = list(options)
    last = malformed(f"Invalid value at {where}", where)
    order = sorted(fitting, key=lambda option: isinstance(option, type) and option is str)
    for option in order:
        try:
            return _value(option, value, where, module)
        except Refused as refused:
            last = refused
            if isinstance(value, dict) and hasattr(option, "__total__"):
                break
    if choices and not isinstance(value, dict):
        raise _not_allowed(value, [str(choice) for choice in choices], where)
    raise last


def _list(hint: Any, value: Any, where: str, module: dict[str, Any]) -> list[Any]:
    if not isinstance(value, list):
        raise malformed("Invalid array", where)
    return [_value(hint, one, f"{where}[{place}]", module) for place, one in enumerate(value)]


def _map(hint: Any, value: Any, where: str, module: dict[str, Any]) -> Any:
    if value == "":
        return ""
    if not isinstance(value, dict):
        raise malformed("Invalid object", where)
    inner = get_args(hint)[1] if get_origin(hint) is dict else str
    return {name: _value(inner, one, f"{where}[{name}]", module) for name, one in value.items()}


def _scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    if not isinstance(value, str):
        raise malformed(f"Invalid string at {where}", where)
    if hint is bool:
        if value in ("true", "false"):
            return value == "true"
        raise malformed(f"Invalid boolean: {value}", where)
    if hint is int:
        if value.removeprefix("-").isdigit():
            return int(value)
        raise malformed(f"Invalid integer: {value}", where, "parameter_invalid_integer")
    if hint in (float, Decimal):
        try:
            Decimal(value)
        except ArithmeticError:
            raise malformed(f"Invalid decimal: {value}", where) from None
        return float(value) if hint is float else value
    return value


def _inside(where: str, name: str) -> str:
    return f"{where}[{name}]" if where else name


def _unknown(name: str) -> Refused:
    return malformed(f"Received unknown parameter: {name}", name, "parameter_unknown")


def _not_allowed(_value: Any, choices: list[str], where: str) -> Refused:
    allowed = ", ".join(choice for choice in choices if choice)
    return malformed(f"Invalid {where}: must be one of {allowed}", where)
