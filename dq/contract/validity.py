"""What is wrong with a document by the official JSON schema: one fault for each real problem, with its line and its mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dq.contract import standard
from dq.contract.document import Document, parse
from dq.contract.jsonschema import Breach, JsonSchema
from dq.contract.nodes import Path
from dq.contract.spelling import did_you_mean
from dq.errors import ContractError, Fault

_TYPES = {
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_SHOWN = 40
_HOMES = 3
_PATTERNS = {"^[A-Za-z0-9_-]+$": "use letters, digits, - and _ only"}
_EXAMPLES = {
    "apiVersion": "v3.1.0",
    "kind": "DataContract",
    "id": "a name that stays",
    "version": "1.0.0",
    "status": "active",
    "name": "…",
    "metric": "nullValues",
}
_UNKNOWN = ("additionalProperties", "unevaluatedProperties")


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault by the schema; a *tolerated* one does not stop a contract from being used."""

    fault: Fault
    tolerated: bool = False


def faults(text: str, document: str, *, api_version: str | None = None) -> tuple[Fault, ...]:
    """
    What the official JSON schema of *api_version* finds wrong in *text*, else that of the text's own `apiVersion`.

    *document* is the name to show. No faults: the document is valid.

    Raises:
        UsageError: there is no schema of that version.
    """
    schema = standard.schema(api_version) if api_version else None
    try:
        parsed = parse(text, document)
    except ContractError as error:
        return error.faults
    return (*parsed.faults, *(finding.fault for finding in findings(parsed, schema)))


def findings(document: Document, schema: JsonSchema | None = None) -> tuple[Finding, ...]:
    """What is wrong in *document* by *schema*, else by the schema of its own `apiVersion`; in document order."""
    if schema is None and (foreign := _foreign(document)):
        return (Finding(foreign),)
    explainer = _Explainer(document, schema or standard.schema(_own_version(document)))
    for breach in explainer.schema.breaches(document.value):
        explainer.explain(breach)
    return tuple(sorted(explainer.found.values(), key=lambda item: item.fault.place.line))


def lenient(document: Document) -> tuple[str, tuple[Finding, ...]]:
    """
    What is wrong by the schema, from that of its own `apiVersion` on, that finds least; and the version of that schema.

    A document may use words of a later version than it says: later schemas allow earlier versions to be said. What its own
    version demands of the document as a whole, it must have all the same.
    """
    own, found = _own_version(document), findings(document)
    demanded = tuple(finding for finding in found if not finding.fault.place.path)
    best = own, found
    for version in standard.VERSIONS[standard.VERSIONS.index(own) + 1 :] if not _foreign(document) else ():
        if not _stopping(best[1]):
            break
        later = tuple(dict.fromkeys((*demanded, *findings(document, standard.schema(version)))))
        if _stopping(later) < _stopping(best[1]):
            best = version, later
    return best


def _stopping(found: tuple[Finding, ...]) -> int:
    return sum(not finding.tolerated for finding in found)


def _own_version(document: Document) -> str:
    said = document.value.get("apiVersion") if isinstance(document.value, dict) else None
    return said if said in standard.VERSIONS else standard.VERSIONS[-1]


def _foreign(document: Document) -> Fault | None:
    """Why *document* is none that dq reads, whatever is in it."""
    said = document.value if isinstance(document.value, dict) else {}
    version = said.get("apiVersion")
    if "dataContractSpecification" in said:
        problem = "this is a Data Contract Specification, not an Open Data Contract Standard document"
        return document.fault(("dataContractSpecification",), problem, "convert it to ODCS v3.1.0")
    if isinstance(version, str) and version.startswith("v2."):
        return document.fault(("apiVersion",), f"{_shown(version)} is not supported", f"dq reads {', '.join(standard.VERSIONS)}")
    return None


