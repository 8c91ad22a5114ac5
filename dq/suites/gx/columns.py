"""Expectations about every value of one column. A value that is not there is not judged, and no part of what `mostly` is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from dq.checks import Keys
from dq.errors import UsageError
from dq.sql import (
    ROW_NO,
    SOURCE,
    AsText,
    Base,
    IsJson,
    Kind,
    Matches,
    Missing,
    Output,
    ReadAs,
    Tree,
    all_of,
    any_of,
    column,
    compare,
    is_null,
    literal,
    not_,
    pattern_problem,
    table,
)
from dq.sql.formats import format_pattern
from dq.suites.draft import Draft, both, known, rows, there
from dq.suites.gx.expectation import Expectation, OnlyItself

Translator = Callable[[Expectation], Draft]
VALUES: dict[str, Translator] = {}  # expectation type -> its check, judged where the column has a value
ALL_ROWS: dict[str, Translator] = {}  # … judged on every row


def _values(name: str) -> Callable[[Translator], Translator]:
    return lambda function: VALUES.setdefault(f"expect_column_{name}", function)


def column_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of an expectation about every value of a column. Raises KeyError for any other."""
    if said.word in ALL_ROWS:
        draft, where = ALL_ROWS[said.word](said), said.filter
    else:
        draft, where = VALUES[said.word](said), said.filter
        if said.mostly != 1:  # else nobody asks how many values there are, and counting them takes a scan
            where = both(there(said.column), where)
    yield replace(draft, limits=said.tolerance, where=where)


def passed(said: Expectation, why: str) -> Draft:
    """An expectation that every value meets."""
    return rows("anything", exp.false(), f"{said.column} is anything: {why}", [said.column])


# -- nulls, sets, bounds -------------------------------------------------------------------------------------------------


def _not_null(said: Expectation) -> Draft:
    return known("not_null", [said.column])


def _null(said: Expectation) -> Draft:
    return rows("is_null", not_(Missing(this=column(said.column))), f"{said.column} has no value", [said.column])


ALL_ROWS["expect_column_values_to_not_be_null"] = _not_null
ALL_ROWS["expect_column_values_to_be_null"] = _null


@_values("values_to_be_in_set")
def _in_set(said: Expectation) -> Draft:
    values = said.values("value_set")
    return passed(said, "no set is given") if values is None else known("in_set", [said.column], values=values)


@_values("values_to_not_be_in_set")
def _not_in_set(said: Expectation) -> Draft:
    values = said.values("value_set")
    return passed(said, "no set is given") if values is None else known("not_in_set", [said.column], values=values)


@_values("values_to_be_between")
def _between(said: Expectation) -> Draft:
    return _bounded(said, column(said.column), said.column, ("at_least", "more_than", "at_most", "less_than"), "value")


@_values("value_lengths_to_be_between")
def _lengths(said: Expectation) -> Draft:
    length = exp.Length(this=AsText(this=column(said.column)))
    return _bounded(said, length, f"the length of {said.column}", ("min_length", "", "max_length", ""), "length")


@_values("value_lengths_to_equal")
def _length(said: Expectation) -> Draft:
    length = exp.Length(this=AsText(this=column(said.column)))
    value = said.number("value")
    return rows(
        "length", compare("!=", length, literal(value)), f"the length of {said.column} is {value}", [said.column], value=value
    )


def _bounded(said: Expectation, value: Tree, shown: str, names: Sequence[str], argument: str) -> Draft:
    """Between two bounds, each of which may be left out, or be strict; *names* are dq's checks for one bound."""
    low, high = said.may("min_value"), said.may("max_value")
    if low is None and high is None:
        raise UsageError(f"{said.word} has no bound", "", "add min_value, max_value or both to its kwargs")
    if low is not None and high is not None and type(low) is type(high) and low > high:
        raise UsageError(f"min_value {low!r} is above max_value {high!r}", "", "swap them")
    above, below = ("<=" if said.flag("strict_min") else "<"), (">=" if said.flag("strict_max") else ">")
    tests, words = [], []
    if low is not None:
        tests.append(compare(above, value, literal(low)))
        words.append(f"{'more than' if said.flag('strict_min') else 'at least'} {low}")
    if high is not None:
        tests.append(compare(below, value, literal(high)))
        words.append(f"{'less than' if said.flag('strict_max') else 'at most'} {high}")
    draft = rows("between", any_of(*tests), f"{shown} is {' and '.join(words)}", [said.column])
    if len(tests) == 1:
        bound, strict = (low, said.flag("strict_min")) if low is not None else (high, said.flag("strict_max"))
        name = names[(0 if low is not None else 2) + strict]
        return replace(draft, name=name or "between", arguments={argument: bound}, dimension="accuracy")
    return replace(draft, arguments=_only(said, "min_value", "max_value", "strict_min", "strict_max"), dimension="accuracy")


