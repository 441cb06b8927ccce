"""Globs over paths with `/`, as regular expressions for PostgreSQL and for Python.

`*` stands for any text without `/`, `**` for any text, `**/` at the start of a segment for any
number of directories, `?` for one character, `[a-z]` for one of these characters and `[!a-z]` for
one of the others; neither of these three matches `/`. Between brackets stand at most 200
characters. Canonically equal characters are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from ragpg.text.scripts import normalize

_TOKEN = re.compile(
    r"(?P<directories>(?:^|(?<=/))\*\*+/)|(?P<deep>\*\*+)|(?P<star>\*)|(?P<any>\?)"
    r"|\[(?P<negated>[!^]?)(?P<members>\][^\]]{0,200}|[^\]]{1,200})\]|(?P<literal>.)",
    re.DOTALL,
)
_RANGE = re.compile(r"(.)-(.)|(.)", re.DOTALL)


@dataclass(slots=True)
class _Section:
    """A part of a glob from one `**` to the next: `pieces` of fixed length with `*` between.

    A piece has an expression for each of its characters.
    """

    prefix: str
    pieces: list[list[str]] = field(default_factory=lambda: [[]])


def match(glob: str, path: str) -> bool:
    """Return whether a path matches a glob, in time at most quadratic in the path's length."""
    return _compile(glob).match(normalize(path)) is not None


def is_glob(path: str) -> bool:
    """Return whether a path has a character that is special in a glob."""
    return any(character in path for character in "*?[")


def escape(path: str) -> str:
    """Return the glob that matches exactly this path."""
    return re.sub(r"[*?[]", r"[\g<0>]", path)


def find_prefix(glob: str) -> str:
    """Return what every ASCII path that matches a glob begins with."""
    return re.split(r"[*?[\x80-\U0010ffff]", glob, maxsplit=1)[0]


def to_regex(glob: str) -> str:
    """Return a glob as a regular expression that PostgreSQL and Python understand alike."""
    return rf"(?s)\A{_join(_parse(glob), atomic='(?:')}\Z"


def to_part(glob: str) -> str:
    """Return a glob as part of a regular expression for Python, with DOTALL and without groups.

    What follows it has to be at the end of the path.
    """
    return _join(_parse(glob), atomic="(?>")


@lru_cache(maxsize=256)
def _compile(glob: str) -> re.Pattern[str]:
    return re.compile(rf"\A{to_part(glob)}\Z", re.DOTALL)


def _parse(glob: str) -> list[_Section]:
    sections = [_Section("")]
    for token in _TOKEN.finditer(normalize(glob)):
        pieces = sections[-1].pieces
        match token.lastgroup:
            case "directories":
                sections.append(_Section("(?:.*?/)??"))
            case "deep":
                sections.append(_Section(".*?"))
            case "star":
                pieces.append([])
            case "any":
                pieces[-1].append("[^/]")
            case "members":
                members = _character_class(token["members"], negated=bool(token["negated"]))
                pieces[-1].append(members)
            case _:
                pieces[-1].append(re.escape(token["literal"]))
    return sections


def _join(sections: list[_Section], *, atomic: str) -> str:
    """Write the regular expression; all groups but the last ones may be atomic.

    Python would otherwise try every combination of what the stars may stand for. The shortest match
    of a piece or a section is always right: what follows it begins with a star, which can stand for
    the rest. PostgreSQL has no atomic groups, and does not need them.
    """
    regex: list[str] = []
    for section in sections:
        first, *pieces = map("".join, section.pieces)
        groups = [f"{atomic}[^/]*?{piece})" for piece in pieces]
        opening = atomic
        if section is sections[-1]:
            groups[-1:] = [f"(?:[^/]*?{piece})" for piece in pieces[-1:]]
            opening = "(?:"
        regex += (opening, section.prefix, first, *groups, ")")
    return "".join(regex)


def _character_class(members: str, *, negated: bool) -> str:
    ranges = [(r[3], r[3]) if r[3] else (r[1], r[2]) for r in _RANGE.finditer(members)]
    body = "".join(f"{re.escape(a)}-{re.escape(b)}" for a, b in ranges if a <= b)
    if negated:
        return f"[^/{body}]"
    return f"(?!/)[{body}]" if body else "(?!/)/"
