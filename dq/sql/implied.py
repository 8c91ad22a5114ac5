"""Which patterns follow from others: then a scan that tests the stricter one need not test the looser."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from dq.sql.automaton import Automaton, TooLargeError
from dq.sql.pattern import Anchor, Chars, Choice, Node, OutsideSubset, Repeat, Sequence, parse_pattern

_MOST_PAIRS = 4_000  # of sets of states; beyond, nothing is claimed


@lru_cache(maxsize=4096)
def implies(stricter: str, looser: str) -> bool:
    """
    Whether every text that matches *stricter* also matches *looser*.

    Told exactly, by walking both automata at once, for patterns of the whole text (`^…$`); False when it is not so, or
    not told: other patterns, refused ones, automata that grow too large.
    """
    if stricter == looser:
        return True
    inner = [_whole(pattern) for pattern in (stricter, looser)]
    if inner[0] is None or inner[1] is None:
        return False
    try:
        first, second = Automaton(inner[0]), Automaton(inner[1])
    except TooLargeError:
        return False
    return _included(first, second, _samples(inner[0], inner[1]))


def strictest(patterns: Iterable[str]) -> tuple[str, ...]:
    """Those of *patterns* that no other implies: a text that matches them matches all."""
    kept: list[str] = []
    for pattern in dict.fromkeys(patterns):
        if any(implies(other, pattern) for other in kept):
            continue
        kept = [other for other in kept if not implies(pattern, other)]
        kept.append(pattern)
    return tuple(kept)


def _included(first: Automaton, second: Automaton, samples: list[int]) -> bool:
    start = (first.start, second.start)
    seen, waiting = {start}, [start]
    while waiting:
        left, right = waiting.pop()
        if first.end in left and second.end not in right:
            return False
        for code in samples:
            if not (step := first.step(left, code)):
                continue
            pair = (step, second.step(right, code))
            if pair not in seen:
                if len(seen) >= _MOST_PAIRS:
                    return False
                seen.add(pair)
                waiting.append(pair)
    return True


def _whole(pattern: str) -> Node | None:
    """What stands between `^` and `$`; None when the pattern is not of that form."""
    try:
        node = parse_pattern(pattern)
    except OutsideSubset:
        return None
    if not isinstance(node, Sequence) or len(node.items) < 2:
        return None
    head, *inner, tail = node.items
    anchored = isinstance(head, Anchor) and not head.at_end and isinstance(tail, Anchor) and tail.at_end
    return Sequence(tuple(inner)) if anchored and not any(map(_anchored, inner)) else None


def _anchored(node: Node) -> bool:
    if isinstance(node, Anchor):
        return True
    if isinstance(node, Repeat):
        return _anchored(node.item)
    return isinstance(node, Sequence | Choice) and any(map(_anchored, node.items))


def _samples(*nodes: Node) -> list[int]:
    """One character of every class that the patterns tell apart."""
    edges = {0}
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Chars):
            edges.update(edge for low, high in node.ranges for edge in (low, high + 1))
        elif isinstance(node, Repeat):
            waiting.append(node.item)
        elif isinstance(node, Sequence | Choice):
            waiting.extend(node.items)
    return sorted(edges)
