"""Accents that a PDF draws beside their letters, as older fonts of TeX do."""

from __future__ import annotations

import re
import unicodedata

COMBINING = {
    "\u00b4": "\u0301",
    "`": "\u0300",
    "\u02c6": "\u0302",
    "\u00a8": "\u0308",
    "\u02dc": "\u0303",
}
CEDILLA = "\u0327"
_LETTERS = "AEIOUYaeiouy\u0131\u0237"
_DRAWN = re.compile(rf"(?<=[^\W\d_])\u00b4 ?[{_LETTERS}]|\u00b8 ?[cC]|\u00a8 ?[AEIOUaeiou\u0131]")
MIN_DRAWN = 3
"""Accents that leave no doubt, and make the others of a document ones, too; chosen by hand."""

_ACCENT = re.compile(
    r"(?P<accent>[\u00b4\u02c6\u00a8\u02dc]|`(?!\w+`)) ?"
    rf"(?P<letter>[{_LETTERS}NnCcSsZz])|\u00b8 ?(?P<cedilla>[cCsS])"
)
_CEDILLA_BEHIND = re.compile(r"([cC])\u00b8 ?(?=[^\W\d_])(?![cC])")
_BEFORE = re.compile(r"[^\W\d_]|[\s(\u00ab\"'\u2019]|^")
_CEDILLAS = {"c": "ç", "C": "Ç"}
_DOTLESS = {"\u0131": "i", "\u0237": "j"}


def join_accents(text: str) -> str:
    """Put accents on the letters behind them, if a text has several that can be nothing else."""
    if len(_DRAWN.findall(text)) < MIN_DRAWN:
        return text

    def join(match: re.Match[str]) -> str:
        before = match.string[max(match.start() - 1, 0) : match.start()]
        if not _BEFORE.fullmatch(before):
            return match[0]
        letter = match["letter"] or match["cedilla"]
        mark = COMBINING[match["accent"]] if match["accent"] else CEDILLA
        joined = unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + mark)
        return joined if len(joined) == 1 else match[0]

    return _ACCENT.sub(join, _CEDILLA_BEHIND.sub(lambda match: _CEDILLAS[match[1]], text))
