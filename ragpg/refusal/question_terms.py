"""What a question is about: the codes, names, numbers and words that an answer needs. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ragpg.lexicon import question_words, stop_words
from ragpg.lexicon.calendar import MONTHS, WEEKDAYS
from ragpg.text import thesaurus
from ragpg.text.spelling import differ_by_one
from ragpg.text.terms import drop_divided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CODE = re.compile(r"\w[^\w\s'\u2019-]+\w|_|^--?\w|-\d|\d-|[^\W\d]\d|\d[^\W\d]|[^\W\d_][+#]+$")
"""What is taken letter by letter: `a.b`, `a_b`, `--a`, `a-1`, `a1`, `c++`, and camelCase."""
CAMEL_CASE = re.compile(r"[a-z][A-Z]")
AMOUNT = re.compile(r"[#$€£¥~]?\d[\d,:/\u2013-]*(?:\.\d+)?(?:%|[^\W\d_]{1,4})?", re.IGNORECASE)
VERSION = re.compile(r"v?\d+(?:\.\d+)+(?:\.x)?|v\d+", re.IGNORECASE)
COMPOUND = re.compile(r"[^\W\d_]+(?:[-/][^\W\d_]+)+")
ORDINARY = re.compile(r"(?:\w\.)+\w?|[^\W\d_]+['\u2019][^\W\d_]*")
"""Ordinary words that look like codes or are short for others: e.g, U.S, don't."""
QUOTED = re.compile(r"(`)([^`\n]{2,80})`|[\"\u201c]([^\"\u201c\u201d\n]{2,60})[\"\u201d]")
PUNCTUATION = "\"'`\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb()[]{}<>?!.,;:*\u2026"
SENTENCE_END = (".", "?", "!", ":", "\u2026")
SENTENCE = re.compile(r"(?:[^.?!]|[.?!](?!\s))+(?:[.?!]\s*|$)")
CALENDAR = frozenset(word.casefold() for word in (*MONTHS, *WEEKDAYS))
IGNORED = (
    stop_words.LATE_INTERACTION | stop_words.CLAIMS | question_words.GENERIC | question_words.GERMAN
)

MISSPELT = 4
"""Letters of an ignored word that may be misspelt: `git` is not "get"."""
UNIT_LENGTH = 3
"""Letters of a word that is a unit behind a number."""
MAX_TERMS = 50
"""Terms of a question that count: a whole page may be asked."""
MAX_QUOTED_WORDS = 5
"""Words that a quotation in a question may have to be searched for as a whole."""
TITLE_SHARE = 0.75
"""Share of a question's longer words that begin with a capital if it is written as a title."""
ENGLISH_SHARE = 0.6
"""Share of a question's words that are known if it is English."""


class TermKind(StrEnum):
    """How a term is searched for: codes letter by letter, names nearly so, words by their stem.

    NUMBERED is a word with its number, such as "level 4"; UNKNOWN is a word that is none of English
    and may be a name in lower case, or misspelt.
    """

    CODE = "code"
    NAME = "name"
    UNKNOWN = "unknown"
    NUMBERED = "numbered"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class QuestionTerm:
    """A term of a question, as it is written there.

    `in_background` says that it stands beside the sentence that asks.
    """

    text: str
    kind: TermKind
    in_background: bool = False


def find_terms(question: str) -> list[QuestionTerm]:
    """Return what a question is about, each term once; nothing for a statement.

    A text without a "?" is a question in short, unless it ends with a full stop: a statement's
    names are many, and a passage with most of them may well be about it.
    """
    if "?" not in question and question.rstrip().endswith("."):
        return []
    background, question = _split_background(question)
    terms = _find_in_sentence(question)
    known = {term.text for term in terms}
    before = (replace(term, in_background=True) for term in _find_in_sentence(background))
    before = (term for term in before if term.text not in known)
    return list(dict.fromkeys((*terms, *before)))[:MAX_TERMS]


def _split_background(question: str) -> tuple[str, str]:
    """Split a text into its sentences that ask nothing, and its questions; whole without a "?"."""
    sentences = SENTENCE.findall(question)
    asking = [sentence for sentence in sentences if sentence.rstrip().endswith("?")]
    if not asking:
        return "", question
    return "".join(s for s in sentences if s not in asking), "".join(asking)


def _find_in_sentence(question: str) -> list[QuestionTerm]:
    terms = [*_find_quoted(question)]
    rest = QUOTED.sub(" ", question)
    unbroken = drop_divided(rest)
    if unbroken != rest:
        # Latin words in Chinese, Japanese, Korean or Thai are names.
        words = (word.strip(PUNCTUATION) for word in unbroken.split())
        terms += [
            QuestionTerm(word, TermKind.NAME)
            for word in words
            if len(word) > 1 and not word.isdigit()
        ]
    else:
        terms += _classify(rest)
    return list(dict.fromkeys(terms))