class _Explainer:
    """Turns breaches into findings; several breaches of one problem become one."""

    def __init__(self, document: Document, schema: JsonSchema) -> None:
        self.document = document
        self.schema = schema
        self.found: dict[tuple[Path, str], Finding] = {}
        self._wrong: set[Path] = set()  # values that are told to be wrong

    def _add(self, path: Path, problem: str, mend: str = "", *, about: str = "", tolerated: bool = False) -> None:
        self._wrong.add(path)
        self.found.setdefault((path, about), Finding(self.document.fault(path, problem, mend), tolerated))

    def explain(self, breach: Breach) -> None:
        """Tell one breach, or nothing when another one says the same."""
        if stray := _options_without_type(self.document.value, breach.path):
            self._add(stray, "logicalTypeOptions need a logicalType", "say the type they belong to, such as logicalType: string")
        elif breach.keyword in _UNKNOWN:
            self._unknown(breach)
        elif breach.keyword == "required":
            self._missing(breach)
        elif breach.keyword in ("oneOf", "anyOf"):
            self._alternatives(breach)
        else:
            problem, mend = _said(breach, self.document)
            self._add(breach.path, problem, mend)

    def _unknown(self, breach: Breach) -> None:
        path, key = breach.path, breach.key
        tolerated = len(path) == 2 and path[0] == "servers"  # a server: its platform has more keys than the standard lists
        offered = list(self.schema.offered(breach.schema))
        homes = [condition for name, condition in offered if name == key and condition]
        if homes:
            discriminator = homes[0].partition(":")[0]
            if (*path, discriminator) not in self._wrong:
                self._add((*path, key), *_astray(key, discriminator, homes, breach.value), tolerated=tolerated)
            return
        known = list(dict.fromkeys(name for name, condition in offered if not condition or _holds(condition, breach.value)))
        mend = did_you_mean(key, known) or f"known keys: {', '.join(known)}"
        self._add((*path, key), f"unknown key {_shown(key)}", mend, tolerated=tolerated)

    def _missing(self, breach: Breach) -> None:
        key = breach.key
        if key == "map" and "logicalType" not in breach.value:  # an oversight of the 3.2.0 schema, see its `if`
            mend = "the standard makes it optional, its JSON schema v3.2.0 does not: say logicalType: string, or another"
            self._add(breach.path, "'logicalType' is missing", mend, about="logicalType", tolerated=True)
            return
        example = f": {_EXAMPLES[key]}" if key in _EXAMPLES else ""
        self._add(breach.path, f"'{key}' is missing", f"add {key}{example}", about=key)

    def _alternatives(self, breach: Breach) -> None:
        met = [index for index, branch in enumerate(breach.branches) if not branch]
        if met:
            names = [name for index in met for name in breach.schema[breach.keyword][index].get("required", ())]
            if names:
                operators = all(name.startswith("must") for name in names)
                problem, mend = f"{' and '.join(names)} are said together", "keep one, or write two rules"
                self._add(breach.path, problem, mend, about="both", tolerated=operators)
            elif breach.path not in self._wrong:
                self._add(breach.path, f"{_shown(breach.value)} can be read in two ways", "say more of it")
            return
        fitting = [branch for branch in breach.branches if not _misfits(branch, breach.path)]
        if not fitting:
            types = list(dict.fromkeys(name for branch in breach.branches for name in _misfits(branch, breach.path)))
            self._add(breach.path, *_wrong_type(types, breach, self.document))
            return
        missing = [_lacks(branch, breach.path) for branch in fitting]
        if all(missing) and len(fitting) > 1:
            names = list(dict.fromkeys(missing))
            problem = "an operator is missing" if names[0].startswith("must") else "a key is missing"
            self._add(breach.path, problem, f"add one of {', '.join(names)}", about="either")
            return
        present = [branch for branch, lack in zip(fitting, missing, strict=True) if not lack] or fitting
        if all(branch[0].keyword == "pattern" and branch[0].path == breach.path for branch in present):
            mend = "write object.property, or a path such as /schema/orders/properties/id"
            self._add(breach.path, f"{_shown(breach.value)} is not a reference", mend)
            return
        for inner in min(present, key=lambda branch: (len(branch), -max(len(item.path) for item in branch))):
            self.explain(inner)


def _options_without_type(value: Any, path: Path) -> Path | None:
    """The path of the options that *path* is in, when their property has no type: then the demands of every type fail."""
    holder = value
    for step, part in enumerate(path):
        if part == "logicalTypeOptions" and isinstance(holder, dict) and "logicalType" not in holder:
            return path[: step + 1]
        holder = holder[part]
    return None


