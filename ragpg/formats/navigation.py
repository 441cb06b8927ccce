"""What of a page leads elsewhere and says nothing: menus, marks behind headings, contents."""

from __future__ import annotations

import re

_MENU = re.compile(
    rb"<(?P<nav>nav)\b[^<>]*>|<(?P<name>[a-z]+)\b[^<>]*\brole=[\"']?(?:navigation|search)\b[^<>]*>",
    re.IGNORECASE,
)
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
    for menu in _MENU.finditer(page):
        end = find_end(page, menu.end(), menu["nav"] or menu["name"])
        if menu.start() >= position and end:
            kept += page[position : menu.start()]
            position = end
    return _PERMALINK.sub(b"", bytes(kept + page[position:]))


def find_end(page: bytes, start: int, name: bytes) -> int | None:
    """Return where an element ends whose content begins at `start`; None if it does nowhere."""
    depth = 1
    for tag in re.finditer(rb"<(/?)%s\b[^<>]*>" % name, page[start:], re.IGNORECASE):
        depth += -1 if tag[1] else 1
        if not depth:
            return start + tag.end()
    return None


def drop_contents(markdown: str) -> str:
    """Leave out the contents of a page: its headings say the same."""
    return _CONTENTS.sub("", f"{markdown}\n").removesuffix("\n")
