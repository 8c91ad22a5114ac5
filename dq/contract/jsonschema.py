"""
Judges a value by a JSON schema (draft 2019-09), in time linear in the value, and tells every breach apart.

Only the keywords of the official ODCS schemas are known; a schema that uses another one is refused, never half obeyed.
Written because the general libraries try each branch again for every level of nesting: thirty nested objects take them hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dq.contract.nodes import Path

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Breach:
    """
    One demand of a schema that a value does not meet.

    *schema* is the part that makes the demand under *keyword*, *key* the key that is missing or unknown. For `oneOf` and
    `anyOf`, *branches* are the breaches of each alternative; one without breaches is met.
    """

    path: Path
    keyword: str
    schema: Schema
    value: Any
    key: str = ""
    branches: tuple[tuple[Breach, ...], ...] = ()


_Found = tuple[tuple[Breach, ...], frozenset[str]]  # breaches, and the keys of a mapping that were judged
_NOTHING: _Found = ((), frozenset())


class JsonSchema:
    """
    Judges by *root*.

    Raises:
        ValueError: the schema uses a keyword that is not known here.
    """

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._seen: dict[tuple[int, Path], _Found] = {}
        self._admit(root, set())

    def breaches(self, value: Any) -> tuple[Breach, ...]:
        """Every breach of *value*, in no particular order."""
        self._seen.clear()
        return self.look(self._root, value, ())[0]

    def look(self, schema: Any, value: Any, path: Path) -> _Found:
        """What *schema* finds in *value*; remembered for collections, so that each is judged once by each part of a schema."""
        if schema is False:
            return _breach(path, "false", {}, value)
        if schema is True or not schema:
            return _NOTHING
        key = (id(schema), path)
        if isinstance(value, dict | list) and key in self._seen:
            return self._seen[key]
        breaches: list[Breach] = []
        judged: set[str] = set()
        for word in schema:
            if rule := _RULES.get(word):
                found, keys = rule(self, schema, value, path)
                breaches += found
                judged |= keys
        if schema.get("unevaluatedProperties") is False and isinstance(value, dict):
            breaches += [Breach(path, "unevaluatedProperties", schema, value, name) for name in value if name not in judged]
            judged |= set(value)
        self._seen[key] = result = tuple(breaches), frozenset(judged)
        return result

    def _admit(self, schema: Any, seen: set[int]) -> None:
        """Refuse words that are not known here, in all parts of the schema that can be reached."""
        if isinstance(schema, bool) or id(schema) in seen:
            return
        seen.add(id(schema))
        unknown = (
            [str(schema)] if not isinstance(schema, dict) else [word for word in schema if not _is_known(word, schema[word])]
        )
        if unknown:
            raise ValueError(f"the JSON schema says '{unknown[0]}', which dq does not know")
        parts = [schema[word] for word in _ONE if word in schema] + [part for word in _LISTS for part in schema.get(word, ())]
        parts += [*schema.get("properties", {}).values(), *([self.target(schema["$ref"])] if "$ref" in schema else [])]
        for part in parts:
            self._admit(part, seen)

    def target(self, ref: str) -> Schema:
        """The part of the schema that `#/$defs/…` names."""
        part: Any = self._root
        for step in ref.removeprefix("#").split("/")[1:]:
            part = part[step]
        return part  # type: ignore[no-any-return]

    def offered(self, schema: Schema, condition: str = "") -> Iterator[tuple[str, str]]:
        """Every key that *schema* knows on a mapping, whatever its branches say, and the branch: `type: sql`, or nothing."""
        for name in schema.get("properties", {}):
            yield name, condition
        if "$ref" in schema:
            yield from self.offered(self.target(schema["$ref"]), condition)
        for branch in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from self.offered(branch, condition)
        if "then" in schema:
            yield from self.offered(schema["then"], _said(schema["if"]) or condition)


def _is_known(word: str, said: Any) -> bool:
    if word == "unevaluatedProperties":
        return isinstance(said, bool)
    if word == "$ref":
        return isinstance(said, str) and said.startswith("#")
    return word in _RULES or word in _SILENT


def _said(condition: Schema) -> str:
    """`type: sql` for a condition that says so."""
    for name, part in condition.get("properties", {}).items():
        if "const" in part:
            return f"{name}: {part['const']}"
    return next((text for branch in condition.get("anyOf", ()) if (text := _said(branch))), "")


# -- one function for each keyword ------------------------------------------------------------------------------------

_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: (
        not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
    ),
}


def _typed(_judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return _NOTHING if any(_TYPES[name](value) for name in types) else _breach(path, "type", schema, value)


def _asserted(keyword: str, holds: Callable[[Any, Any], bool]) -> Callable[[JsonSchema, Schema, Any, Path], _Found]:
    def rule(_judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
        return _NOTHING if holds(schema[keyword], value) else _breach(path, keyword, schema, value)

    return rule


def _properties(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    if not isinstance(value, dict):
        return _NOTHING
    known = [name for name in schema["properties"] if name in value]
    breaches = [found for name in known for found in judge.look(schema["properties"][name], value[name], (*path, name))[0]]
    return tuple(breaches), frozenset(known)


def _additional(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    if not isinstance(value, dict):
        return _NOTHING
    more = [name for name in value if name not in schema.get("properties", {})]
    if schema["additionalProperties"] is False:
        breaches = [Breach(path, "additionalProperties", schema, value, name) for name in more]
    else:
        breaches = [found for name in more for found in judge.look(schema["additionalProperties"], value[name], (*path, name))[0]]
    return tuple(breaches), frozenset(more)


def _required(_judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    if not isinstance(value, dict):
        return _NOTHING
    return tuple(Breach(path, "required", schema, value, name) for name in schema["required"] if name not in value), frozenset()


def _items(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    if not isinstance(value, list):
        return _NOTHING
    return tuple(found for i, item in enumerate(value) for found in judge.look(schema["items"], item, (*path, i))[0]), frozenset()


def _ref(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    return judge.look(judge.target(schema["$ref"]), value, path)


def _all_of(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    found = [judge.look(branch, value, path) for branch in schema["allOf"]]
    return tuple(breach for breaches, _ in found for breach in breaches), frozenset().union(*(keys for _, keys in found))


def _any_of(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    found = [judge.look(branch, value, path) for branch in schema["anyOf"]]
    met = [keys for breaches, keys in found if not breaches]
    if met:
        return (), frozenset().union(*met)
    return _breach(path, "anyOf", schema, value, found)


def _one_of(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    found = [judge.look(branch, value, path) for branch in schema["oneOf"]]
    met = [keys for breaches, keys in found if not breaches]
    return ((), met[0]) if len(met) == 1 else _breach(path, "oneOf", schema, value, found)


def _not(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    return _NOTHING if judge.look(schema["not"], value, path)[0] else _breach(path, "not", schema, value)


def _if(judge: JsonSchema, schema: Schema, value: Any, path: Path) -> _Found:
    breaches, keys = judge.look(schema["if"], value, path)
    branch, keys = ("else", frozenset()) if breaches else ("then", keys)
    found, more = judge.look(schema.get(branch, {}), value, path)
    return found, keys | more


def _breach(path: Path, keyword: str, schema: Schema, value: Any, found: list[_Found] | None = None) -> _Found:
    """One breach; what its branches judged counts as judged, so that it is not reported a second time as unknown."""
    branches = tuple(breaches for breaches, _ in found or ())
    return (Breach(path, keyword, schema, value, branches=branches),), frozenset().union(*(keys for _, keys in found or ()))


def _canonical(value: Any) -> Any:
    """A key that is equal where JSON values are: for 1 and 1.0, not for 1 and true."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, list):
        return ("array", *map(_canonical, value))
    if isinstance(value, dict):
        return ("object", frozenset((name, _canonical(part)) for name, part in value.items()))
    return value


