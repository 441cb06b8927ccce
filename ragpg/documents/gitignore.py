"""Which paths the .gitignore files of a repository leave out, as `git check-ignore` says it.

Only what lies in the repository itself counts: neither the user's own `core.excludesFile` nor
`.git/info/exclude`. Patterns become globs, which are matched in time that no pattern can blow up.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragpg.documents.file_selection import is_utf8
from ragpg.text.globs import to_part
from ragpg.text.scripts import normalize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

logger = logging.getLogger("ragpg")

NAME = ".gitignore"
MAX_BYTES = 256 * 1024
"""The size of a file that is honoured; the largest of well-known repositories have a tenth."""
MAX_PATTERNS = 5000
"""Patterns in force in one directory: each of them is tried on every name."""
LONGEST_PATTERN = 4096
"""No path is longer, in characters."""

_TOKEN = re.compile(
    r"\\(?P<escaped>.)|(?P<directories>(?:^|(?<=/))\*\*(?=/))|(?P<inside>(?<=/)\*\*$)|(?P<star>\*+)"
    r"|\[(?P<negated>[!^]?)(?P<members>\]?(?:\\.|\[:[a-z]+:\]|[^\\\]])*)\]"
    r"|(?P<invalid>[\[\\])|(?P<other>.)",
    re.DOTALL,
)
_MEMBER = re.compile(r"\[:(?P<kind>[a-z]+):\]|\\(?P<escaped>.)", re.DOTALL)
_KINDS = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": "!-.:-@[-`{-~",
    "space": " \t-\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


class _Pattern(NamedTuple):
    """A line of a .gitignore file; one that `is_anchored` matches paths, any other names."""

    line: int
    text: str
    glob: str
    is_anchored: bool
    is_negated: bool
    for_directories: bool


class _Patterns:
    """Patterns that are tried together, the last line first."""

    def __init__(self, patterns: Sequence[_Pattern]) -> None:
        self._patterns = patterns[::-1]
        parts = (
            rf"({to_part(pattern.glob)}{'/' if pattern.for_directories else '/?'}\Z)"
            for pattern in self._patterns
        )
        self._regex = re.compile("|".join(parts), re.DOTALL)

    def find(self, path: str) -> _Pattern | None:
        """Return the last pattern that matches; the path of a directory ends with `/`."""
        found = self._regex.match(path) if self._patterns else None
        return self._patterns[found.lastindex - 1] if found and found.lastindex else None


class _File:
    """The patterns of one file; `label` is its path below the top of the repository."""

    def __init__(self, directory: str, label: str, patterns: Sequence[_Pattern]) -> None:
        self.directory = directory
        self.label = label
        self.size = len(patterns)
        self._for_names = _Patterns([each for each in patterns if not each.is_anchored])
        self._for_paths = _Patterns([each for each in patterns if each.is_anchored])

    def find(self, path: str, name: str) -> _Pattern | None:
        """Return the last pattern that matches a path below the directory, which has this name."""
        found = (self._for_names.find(name), self._for_paths.find(path))
        return max(filter(None, found), key=lambda pattern: pattern.line, default=None)


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The .gitignore files that apply to what is in `directory`, those further down last.

    `directory` is absolute and without links, `top` is that of the repository; outside of any
    there are no rules.
    """

    directory: str
    top: str | None = None
    files: tuple[_File, ...] = ()

    def find_reason(self, name: str, *, is_directory: bool) -> str | None:
        """Say which line of which file leaves an entry of the directory out; None if none does."""
        if not self.files:
            return None
        name = normalize(name) + ("/" if is_directory else "")
        path = f"{normalize(self.directory).rstrip('/')}/{name}"
        for file in reversed(self.files):
            below = path[len(normalize(file.directory).rstrip("/")) + 1 :]
            if pattern := file.find(below, name):
                where = f"ignored by {file.label}:{pattern.line}: {pattern.text}"
                return None if pattern.is_negated else where
        return None

    def enter(self, name: str) -> IgnoreRules:
        """Return the rules that apply to a directory below, but for those that lie in it."""
        return replace(self, directory=f"{self.directory.rstrip('/')}/{name}")

    def read(self, names: Collection[str]) -> IgnoreRules:
        """Add the rules that lie in the directory, whose entries have these names.

        A repository in the repository has rules of its own alone.
        """
        rules = self
        if ".git" in names and self.top != self.directory:
            rules = IgnoreRules(self.directory, top=self.directory)
        if rules.top is None or NAME not in names:
            return rules
        path = os.path.join(rules.directory, NAME)  # noqa: PTH118 - for each directory of a walk
        label = os.path.relpath(path, rules.top).replace(os.sep, "/")
        file = _read_file(path, rules.directory, label)
        if sum(each.size for each in (*rules.files, file)) > MAX_PATTERNS:
            logger.warning("%r is not honoured: there are too many patterns above it", path)
            return rules
        return replace(rules, files=(*rules.files, file))


