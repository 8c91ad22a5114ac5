"""What a declared column is in the data at hand: how it is read, when it is missing, and when it does not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from dq.errors import UsageError
from dq.plan.literals import coerce
from dq.plan.model import Field
from dq.source import Reading
from dq.sql import (
    Base,
    IsFinite,
    JsonItems,
    JsonPart,
    JsonText,
    JsonType,
    JsonValues,
    Kind,
    MapValues,
    Part,
    ReadAs,
    StoredAs,
    Tree,
    all_of,
    any_of,
    compare,
    is_in,
    is_null,
    literal,
    not_,
)

T = exp.DType
_BASES: dict[Base, set[exp.DType]] = {
    Base.INTEGER: set(exp.DataType.INTEGER_TYPES) - {T.BIT},
    Base.NUMBER: {T.FLOAT, T.DOUBLE},
    Base.DECIMAL: {T.DECIMAL, T.BIGDECIMAL, T.UDECIMAL},
    Base.TEXT: {T.VARCHAR, T.TEXT, T.CHAR, T.NVARCHAR, T.NCHAR, T.ENUM, T.BPCHAR, T.LONGTEXT, T.MEDIUMTEXT, T.TINYTEXT, T.NAME},
    Base.BOOLEAN: {T.BOOLEAN},
    Base.DATE: {T.DATE, T.DATE32},
    Base.TIME: {T.TIME, T.TIMETZ, T.TIME_NS},
    Base.TIMESTAMP: {T.TIMESTAMP, T.DATETIME, T.TIMESTAMPNTZ, T.DATETIME64, T.TIMESTAMP_S, T.TIMESTAMP_MS, T.TIMESTAMP_NS},
    Base.TIMESTAMP_TZ: {T.TIMESTAMPTZ, T.TIMESTAMPLTZ},
    Base.BINARY: {T.BINARY, T.VARBINARY, T.BLOB, T.LONGBLOB, T.MEDIUMBLOB, T.TINYBLOB},
    Base.UUID: {T.UUID},
    Base.JSON: {T.JSON, T.JSONB},
    Base.OBJECT: {T.STRUCT, T.OBJECT},
    Base.ARRAY: {T.ARRAY, T.LIST},
    Base.MAP: {T.MAP},
}
_OF_TYPE = {kind: base for base, kinds in _BASES.items() for kind in kinds}
_TEMPORAL = (Base.DATE, Base.TIME, Base.TIMESTAMP, Base.TIMESTAMP_TZ)
_NUMERIC = (Base.INTEGER, Base.NUMBER, Base.DECIMAL)
NAN = exp.cast(exp.Literal.string("NaN"), exp.DataType.build("double"))


def base_of(actual: exp.DataType) -> Base:
    """What the values of a column of type *actual* are."""
    return _OF_TYPE.get(actual.this, Base.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Value:
    """
    A name in a rule, as the data has it: tree *raw* of type *actual*, declared as *field*.

    *reading* is given when *raw* is text of a text file, to be read as declared. *unread* is what stands beside it where it is
    null only because nobody could read it.
    *reading* is given when *raw* is text of a text file, to be read as declared. *loose* values are of any type, whatever
    the column's is.
    """

    raw: Tree
    actual: exp.DataType
    field: Field | None
    reading: Reading | None
    zone: str
    unread: Value | None = None
    loose: bool = False

    # -- the three questions ------------------------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        """The kind of what `typed` gives."""
        if self.field and self.field.kind:
            return Kind(Base.TIMESTAMP) if self.field.kind.base is Base.TIMESTAMP_TZ else self.field.kind
        base = base_of(self.actual)
        return Kind(Base.TIMESTAMP) if base is Base.TIMESTAMP_TZ else Kind(base)

    @property
    def is_native_integer(self) -> bool:
        """Whether it is a column of integers that needs no reading."""
        whole = base_of(self.actual) is Base.INTEGER
        return self.reading is None and self.unread is None and whole and self.typed == self.raw

    @property
    def digits(self) -> tuple[int, int] | None:
        """The digits in all, and after the point, that a decimal column holds; None for any other."""
        return _digits(self.actual) if self.unread is None and base_of(self.actual) is Base.DECIMAL else None

    @property
    def missing(self) -> Tree:
        """TRUE where there is no value at all; a value that cannot be read is there."""
        if self.unread is not None:
            return all_of(replace(self, unread=None).missing, self.unread.missing)
        raw = self._written
        if base_of(self.actual) is Base.NUMBER:
            return any_of(is_null(raw), exp.IsNan(this=raw.copy()))
        if base_of(self.actual) is Base.JSON:
            return any_of(is_null(raw), compare("=", JsonType(this=raw.copy()), literal("null")))
        return is_null(raw)

    def written_as(self, forms: list[Tree]) -> Tree:
        """TRUE where the value is written as one of *forms* (literals), before it is read as its type."""
        if self.unread is not None:
            return any_of(replace(self, unread=None).written_as(forms), self.unread.written_as(forms))
        if self.reading is not None:
            return is_in(self._written, [literal(_text(form)) for form in forms])
        if base_of(self.actual) is Base.JSON:
            return is_in(JsonText(this=self.raw.copy()), [literal(_text(form)) for form in forms])
        if base_of(self.actual) is Base.TEXT:
            return is_in(self.raw, [literal(_text(form)) for form in forms])
        return is_in(self.typed, [found for form in forms if (found := _in_kind(form, self.kind, self.zone)) is not None])

    @property
    def typed(self) -> Tree:
        """The value as its kind; null where it is missing or does not fit."""
        return self._read()[0]

    @property
    def misfit(self) -> Tree:
        """TRUE where a value is there that does not fit its declared kind; FALSE, folded, when that cannot be."""
        return self._read()[1]

    # -- parts --------------------------------------------------------------------------------------------------------

    def part(self, name: str) -> Value | None:
        """The field *name* of an object: null where it is declared and its type has none; None when it is neither."""
        declared = next((item for item in self.field.fields if item.name == name), None) if self.field else None
        source = declared.source if declared else name
        if base_of(self.actual) is Base.JSON:
            raw: Tree = JsonPart(this=self.typed, expression=exp.Literal.string(source))
            return Value(raw, self.actual, declared, None, self.zone, loose=self.loose)
        for wanted in (source, name):
            for item in self.actual.expressions:
                if isinstance(item, exp.ColumnDef) and item.name == wanted:
                    return self._field(wanted, item.args["kind"], declared)
        if declared is None:
            return None
        nothing = exp.cast(exp.null(), type_of(declared.kind or Kind(Base.TEXT)))
        return Value(nothing, exp.DataType.build("null"), declared, None, self.zone)

    def _field(self, name: str, kind: exp.DataType, declared: Field | None) -> Value:
        return Value(Part(this=self.raw.copy(), expression=exp.Literal.string(name)), kind, declared, None, self.zone)

    @property
    def entries(self) -> list[Value]:
        """The values of a map that a frame keeps as an object with all its keys; none for any other value."""
        if base_of(self.actual) is not Base.OBJECT:
            return []
        declared = self.field.items if self.field else None
        return [self._field(item.name, item.args["kind"], declared) for item in self.actual.expressions]

    @property
    def has_elements(self) -> bool:
        """Whether there may be an array, or the values of a map, to look into."""
        return self.actual.this is not T.NULL and base_of(self.actual) in (Base.ARRAY, Base.MAP, Base.JSON, Base.UNKNOWN)

    def element(self, alias: str, *, of_map: bool = False) -> Value:
        """An element of an array, or a value of a map, under the name *alias*."""
        declared = self.field.items if self.field else None
        inner = exp.column(alias, quoted=True)
        if base_of(self.actual) is Base.JSON:
            return Value(inner, self.actual, declared, None, self.zone, loose=self.loose)
        types = [item for item in self.actual.expressions if isinstance(item, exp.DataType)]
        return Value(inner, types[-1 if of_map else 0] if types else exp.DataType.build("unknown"), declared, None, self.zone)

    @property
    def elements(self) -> Tree:
        """The array whose elements `element` describes."""
        if base_of(self.actual) is Base.MAP:
            return MapValues(this=self.raw.copy())
        if base_of(self.actual) is Base.JSON and self.kind.base is Base.MAP:
            return JsonValues(this=self.raw.copy())
        return self.typed

    # -- how ----------------------------------------------------------------------------------------------------------

    @property
    def _written(self) -> Tree:
        """The value as written, its null tokens and (but for text) empty text made null."""
        raw = self.raw.copy()
        if self.reading is None:
            return raw
        if self.reading.null_tokens:
            raw = exp.Case(
                ifs=[exp.If(this=not_(is_in(raw, [literal(token) for token in self.reading.null_tokens])), true=raw.copy())]
            )
        is_text = self.field is None or self.field.kind is None or self.field.kind.base is Base.TEXT
        return raw if is_text else exp.Nullif(this=raw, expression=literal(""))

    def _read(self) -> tuple[Tree, Tree]:
        """The value as its kind, and where it does not fit."""
        typed, misfit = self._read_itself()
        if self.unread is None:
            return typed, misfit
        again, wrong = self.unread._read()  # noqa: SLF001  one of its own
        wrongs = [item for item in (misfit, wrong) if item != exp.false()]
        return exp.Coalesce(this=typed, expressions=[again]), any_of(*wrongs) if wrongs else exp.false()

    def _read_itself(self) -> tuple[Tree, Tree]:
        kind = self.field.kind if self.field else None
        if self.reading is not None:
            if kind is None or kind.base in (Base.TEXT, Base.UNKNOWN):
                return self._written, exp.false()
            written = self._written
            return self._judge(written, self._from_text(written, kind))
        base = base_of(self.actual)
        if self.loose and base is not Base.JSON:
            return self._from_loose(kind or Kind(base))
        if self.actual.this is T.USERDEFINED and kind and kind.base not in (Base.TEXT, Base.UNKNOWN):
            raise UsageError(f"dq has no meaning for type {self.actual.args['kind']} as {kind}", "", "declare it as a string")
        if base is Base.JSON:
            return self._from_json(kind)
        if self.actual.this is T.TIME_NS and (kind is None or kind.base is Base.TIME):
            return exp.cast(self.raw.copy(), exp.DataType.build("time")), exp.false()
        if base in (Base.TIMESTAMP, Base.TIMESTAMP_TZ, Base.DATE) and (kind is None or kind.base in _TEMPORAL):
            return self._from_time(base, kind)
        if base is Base.TIME and self.actual.expressions and (kind is None or kind.base is base):  # finer than engines compare
            return exp.cast(self.raw.copy(), exp.DataType.build("time")), exp.false()
        if kind is None or kind.base in (Base.UNKNOWN, Base.JSON) or (kind.base is base and base is not Base.DECIMAL):
            return (self._nanless() if base is Base.NUMBER else self.raw.copy()), exp.false()
        return self._convert(base, kind)

    def _judge(self, written: Tree, typed: Tree) -> tuple[Tree, Tree]:
        return typed, all_of(not_(is_null(written)), is_null(typed))

    def _nothing(self) -> tuple[Tree, Tree]:
        """No value of this type can fit."""
        kind = self.field.kind if self.field and self.field.kind else Kind(Base.TEXT)
        return exp.cast(exp.null(), type_of(kind)), not_(self.missing)

    def _nanless(self) -> Tree:
        return exp.Nullif(this=self.raw.copy(), expression=NAN.copy())

    def _from_text(self, written: Tree, kind: Kind) -> Tree:
        if kind.base in _NUMERIC and self.reading and self.reading.decimal != ".":
            written = exp.Replace(this=written, expression=literal(self.reading.decimal), replacement=literal("."))
        if kind.base in (Base.OBJECT, Base.ARRAY, Base.MAP, Base.JSON, Base.BINARY):
            return written.copy()
        reads: list[Tree] = []
        if kind.base is Base.TIMESTAMP:
            reads.append(self._utc(ReadAs(this=written.copy(), to=kind)))
            reads.append(_at_utc(ReadAs(this=written.copy(), to=Kind(Base.TIMESTAMP_TZ))))
        elif kind.base is Base.TIMESTAMP_TZ:
            reads.append(_at_utc(ReadAs(this=written.copy(), to=kind)))
        else:
            reads.append(ReadAs(this=written.copy(), to=kind))
        formats = (self.field.formats if self.field else ()) + (self.reading.timestamp_formats if self.reading else ())
        if kind.base in _TEMPORAL:
            plain = Kind(Base.TIMESTAMP) if kind.base is Base.TIMESTAMP_TZ else kind
            for pattern in dict.fromkeys(formats):
                read = ReadAs(this=written.copy(), to=plain, format=literal(pattern))
                reads.append(self._utc(read) if plain.base is Base.TIMESTAMP else read)
        return reads[0] if len(reads) == 1 else exp.Coalesce(this=reads[0], expressions=reads[1:])

    def _from_json(self, kind: Kind | None) -> tuple[Tree, Tree]:
        raw = self.raw
        if kind is None or kind.base in (Base.JSON, Base.UNKNOWN):
            return JsonText(this=raw.copy()), exp.false()
        fits = {
            Base.INTEGER: ("integer",),
            Base.NUMBER: ("integer", "number"),
            Base.DECIMAL: ("integer", "number"),
            Base.BOOLEAN: ("boolean",),
            Base.OBJECT: ("object",),
            Base.MAP: ("object",),
            Base.ARRAY: ("array",),
        }.get(kind.base, ("string",))
        of_type = is_in(JsonType(this=raw.copy()), [literal(name) for name in fits])
        inner: Tree
        if kind.base is Base.ARRAY:
            inner = JsonItems(this=raw.copy())
        elif kind.base in (Base.OBJECT, Base.MAP):
            inner = raw.copy()
        elif kind.base is Base.TEXT:
            inner = JsonText(this=raw.copy())
        elif kind.base is Base.INTEGER:
            text: Tree = JsonText(this=raw.copy())
            wider = Kind(Base.NUMBER) if self.loose else Kind(Base.DECIMAL, 19, 1)  # 5.0 is whole, 18 digits fit
            whole = exp.cast(ReadAs(this=text.copy(), to=wider), type_of(kind))
            inner = exp.Coalesce(this=ReadAs(this=text, to=kind), expressions=[whole])
        else:
            inner = self._from_text(JsonText(this=raw.copy()), kind)
        typed = exp.Case(ifs=[exp.If(this=of_type, true=inner)])
        if kind.base in (Base.OBJECT, Base.MAP, Base.ARRAY, Base.TEXT, Base.BOOLEAN):
            return typed, all_of(not_(self.missing), not_(of_type.copy()))
        return typed, all_of(not_(self.missing), is_null(typed.copy()))

    def _from_loose(self, kind: Kind) -> tuple[Tree, Tree]:
        """A value of SQLite: times are text, truth is 0 or 1, and what is stored otherwise does not fit."""
        raw = self.raw
        if kind.base in (Base.OBJECT, Base.ARRAY, Base.MAP):
            raise UsageError(f"a column of type {self.actual.sql()} holds no {kind}", "", "declare it as JSON in the database")
        if kind.base in (*_TEMPORAL, Base.UUID) or (kind.base in _NUMERIC and self.field and self.field.text):
            return self._judge(raw, self._from_text(raw, kind))
        stored = {name: StoredAs(this=raw.copy(), expression=literal(name)) for name in ("integer", "real", "text", "blob")}
        whole = any_of(
            stored["integer"], all_of(stored["real"], IsFinite(this=raw.copy()), compare("=", raw, exp.Floor(this=raw.copy())))
        )
        number = any_of(stored["integer"], stored["real"])
        fits = {
            Base.TEXT: stored["text"],
            Base.INTEGER: whole,
            Base.NUMBER: number,
            Base.DECIMAL: all_of(number, self._decimal_fits(raw, kind)) if kind.precision else number,
            Base.BOOLEAN: all_of(stored["integer"], is_in(raw, [literal(0), literal(1)])),
            Base.BINARY: stored["blob"],
        }.get(kind.base)
        if fits is None:
            return raw.copy(), exp.false()
        return exp.Case(ifs=[exp.If(this=fits, true=raw.copy())]), all_of(not_(is_null(raw)), not_(fits.copy()))

    def _decimal_fits(self, value: Tree, kind: Kind) -> Tree:
        """Whether no digit of a number is lost in a decimal."""
        digits = compare("<", exp.Abs(this=value.copy()), literal(10 ** (kind.precision - kind.scale)))
        return all_of(digits, compare("=", value, exp.Round(this=value.copy(), decimals=literal(kind.scale))))

    def _from_time(self, base: Base, kind: Kind | None) -> tuple[Tree, Tree]:
        raw = self.raw.copy()
        wanted = kind.base if kind else base
        if wanted is Base.DATE:
            if base is Base.DATE:
                return raw, exp.false()
            day = exp.cast(_at_utc(raw) if base is Base.TIMESTAMP_TZ else raw, exp.DataType.build("date"))
            plain = _at_utc(raw.copy()) if base is Base.TIMESTAMP_TZ else raw.copy()
            return day, compare("!=", plain, exp.cast(day.copy(), exp.DataType.build("timestamp")))
        if wanted is Base.TIME:
            return self._nothing()
        if base is Base.TIMESTAMP_TZ:
            return _at_utc(raw), exp.false()
        if wanted is Base.TIMESTAMP_TZ and base is Base.DATE:
            return self._nothing()
        stamp = exp.cast(raw, exp.DataType.build("timestamp")) if base is Base.DATE else raw
        return self._utc(stamp), exp.false()

    def _utc(self, stamp: Tree) -> Tree:
        """A time without a zone, in the contract's zone, as UTC."""
        if self.zone.upper() in ("UTC", "Z", "ETC/UTC"):
            return stamp
        return _at_utc(exp.AtTimeZone(this=stamp, zone=literal(self.zone)))

    def _convert(self, base: Base, kind: Kind) -> tuple[Tree, Tree]:
        """A column whose type is another than declared fits when every value does."""
        raw = self.raw.copy()
        wanted = kind.base
        if wanted is Base.NUMBER and base in _NUMERIC:
            return raw, exp.false()
        if wanted is Base.INTEGER and base in (Base.NUMBER, Base.DECIMAL):
            whole = compare("=", raw, exp.Floor(this=raw.copy()))
            if base is Base.NUMBER:
                whole = all_of(IsFinite(this=raw.copy()), whole)
            return exp.Case(ifs=[exp.If(this=whole, true=raw)]), all_of(not_(self.missing), not_(whole.copy()))
        if wanted is Base.DECIMAL and base in _NUMERIC:
            return self._decimal(base, kind)
        if wanted in (Base.OBJECT, Base.MAP) and base in (Base.OBJECT, Base.MAP):
            return raw, exp.false()
        if base is Base.TEXT and (wanted is Base.UUID or (self.field and self.field.text and wanted is not Base.TEXT)):
            return self._judge(raw, self._from_text(raw, kind))
        if wanted is Base.TEXT and (base is Base.UUID or (base is Base.INTEGER and self.field and self.field.text)):
            return exp.cast(raw, exp.DataType.build("text")), exp.false()
        if base is Base.UNKNOWN:  # an all-null column, or a type that only the engine knows
            return raw, exp.false()
        return self._nothing()

    def _decimal(self, base: Base, kind: Kind) -> tuple[Tree, Tree]:
        raw = self.raw.copy()
        digits = kind.precision - kind.scale
        precision, scale = _digits(self.actual)
        if base is Base.DECIMAL and precision - scale <= digits and scale <= kind.scale:
            return raw, exp.false()
        value = self._nanless() if base is Base.NUMBER else raw
        fits = all_of(compare("<", exp.Abs(this=value), literal(10**digits)))
        if base is Base.NUMBER or (base is Base.DECIMAL and scale > kind.scale):
            fits = all_of(fits, compare("=", value, exp.Round(this=value.copy(), decimals=literal(kind.scale))))
        return exp.Case(ifs=[exp.If(this=fits, true=value)]), all_of(not_(self.missing), not_(fits.copy()))


