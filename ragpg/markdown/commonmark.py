"""The leaf blocks that a CommonMark parser finds, as ranges of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.kinds import SegmentKind
from ragpg.markdown.quote_rule import ALTERNATIVES, QuoteRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.markdown.block_tokens import BlockToken
    from ragpg.markdown.rewritten_lines import RewrittenLines

MAX_NESTING = 20
"""Lists and quotes that are nested deeper are read as plain text."""


# The last line of a Hugo shortcode looks like a quote.
_SHORTCODE_END = re.compile(r"((?:^|\n)[ \t]*)>\}\}")
_LINE_END = re.compile(r"\r\n?")
_RULES = {
    "table": "|",
    "fence": "`~",
    "blockquote": ">",
    "hr": "-*_",
    "list": "-*+0123456789",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
    "lheading": "=-",
}
"""Rules of the parser, and characters without which none of them finds anything."""
_QUOTES = frozenset({"blockquote_open", "blockquote_close"})
_KINDS = {
    "heading_open": SegmentKind.HEADING,
    "paragraph_open": SegmentKind.SENTENCE,
    "fence": SegmentKind.CODE,
    "code_block": SegmentKind.CODE,
    "html_block": SegmentKind.OTHER,
    "hr": SegmentKind.OTHER,
    "thead_open": SegmentKind.TABLE_HEADER,
    "tr_open": SegmentKind.TABLE_ROW,
}


class LeafLines(NamedTuple):
    """A block as a range of lines; `last` is exclusive. `words` as in `Block`."""

    kind: SegmentKind
    first: int
    last: int
    level: int
    ordinal: int
    nested: bool
    quoted: bool
    words: str | None = None
    is_html: bool = False


def find_leaves(text: str, rewritten: RewrittenLines) -> Iterator[LeafLines]:
    """Yield the blocks without blocks inside; the first one in a list item begins with the item."""
    item: int | None = None
    ordinal = quotes = 0
    for token in _parse_tokens(text):
        ordinal += token.level == 0 and token.nesting >= 0
        kind = _KINDS.get(token.type)
        if kind is None:
            if token.type in _QUOTES:
                quotes += token.nesting
            elif token.type == "list_item_close":
                item = None
            elif token.type == "list_item_open" and item is None and token.map:
                item = token.map[0]
            continue
        if token.map is None:
            continue
        first, last = token.map
        level = int(token.tag[1]) if kind is SegmentKind.HEADING and token.level == 0 else 0
        if item is not None:
            first = item
            if kind is SegmentKind.SENTENCE:
                is_note = first in rewritten.footnotes
                kind = SegmentKind.FOOTNOTE if is_note else SegmentKind.LIST_ITEM
            item = None
        last += kind is SegmentKind.TABLE_HEADER  # the delimiter row
        is_html = token.type == "html_block"
        yield LeafLines(
            kind, first, last, level, ordinal, token.level > 0, quotes > 0, None, is_html
        )


def _parse_tokens(text: str) -> list[BlockToken]:
    """Parse blocks with markdown-it; line numbers stay the same without CRLF and CR."""
    from markdown_it import MarkdownIt

    from ragpg.markdown.block_tokens import find_tokens

    text = _LINE_END.sub("\n", text) if "\r" in text else text
    text = _SHORTCODE_END.sub(r"\1x}}", text) if ">}}" in text else text
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.block.ruler.at("blockquote", QuoteRule(), {"alt": ALTERNATIVES})
    # Each rule is tried at each line.
    parser.disable([rule for rule, marks in _RULES.items() if not any(m in text for m in marks)])
    return find_tokens(text, parser)