def _astray(key: str, discriminator: str, homes: list[str], value: dict[str, Any]) -> tuple[str, str]:
    """Problem and mend of a key that belongs elsewhere: `query` to `type: sql`."""
    words = [home.partition(": ")[2] for home in homes]
    listed = " or ".join(filter(None, (", ".join(words[:-1][:_HOMES]), words[-1])))
    if discriminator not in value:
        return f"'{key}' needs a {discriminator}", f"say {discriminator}: {listed}"
    said = _shown(value[discriminator])
    return f"'{key}' does not belong to {discriminator} {said}", f"it belongs to {discriminator} {listed}"


def _holds(condition: str, value: dict[str, Any]) -> bool:
    name, _, said = condition.partition(": ")
    return str(value.get(name, said)) == said


def _misfits(branch: tuple[Breach, ...], path: Path) -> list[str]:
    """The types that an alternative wants at *path*, when it fails for the type alone."""
    for breach in branch:
        if breach.path == path and breach.keyword == "type":
            return _listed(breach.schema["type"])
        if breach.path == path and breach.keyword in ("anyOf", "oneOf"):
            inner = [_misfits(part, path) for part in breach.branches]
            if all(inner):
                return [name for names in inner for name in names]
    return []


def _lacks(branch: tuple[Breach, ...], path: Path) -> str:
    """The key that an alternative misses at *path*."""
    return next((breach.key for breach in branch if breach.path == path and breach.keyword == "required"), "")


def _said(breach: Breach, document: Document) -> tuple[str, str]:
    """Problem and mend of a demand on a single value."""
    wanted: Any = breach.schema.get(breach.keyword)
    shown = _shown(breach.value)
    match breach.keyword:
        case "type":
            return _wrong_type(_listed(wanted), breach, document)
        case "enum":
            hint = did_you_mean(breach.value, wanted) if isinstance(breach.value, str) else ""
            key = breach.path[-1] if breach.path else "value"
            return f"unknown {key} {shown}", " ".join(filter(None, (hint, f"known: {', '.join(map(str, wanted))}")))
        case "pattern":
            return f"{shown} does not match {wanted}", _PATTERNS.get(wanted, "")
        case "not":
            names = ", ".join(f"'{name}'" for name in breach.schema["not"].get("required", ()))
            return f"{names or shown} may not be said here", "take it out" if names else ""
        case "minItems" | "maxItems":
            least = "at least" if breach.keyword == "minItems" else "at most"
            return f"must have {least} {wanted} element{'s' * (wanted != 1)}, not {len(breach.value)}", ""
        case "minLength" | "maxLength":
            least = "at least" if breach.keyword == "minLength" else "at most"
            return f"must have {least} {wanted} characters, not {len(breach.value)}", ""
        case "uniqueItems":
            return "an element is said twice", "keep one of them"
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            than = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than", "exclusiveMaximum": "less than"}
            return f"must be {than[breach.keyword]} {wanted}, not {breach.value}", ""
        case "const":
            return f"must be {wanted}, not {shown}", ""
    return f"{shown} may not be said here", "take it out"


def _wrong_type(types: list[str], breach: Breach, document: Document) -> tuple[str, str]:
    value, node = breach.value, document.node(breach.path)
    key = breach.path[-1] if breach.path else "the document"
    text = node.text if node and node.is_scalar else str(value)
    wanted = " or ".join(_TYPES[name] for name in types)
    problem = f"must be {wanted}, not {_described(value, text)}"
    if "string" in types and value is not None and not isinstance(value, dict | list):
        return problem, f"put it in quotes: {'' if isinstance(key, int) else f'{key}: '}'{text}'"
    if isinstance(value, str) and {"number", "integer"} & set(types) and _is_number(value):
        return problem, f"take the quotes off: {value}"
    if "boolean" in types:
        return problem, "write true or false"
    if value is None:
        return problem, f"write {wanted}, or take the key out"
    return problem, "write each element on a line of its own, after '- '" if types == ["array"] else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _described(value: Any, text: str) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return text
        case int() | float():
            return f"the number {text}"
        case str():
            return f"the text {_shown(value)}"
        case list():
            return "a list"
    return "a mapping"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    printable = "".join(c if c.isprintable() else "�" for c in text)
    return f"'{printable[:_SHOWN]}…'" if len(printable) > _SHOWN else f"'{printable}'"


def _listed(types: Any) -> list[str]:
    return list(types) if isinstance(types, list) else [types]
