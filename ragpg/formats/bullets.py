"""Lists whose bullets the layout takes for code, and their items for headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SYMBOL = "\uf000-\uf0ff"
"""Characters of symbol fonts, such as Wingdings; they have no meaning but in their font."""
_BULLET = re.compile(rf"[•▪■●○◦‣➢✓{_SYMBOL}](?:\s+|$)")
_SYMBOL_BULLET = re.compile(rf"(?:^|\s+)[{_SYMBOL}]\s+")
_TORN_BULLET = re.compile(r"\s+[•▪●]\s+(?=\S)")
_HEADING_BULLET = re.compile(r"^#{1,6} (?=[•▪■●○◦‣➢✓])")
"""A bullet that begins a heading: an item of a list, set larger than the others."""
_CODE = re.compile(r"```\w*\n(.*)\n```\n?", re.DOTALL)
_EMPHASISED = re.compile(r"#{1,6} (.+)|\*\*([^*]+)\*\*")
_LEADER = re.compile(r"(?:[.…] ?){5,}\s*\d+")
MIN_ENTRIES = 2
"""Entries of a table of contents, with dots up to the page, that make a block one."""


def restore_lists(blocks: Iterable[str]) -> list[str]:
    """Make items of the blocks of a page that have bullets, or stand beside one; drop contents.

    Text that is larger than the others may come before its bullet, or behind it.
    """
    restored: list[str] = []
    is_item = False
    for block in map(divide_items, blocks):
        if len(_LEADER.findall(block)) >= MIN_ENTRIES:
            continue
        code = _CODE.fullmatch(block)
        lines = [line.strip() for line in (code[1] if code else block).splitlines()]
        if lines and _BULLET.match(lines[0]):
            # The first block of a page is its title.
            if _BULLET.fullmatch(lines[0]) and restored[1:] and _EMPHASISED.fullmatch(restored[-1]):
                restored[-1] = to_item(restored[-1])
                del lines[0]
            items, is_item = to_items(lines)
            restored += ["\n".join(items)] if items else []
        elif is_item and _EMPHASISED.fullmatch(block):
            restored.append(to_item(block))
            is_item = False
        else:
            restored.append(block if code or block[:1] in "|#" else divide_symbols(block))
            is_item = False
    return restored


def divide_items(block: str) -> str:
    """Part the items of a list where one has the bullet of the next, or is set like a heading."""
    item = _HEADING_BULLET.sub("", block)
    return _TORN_BULLET.sub("\n- ", item) if item.startswith("- ") else item


def to_item(block: str) -> str:
    """Make an item of a heading or a bold paragraph."""
    return _EMPHASISED.sub(lambda match: f"- {match[1] or match[2]}", block)


def to_items(lines: Iterable[str]) -> tuple[list[str], bool]:
    """Return the items of a list, and whether its last bullet lacks its text."""
    items: list[str] = []
    is_last_empty = False
    for line in lines:
        bullet = _BULLET.match(line)
        text = line[bullet.end() :] if bullet else line
        is_last_empty = bool(bullet) and not text
        if bullet and text:
            items += (f"- {part}" for part in _SYMBOL_BULLET.split(text) if part)
        elif text:
            items[-1:] = [f"{items[-1]} {text}"] if items else [f"- {text}"]
    return items, is_last_empty


def divide_symbols(block: str) -> str:
    """Part a paragraph where it has bullets of a symbol font."""
    lead, *items = _SYMBOL_BULLET.split(block)
    listed = "\n".join(f"- {item}" for item in items)
    return "\n\n".join(part for part in (lead, listed) if part)
