"""Sentence boundaries, and the best place to cut a text that is too long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.lexicon.abbreviations import BEFORE_NUMBERS, NEVER_FINAL, OFTEN_INTERNAL
from ragpg.lexicon.stop_words import SENTENCE_OPENERS
from ragpg.text.scripts import HANGUL, SENTENCE_ENDS, THAI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.markdown.spans import SpanIndex

_END = re.compile(
    rf"""[.!?…\\<\r\n{SENTENCE_ENDS}{THAI}](?:  # A set is searched for many times faster.
        (?<=[.!?…])(?<![.!?…]{{2}})[.!?…]*+                      # a stop, then a blank
        (?P<quote>["'”\u2019»)\]*_]{{0,4}}+)(?=\s)
      | (?:(?<=[{SENTENCE_ENDS}])[{SENTENCE_ENDS}]*+|(?P<glued>(?<=\w[!?])(?=\w)))  # or none
        ["'”\u2019」』\uff09*]{{0,4}}+
      | (?<=[{HANGUL}]\.)(?=[{HANGUL}])                          # Korean without a blank
      | (?P<clause>(?<=[{THAI}])(?=\ [{THAI}]))                  # a blank is all that ends one
      | (?:(?<=\ \ [\r\n])|(?:(?<=\\)|(?<=<)br\s?/?>)(?=\r|\n))  # a hard line break
    )""",
    re.VERBOSE,
)
MIN_CLAUSES = 80
"""Characters of a sentence in Thai, whose blanks stand between clauses as well. Chosen by hand."""
_BLANKS = re.compile(r"\s*+")
_LAST_WORD = re.compile(r"([^\W\d_](?:[\w.]*\w)?)$")
_NEXT = re.compile(r"""["'“\u2018«(\[*_<`#!]{0,6}(\w*)""")
_NUMBER_ALONE = re.compile(r"[\W_]*+(?:\d{1,3})?[\W_]*+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")


def find_sentence_starts(text: str, start: int, end: int, unbreakable: SpanIndex) -> Iterator[int]:
    """Yield the start of each sentence of `text[start:end]`, none of them in a span."""
    yield start
    following = start
    for match in _END.finditer(text, start, end):
        if match.end() > following:  # blank lines are many ends, and are skipped once
            following = _skip_blanks(text, match.end(), end)
        if not start < following < end or unbreakable.contains(following):
            continue
        if not _is_end(text, match, following):
            continue
        if match["clause"] is not None and match.start() - start < MIN_CLAUSES:
            continue
        if match.start() - start > 12 or not _NUMBER_ALONE.fullmatch(text, start, match.start()):
            start = following
            yield start


def _skip_blanks(text: str, offset: int, end: int) -> int:
    blanks = _BLANKS.match(text, offset, end)
    return blanks.end() if blanks else offset


def _is_end(text: str, match: re.Match[str], following: int) -> bool:
    """Return whether a sentence ends at a stop; what comes next begins at `following`."""
    quote, glued = match.group("quote", "glued")
    if glued is not None:
        return min(text[match.start() - 1], text[following]) > "\u2e7f"
    if quote is None:
        return True
    stops = text[match.start() : match.start("quote")]
    after = _NEXT.match(text, following)
    word = after[1] if after else ""
    continues = word[:1].islower() and not text.startswith("`", following)
    if "!" in stops or "?" in stops:
        return not (continues and quote)
    if continues:
        return False
    return stops != "." or _can_end_with(_find_last_word(text, match.start()), following_word=word)


def _find_last_word(text: str, end: int) -> str:
    """Return the word before an offset, "" if there is none: from its first letter on."""
    start = max(0, end - 24)
    run = text[text.rfind(" ", start, end) + 1 or start : end]
    if run.isalpha():
        return run
    last = _LAST_WORD.search(run)
    return last[1] if last else ""


def _can_end_with(last: str, *, following_word: str) -> bool:
    """Return whether a sentence can end with the word `last` and a full stop."""
    folded = last.lower()
    if folded in NEVER_FINAL:
        return False
    if folded in BEFORE_NUMBERS:
        return not following_word[:1].isdigit()
    initial = len(last) == 1 and last.isupper()
    if initial or folded in OFTEN_INTERNAL or ("." in last and _INITIALS.match(last)):
        starts = following_word[:1].isupper() and following_word.lower() in SENTENCE_OPENERS
        return not following_word or starts
    return True


_LINE_END = re.compile(r"[\r\n]\n?")
_CLAUSE_ENDS = rf"、\uff1b\uff1a\uff0c\u060c\u061b{SENTENCE_ENDS}"
_CLAUSE_END = re.compile(
    rf"""[!?;:,|).{_CLAUSE_ENDS}](?:  # then a blank, or none
        (?:(?<=[!?;:,|)])|(?<=[^\W\d_]{{3}}\.))(?=\s) | (?<=[{_CLAUSE_ENDS}])
    )""",
    re.VERBOSE,
)
_LAST_BLANK = re.compile(r"(?s:.*)\s")


def find_best_cut(text: str, start: int, limit: int, *, end: int, unbreakable: SpanIndex) -> int:
    """Return the best offset for a cut between `start` and `limit`.

    It is after a line, a clause or a word if there is one in the last two thirds, else at `limit`.
    Blanks belong to the text before them, so that the cut may be after `limit`, up to `end`.
    """
    for end_of_part in _find_breaks(text, start + (limit - start) // 3, limit):
        cut = _skip_blanks(text, end_of_part, end)
        if cut > start and not unbreakable.contains(cut):
            return cut
    return _skip_blanks(text, unbreakable.find_start(limit, after=start), end)


def _find_breaks(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where lines end in `text[start:end]`, then clauses, then words, each the last first."""
    for pattern in (_LINE_END, _CLAUSE_END):
        yield from reversed([match.end() for match in pattern.finditer(text, start, end)])
    while blank := _LAST_BLANK.match(text, start, end):
        yield blank.end()
        end = blank.end() - 1
