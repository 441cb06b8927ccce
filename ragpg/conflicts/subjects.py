"""Whether two statements are about the same thing, by where they stand. Pure."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from ragpg.claims.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.conflicts.statements import Statement

# Chosen by hand; `python -m benchmarks.conflicts` measures what they lead to (November 2026).
MIN_SUBJECT = 4
"""Keys that two statements share, from which they name their subject themselves."""
MIN_PARALLEL = 2
"""Headings that two documents share, from which they may be of one form: each says the same kind of
things about another subject."""
MIN_PARALLEL_SHARE = 0.75
"""Share of the smaller document's headings that such documents have in common, unless both
statements stand below the same heading."""

_DANGLING = frozenset(
    {"this", "these", "that", "those", "it", "they", "introduced", "added", "deprecated"}
    | {"removed", "available", "since", "beginning", "starting", "requires"}
)
"""First words of statements whose subject stands elsewhere."""
_POINTING = frozenset({"this", "these"})
_AUTHOR = frozenset({"i", "my", "me", "mine"})
_WORD = re.compile(r"\w+")


def may_share_subject(
    first: Statement, second: Statement, *, shared: int, of_one_form: bool
) -> bool:
    """Return whether two statements, which share some keys, can be about the same subject.

    What begins with "this" or "added in" is about its heading, which must be the same in another
    document; so must that of what speaks of its author or its document. Where each stands below a
    heading that names something else, they are not: in one document, in documents or below headings
    of one form, and elsewhere unless they share enough to name the subject themselves.
    """
    if _DANGLING & {each.tokens[0].text.casefold() for each in (first, second)}:
        return (
            first.place.source != second.place.source
            and first.place.heading == second.place.heading
        )
    if first.place.source == second.place.source:
        are_cells = first.attribute is not None  # of two tables, which are there for a reason
        return not (are_cells or _are_siblings(first.place.heading, second.place.heading))
    if _points(first) or _points(second):
        return first.place.heading == second.place.heading
    return _is_one_topic(first, second, shared=shared, of_one_form=of_one_form)


def _is_one_topic(first: Statement, second: Statement, *, shared: int, of_one_form: bool) -> bool:
    """Return whether one of two documents' headings say the other's topic, or neither matters."""
    title, other_title = _keys((first.place.title,)), _keys((second.place.title,))
    if of_one_form and (title < other_title or other_title < title):
        return False  # one is about a variant: "Disk areas" and "Disk areas: Roihu"
    path, other_path = (
        _keys((statement.place.title, *statement.place.heading)) for statement in (first, second)
    )
    known, other_known = first.keys | first.context, second.keys | second.context
    if path <= other_known or other_path <= known:
        return True
    is_cell = first.attribute is not None  # its table is about what stands above it
    names_itself = shared >= MIN_SUBJECT and not (is_cell or of_one_form)
    return names_itself and not (_are_contrasted(first, second) or _are_parallel(first, second))


def _points(statement: Statement) -> bool:
    """Return whether a statement is about its author or its document: "I", "this policy"."""
    words = [token.text.casefold() for token in statement.tokens]
    if not _AUTHOR.isdisjoint(words):
        return True
    own = _keys((statement.place.title, *statement.place.heading))
    return any(
        word in _POINTING and token.key in own
        for word, token in zip(words, statement.tokens[1:], strict=False)
    )


def _are_contrasted(first: Statement, second: Statement) -> bool:
    """Return whether titles or headings are of one form: "Paid sick leave", "Paid study leave".

    They have more than half of their words in common, and each has others.
    """
    return any(
        (own := _keys((name,))) - (other := _keys((other_name,)))
        and other - own
        and 2 * len(own & other) > min(len(own), len(other))
        for name, other_name in zip(_names_of(first), _names_of(second), strict=True)
    )


def _names_of(statement: Statement) -> tuple[str, str]:
    """Return the title of a document, and the heading above a statement in it."""
    place = statement.place
    return place.title, place.heading[-1] if place.heading else place.title


def _are_siblings(path: Sequence[str], other_path: Sequence[str]) -> bool:
    """Return whether two paths part, and each goes on with words of its own or in another form."""
    common = sum(takewhile(bool, map(str.__eq__, path, other_path)))
    rest, other_rest = path[common:], other_path[common:]
    keys, other_keys = _keys(rest), _keys(other_rest)
    words, other_words = (Counter(_WORD.findall(str(each))) for each in (rest, other_rest))
    has_own = bool(rest and other_rest and words - other_words and other_words - words)
    is_part = (keys <= other_keys or other_keys <= keys) and not (has_own and keys != other_keys)
    return not is_part or (keys == other_keys and tuple(rest) != tuple(other_rest))


def _are_parallel(first: Statement, second: Statement) -> bool:
    """Return whether two documents have headings in common, or the same one above both."""
    leaves = {each.place.heading[-1].casefold() for each in (first, second) if each.place.heading}
    common = len(first.outline & second.outline)
    smaller = min(len(first.outline), len(second.outline))
    return common >= MIN_PARALLEL and (len(leaves) == 1 or common >= MIN_PARALLEL_SHARE * smaller)


def _keys(headings: Iterable[str]) -> set[str]:
    return {token.key for heading in headings for token in tokenize(heading) if token.is_content}
