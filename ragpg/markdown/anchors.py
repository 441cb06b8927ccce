"""The anchors that GitHub gives to headings, and the sections below them.

As in GitHub's html-pipeline (TableOfContentsFilter): the heading's words in lower case, without
punctuation, blanks as hyphens; what is there already gets -1, -2, …
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.atoms import plain
from ragpg.markdown.blocks import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = ("L", "M", "Nd", "Pc")
"""Unicode's categories of what an anchor keeps, besides hyphens."""


class Section(NamedTuple):
    """A heading's anchor, and the text from it to the next heading that is no deeper."""

    anchor: str
    start: int
    end: int


class _Heading(NamedTuple):
    level: int
    start: int
    anchor: str


def anchor(heading: str) -> str:
    """Make an anchor of a heading's words."""
    kept = (c for c in heading.strip().lower() if c in "- " or is_word(c))
    return "".join(kept).replace(" ", "-")


def is_word(character: str) -> bool:
    """Whether a character belongs to a word, as Ruby's regular expressions have it."""
    return unicodedata.category(character).startswith(WORD)


def sections(text: str) -> Iterator[Section]:
    """Yield the sections of a text, in the order of their headings."""
    headings = [*_headings(text), _Heading(0, len(text), "")]
    for index, (heading, following) in enumerate(pairwise(headings)):
        ends = (other.start for other in headings[index + 1 :] if other.level <= heading.level)
        yield Section(heading.anchor, heading.start, next(ends, following.start))


def _headings(text: str) -> Iterator[_Heading]:
    given: Counter[str] = Counter()
    for block in blocks(text):
        if block.level:
            name = anchor(plain(text[block.start : block.end]))
            number = f"-{given[name]}" if given[name] else ""
            given[name] += 1
            yield _Heading(block.level, block.start, name + number)