def _find_quoted(question: str) -> Iterator[QuestionTerm]:
    """Yield the words between backticks, and names in double quotation marks as a whole."""
    for match in QUOTED.finditer(question):
        phrase = match[2] or match[3]
        words = [word for word in (w.strip(PUNCTUATION) for w in phrase.split()) if word]
        if match[1]:
            yield from (QuestionTerm(word, TermKind.CODE) for word in words if len(word) > 1)
        elif len(words) <= MAX_QUOTED_WORDS and phrase != phrase.casefold():
            yield QuestionTerm(" ".join(words), TermKind.NAME)
        else:
            yield from _classify(phrase)


def _classify(text: str) -> Iterator[QuestionTerm]:
    """Yield the terms of a text without quotations."""
    raw = text.replace("=", " ").split()
    words = [_strip(word) for word in raw]
    known = _Language.of(words)
    starts_sentence, before = True, ""
    for word, written in zip(words, raw, strict=True):
        if word:
            yield from known.classify(word, before=before, starts_sentence=starts_sentence)
        starts_sentence = written.endswith(SENTENCE_END)
        before = "" if starts_sentence else word


def _strip(word: str) -> str:
    """Strip punctuation and the ending of the possessive."""
    return re.sub(r"['\u2019]s$", "", word.strip(PUNCTUATION))


@dataclass(frozen=True, slots=True)
class _Language:
    """Tells names from words by the habits of a question's language.

    `is_english`: a word that English lacks is a name. `has_names`: so is a word with a capital
    that begins no sentence; not in German, nor where every word has one.
    """

    is_english: bool
    has_names: bool

    @classmethod
    def of(cls, words: Sequence[str]) -> _Language:
        """Recognise the language."""
        folded = [word.casefold() for word in words if word[:1].isalpha()]
        german = sum(word in question_words.GERMAN for word in folded)
        english = sum(word in IGNORED or thesaurus.is_known(word) for word in folded)
        long = [word for word in words[1:] if len(word) > 3]
        capitals = sum(word[0].isupper() for word in long)
        is_english = english >= ENGLISH_SHARE * len(folded) and german < 2
        return cls(is_english, is_english and capitals < max(3.0, TITLE_SHARE * len(long)))

    def classify(self, word: str, *, before: str, starts_sentence: bool) -> Iterator[QuestionTerm]:
        """Yield the terms of one word; `before` is the one before it in its sentence."""
        folded = word.casefold()
        if VERSION.fullmatch(word):
            yield QuestionTerm(word, TermKind.CODE)
        elif AMOUNT.fullmatch(word):
            is_numbered = before.isalpha() and before.casefold() not in IGNORED | CALENDAR
            if is_numbered and word.isdigit():
                yield QuestionTerm(f"{before} {word}", TermKind.NUMBERED)
        elif (
            folded in IGNORED
            or len(word) < 2
            or ORDINARY.fullmatch(word)
            or self.is_misspelt(folded)
            or (len(word) <= UNIT_LENGTH and AMOUNT.fullmatch(before))
        ):
            return
        elif COMPOUND.fullmatch(word):
            parts = re.split("[-/]", word)
            yield from self.classify_compound(parts, starts_sentence=starts_sentence)
        elif CODE.search(word):
            yield QuestionTerm(word, TermKind.CODE)
        elif "-" in word.strip("-"):
            yield from self.classify_compound(word.split("-"), starts_sentence=starts_sentence)
        else:
            yield QuestionTerm(word, self.judge(word, starts_sentence=starts_sentence))

    def is_misspelt(self, word: str) -> bool:
        """Return whether a word may be an ignored one, misspelt."""
        return (
            self.is_english
            and len(word) >= MISSPELT
            and not thesaurus.is_known(word)
            and any(differ_by_one(word, other) for other in IGNORED)
        )

    def classify_compound(
        self, parts: Sequence[str], *, starts_sentence: bool
    ) -> Iterator[QuestionTerm]:
        """Yield the terms of a compound; in German, what it begins with may be a name."""
        for place, part in enumerate(parts, start=1):
            is_first = not self.is_english and place < len(parts) and part[:1].isupper()
            if is_first and part.isalpha():
                yield QuestionTerm(part, TermKind.NAME)
            elif part:
                yield from self.classify(part, before="", starts_sentence=starts_sentence)

    def judge(self, word: str, *, starts_sentence: bool) -> TermKind:
        """Tell names and words apart."""
        if CAMEL_CASE.search(word) or word.isupper():
            return TermKind.NAME
        if self.has_names and word[0].isupper() and not starts_sentence:
            return TermKind.WORD if word.casefold() in CALENDAR else TermKind.NAME
        is_unknown = self.is_english and word.isalpha() and not thesaurus.is_known(word)
        return TermKind.UNKNOWN if is_unknown else TermKind.WORD
