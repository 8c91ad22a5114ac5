"""A document: its value, and where each part of it is written. Reading YAML text into it, and writing it out again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from dq.contract.nodes import Node, Path, Unreadable, compose, plain_kinds
from dq.errors import ContractError, Fault, Place

if TYPE_CHECKING:
    import yaml

    from dq.contract.model import Contract

# A list of these is shown by the name of its elements; `schema` and `properties` are also left out of the path after it.
_NAMED = {"schema": "name", "properties": "name", "servers": "server", "customProperties": "property"}
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Document:
    """
    What a file says: *value* in plain JSON types, *root* with lines. *faults* are those of the YAML itself.

    A document that was never written has no *root*; all its lines are 0.
    """

    name: str
    value: Any
    root: Node | None = field(default=None, repr=False)
    faults: tuple[Fault, ...] = ()

    def line(self, path: Path) -> int:
        """The line of the key or element at *path*, else of what is nearest around it."""
        node, line = self.root, self.root.line if self.root else 0
        for part in path:
            if node is None:
                break
            if node.entries is not None and isinstance(part, str) and part in node.entries:
                node, line = node.entries[part], node.keys[part]
            elif node.items is not None and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
                line = node.line
            else:
                break
        return line

    def node(self, path: Path) -> Node | None:
        """The node at *path*."""
        node = self.root
        for part in path:
            if node is None:
                break
            if isinstance(part, str):
                node = (node.entries or {}).get(part)
            else:
                node = node.items[part] if node.items and part < len(node.items) else None
        return node

    def place(self, path: Path) -> Place:
        """Where *path* is written."""
        return Place(self.name, self.line(path), dotted(self.value, path))

    def fault(self, path: Path, problem: str, mend: str = "") -> Fault:
        """Something wrong at *path*."""
        return Fault(self.place(path), problem, mend)


def dotted(value: Any, path: Path) -> str:
    """
    A path for people: `schema.orders.status.quality[0].mustBe` for `schema/0/properties/2/quality/0/mustBe`.

    Elements without a name keep their number.
    """
    out = ""
    for step, part in enumerate(path):
        holder = path[step - 1] if step else ""
        value = _child(value, part)
        if isinstance(part, int):
            name = _name(value, _NAMED.get(str(holder), ""))
            out = f"{_without_properties(out)}.{name}".lstrip(".") if name else f"{out}[{part}]"
        else:
            out = f"{out}.{_printable(part)}" if out else _printable(part)
    return out


def _printable(key: str) -> str:
    return key[:_LONGEST_NAME] if key.isprintable() else key[:_LONGEST_NAME].encode("unicode_escape").decode()


def _without_properties(text: str) -> str:
    return "" if text == "properties" else text.removesuffix(".properties")


def _child(value: Any, part: str | int) -> Any:
    if isinstance(part, str):
        return value.get(part) if isinstance(value, Mapping) else None
    return value[part] if isinstance(value, list) and part < len(value) else None


def _name(value: Any, key: str) -> str:
    name = value.get(key) if isinstance(value, Mapping) else None
    return name if isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST_NAME else ""


def parse(text: str, name: str) -> Document:
    """
    The document that *text* writes; *name* is what faults call it.

    Raises:
        ContractError: it cannot be read at all: no YAML, empty, several documents, beyond a limit.
    """
    try:
        root, troubles = compose(text)
    except Unreadable as stop:
        trouble = stop.trouble
        raise ContractError(
            [Fault(Place(name, trouble.line, dotted(None, trouble.path)), trouble.problem, trouble.mend)]
        ) from None
    value = root.build()
    found = sorted(troubles, key=lambda item: item.line)
    faults = tuple(Fault(Place(name, item.line, dotted(value, item.path)), item.problem, item.mend) for item in found)
    return Document(name, value, root, faults)


def dump(contract: Contract) -> str:
    """
    The contract as YAML text: what is read from it equals the document exactly, keys in order, variables unresolved.

    Comments, anchors and quotes of the file it came from are not kept.
    """
    import yaml  # noqa: PLC0415  only contracts need it

    text: str = yaml.dump(
        contract.document, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=120, default_flow_style=False
    )
    return text


@cache
def _dumper() -> type[yaml.Dumper]:
    """A writer that quotes text which either version of YAML would read as something else, and repeats instead of aliasing."""
    import yaml  # noqa: PLC0415

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    dumper: Any = type("ContractDumper", (base,), {"ignore_aliases": lambda _self, _data: True})
    for tag, pattern in plain_kinds():
        dumper.add_implicit_resolver(tag, re.compile(rf"(?:{pattern.pattern})\Z"), None)
    return dumper  # type: ignore[no-any-return]
