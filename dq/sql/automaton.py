"""A parsed pattern as an automaton, which never goes back: told exactly, in as many steps as a text has characters."""

from __future__ import annotations

from collections.abc import Iterable

from dq.sql.pattern import Anchor, Chars, Choice, Node, Repeat

_MOST_STATES = 1_500

States = frozenset[int]


class TooLargeError(Exception):
    """The automaton has more states than it is worth."""


class Automaton:
    """Thompson's construction (1968): states joined by characters and by empty steps; sets of states are walked."""

    def __init__(self, node: Node) -> None:
        self._empty: list[list[int]] = []
        self._chars: list[list[tuple[Chars, int]]] = []
        self._anchors: list[list[tuple[bool, int]]] = []  # at the end of the text, and where to
        self._steps: dict[tuple[States, int], States] = {}
        begin = self._state()
        self.end = self._add(node, begin)
        self.start = self._closed({begin})
        self._first = self._closed({begin}, at_start=True)

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

    def finds(self, text: str) -> bool:
        """Whether *text* contains a match; as many steps as it has characters, whatever the pattern."""
        states = self._first
        for character in text:
            if self.end in states:
                return True
            states = self.step(states, ord(character)) | self.start
        return self.end in self._closed(states, at_start=not text, at_end=True)

    def _state(self) -> int:
        if len(self._empty) >= _MOST_STATES:
            raise TooLargeError
        self._empty.append([])
        self._chars.append([])
        self._anchors.append([])
        return len(self._empty) - 1

    def _closed(self, states: Iterable[int], *, at_start: bool = False, at_end: bool = False) -> States:
        waiting, seen = list(states), set(states)
        while waiting:
            state = waiting.pop()
            free = [target for end, target in self._anchors[state] if (at_end if end else at_start)]
            for target in (*self._empty[state], *free):
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
        if isinstance(node, Anchor):
            end = self._state()
            self._anchors[begin].append((node.at_end, end))
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
        for item in node.items:
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