def find_rules(directory: Path) -> IgnoreRules:
    """Return the rules that a walk begins with, but for those that lie in the directory itself.

    They come from the directories above it, up to the top of its repository; where these ignore the
    directory, it was named on purpose, and they do not count.
    """
    real = Path(os.path.realpath(directory))
    above = (real, *real.parents)
    top = next((path for path in above if _exists(path / ".git")), None)
    if top is None:
        return IgnoreRules(str(real))
    rules = IgnoreRules(str(top), top=str(top))
    for name in real.relative_to(top).parts:
        names = [NAME] if _exists(Path(rules.directory, NAME)) else []
        rules = rules.read(names)
        if rules.find_reason(name, is_directory=True):
            return IgnoreRules(str(real), top=str(top))
        rules = rules.enter(name)
    return rules


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        return False
    return True


def _read_file(path: str, directory: str, label: str) -> _File:
    """Read a file, or the same content of it from memory; git follows no link here either."""
    try:
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode):
            version = (status.st_ino, status.st_size, status.st_mtime_ns)
            return _parse_file(path, directory, label, version)
    except OSError as error:
        logger.warning("%r is not honoured: %s", path, error.strerror)
    return _File(directory, label, ())


@lru_cache(maxsize=256)
def _parse_file(path: str, directory: str, label: str, _version: tuple[int, int, int]) -> _File:
    """Read the patterns of a file; there are none where it cannot be honoured, which is told."""
    with open(path, "rb") as file:  # noqa: PTH123 - the path is a string all the way
        content = file.read(MAX_BYTES + 1)
    patterns = list(islice(parse(content.decode("utf-8-sig", "surrogateescape")), MAX_PATTERNS + 1))
    if len(content) > MAX_BYTES or len(patterns) > MAX_PATTERNS:
        limits = f"{MAX_BYTES} bytes or {MAX_PATTERNS} patterns"
        logger.warning("%r is not honoured: it has more than %s", path, limits)
        patterns = []
    return _File(directory, label, patterns)


def parse(text: str) -> Iterator[_Pattern]:
    """Yield the patterns of a file; lines that can match nothing are left out, as git does it."""
    for number, content in enumerate(text.split("\n"), start=1):
        line = _strip(content.removesuffix("\r"))
        if not is_utf8(line) or line.startswith("#") or len(line) > LONGEST_PATTERN:
            continue
        bare = line.removeprefix("!")
        is_negated, for_directories = bare != line, bare.endswith("/")
        bare = bare.removesuffix("/")
        is_anchored = "/" in bare
        glob = _to_glob(bare.removeprefix("/"))
        if glob:
            yield _Pattern(number, line, glob, is_anchored, is_negated, for_directories)


def _strip(line: str) -> str:
    """Strip the blanks at the end of a line, but one that a backslash escapes."""
    bare = line.rstrip(" ")
    escapes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if escapes % 2 and bare != line else bare


def _to_glob(pattern: str) -> str | None:
    """Write a pattern in the dialect of `ragpg.text.globs`; None if it is not valid."""
    parts: list[str] = []
    for token in _TOKEN.finditer(pattern):
        match token.lastgroup:
            case "escaped" | "other" as group:
                character = token[group]
                is_special = character in "*?[" and group == "escaped"
                parts.append(f"[{character}]" if is_special else character)
            case "directories" | "inside":
                parts.append("**")
            case "star":
                parts.append("*")
            case "members":
                parts.append(_write_members(token["members"], negated=bool(token["negated"])))
            case _:
                return None
    return "".join(parts)


def _write_members(members: str, *, negated: bool) -> str:
    """Write what stands between brackets: classes as ranges, a bracket in front."""
    characters = _MEMBER.sub(
        lambda found: found["escaped"] or _KINDS.get(found["kind"] or "", ""), members
    )
    bracket = "]" if "]" in characters else ""
    return f"[{'!' if negated else ''}{bracket}{characters.replace(']', '')}]"
