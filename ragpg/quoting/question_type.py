"""What the form of a question says about its answer: identifiers in it, a kind of thing. Pure.

The kinds are those of Li & Roth: Learning Question Classifiers, COLING 2002, as far as the words of
an English question tell them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.quoting.segments import Segment

NAMED = 0.5
"""What it counts that a unit holds the identifiers of the question, letter by letter."""
OF_ITS_KIND = 0.05
"""What it counts that a unit holds a thing of the kind that is asked for."""

IDENTIFIER = re.compile(
    r"\w[^\w\s'\u2019-]+\w|_|^--?\w|-\d|\d-|[^\W\d]\d|\d[^\W\d]|[a-z][A-Z]|[^\W\d_][+#]+$"
)
ABBREVIATED = re.compile(r"(?:\w\.)+\w?|[a-z]+(?:/[a-z]+)+")
"""Words all the same: e.g, U.S, and/or."""
QUOTES = "\"'`\u201c\u201d\u2018\u2019\u00ab\u00bb()[]{}<>?!.,;:\u2026"
WHOLE = r"(?<!\w)(?<!\w[./:@-])%s(?!\w|[./:@-]\w)"
"""Not as a part of a longer one: `storage.sync` is not in `storage.sync.interval`."""

NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred"
    r"|thousand|million|billion|half|twice|once|first|second|third)\b",
    re.IGNORECASE,
)
TIME = re.compile(
    r"\b[12]\d{3}s?\b|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
    r"|\b(?i:century|today|daily|weekly|monthly|yearly|annually|year|month|week|day|hour|minute)s?\b"
)
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]|^[A-Z][a-z]+ [A-Z][a-z]")
KINDS = (
    (
        (
            r"\bhow (?:many|much|long|old|far|high|large|often|big|tall|fast|wide|deep)\b"
            r"|\b(?:what|which) (?:number|amount|percentage|percent|proportion|fraction)\b"
        ),
        NUMBER,
    ),
    (r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time)\b", TIME),
    (r"\bwho(?:m|se)?\b", NAME),
)


@dataclass(frozen=True, slots=True)
class QuestionType:
    """What a question names letter by letter, and how a thing of the kind it asks for looks."""

    identifiers: tuple[str, ...] = ()
    kind: re.Pattern[str] | None = None

    @classmethod
    def of(cls, question: str) -> QuestionType:
        """Read a question: `storage.sync`, ERR_CONN-42 and v1.29.3 are taken letter by letter."""
        typed = (word.strip(QUOTES) for word in question.split())
        named = dict.fromkeys(
            word for word in typed if IDENTIFIER.search(word) and not ABBREVIATED.fullmatch(word)
        )
        asked = (kind for words, kind in KINDS if re.search(words, question, re.IGNORECASE))
        return cls(tuple(named), next(asked, None))

    def fit(self, segment: Segment) -> float:
        """What it counts how a unit fits, on the scale of the cosine."""
        of_its_kind = self.kind is not None and self.kind.search(segment.plain) is not None
        return NAMED * self.named(segment) + OF_ITS_KIND * of_its_kind

    def named(self, segment: Segment) -> float:
        """The share of the identifiers that a unit, or a heading above it, holds as a whole."""
        if not self.identifiers:
            return 0.0
        said = "\n".join((segment.plain, *segment.heading))
        found = (re.search(WHOLE % re.escape(one), said) for one in self.identifiers)
        return sum(match is not None for match in found) / len(self.identifiers)
