"""Terms that a PDF sets in bold above what they mean: one without the other says little."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOLD = re.compile(r"\*\*(?P<term>[^*\n]{2,40}[^*\s:.!?\d])\*\*")
_NAME = re.compile(r"#{1,6} (?P<term>[^\W\d_]*[_$-][\w$.-]+|[A-Z][A-Z0-9_]{2,}|[\w.-]+\(\d\))")
"""A heading that is the name of something in a program: "FAI_ALLOW_UNSIGNED", "setfont(8)"."""
_PARAGRAPH = re.compile(r"[^#|`*\-\s>$+].*[.:;!?)]", re.DOTALL)
MIN_TERMS = 3
"""Terms on a page, each above a paragraph, that make them a list; fewer may be headings."""
MAX_WORDS = 3


def join_terms(blocks: Sequence[str]) -> list[str]:
    """Join each term of a list with the paragraph that says what it is."""
    terms = {
        number: term for number in range(len(blocks) - 1) if (term := read_term(blocks, number))
    }
    if len(terms) < MIN_TERMS:
        return list(blocks)
    joined: list[str] = []
    for number, block in enumerate(blocks):
        if number - 1 in terms:
            joined[-1] = f"**{terms[number - 1]}** {block}"
        else:
            joined.append(block)
    return joined


def read_term(blocks: Sequence[str], number: int) -> str:
    """Return the term that a block is, if a paragraph follows; empty otherwise."""
    match = _BOLD.fullmatch(blocks[number]) or _NAME.fullmatch(blocks[number])
    is_term = match and len(match["term"].split()) <= MAX_WORDS
    return match["term"] if match and is_term and _PARAGRAPH.fullmatch(blocks[number + 1]) else ""
