"""Whether a text is English. Pure."""

from __future__ import annotations

import re

from ragpg.lexicon.stop_words import LATE_INTERACTION

_ELSEWHERE = frozenset(
    "a all am an as do had he her i in me must no on or s so t was".split()  # noqa: SIM905
)
_TELLING = LATE_INTERACTION - _ELSEWHERE
"""Function words that are hardly words of other languages."""
MIN_TELLING = 0.12
"""Share of these words: English prose has twice as many. Chosen by hand."""

_WORD = re.compile(r"[^\W\d_]+")


def is_english(text: str) -> bool:
    """Return whether a text has as many function words of English as an English text."""
    words = _WORD.findall(text.lower())
    return sum(word in _TELLING for word in words) >= MIN_TELLING * len(words) > 0