def _only(said: Expectation, *names: str) -> dict[str, Any]:
    return {name: said.said[name] for name in names if said.said.get(name) not in (None, False)}


# -- text ----------------------------------------------------------------------------------------------------------------


def pattern_test(said: Expectation, pattern: object) -> Tree:
    """Where the column, as text, has a match of *pattern*. OnlyItself: it is outside the portable subset."""
    if not isinstance(pattern, str):
        raise UsageError(f"a pattern of {said.word} is {pattern!r}, not text", "", "write a regular expression")
    if problem := pattern_problem(pattern):
        raise OnlyItself(problem)
    return Matches(this=AsText(this=column(said.column)), expression=literal(pattern))


def like_test(said: Expectation, pattern: object) -> Tree:
    """Where the column, as text, is as the LIKE form *pattern* says: `%` any text, `_` any character."""
    if not isinstance(pattern, str):
        raise UsageError(f"a form of {said.word} is {pattern!r}, not text", "", "write it as LIKE reads it: a%")
    escape = said.may("escape", str)
    found, characters = "", iter(pattern)
    for character in characters:
        if escape and character == escape:
            following = next(characters, "")
            found += f"!{following}" if following in "%_!" else following
        else:
            found += "!!" if character == "!" else character
    return exp.Like(this=AsText(this=column(said.column)), expression=literal(found))


def _tests(said: Expectation, test: Callable[[Expectation, object], Tree], name: str) -> list[Tree]:
    listed = said.need(name, (list, tuple))
    if not listed:
        raise UsageError(f"'{name}' of {said.word} is empty", "", "give one pattern at least")
    return [test(said, item) for item in listed]


def _on_all(said: Expectation) -> bool:
    word = said.may("match_on", str, "any")
    if word not in ("any", "all"):
        raise UsageError(f"match_on is '{word}'", "", "say any or all")
    return bool(word == "all")


@_values("values_to_match_regex")
def _matches(said: Expectation) -> Draft:
    test = pattern_test(said, said.need("regex"))
    return _worded(
        rows("matches", not_(test), f"{said.column} matches {said.said['regex']}", [said.column], pattern=said.said["regex"])
    )


@_values("values_to_not_match_regex")
def _not_matches(said: Expectation) -> Draft:
    test = pattern_test(said, said.need("regex"))
    return _worded(
        rows("not_matches", test, f"{said.column} does not match {said.said['regex']}", [said.column], pattern=said.said["regex"])
    )


def _worded(draft: Draft) -> Draft:
    r"""A pattern with `\w` is read as everywhere in dq; Python reads more letters into it."""
    lettered = "\\w" in draft.says or "\\W" in draft.says
    return (
        replace(draft, warning="\\w is an ASCII letter, digit or _ here, and in every database; Python takes é for one too")
        if lettered
        else draft
    )


@_values("values_to_match_regex_list")
def _matches_some(said: Expectation) -> Draft:
    join = all_of if _on_all(said) else any_of
    test = not_(join(*_tests(said, pattern_test, "regex_list")))
    says = f"{said.column} matches {'all' if _on_all(said) else 'one'} of {', '.join(said.said['regex_list'])}"
    return _worded(rows("matches_list", test, says, [said.column], **_only(said, "regex_list", "match_on")))


@_values("values_to_not_match_regex_list")
def _matches_none(said: Expectation) -> Draft:
    test = any_of(*_tests(said, pattern_test, "regex_list"))
    says = f"{said.column} matches none of {', '.join(said.said['regex_list'])}"
    return _worded(rows("matches_none", test, says, [said.column], **_only(said, "regex_list")))


