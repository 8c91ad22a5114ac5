"""Where bad rows concentrate: counts of an engine become statements, and nothing is claimed when nothing stands out. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import exp, lgamma, log

from dq.result import Standout

FILE, POSITION = "(file)", "(position)"
MIN_BAD = 5  # fewer rows prove nothing
MIN_SHARE = 0.2  # of the bad rows
MIN_STRETCH = 0.5  # of the bad rows, for a range of positions
MIN_LIFT = 1.5
CERTAIN = 0.001  # how likely chance alone claims anything about a check
BUCKETS = 50  # that positions are counted in
_CAUSES, _OWN, _PER_COLUMN = 3, 2, 2  # statements told: about other columns, about the check's own, about one column


class Grain(IntEnum):
    """What a spot's value stands for, coarse times first."""

    VALUE = 0
    MONTH = 1
    DAY = 2
    HOUR = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """*bad* of a check's bad rows, and *rows* of all rows it was judged on, have *value* in *column*."""

    column: str
    value: str | None
    bad: int
    rows: int
    grain: Grain = Grain.VALUE


@dataclass(frozen=True, slots=True)
class Bucket:
    """The bad rows in one of the `BUCKETS` equal parts of a source: how many, the first and the last row number."""

    place: int
    bad: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What an engine counted for one check: its *bad* rows among *rows*, and *spots* chosen from *tried* values.

    *buckets* are empty when positions say nothing: only some of the rows were judged.
    """

    bad: int
    rows: int
    tried: int
    spots: tuple[Spot, ...] = ()
    buckets: tuple[Bucket, ...] = ()


def standouts(ground: Ground, own: Collection[str] = ()) -> tuple[Standout, ...]:
    """
    What stands out about the bad rows of a check, most telling first; most often nothing.

    A spot is told when it has at least 5 bad rows, a fifth of them, 1.5 times its share of all rows, and when chance alone
    would show it, or any other of the values tried, once in a thousand checks: the upper tail of the hypergeometric
    distribution (Fisher's exact test, one-sided), times the values tried (Bonferroni). Of statements about one column the
    finest that still covers nine tenths of the best is told. A value of the check's *own* columns says which values are
    bad, not why: such statements come last, null is none of them; a time in one of several own columns is a cause.
    """
    spots = [spot for spot in ground.spots if _stands_out(spot, ground)]
    inner = [spot for spot in spots if spot.column in own and (spot.grain is Grain.VALUE or len(own) == 1)]
    outer = [spot for spot in spots if spot not in inner]
    causes = [_told(spot, ground) for spot in _finest(outer)]
    if stretch := _stretch(ground):
        files = [item.bad_share for item in causes if item.column == FILE]
        if max(files, default=0.0) < stretch.bad_share:
            causes.append(stretch)
    values = [_told(spot, ground) for spot in _finest([spot for spot in inner if spot.value is not None])]
    return (*_ranked(causes, ground)[:_CAUSES], *_ranked(values, ground)[:_OWN])


def tail(hits: int, drawn: int, marked: int, rows: int) -> float:
    """
    How likely at least *hits* of *drawn* rows, drawn at random from *rows*, are among the *marked* ones.

    The upper tail of the hypergeometric distribution, summed from its largest term; 1 when nothing is asked.

    Example:
        >>> round(tail(2, 2, 2, 4), 6)
        0.166667
    """
    hits = max(hits, drawn + marked - rows, 0)
    most = min(drawn, marked)
    if hits <= drawn + marked - rows or hits <= 0:
        return 1.0
    if hits > most:
        return 0.0
    if hits * rows <= drawn * marked:  # not beyond what is expected: no small number
        return 1.0
    term = exp(_choose(marked, hits) + _choose(rows - marked, drawn - hits) - _choose(rows, drawn))
    total, count = 0.0, hits
    while term > total * 1e-17 and count <= most:
        total += term
        term *= (marked - count) * (drawn - count) / ((count + 1) * (rows - marked - drawn + count + 1))
        count += 1
    return min(total, 1.0)


# -- what stands out -------------------------------------------------------------------------------------------------


def _stands_out(spot: Spot, ground: Ground) -> bool:
    if spot.bad < MIN_BAD or spot.bad < MIN_SHARE * ground.bad or not 0 < spot.rows <= ground.rows:
        return False
    if spot.bad * ground.rows < MIN_LIFT * spot.rows * ground.bad:
        return False
    return tail(spot.bad, ground.bad, spot.rows, ground.rows) * max(ground.tried, 1) <= CERTAIN


def _told(spot: Spot, ground: Ground) -> Standout:
    bad_share, row_share = spot.bad / ground.bad, spot.rows / ground.rows
    return Standout(spot.column, spot.value, spot.bad, bad_share, spot.rows, row_share, bad_share / row_share)


def _finest(spots: Sequence[Spot]) -> list[Spot]:
    """Of each column the values, or the finest time that covers about as much as the coarsest."""
    kept: list[Spot] = []
    for column in dict.fromkeys(spot.column for spot in spots):
        here = sorted((spot for spot in spots if spot.column == column), key=lambda spot: (-spot.bad, spot.rows))
        times = [spot for spot in here if spot.grain is not Grain.VALUE and spot.bad >= 0.9 * here[0].bad]
        kept += [max(times, key=lambda spot: spot.grain)] if times else here[:_PER_COLUMN]
    return kept


def _ranked(items: Iterable[Standout], ground: Ground) -> list[Standout]:
    return sorted(items, key=lambda item: (-_evidence(item.bad, ground.bad, item.row_share), item.column, item.value or ""))


def _evidence(hits: int, drawn: int, share: float) -> float:
    """The log-likelihood ratio of *hits* of *drawn* against an expected *share*."""
    missed, expected = drawn - hits, drawn * share
    if share >= 1:
        return 0.0
    return hits * log(hits / expected) + (missed * log(missed / (drawn - expected)) if missed else 0.0)


# -- positions -------------------------------------------------------------------------------------------------------


def _stretch(ground: Ground) -> Standout | None:
    """
    The range of positions that bad rows concentrate in, if they do.

    The range of buckets with the largest likelihood ratio (Kulldorff's scan statistic in one dimension), tested like a
    spot against all ranges, then tightened to its first and last bad row.
    """
    counts = [0] * BUCKETS
    for bucket in ground.buckets:
        counts[bucket.place] = bucket.bad
    low, high, bad = _best_range(counts, ground.bad)
    if not bad or bad < MIN_STRETCH * ground.bad:
        return None
    edges = [-(-place * ground.rows // BUCKETS) for place in (low, high + 1)]
    wide = Spot(POSITION, "", bad, edges[1] - edges[0])
    ranges = BUCKETS * (BUCKETS + 1) // 2
    if not _stands_out(wide, Ground(ground.bad, ground.rows, ranges)):
        return None
    inside = _with_edges(ground.buckets, low, high)
    first, last, bad = inside[0].first, inside[-1].last, sum(bucket.bad for bucket in inside)
    return _told(Spot(POSITION, f"{first:,} to {last:,}", bad, last - first + 1), ground)


def _with_edges(buckets: Sequence[Bucket], low: int, high: int) -> list[Bucket]:
    """The buckets from *low* to *high*, and those beside them that the range only begins or ends in: at least half as dense."""
    inside = [bucket for bucket in buckets if low <= bucket.place <= high]
    span = inside[-1].last - inside[0].first + 1
    density = sum(bucket.bad for bucket in inside) / span
    for bucket in buckets:
        if bucket.place == low - 1 and 2 * bucket.bad >= density * (inside[0].first - bucket.first):
            inside = [bucket, *inside]
        if bucket.place == high + 1 and 2 * bucket.bad >= density * (bucket.last - inside[-1].last):
            inside = [*inside, bucket]
    return inside


def _best_range(counts: Sequence[int], drawn: int) -> tuple[int, int, int]:
    best, found = 0.0, (0, 0, 0)
    starts = [place for place, count in enumerate(counts) if count]
    for low in starts:
        bad = 0
        for high in range(low, len(counts)):
            bad += counts[high]
            share = (high - low + 1) / len(counts)
            if counts[high] and bad > drawn * share and (score := _evidence(bad, drawn, share)) > best:
                best, found = score, (low, high, bad)
    return found


def _choose(rows: int, drawn: int) -> float:
    """The logarithm of the number of ways to draw *drawn* of *rows*."""
    return lgamma(rows + 1) - lgamma(drawn + 1) - lgamma(rows - drawn + 1)
