"""Running heads and feet of pages, as far as the layout does not tell them from the text."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MIN_PAGES = 3
"""Pages that begin or end with a text, its numbers aside, which then is no part of what they say.

A title may be so on two pages."""
MAX_LENGTH = 120
"""Characters of such a text; both were chosen by hand, on 51 files."""

_NUMBER = re.compile(r"\d+|\b[ivxl]{1,6}$")
"""A number, or a Roman one at the end."""
_PAGE_NUMBER = re.compile(
    r"(?:page |seite |p\. ?)?(?:\d{1,4}(?: ?(?:/|of|von|sur|de) ?\d{1,4})?|[ivxl]{1,6})", re.I
)
_STRUCTURE = re.compile(r"[#|]|```|[-*+] |\d+[.)] ")
"""Beginnings of headings, rows, code and list items, which pages have in common, too."""
_RULE = "---"


def drop_furniture(pages: Iterable[str]) -> list[str]:
    """Leave out of pages, as Markdown, their numbers, and with what several begin or end."""
    divided = [divide(page) for page in pages]
    edges = Counter(key for blocks in divided for key in {to_key(blocks[0]), to_key(blocks[-1])})
    repeated = {key for key, count in edges.items() if key and count >= MIN_PAGES}
    return ["\n\n".join(strip_edges(blocks, repeated)) for blocks in divided]


def divide(page: str) -> list[str]:
    """Return the blocks of a page; lines that part what is above and below them are none."""
    return [block for block in page.strip("\n").split("\n\n") if block.strip() != _RULE] or [""]


def strip_edges(blocks: Sequence[str], repeated: set[str]) -> list[str]:
    """Return the blocks of a page without furniture at its edges."""
    first, last = 0, len(blocks)
    while first < last and is_furniture(blocks[first], repeated):
        first += 1
    while last > first and is_furniture(blocks[last - 1], repeated):
        last -= 1
    return list(blocks[first:last])


def is_furniture(block: str, repeated: set[str]) -> bool:
    """Return whether a block at the edge of a page is repeated, or the page's number."""
    return to_key(block) in repeated or bool(_PAGE_NUMBER.fullmatch(block.strip()))


def to_key(block: str) -> str:
    """Return a block without its numbers and blanks; nothing for one that is no furniture."""
    text = " ".join(block.split())
    if len(text) > MAX_LENGTH or _STRUCTURE.match(text):
        return ""
    return _NUMBER.sub("#", text.casefold())