@_values("values_to_match_like_pattern")
def _is_like(said: Expectation) -> Draft:
    form = said.need("like_pattern")
    return rows(
        "like",
        not_(like_test(said, form)),
        f"{said.column} is like {form}",
        [said.column],
        **_only(said, "like_pattern", "escape"),
    )


@_values("values_to_not_match_like_pattern")
def _is_not_like(said: Expectation) -> Draft:
    form = said.need("like_pattern")
    return rows(
        "not_like",
        like_test(said, form),
        f"{said.column} is not like {form}",
        [said.column],
        **_only(said, "like_pattern", "escape"),
    )


@_values("values_to_match_like_pattern_list")
def _like_some(said: Expectation) -> Draft:
    join = all_of if _on_all(said) else any_of
    test = not_(join(*_tests(said, like_test, "like_pattern_list")))
    says = f"{said.column} is like {'all' if _on_all(said) else 'one'} of {', '.join(said.said['like_pattern_list'])}"
    return rows("like_list", test, says, [said.column], **_only(said, "like_pattern_list", "match_on", "escape"))


@_values("values_to_not_match_like_pattern_list")
def _like_none(said: Expectation) -> Draft:
    test = any_of(*_tests(said, like_test, "like_pattern_list"))
    says = f"{said.column} is like none of {', '.join(said.said['like_pattern_list'])}"
    return rows("like_none", test, says, [said.column], **_only(said, "like_pattern_list", "escape"))


@_values("values_to_be_json_parseable")
def _json(said: Expectation) -> Draft:
    return rows("json", not_(IsJson(this=column(said.column))), f"{said.column} is JSON", [said.column])


_LENIENT = {"%m": "%-m", "%d": "%-d", "%H": "%-H", "%M": "%-M", "%S": "%-S", "%I": "%-I"}  # as Python reads them: 1 or 01


@_values("values_to_match_strftime_format")
def _strftime(said: Expectation) -> Draft:
    form = said.need("strftime_format", str)
    lenient = form
    for strict, loose in _LENIENT.items():
        lenient = lenient.replace(strict, loose)
    if "%%" in form or format_pattern(lenient) is None:
        raise OnlyItself(f"the format {form}")
    read = ReadAs(this=column(said.column), to=Kind(Base.TIMESTAMP), format=literal(lenient))
    unread = all_of(there(said.column), is_null(read))
    return rows("date_format", unread, f"{said.column} is written as {form}", [said.column], strftime_format=form)


# -- keys: what a value is among the others -------------------------------------------------------------------------------


@_values("values_to_be_unique")
def _unique(said: Expectation) -> Draft:
    return known("unique", [said.column])


def _order(said: Expectation, *, up: bool) -> Draft:
    """The rows whose value is not beyond that of the row before, of those that are judged."""
    value = column(said.column)
    row = exp.Ordered(this=column(ROW_NO))
    before = exp.Window(this=exp.Lag(this=value.copy()), order=exp.Order(expressions=[row]))
    worse = ("<" if up else ">") + ("=" if said.flag("strictly") else "")
    test = exp.Case(ifs=[exp.If(this=compare(worse, value, before), true=literal(1))], default=literal(0))
    judged = both(there(said.column), said.filter) or exp.true()
    inner = (
        exp.select(exp.alias_(column(ROW_NO), "r", quoted=True), exp.alias_(test, "bad", quoted=True))
        .from_(table(SOURCE))
        .where(judged)
    )
    bad = exp.select(_output("r")).from_(inner.subquery("t")).where(compare("=", _output("bad"), literal(1)))
    says = f"{said.column} {'in' if up else 'de'}creases{' strictly' if said.flag('strictly') else ''}, row by row"
    keys = Keys((said.column,), bad, of=(column(ROW_NO),))
    return Draft(
        "increasing" if up else "decreasing",
        keys,
        says,
        (said.column,),
        dimension="consistency",
        arguments=_only(said, "strictly"),
    )


def _output(name: str) -> Tree:
    return Output(this=exp.to_identifier(name, quoted=True))


