"""Words that are divided at the ends of lines."""

from __future__ import annotations

import re

_DIVIDED = re.compile(r"(?<![\w-])([^\W\d_]{2,})- ([^\W\d_]{2,})")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
CONJUNCTIONS = frozenset(
    ("and", "or", "to", "nor", "und", "oder", "bzw", "sowie", "bis", "noch", "et", "ou", "en", "of")
)
"""Words behind a hyphen that stands for the rest of a compound: "Vor- und Nachbereitung"."""


def join_divided_words(text: str) -> str:
    """Join "ex- ploitation" if the text has the whole word, or lacks one of the parts elsewhere.

    Otherwise the hyphen is the writer's: "a Host- prefix", "pre- and postfix".
    """
    words = {word.casefold() for word in _WORD.findall(_DIVIDED.sub(" ", text))}

    def join(match: re.Match[str]) -> str:
        first, second = match.groups()
        compound = f"{first}-{second}"
        if not second[0].islower() or second in CONJUNCTIONS:
            return match[0]
        if compound.casefold() in words:
            return compound
        is_whole = f"{first}{second}".casefold() in words
        is_fragment = not {first.casefold(), second} <= words
        return f"{first}{second}" if is_whole or is_fragment else match[0]

    return _DIVIDED.sub(join, text)
