"""`{"$PARAMETER": …}`: a value given when the suite is loaded, or worked out from such values and the time. Parsed, never run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dq.errors import UsageError

KEY = "$PARAMETER"
_STEPS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "round": round,
    "min": min,
    "max": max,
    "timedelta": timedelta,
    "datetime": datetime,
}


def resolved(value: Any, given: Mapping[str, Any]) -> Any:
    """
    *value* with every parameter in it replaced by what *given* says.

    Raises:
        UsageError: a parameter is not given, or is no arithmetic of parameters, numbers and times.
    """
    if isinstance(value, Mapping):
        if KEY in value:
            return _parameter(str(value[KEY]), given)
        return {key: resolved(item, given) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(item, given) for item in value]
    return value


def _parameter(text: str, given: Mapping[str, Any]) -> Any:
    if text in given:
        return given[text]
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _missing(text, given) from None
    try:
        return _value(tree, text, given)
    except (TypeError, ArithmeticError, ValueError) as error:
        raise UsageError(f"parameter '{text}' has no value: {error}", "", "write arithmetic of numbers and times") from None


def _missing(name: str, given: Mapping[str, Any]) -> UsageError:
    known = f"given: {', '.join(given)}; " if given else ""
    return UsageError(f"parameter '{name}' is not given", "", f"{known}say load_suite(…, parameters={{{name!r}: …}})")


def _value(tree: ast.expr, text: str, given: Mapping[str, Any]) -> Any:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int | float | str):
        return tree.value
    if isinstance(tree, ast.Name):
        if tree.id not in given:
            raise _missing(tree.id, given)
        return given[tree.id]
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return -_value(tree.operand, text, given)
    if isinstance(tree, ast.BinOp) and type(tree.op) in _STEPS:
        left, right = (_value(side, text, given) for side in (tree.left, tree.right))
        if isinstance(left, str | list) or isinstance(right, str | list):  # a text times a number fills the memory
            raise UsageError(f"parameter '{text}' reckons with text", "", "write arithmetic of numbers and times")
        return _STEPS[type(tree.op)](left, right)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        return _call(tree, tree.func.id, text, given)
    raise UsageError(
        f"parameter '{text}' is more than arithmetic", "", f"use + - * / //, numbers, now() and {', '.join(_FUNCTIONS)}"
    )


def _call(tree: ast.Call, name: str, text: str, given: Mapping[str, Any]) -> Any:
    if name == "now" and not tree.args and not tree.keywords:
        return datetime.now(UTC).replace(tzinfo=None)
    if name not in _FUNCTIONS or any(word.arg is None for word in tree.keywords):
        raise UsageError(f"parameter '{text}' calls '{name}'", "", f"known functions: now, {', '.join(_FUNCTIONS)}")
    arguments = [_value(item, text, given) for item in tree.args]
    return _FUNCTIONS[name](*arguments, **{str(word.arg): _value(word.value, text, given) for word in tree.keywords})