@_values("values_to_be_increasing")
def _increasing(said: Expectation) -> Draft:
    return _order(said, up=True)


@_values("values_to_be_decreasing")
def _decreasing(said: Expectation) -> Draft:
    return _order(said, up=False)


def _among_others(said: Expectation, name: str, bad: Tree, says: str, **arguments: Any) -> Draft:
    """The rows whose value makes *bad* TRUE, which looks at all the values judged."""
    value = column(said.column)
    judged = both(there(said.column), said.filter) or exp.true()
    select = exp.select(value).distinct().from_(table(SOURCE)).where(all_of(judged, bad))
    return Draft(name, Keys((said.column,), select, of=(value,)), says, (said.column,), dimension="accuracy", arguments=arguments)


def _of_all(said: Expectation, aggregate: Tree) -> Tree:
    """One number about all the values that are judged."""
    judged = both(there(said.column), said.filter) or exp.true()
    return exp.Subquery(this=exp.select(aggregate).from_(table(SOURCE)).where(judged))


def _spread(said: Expectation) -> tuple[Tree, Tree]:
    """The mean of the values, and their sample variance: null for fewer than two."""
    value = column(said.column)
    mean = _of_all(said, exp.Avg(this=value))
    off = exp.Paren(this=exp.Sub(this=value.copy(), expression=mean.copy()))
    squares = exp.Sum(this=exp.Mul(this=off, expression=off.copy()))
    less = exp.Paren(this=exp.Sub(this=exp.Count(this=value.copy()), expression=literal(1)))
    return mean, _of_all(said, exp.Div(this=squares, expression=less))


@_values("value_z_scores_to_be_less_than")
def _z_scores(said: Expectation) -> Draft:
    """A z-score is at least t where it is not below 0 and its square is at least t², and the other way round for t < 0."""
    threshold, double = said.number("threshold"), said.flag("double_sided", default=True)
    mean, variance = _spread(said)
    off = exp.Paren(this=exp.Sub(this=column(said.column), expression=mean))
    reach = exp.Mul(this=literal(threshold * threshold), expression=variance.copy())
    square = exp.Mul(this=off, expression=off.copy())
    if double:
        bad = compare(">=", square, reach)
    elif threshold >= 0:
        bad = all_of(compare(">=", off, literal(0)), compare(">=", square, reach))
    else:
        bad = not_(all_of(compare("<", off, literal(0)), compare(">", square, reach)))
    bad = all_of(compare(">", variance, literal(0)), bad)
    says = f"{said.column} is less than {threshold} standard deviations {'from' if double else 'above'} its mean"
    return _among_others(said, "z_score", bad, says, threshold=threshold, double_sided=double)


@_values("values_to_not_be_outliers")
def _outliers(said: Expectation) -> Draft:
    method, multiplier = said.may("method", str, "iqr"), said.may("multiplier", (int, float), 1.5)
    value = column(said.column)
    if method == "iqr":
        low, high = (_of_all(said, exp.PercentileCont(this=literal(share), expression=value.copy())) for share in (0.25, 0.75))
        reach: Tree = exp.Paren(
            this=exp.Mul(this=literal(multiplier), expression=exp.Paren(this=exp.Sub(this=high.copy(), expression=low.copy())))
        )
        bad = any_of(
            compare("<", value, exp.Paren(this=exp.Sub(this=low, expression=reach))),
            compare(">", value, exp.Paren(this=exp.Add(this=high, expression=reach.copy()))),
        )
        says = f"{said.column} is within {multiplier} interquartile ranges of its quartiles"
    elif method == "std":
        mean, variance = _spread(said)
        off = exp.Paren(this=exp.Sub(this=value, expression=mean))
        reach = exp.Mul(this=literal(multiplier * multiplier), expression=variance)
        bad = compare(">=", exp.Mul(this=off, expression=off.copy()), reach)
        bad = all_of(compare("!=", off, literal(0)), bad)
        says = f"{said.column} is less than {multiplier} standard deviations from its mean"
    else:
        raise UsageError(f"the method '{method}'", "", "say iqr or std")
    return _among_others(said, "not_outlier", bad, says, method=method, multiplier=multiplier)
