"""Whether two statements are about the same thing, by where they stand. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.claims.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ragpg.conflicts.statements import Statement

# Chosen by hand; `python -m benchmarks.conflicts` measures what they lead to (November 2026).
MIN_SUBJECT = 4
"""Keys that two statements share, from which they name their subject themselves."""
MIN_PARALLEL = 2
MIN_PARALLEL_SHARE = 0.6
"""Headings that two documents share, and their share of the smaller one's, from which the documents
are of one form: each says the same kind of things about another subject."""


def may_share_subject(first: Statement, second: Statement, *, shared: int) -> bool:
    """Return whether two statements, which share some keys, can be about the same subject.

    Where each stands below a heading that names something else, they are not: in one document, in
    documents of one form, and elsewhere unless they share enough to name the subject themselves.
    """
    if first.place.source == second.place.source:
        return not _differ(first.place.heading[-1:], second.place.heading[-1:], first, second)
    path, other_path = (
        (statement.place.title, *statement.place.heading) for statement in (first, second)
    )
    if not _differ(path, other_path, first, second):
        return True
    return shared >= MIN_SUBJECT and not _are_parallel(first, second)


def _differ(
    headings: Iterable[str], other_headings: Iterable[str], first: Statement, second: Statement
) -> bool:
    """Return whether each path of headings has words that the other statement lacks."""
    known = first.keys | first.context
    other_known = second.keys | second.context
    return bool(_keys(headings) - other_known) and bool(_keys(other_headings) - known)


def _are_parallel(first: Statement, second: Statement) -> bool:
    """Return whether two documents have headings in common, or the same one above both."""
    leaves = {each.place.heading[-1].casefold() for each in (first, second) if each.place.heading}
    common = len(first.outline & second.outline)
    smaller = min(len(first.outline), len(second.outline))
    return common >= MIN_PARALLEL and (len(leaves) == 1 or common >= MIN_PARALLEL_SHARE * smaller)


def _keys(headings: Iterable[str]) -> set[str]:
    return {token.key for heading in headings for token in tokenize(heading) if token.is_content}
