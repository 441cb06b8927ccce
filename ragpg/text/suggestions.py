"""The known name that a misspelt one probably stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def find_closest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the most similar known name; None where none is similar enough.

    `cutoff` is the lowest similarity that counts, from 0 to 1, by `difflib.SequenceMatcher.ratio`.
    """
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)
