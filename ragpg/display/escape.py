"""Make text from documents, models and file names harmless for a terminal."""

from __future__ import annotations

import re

# C0 and C1 controls but newline and tab, DEL, marks that change the direction of writing, line and
# paragraph separators, the BOM, tags, and halves of surrogate pairs (from odd file names).
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def literal(text: str) -> str:
    """Replace characters that could control a terminal by their escapes; keep line feeds, tabs."""
    return UNSAFE.sub(escape_character, text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """Do the same for text that has to stay on one line, such as a file name."""
    return literal(text).replace("\n", "\\n").replace("\t", "\\t")


def escape_character(match: re.Match[str]) -> str:
    """Return the escape that Python uses for a character."""
    return repr(match[0])[1:-1]
