"""What of a page leads elsewhere and says nothing: menus, marks behind headings, contents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = re.compile(rb"<(?P<end>/?)(?P<name>[a-z]+)\b(?P<attributes>[^<>]*)>", re.IGNORECASE)
_ROLE = re.compile(rb"\brole=[\"']?(?:navigation|search)\b", re.IGNORECASE)
_PERMALINK = re.compile(
    rb"<a\s[^<>]*>\s*(?:\xc2?[\xb6\xa7]|&para;|&sect;|&#182;|&#xb6;|#)\s*</a>", re.IGNORECASE
)
MIN_ENTRIES = 3
"""Items of a list that make it the contents of a page; chosen by hand."""

_LINK = r"\*{0,2}\[[^\]\n]+\]\([^()\s#]*#[^()\s]*\)\*{0,2}"
_CONTENTS = re.compile(
    rf"^(?:[ ]*(?:[-*]|\d+\.) {_LINK}(?: {_LINK})*[ ]*\n){{{MIN_ENTRIES},}}\n?", re.MULTILINE
)
"""A list whose items are links to parts of pages, and nothing else."""


def drop_menus(page: bytes) -> bytes:
    """Take out of a page its menus, and the links of its headings to themselves."""
    kept, position = bytearray(), 0
    for start, end in find_menus(page):
        kept += page[position:start]
        position = end
    return _PERMALINK.sub(b"", bytes(kept + page[position:]))


def find_menus(page: bytes) -> Iterator[tuple[int, int]]:
    """Yield where menus begin and end; those in others, or without an end, are left out."""
    menu, start, depth = b"", 0, 0
    for tag in _TAG.finditer(page):
        name = tag["name"].lower()
        if menu:
            depth += (-1 if tag["end"] else 1) if name == menu else 0
            if not depth:
                yield start, tag.end()
                menu = b""
        elif is_menu(name, tag):
            menu, start, depth = name, tag.start(), 1


def is_menu(name: bytes, tag: re.Match[bytes]) -> bool:
    """Return whether a tag begins a menu; a field of a form has no content."""
    return not tag["end"] and (
        name == b"nav" or (name != b"input" and bool(_ROLE.search(tag["attributes"])))
    )


def drop_contents(markdown: str) -> str:
    """Leave out the contents of a page: its headings say the same."""
    return _CONTENTS.sub("", f"{markdown}\n").removesuffix("\n")