def _same(one: Any, other: Any) -> bool:
    return bool(_canonical(one) == _canonical(other))


def _distinct(wanted: Any, value: Any) -> bool:
    return not wanted or not isinstance(value, list) or len(set(map(_canonical, value))) == len(value)


def _number(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda bound, value: not _TYPES["number"](value) or holds(bound, value)


def _long(kind: type[str | list[Any]], holds: Callable[[int, int], bool]) -> Callable[[Any, Any], bool]:
    return lambda bound, value: not isinstance(value, kind) or holds(bound, len(value))


_ASSERTIONS: dict[str, Callable[[Any, Any], bool]] = {
    "enum": lambda values, value: any(_same(one, value) for one in values),
    "const": _same,
    "pattern": lambda pattern, value: not isinstance(value, str) or re.search(pattern, value) is not None,
    "minimum": _number(lambda bound, value: value >= bound),
    "maximum": _number(lambda bound, value: value <= bound),
    "exclusiveMinimum": _number(lambda bound, value: value > bound),
    "exclusiveMaximum": _number(lambda bound, value: value < bound),
    "minLength": _long(str, lambda bound, length: length >= bound),
    "maxLength": _long(str, lambda bound, length: length <= bound),
    "minItems": _long(list, lambda bound, length: length >= bound),
    "maxItems": _long(list, lambda bound, length: length <= bound),
    "uniqueItems": _distinct,
}
_ONE = ("additionalProperties", "items", "not", "if", "then", "else")
_LISTS = ("allOf", "anyOf", "oneOf")
_TALK = ("$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "format")
_SILENT = frozenset((*_TALK, "$defs", "definitions", "then", "else", "unevaluatedProperties"))  # read with another word, or not
_RULES: dict[str, Callable[[JsonSchema, Schema, Any, Path], _Found]] = {
    "type": _typed,
    "properties": _properties,
    "additionalProperties": _additional,
    "required": _required,
    "items": _items,
    "$ref": _ref,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
} | {keyword: _asserted(keyword, holds) for keyword, holds in _ASSERTIONS.items()}
