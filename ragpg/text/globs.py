"""Globs over paths with `/`: `*` stops at `/`, `**` does not, `**/` is any number of directories.

`?` is one character, `[a-z]` one of some, `[!a-z]` one of the others; none of them is `/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

_PART = re.compile(
    r"(?P<deep>\*\*+)|(?P<star>\*)|(?P<any>\?)"
    r"|\[(?P<negated>[!^]?)(?P<members>\]?[^\]]*)\]|(?P<literal>.)",
    re.DOTALL,
)
_MEMBERS = re.compile(r"(.)-(.)|(.)", re.DOTALL)


def match(pattern: str, source: str) -> bool:
    """Whether a path matches a glob, in time proportional to the path's length."""
    return _compiled(pattern).matches(source)


def is_glob(path: str) -> bool:
    """Whether a path has a character that is special in a glob."""
    return any(character in path for character in "*?[")


class _One(NamedTuple):
    """One character of a path: within one of the ranges, or in none of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def accepts(self, character: str) -> bool:
        inside = any(low <= character <= high for low, high in self.ranges)
        return inside is not self.negated and (character != "/" or self.ranges == (("/", "/"),))


@dataclass(slots=True)
class _Glob:
    """A glob as a machine whose states are the bits of a number.

    Bit n says that n characters of the pattern are matched. `stars` and `deep_stars` are the
    states that a star keeps; `skips` those in which `**/` may stand for nothing.
    """

    ones: list[_One] = field(default_factory=list)
    stars: int = 0
    deep_stars: int = 0
    skips: int = 0
    accepted: dict[str, int] = field(default_factory=dict)

    def matches(self, source: str) -> bool:
        states = self._skipped(1)
        for character in source:
            stay = self.deep_stars if character == "/" else self.deep_stars | self.stars
            moved = (states & self._accepting(character)) << 1
            states = self._skipped(moved) | (states & stay)
            if not states:
                return False
        return bool(states >> len(self.ones))

    def _accepting(self, character: str) -> int:
        if character not in self.accepted:
            bits = (1 << n for n, one in enumerate(self.ones) if one.accepts(character))
            self.accepted[character] = sum(bits)
        return self.accepted[character]

    def _skipped(self, states: int) -> int:
        while more := (states & self.skips) << 1 & ~states:
            states |= more
        return states


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Glob:
    glob = _Glob()
    for part in _PART.finditer(pattern):
        state = 1 << len(glob.ones)
        if part["deep"]:
            glob.deep_stars |= state
            opens = part.start() == 0 or pattern[part.start() - 1] == "/"
            glob.skips |= state if opens and pattern.startswith("/", part.end()) else 0
        elif part["star"]:
            glob.stars |= state
        elif part["any"]:
            glob.ones.append(_One((), negated=True))
        elif part["literal"]:
            glob.ones.append(_One(((part["literal"], part["literal"]),), negated=False))
        else:
            glob.ones.append(_One(_ranges(part["members"]), negated=bool(part["negated"])))
    return glob


def _ranges(members: str) -> tuple[tuple[str, str], ...]:
    found = _MEMBERS.finditer(members)
    return tuple((one[3], one[3]) if one[3] else (one[1], one[2]) for one in found)
