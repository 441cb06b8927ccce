"""Why passages do not support a claim, in at most twelve words or so. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.claims.contradictions import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ragpg.claims.contradictions import Contradiction
    from ragpg.claims.support import Support
    from ragpg.types import Hit

    Number = Callable[[Hit], int]
    """Returns the number by which a passage is cited."""

MIN_EXPLAINED_COVERAGE = 0.3
"""Coverage from which a contradiction is given as the reason. Chosen by hand."""
MAX_SHOWN_MISSING = 3
"""Missing words that a reason names."""
MAX_SHOWN_MARKERS = 3
"""Passages that a reason names."""
MAX_SHOWN_WORDS = 6
"""Words that a reason quotes of what was claimed, and of what is said instead."""
_ORDER = (Kind.VALUE, Kind.ANTONYM, Kind.NEGATION, Kind.NAME)
"""Kinds of contradictions that are understood at once, and are named first."""


def explain(words: str, support: Support, cited: Sequence[Hit], *, number: Number) -> str:
    """Return why passages do not support a claim, in words for a reader."""
    markers = format_markers(dict.fromkeys(number(span.hit) for span in support.spans))
    stated = [contradiction for contradiction in support.contradictions if contradiction.stated]
    if stated and support.coverage >= MIN_EXPLAINED_COVERAGE:
        return _explain_contradiction(min(stated, key=_gravity), support, number)
    if support.nli_contradicts and not support.contradictions:
        return f"{markers} contradicts it, as the model in [verify] reads it"
    if support.is_doubted and not support.missing and not support.contradictions:
        return f"{markers} does not say so, as a small model reads it"
    missing = [c.claimed for c in support.contradictions if c.claimed]
    missing = [_shorten(word) for word in dict.fromkeys([*missing, *support.missing])]
    quoted = ", ".join(f'"{word}"' for word in missing[:MAX_SHOWN_MISSING] or [words])
    # A passage that was looked up and is not shown has the number 0.
    ranks = [rank for rank in dict.fromkeys(map(number, cited)) if rank]
    are_few = 0 < len(ranks) <= MAX_SHOWN_MARKERS
    place = f"not in {format_markers(ranks)}" if are_few else "in no passage"
    return f"{place}: {quoted}"


def _gravity(contradiction: Contradiction) -> int:
    return _ORDER.index(contradiction.kind) if contradiction.kind in _ORDER else len(_ORDER)


def _explain_contradiction(contradiction: Contradiction, support: Support, number: Number) -> str:
    """Return what a claim says and what its closest source says instead."""
    says = f"[{number(support.spans[0].hit)}] says {_shorten(contradiction.stated)}"
    return f"{_shorten(contradiction.claimed)}: {says}" if contradiction.claimed else says


def _shorten(text: str) -> str:
    """Return the first words of a text."""
    words = text.split()
    return text if len(words) <= MAX_SHOWN_WORDS else f"{' '.join(words[:MAX_SHOWN_WORDS])} …"


def format_markers(ranks: Iterable[int]) -> str:
    """Format the numbers of passages: "[1], [2]"."""
    return ", ".join(f"[{rank}]" for rank in ranks)
