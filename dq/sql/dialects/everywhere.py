"""How words are written that most dialects say alike."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Writer
from dq.sql.nodes import InSet, Matches, Output, PlainText, ReadAs

T = exp.DType

EVERYWHERE: Mapping[type[exp.Expr], Writer] = {
    exp.Abs: "ABS({this})",
    exp.Avg: "AVG({this})",
    exp.Cast: words.casting(),
    exp.Ceil: "CEIL({this})",
    exp.CountIf: "COUNT(CASE WHEN {this} THEN 1 END)",
    exp.DPipe: "{this} || {expression}",
    exp.Extract: words.extracting(),
    exp.Floor: "FLOOR({this})",
    exp.Interval: words.interval,
    exp.Length: "LENGTH({this})",
    exp.Like: words.like(),
    exp.Replace: "REPLACE({this}, {expression}, {replacement})",
    exp.Round: words.round_,
    exp.Right: "RIGHT({this}, {expression})",
    exp.StddevSamp: "STDDEV_SAMP({this})",
    exp.Substring: words.substring,
    exp.Trim: "TRIM({this})",
    InSet: words.in_set,
    Matches: words.matches,
    Output: "{this}",
    PlainText: "{this}",
    ReadAs: words.read_as,
}

GREATEST: Mapping[type[exp.Expr], Writer] = {exp.Greatest: words.extreme("GREATEST"), exp.Least: words.extreme("LEAST")}
WITHIN = "PERCENTILE_CONT({this}) WITHIN GROUP (ORDER BY {expression})"
DIVIDED = "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)"

_LETTERS = "'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'"
_CAPITALS = "'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"
LOWER = f"TRANSLATE({{this}}, {_LETTERS})"
UPPER = f"TRANSLATE({{this}}, {_CAPITALS})"

TYPES: Mapping[exp.DType, str] = {
    T.TEXT: "TEXT",
    T.BIGINT: "BIGINT",
    T.INT: "BIGINT",
    T.DOUBLE: "DOUBLE",
    T.DECIMAL: "DECIMAL",
    T.BOOLEAN: "BOOLEAN",
    T.DATE: "DATE",
    T.TIME: "TIME",
    T.TIMESTAMP: "TIMESTAMP",
    T.TIMESTAMPTZ: "TIMESTAMPTZ",
    T.UUID: "UUID",
}
LOWEST, HIGHEST = -(2**63), 2**63 - 1