def _at_utc(stamp: Tree) -> Tree:
    return exp.AtTimeZone(this=stamp, zone=literal("UTC"))


def type_of(kind: Kind) -> exp.DataType:
    """The SQL type of values of *kind*; text for those that have none."""
    name = {
        Base.TEXT: "text",
        Base.INTEGER: "bigint",
        Base.NUMBER: "double",
        Base.BOOLEAN: "boolean",
        Base.DATE: "date",
        Base.TIME: "time",
        Base.TIMESTAMP: "timestamp",
        Base.TIMESTAMP_TZ: "timestamp",
        Base.DECIMAL: f"decimal({kind.precision or 38}, {kind.scale})",
        Base.UUID: "uuid",
    }.get(kind.base, "text")
    return exp.DataType.build(name)


def _digits(actual: exp.DataType) -> tuple[int, int]:
    numbers = [int(item.name) for item in actual.expressions if isinstance(item, exp.DataTypeParam)]
    return (numbers[0], numbers[1] if len(numbers) > 1 else 0) if numbers else (38, 38)


def _in_kind(form: Tree, kind: Kind, zone: str) -> Tree | None:
    """The literal *form* as one of *kind*; None when it spells none, so that no value of that kind is written so."""
    try:
        return coerce(form, kind, zone)
    except UsageError:
        return None


def _text(form: Tree) -> str:
    return form.name if isinstance(form, exp.Literal) else form.sql()
