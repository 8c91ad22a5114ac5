"""Names of types in Great Expectations, of numpy, Python, SQL and Spark, and what a column's own type may be called."""

from __future__ import annotations

from collections.abc import Mapping

# What a suite may say | what frames and engines call such a column, in lower case, without what stands in brackets; _ is a blank.
_NAMES = """
int int_ int64 long LongType BIGINT INT64 | int64 bigint
int32 intc IntegerType INTEGER INT INT4 | int32 integer int int4
int16 short ShortType SMALLINT INT2 | int16 smallint int2
int8 byte ByteType TINYINT | int8 tinyint
uint64 UBIGINT | uint64 ubigint
uint32 UINTEGER | uint32 uinteger uint
uint16 USMALLINT | uint16 usmallint
uint8 UTINYINT | uint8 utinyint
float float_ float64 double DoubleType DOUBLE DOUBLE_PRECISION FLOAT8 FLOAT64 | float64 double double_precision
float32 single FloatType FLOAT REAL FLOAT4 FLOAT32 | float32 float real float4
NUMERIC DECIMAL Decimal DecimalType | decimal decimal128 numeric
bool bool_ boolean BooleanType BOOLEAN BOOL | bool boolean
str str_ string_types string StringType StringDtype | str string text varchar char character_varying character
TEXT VARCHAR CHAR STRING NVARCHAR NCHAR | str string text varchar char character_varying character
object object_ O | object
bytes bytes_ BinaryType BLOB BYTEA | binary blob bytea bytes
datetime64 datetime TimestampNTZType TIMESTAMP DATETIME | datetime64 datetime timestamp timestamp_without_time_zone
Timestamp DatetimeTZDtype TimestampType TIMESTAMPTZ TIMESTAMP_TZ | timestamptz
timedelta64 Timedelta timedelta INTERVAL | timedelta64 duration interval
date DateType DATE | date date32
category CategoricalDtype | category categorical enum
list ArrayType | list
dict StructType MapType | struct map
"""


def _table() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _NAMES.strip().splitlines():
        names, _, forms = line.partition(" | ")
        found |= dict.fromkeys(names.split(), tuple(form.replace("_", " ") for form in forms.split()))
    return found


_FORMS = _table()


def accepted(name: str) -> tuple[str, ...]:
    """What a column of type *name* may be called; a name that nobody knows means itself."""
    plain = name.partition("[")[0].partition("(")[0].strip()
    return _FORMS.get(plain) or _FORMS.get(plain.upper()) or (plain.lower(),)
