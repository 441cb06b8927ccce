"""The containers that are open at a line, and what they mean for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.markdown.container_tags import ContainerTag

MAX_CONTAINERS = 20
"""Containers that are nested deeper have no title."""

_BLANKS = re.compile(r"[ \t]*+")


@dataclass(slots=True)
class _Container:
    """An open container; `shift` is the indentation of its body, None before its first line."""

    tag: ContainerTag
    indent: int
    titles: tuple[str, ...]
    shift: int | None = None
    has_title: bool = False


class ContainerStack:
    """The open containers, outermost first."""

    def __init__(self) -> None:
        self._containers: list[_Container] = []

    @property
    def key(self) -> str | None:
        """The key of the innermost container, None without any."""
        return self._containers[-1].tag.key if self._containers else None

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles that were written, outermost first."""
        return self._containers[-1].titles if self._containers else ()

    @property
    def columns(self) -> int:
        """The indentation that belongs to the containers, not to what is in them."""
        return sum(container.shift or 0 for container in self._containers)

    def open(self, indent: int, tag: ContainerTag, shift: int | None = None) -> None:
        """Open a container, whose body loses `shift` columns if that is known."""
        if len(self._containers) >= MAX_CONTAINERS:
            return
        titles = (*self.titles, tag.title) if tag.is_own and tag.title else self.titles
        self._containers.append(_Container(tag, indent, titles, shift))

    def add_title(self, title: str) -> None:
        """Give the innermost container a title that stands below its tag; only the first counts."""
        container = self._containers[-1]
        if not container.has_title:
            container.titles, container.has_title = (*container.titles, title), True

    def close(self, key: str) -> None:
        """Close the innermost container with a key, else one with a fence of another length."""
        keys = [container.tag.key for container in self._containers]
        similar = [other for other in keys if key[0] in ":/" and other[:1] == key[0]]
        closed = key if key in keys else similar[-1] if similar else None
        if closed is not None:
            del self._containers[len(keys) - 1 - keys[::-1].index(closed) :]

    def leave(self, indent: int, line: str) -> bool:
        """Close containers that end before a line: by indentation, or with a quote.

        Returns whether one ended by indentation.
        """
        was_indented = False
        while self._containers:
            container = self._containers[-1]
            ends = container.tag.key == "" and indent <= container.indent
            if not ends and (container.tag.key != ">" or line.startswith(">")):
                break
            self._containers.pop()
            was_indented |= ends
        return was_indented

    def shift(self, line: str, indent: int) -> str:
        """Take the indentation of the containers' bodies from a line."""
        if not self._containers:
            return line
        container = self._containers[-1]
        if container.shift is None:
            container.shift = max(0, indent - container.indent)
        columns, rest = self.columns, line.lstrip(" \t")
        return " " * max(0, indent - columns) + rest if columns else line


def measure_indent(line: str) -> int:
    """Return the columns of blanks before a line's text."""
    blanks = _BLANKS.match(line)
    return len(blanks[0].expandtabs(4)) if blanks else 0
