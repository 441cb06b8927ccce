"""What restricts a statement to one version, time, place or case, by its context. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ragpg.lexicon.qualifiers import ALTERNATIVES, EXAMPLE_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DATED_NAME = re.compile(
    r"(?:^|[/ _.-])(?:change[ _-]?logs?|news|release[ _-]notes?|roadmap|archived?|blog|_?posts"
    r"|retrospectives?|rfcs?|adrs?)(?=[/ _.-]|$)"
    r"|(?:^|/)(?:changes|history|releases?|minutes)(?=[/.]|$)"
    r"|\d{4}-\d{2}-\d{2}",
    re.IGNORECASE,
)
_DATED_TITLE = re.compile(r"\b(?:change ?log|release notes|what.s new|released?$)", re.IGNORECASE)
_NUMBER = r"\d+(?:\.(?:\d+|x))+|(?:19|20)\d\d"
_VERSION = re.compile(
    rf"(?<![\w.])(?:v(?:ersions?|er\.?)?[ -]?)?(?P<number>{_NUMBER})(?![\w.])"
    r"|(?<!\w)v(?:ersions? |er\.? )?(?P<major>\d+)(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_EXAMPLE = re.compile(
    rf"\b(?:{'|'.join(EXAMPLE_WORDS)})\b|\be\.g\.|\bi\.e\.|\bexample\.(?:com|org|net)\b",
    re.IGNORECASE,
)


def is_dated(source: str, title: str) -> bool:
    """Return whether a document tells of one moment: a changelog, news, a post, minutes."""
    return bool(_DATED_NAME.search(source) or _DATED_TITLE.search(title))


def is_example(text: str, around: Iterable[str]) -> bool:
    """Return whether a statement, or what stands above it, is an example."""
    return any(_EXAMPLE.search(each) for each in (text, *around))


class Qualifiers(NamedTuple):
    """The versions and years that a context names, and its words for one of several cases."""

    versions: frozenset[str]
    cases: frozenset[str]

    def agree(self, other: Qualifiers) -> bool:
        """Return whether two statements can hold at once by their contexts.

        A version or a year must be named in both. Of cases, such as regions, each must name one
        that the other does not.
        """
        if self.versions != other.versions:
            return False
        return not (self.cases - other.cases and other.cases - self.cases)


def find_qualifiers(source: str, headings: Sequence[str]) -> Qualifiers:
    """Return what a document's path, title and headings restrict a statement to."""
    text = " ".join((source, *headings))
    versions = ((match["number"] or match["major"]).casefold() for match in _VERSION.finditer(text))
    words = (match.group().casefold() for match in _WORD.finditer(text))
    return Qualifiers(
        frozenset(versions), frozenset(word for word in words if word in ALTERNATIVES)
    )
