"""Sentence boundaries, and the best place to cut a text that is too long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.markdown.spans import SpanIndex

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


def find_sentence_starts(text: str, start: int, end: int, unbreakable: SpanIndex) -> Iterator[int]:
    """Yield the start of each sentence of `text[start:end]`, none of them in a span."""
    yield start
    for match in _END.finditer(text, start, end):
        following = _skip_blanks(text, match.end(), end)
        if not start < following < end or unbreakable.contains(following):
            continue
        if not _is_end(text, match, following):
            continue
        if match.start() - start > 12 or not _NUMBER_ALONE.fullmatch(text, start, match.start()):
            start = following
            yield start


def _skip_blanks(text: str, offset: int, end: int) -> int:
    blanks = _BLANKS.match(text, offset, end)
    return blanks.end() if blanks else offset


def _is_end(text: str, match: re.Match[str], following: int) -> bool:
    """Return whether a sentence ends at a stop; what comes next begins at `following`."""
    if match["stop"] is None:
        return True
    after = _NEXT.match(text, following)
    word = after.group(1) if after else ""
    continues = word[:1].islower() and not text.startswith("`", following)
    if "!" in match["stop"] or "?" in match["stop"]:
        return not (continues and match["quote"])
    if continues:
        return False
    last = _LAST_WORD.search(text, max(0, match.start() - 24), match.start())
    return match["stop"] != "." or last is None or _can_end_with(last.group(1), following_word=word)


def _can_end_with(last: str, *, following_word: str) -> bool:
    """Return whether a sentence can end with the word `last` and a full stop."""
    folded = last.lower()
    if folded in _TITLES:
        return False
    if folded in _NUMBERED:
        return not following_word[:1].isdigit()
    initial = len(last) == 1 and last.isupper()
    if initial or folded in _OFTEN_INSIDE or _INITIALS.match(last):
        starts = following_word[:1].isupper() and following_word.lower() in _BEGINNERS
        return not following_word or starts
    return True


# From the best place for a cut to the worst: after a line, a clause, a word.
_BREAKS = (
    re.compile(r"(?:\r\n|\r|\n)"),
    re.compile(r"(?:[!?;:,|)]|(?<=[^\W\d_]{3})\.)(?=\s)|[。、\uff01\uff1f\uff1b\uff1a\uff0c]"),
    re.compile(r"\s"),
)


def find_best_cut(text: str, start: int, limit: int, *, end: int, unbreakable: SpanIndex) -> int:
    """Return the best offset for a cut between `start` and `limit`.

    It is after a line, a clause or a word if there is one in the last two thirds, else at `limit`.
    Blanks belong to the text before them, so that the cut may be after `limit`, up to `end`.
    """
    for pattern in _BREAKS:
        matches = list(pattern.finditer(text, start + (limit - start) // 3, limit))
        for match in reversed(matches):
            cut = _skip_blanks(text, match.end(), end)
            if cut > start and not unbreakable.contains(cut):
                return cut
    return _skip_blanks(text, unbreakable.find_start(limit, after=start), end)
