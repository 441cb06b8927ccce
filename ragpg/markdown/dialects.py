"""The dialects of Markdown, rewritten line by line so that a CommonMark parser reads what is left.

Lines that a reader does not see (comments, tags of components and shortcodes, MDX imports) become
blank, the bodies of admonitions and components lose their indentation. The number of lines stays
the same, so that the blocks found in the rewritten text are those of the original.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.markdown.rewritten_lines import RewrittenLines

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAY_NEED_REWRITING = re.compile(
    r"[\r\n][ \t>]*+"
    r"(?:<[A-Za-z!/]|\{|!!!|\?\?\?|:|///|===|%%|```\{|import\b|export\b|\[[\^!])"
)


def read_dialects(text: str, lines: Sequence[str]) -> RewrittenLines:
    """Rewrite the lines of a text."""
    if not _MAY_NEED_REWRITING.search(f"\n{text}"):
        count = len(lines)
        return RewrittenLines(lines, (), ((),) * count, (0,) * count, frozenset(), frozenset())
    from ragpg.markdown.dialect_reader import DialectReader

    return DialectReader(text, lines).read()
