"""Where sentences begin, and where a text that is too long is best cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.markdown.inline import Inside

_END = re.compile(
    r"""(?<![.!?…])(?P<stop>[.!?…]++)(?P<quote>["'”\u2019»)\]*_]{0,4}+)(?=\s)  # then a blank
      | [。\uff01\uff1f]["'”\u2019」』\uff09*]{0,4}+                           # CJK has no blanks
      | (?:[ ]{2}|\\|<br\s?/?>)(?=\r|\n)                                     # a hard line break
    """,
    re.VERBOSE,
)
_BLANKS = re.compile(r"\s*+")
_LAST_WORD = re.compile(r"([^\W\d_](?:[\w.]*\w)?)$")
_NEXT = re.compile(r"""["'“\u2018«(\[*_<`#!]{0,6}(\w*)""")
_NUMBER_ALONE = re.compile(r"[\W_]*+(?:\d{1,3})?[\W_]*+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never the end of a sentence.
_TITLES = _words(
    "dr mr mrs ms v prof rev gen col lt sgt capt hon st mt messrs mme vs e.g i.e cf viz ca approx "
    "incl z.b d.h bzw"
)
# Not the end before a number.
_NUMBERED = _words(
    "no nos nr fig figs eq eqs sec sect art vol vols p pp ch chap para paras par ex tab app ver "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
# The end only before a word that usually begins a sentence.
_OFTEN_INSIDE = _words(
    "inc ltd co corp llc plc jr sr etc al dept est univ assn bros ave blvd rd ph.d b.sc m.sc"
)
_BEGINNERS = _words(
    "a an the this that these those it its he she they we you i in on at by for from to with if "
    "when while after before however but and so as there here what why how who which our your "
    "their his her my all no not some many most each every since although because please see "
    "use also then therefore thus"
)


def sentence_starts(text: str, start: int, end: int, inside: Inside) -> Iterator[int]:
    """Yield where each sentence of `text[start:end]` begins, never `inside` a span."""
    yield start
    for match in _END.finditer(text, start, end):
        following = _skip_blanks(text, match.end(), end)
        if not start < following < end or inside(following):
            continue
        if not _ends(text, match, following):
            continue
        if match.start() - start > 12 or not _NUMBER_ALONE.fullmatch(text, start, match.start()):
            start = following
            yield start


def _skip_blanks(text: str, place: int, end: int) -> int:
    blanks = _BLANKS.match(text, place, end)
    return blanks.end() if blanks else place


def _ends(text: str, match: re.Match[str], following: int) -> bool:
    """Whether a sentence really ends at a stop."""
    if match["stop"] is None:
        return True
    after = _NEXT.match(text, following)
    word = after.group(1) if after else ""
    goes_on = word[:1].islower() and not text.startswith("`", following)
    if "!" in match["stop"] or "?" in match["stop"]:
        return not (goes_on and match["quote"])
    if goes_on:
        return False
    last = _LAST_WORD.search(text, max(0, match.start() - 24), match.start())
    return match["stop"] != "." or last is None or _ends_after(last.group(1), word)


def _ends_after(last: str, word: str) -> bool:
    """Whether a sentence can end with the word `last` and a stop when `word` comes next."""
    folded = last.lower()
    if folded in _TITLES:
        return False
    if folded in _NUMBERED:
        return not word[:1].isdigit()
    initial = len(last) == 1 and last.isupper()
    if initial or folded in _OFTEN_INSIDE or _INITIALS.match(last):
        return not word or (word[0].isupper() and word.lower() in _BEGINNERS)
    return True


_BREAKS = (
    re.compile(r"(?:\r\n|\r|\n)"),
    re.compile(r"(?:[!?;:,|)]|(?<=[^\W\d_]{3})\.)(?=\s)|[。、\uff01\uff1f\uff1b\uff1a\uff0c]"),
    re.compile(r"\s"),
)


def best_cut(text: str, start: int, limit: int, *, end: int, inside: Inside) -> int:
    """The best place to cut between `start` and `limit`: line, clause, word, or hard.

    Blanks stay with what stands before them, so the place may lie behind `limit` by these.
    """
    for pattern in _BREAKS:
        matches = list(pattern.finditer(text, start + (limit - start) // 3, limit))
        for match in reversed(matches):
            cut = _skip_blanks(text, match.end(), end)
            if cut > start and not inside(cut):
                return cut
    return _skip_blanks(text, inside.begin(limit, start), end)
