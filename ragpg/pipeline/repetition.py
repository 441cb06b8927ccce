"""Whether a model that writes an answer has begun to repeat itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOLERATED = 2
"""How often a sentence, a line or a loop may be said; the next time is left out."""

# Chosen by hand: tables and code repeat short cells and words for good reasons.
MAX_LOOP = 400
"""Characters of the longest loop within a sentence."""
SEED = 12
"""Characters at the end of a text whose earlier places are tried as the length of a loop."""
MIN_WORDS = 4
"""Words of a loop that is noticed at its third turn."""
MIN_LENGTH = 40
"""Characters that a loop of fewer words fills when it is noticed."""
MIN_LENGTH_IN_LAYOUT = 240
"""The same in a table's row or in code, and for a loop without letters."""

_LETTERS = re.compile(r"[^\W\d_]")
_CITATIONS = re.compile(r"\[[^\]\n]{0,40}\]")
_BULLET = re.compile(r"[\s>*+#-]*(?:\d{1,9}[.)]\s)?")
_LAYOUT = re.compile(r"\s*(?:\||```|~~~)")


@dataclass(slots=True)
class SentenceCounts:
    """Counts the sentences, list items and rows of an answer, without numbers and citations."""

    counts: dict[str, int] = field(default_factory=dict)
    said_since_new: set[str] = field(default_factory=set)

    def is_repetition(self, sentence: str) -> bool:
        """Count a sentence; return whether it is one too many.

        It is if it is said for the third time and nothing new was said since the second.
        """
        words = _CITATIONS.sub(" ", sentence)[_BULLET.match(sentence).end() :]  # type: ignore[union-attr] # it matches anything
        key = " ".join(words.casefold().split()).rstrip(".!,;:")
        if not _LETTERS.search(key):
            return False
        count = self.counts[key] = self.counts.get(key, 0) + 1
        if count == 1:
            self.said_since_new.clear()
            return False
        is_stuck = key in self.said_since_new
        self.said_since_new.add(key)
        return is_stuck and count > TOLERATED


def find_loop(text: str) -> int | None:
    """Return where a text that ends in a loop begins its third turn, None if it does not."""
    tail = text[-SEED:]
    if len(tail) < SEED:
        return None
    first = max(len(text) - SEED - MAX_LOOP, 0)
    place = text.rfind(tail, first, len(text) - 1)
    while place >= 0:
        length = len(text) - SEED - place
        start = _find_start(text, length)
        if _is_loop(text, start, length):
            return start + TOLERATED * length
        place = text.rfind(tail, first, place + SEED - 1)
    return None


def _find_start(text: str, length: int) -> int:
    """Return from where on each character is the one that stands `length` before it."""
    start = len(text) - length
    while start > 0 and text[start - 1] == text[start - 1 + length]:
        start -= 1
    return start


def _is_loop(text: str, start: int, length: int) -> bool:
    """Return whether the end of a text from `start` on, a unit again and again, is a loop."""
    total, unit = len(text) - start, text[start : start + length]
    if total <= TOLERATED * length:
        return False
    if not _LETTERS.search(unit) or _LAYOUT.match(text):
        return total >= max((TOLERATED + 1) * length, MIN_LENGTH_IN_LAYOUT)
    return total >= (TOLERATED + 1) * length and (
        len(unit.split()) >= MIN_WORDS or total >= MIN_LENGTH
    )
