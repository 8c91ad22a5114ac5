"""Which patterns follow from others: then a scan that tests the stricter one need not test the looser."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from dq.sql.pattern import Anchor, Chars, Choice, Node, OutsideSubset, Repeat, Sequence, parse_pattern

_MOST_STATES = 1_500
_MOST_PAIRS = 4_000  # of sets of states; beyond, nothing is claimed

States = frozenset[int]


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
        first, second = _Automaton(inner[0]), _Automaton(inner[1])
    except _TooLargeError:
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


def _included(first: _Automaton, second: _Automaton, samples: list[int]) -> bool:
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


class _TooLargeError(Exception):
    """The automaton has more states than it is worth."""


class _Automaton:
    """Thompson's construction (1968): states joined by characters and by empty steps; sets of states are walked."""

    def __init__(self, node: Node) -> None:
        self._empty: list[list[int]] = []
        self._chars: list[list[tuple[Chars, int]]] = []
        self._steps: dict[tuple[States, int], States] = {}
        begin = self._state()
        self.end = self._add(node, begin)
        self.start = self._closed({begin})

    def step(self, states: States, code: int) -> States:
        """The states after character *code*."""
        if (found := self._steps.get((states, code))) is None:
            after = {
                target
                for state in states
                for chars, target in self._chars[state]
                if any(low <= code <= high for low, high in chars.ranges)
            }
            found = self._steps[states, code] = self._closed(after)
        return found

    def _state(self) -> int:
        if len(self._empty) >= _MOST_STATES:
            raise _TooLargeError
        self._empty.append([])
        self._chars.append([])
        return len(self._empty) - 1

    def _closed(self, states: set[int]) -> States:
        waiting, seen = list(states), set(states)
        while waiting:
            for target in self._empty[waiting.pop()]:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(seen)

    def _add(self, node: Node, begin: int) -> int:
        """Add *node* from state *begin*; the state it ends in."""
        if isinstance(node, Chars):
            end = self._state()
            self._chars[begin].append((node, end))
            return end
        if isinstance(node, Choice):
            end = self._state()
            for item in node.items:
                start = self._state()
                self._empty[begin].append(start)
                self._empty[self._add(item, start)].append(end)
            return end
        if isinstance(node, Repeat):
            return self._repeat(node, begin)
        for item in node.items if isinstance(node, Sequence) else ():
            begin = self._add(item, begin)
        return begin

    def _repeat(self, node: Repeat, begin: int) -> int:
        for _ in range(node.low):
            begin = self._add(node.item, begin)
        if node.high is None:
            loop = self._state()
            self._empty[begin].append(loop)
            self._empty[self._add(node.item, loop)].append(loop)
            return loop
        end = self._state()
        for _ in range(node.high - node.low):
            self._empty[begin].append(end)
            begin = self._add(node.item, begin)
        self._empty[begin].append(end)
        return end
