"""The anchors that GitHub gives to headings, and the sections below them.

They follow GitHub's html-pipeline (TableOfContentsFilter): the heading in lower case, without
punctuation, with hyphens for spaces; -1, -2, … is appended to an anchor that is taken already.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.blocks import parse_blocks
from ragpg.markdown.segments import strip_markup

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD_CATEGORIES = ("L", "M", "Nd", "Pc")
"""Unicode categories of the characters that an anchor keeps, besides hyphens and spaces."""


class Section(NamedTuple):
    """A heading's anchor, and the text from it to the next heading that is no deeper."""

    anchor: str
    start: int
    end: int


class _Heading(NamedTuple):
    level: int
    start: int
    anchor: str


def to_anchor(heading: str) -> str:
    """Make an anchor of a heading without markup."""
    kept = (c for c in heading.strip().lower() if c in "- " or is_word_character(c))
    return "".join(kept).replace(" ", "-")


def is_word_character(character: str) -> bool:
    """Return whether Ruby's regular expressions count a character as part of a word."""
    return unicodedata.category(character).startswith(WORD_CATEGORIES)


def find_sections(text: str) -> Iterator[Section]:
    """Yield the sections of a text, in the order of their headings."""
    headings = [*_find_headings(text), _Heading(0, len(text), "")]
    for index, (heading, following) in enumerate(pairwise(headings)):
        ends = (later.start for later in headings[index + 1 :] if later.level <= heading.level)
        yield Section(heading.anchor, heading.start, next(ends, following.start))


def _find_headings(text: str) -> Iterator[_Heading]:
    counts: Counter[str] = Counter()
    for block in parse_blocks(text):
        if block.level:
            anchor = to_anchor(strip_markup(text[block.start : block.end]))
            suffix = f"-{counts[anchor]}" if counts[anchor] else ""
            counts[anchor] += 1
            yield _Heading(block.level, block.start, anchor + suffix)
