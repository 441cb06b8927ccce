"""What a question asks for: identifiers that it names, and the type of its answer. Pure.

The types are some of those in Li & Roth: Learning Question Classifiers, COLING 2002, as far as the
words of an English question tell them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.lexicon.calendar import MONTHS, TIME_WORDS, WEEKDAYS
from ragpg.lexicon.numbers import ANSWER_WORDS
from ragpg.retrieval.versions import find_asked_versions, find_versions, names_any
from ragpg.text.scripts import find_script
from ragpg.text.terms import drop_divided

if TYPE_CHECKING:
    from ragpg.quoting.segments import Segment

IDENTIFIER = re.compile(
    r"\w[^\w\s'\u2019-]+\w|_|^--?\w|-\d|\d-|[^\W\d]\d|\d[^\W\d]|[a-z][A-Z]|[^\W\d_][+#]+$"
)
ABBREVIATION = re.compile(r"(?:\w\.)+\w?|[a-z]+(?:/[a-z]+)+")
"""Ordinary words that look like identifiers: e.g, U.S, and/or."""
PUNCTUATION = (
    "\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb()[]{}<>?!.,;:\u2026"
    "\u3001\u3002\u300c\u300d\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
)
_LETTER = r"[^\W\u0e00-\uffff]"  # what is glued to an identifier in other scripts is none
WHOLE_IDENTIFIER = rf"(?<!{_LETTER})(?<!{_LETTER}[./:@-])%s(?!{_LETTER}|[./:@-]{_LETTER})"
"""Not as a part of a longer one: `storage.sync` is not in `storage.sync.interval`."""

NUMBER = re.compile(rf"\d|\b(?:{'|'.join(ANSWER_WORDS)})\b", re.IGNORECASE)
TIME = re.compile(
    rf"\b[12]\d{{3}}s?\b|\b(?:{'|'.join((*MONTHS, *WEEKDAYS))})\b"
    rf"|\b(?i:{'|'.join(TIME_WORDS)})s?\b"
)
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]|^[A-Z][a-z]+ [A-Z][a-z]")
ANSWER_PATTERNS = (
    (
        (
            r"\bhow (?:many|much|long|old|far|high|large|often|big|tall|fast|wide|deep)\b"
            r"|\b(?:what|which) (?:number|amount|percentage|percent|proportion|fraction)\b"
        ),
        NUMBER,
    ),
    (
        r"多少|多久|[几幾何][个個天日年月人回時]|いくつ|いくら",
        re.compile(r"[\d一二三四五六七八九十百千万]"),
    ),
    (r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b", TIME),
    (r"\bwho(?:m|se)?\b", NAME),
)
"""Patterns of a question, and of the answer that it asks for."""


@dataclass(frozen=True, slots=True)
class QuestionType:
    """The identifiers and versions that a question names, and a pattern of its answer.

    `script` is the one that it is written in besides its identifiers.
    """

    identifiers: tuple[str, ...] = ()
    answer_pattern: re.Pattern[str] | None = None
    script: str | None = None
    versions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, question: str) -> QuestionType:
        """Classify a question; `storage.sync`, ERR_CONN-42 and v1.29.3 are identifiers."""
        words = [word.strip(PUNCTUATION) for word in drop_divided(question).split()]
        identifiers = dict.fromkeys(
            word for word in words if IDENTIFIER.search(word) and not ABBREVIATION.fullmatch(word)
        )
        others = " ".join(
            word for word in question.split() if word.strip(PUNCTUATION) not in identifiers
        )
        patterns = (
            answer
            for pattern, answer in ANSWER_PATTERNS
            if re.search(pattern, question, re.IGNORECASE)
        )
        return cls(
            tuple(identifiers),
            next(patterns, None),
            find_script(others),
            find_asked_versions(question),
        )

    def is_about_other_version(self, heading: str) -> bool:
        """Return whether headings name versions, but none that the question names."""
        has_versions = self.versions and find_versions(heading)
        return bool(has_versions) and not names_any(heading, self.versions)

    def has_answer_type(self, segment: Segment) -> bool:
        """Return whether a segment has something of the type that is asked for."""
        pattern = self.answer_pattern
        return pattern is not None and pattern.search(segment.plain) is not None

    def identifier_share(self, segment: Segment) -> float:
        """Return the share of the identifiers that a segment, or a heading above it, contains."""
        if not self.identifiers:
            return 0.0
        text = "\n".join((segment.plain, *segment.heading))
        patterns = (WHOLE_IDENTIFIER % re.escape(identifier) for identifier in self.identifiers)
        matches = sum(re.search(pattern, text) is not None for pattern in patterns)
        return matches / len(self.identifiers)
