"""The kind of thing that answers a question, such as an amount of money or a date. Pure.

The kinds are some of those in Li & Roth: Learning Question Classifiers, COLING 2002.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragpg.lexicon.calendar import MONTHS, WEEKDAYS
from ragpg.lexicon.numbers import ANSWER_WORDS


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """A kind, and the patterns of the questions that ask for it and of what answers them.

    The patterns are compiled when they are needed: all together they take milliseconds.
    """

    name: str
    question: str
    answer: str

    def is_asked_for(self, question: str) -> bool:
        """Return whether a question, in lower case, asks for it."""
        return re.search(self.question, question) is not None

    def is_in(self, text: str) -> bool:
        """Return whether a text, in lower case, has it."""
        return re.search(self.answer, text) is not None


@dataclass(frozen=True, slots=True)
class KindMatch:
    """Whether passages have the kind of thing that is asked for.

    `coverage` is the largest share, by idf, of the terms that the passages have in a segment with
    it, or in its headings; None where no segment has it.
    """

    kind: AnswerKind
    coverage: float | None


_NUMBER = rf"\d|\b(?:{'|'.join(ANSWER_WORDS)}|no|none|several|unlimited|limits?|all|any)\b"
_DURATION = (
    r"(?:second|minute|hour|day|week|month|year|fortnight|quarter)s?\b"
    r"|\d\s?(?:ms|[smhd]|mins?|hrs?|secs?)\b"
    r"|\b(?:always|forever|indefinite\w*|immediate\w*|permanent\w*|never|until|before|after)\b"
)
_START = (
    r"(?:^|[.?!,;:-]\s+)(?:(?:and|but|then|so)\s+)?"
    r"(?:(?:for|in|on|by|at|to|after|within|over|of|under)\s+)?"
)
"""Where a question begins: at the start of a sentence or of a clause. "I see how many there are"
does not ask for a number."""
_ASKING = (
    *("how ", "when ", "what", "which", "price", "pricing", "salary", "cost"),
    *("max", "min", "largest", "smallest", "limit", "date", "kost", "preis", "多少", "格", "くら"),
)
"""One of these is in every question that asks for a kind of answer."""
KINDS = (
    AnswerKind(
        "an amount of money",
        rf"{_START}(?:what(?: is|'?s)? )?(?:the )?(?:\w+ )?(?:price|prices|pricing|salary)\b"
        rf"|{_START}how (?:much|expensive)\b.{{0,200}}\b(?:cost|costs|pay|spend)\b"
        rf"|{_START}what (?:does|do|would|will)\b.{{0,200}}\bcosts?\b|\bcosts? of\b"
        r"|\bwas kosten?\b|\bkostet\b|\bwelchen preis\b|多少[钱錢]|[价價]格|いくら",
        r"[$€£¥]\s?\d|\d\s?[$€£¥]|\d\s?(?:usd|eur|gbp|dollar|euro|cent|元|円)|\b(?:prices?|pricing|fees?|preise?)\b"
        r"|\b(?:for|is|are) free\b|\bfree of charge\b|\b(?:no|at|extra) cost\b",
    ),
    AnswerKind(
        "an amount of data",
        rf"{_START}(?:how (?:many|much)|what|which)\b.{{0,200}}\b(?:gigabytes?|megabytes?"
        r"|kilobytes?|bytes|[kmgt]b|ram|memory|disk|storage)\b"
        r"|\b(?:largest|smallest|maximum|max) (?:\w+ )?(?:file|upload|file size)\b",
        r"\d\s?(?:[kmgt]i?b|[kmgt]|bytes?)\b|\b(?:giga|mega|kilo)?bytes?\b|\bunlimited\b",
    ),
    AnswerKind(
        "a duration",
        rf"{_START}how (?:long (?:is|are|does|do|did|can|may|will|have|has|after)|old|often)\b"
        rf"|{_START}how many (?:days|weeks|months|years|hours|minutes|seconds)\b",
        _DURATION,
    ),
    AnswerKind(
        "a date",
        rf"{_START}when (?:did|does|do|is|was|were|will|are|can|should|must)\b"
        rf"|{_START}(?:what|which) (?:year|date|day|month|weekday)\b|\brelease date\b",
        rf"\b(?:{'|'.join((*MONTHS, *WEEKDAYS)).casefold()})\b|\b(?:19|20)\d\d\b|\d\d?[./]\d\d?\b"
        r"|\b(?:days?|weeks?|months?|years?|today|daily|after|before|when|once|until|if|within)\b"
        r"|\b(?:during|as soon)\b|\b\d(?:st|nd|rd|th)\b",
    ),
    AnswerKind(
        "a number",
        rf"{_START}how (?:many|high|large|big|tall|fast|wide|deep|far|heavy)\b"
        rf"|{_START}what(?: is|'?s)? (?:the )?(?:maximum|minimum|max|min)\b"
        rf"|{_START}(?:what|which) (?:number|amount|percentage|percent|proportion|fraction)\b"
        r"|\b(?:maximum|minimum|max|min) (?:number|amount|length|size)\b|\bupper limit\b",
        _NUMBER,
    ),
)
"""Kinds of answers; the first one that a question asks for counts."""


def find_kind(question: str) -> AnswerKind | None:
    """Return the kind of thing that a question asks for, None where its words don't tell."""
    folded = question.casefold()
    if not any(word in folded for word in _ASKING):
        return None
    return next((kind for kind in KINDS if kind.is_asked_for(folded)), None)
