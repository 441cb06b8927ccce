"""Whether a text mentions a term of a question. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ragpg.refusal.question_terms import CODE, VERSION, QuestionTerm, TermKind
from ragpg.text import thesaurus
from ragpg.text.scripts import normalize
from ragpg.text.spelling import differ_by_one
from ragpg.text.stems import stem
from ragpg.text.suggestions import find_closest

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTER = r"[^\W_\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\uffff]"
"""Not of scripts in which words are glued to names, with or without particles."""
SHORT = 4
"""Letters of a stem that may stand for itself and its inflections only: no "carry" for "car"."""
INFLECTIONS = "e|e?s|e?d|ing|ers?|y|e?ly|able"
ACRONYM = 3
"""Letters of an acronym that is found by initials: two follow each other by chance."""
MISSPELT = 5
"""Letters of a word that may be misspelt by one: shorter ones become other words."""
SIMILAR = 0.75
"""How similar a code must be to be named beside one that is missing."""
CODE_LIKE = re.compile(r"-{0,2}[\w.:/-]*\w")
PATH_SEPARATOR = re.compile(r"::|[./:#]")


@dataclass(frozen=True)
class Text:
    """A text in which terms are searched for, without regard to case and Unicode form."""

    original: str

    @cached_property
    def folded(self) -> str:
        """The text in lower case."""
        return fold(self.original)

    @cached_property
    def words(self) -> frozenset[str]:
        """The longer words."""
        return frozenset(re.findall(rf"{LETTER}{{{MISSPELT - 1},}}", self.folded))

    def mentions(self, term: QuestionTerm) -> bool:
        """Return whether the text has a term, letter by letter or as another form of the word."""
        return re.search(to_pattern(term), self.folded) is not None

    def resembles(self, term: QuestionTerm) -> bool:
        """Return whether the text may have a term in another spelling, or a path by its end."""
        word = fold(term.text)
        if not word.isalpha():
            return self._has_last_part(term)
        compound = r"[-_ \u2011]?".join(word)  # "wifi" for "Wi-Fi" and "wi fi"
        pattern = rf"(?<!{LETTER}){compound}{_plural_pattern(term)}(?!{LETTER})"
        if len(word) >= SHORT and re.search(pattern, self.folded):
            return True
        if term.text.isupper() and len(word) >= ACRONYM and self._has_initials(word):
            return True
        may_be_misspelt = term.kind is not TermKind.CODE and len(word) >= MISSPELT
        return may_be_misspelt and any(differ_by_one(word, other) for other in self.words)

    def _has_initials(self, acronym: str) -> bool:
        """Return whether longer words begin with its letters, in order, shorter ones between."""
        gap = rf"{LETTER}*\W{{1,3}}(?:{LETTER}{{1,3}}\W{{1,2}})?"
        words = gap.join(rf"{re.escape(letter)}(?={LETTER}{{3}})" for letter in acronym)
        return re.search(rf"(?<!{LETTER}){words}", self.folded) is not None

    def has_synonym(self, term: QuestionTerm) -> bool:
        """Return whether the text has a synonym of a word, or a word derived from it."""
        if term.kind not in (TermKind.WORD, TermKind.NAME):
            return False
        phrases = (p for p in thesaurus.find_related(fold(term.text)) if p.isalpha() and len(p) > 2)
        return any(self.mentions(QuestionTerm(phrase, TermKind.WORD)) for phrase in phrases)

    def find_nearest_code(self, term: QuestionTerm) -> str | None:
        """Return the code of the text that is spelled most like a code; None if none is like it."""
        if term.kind is not TermKind.CODE:
            return None
        codes = (word for word in CODE_LIKE.findall(self.original) if CODE.search(word))
        return find_closest(term.text, dict.fromkeys(codes), cutoff=SIMILAR)

    def _has_last_part(self, term: QuestionTerm) -> bool:
        """Return whether the text has the last part of a path: `valve.ts` of `pump/valve.ts`."""
        last = PATH_SEPARATOR.split(term.text)[-1]
        return (
            term.kind is TermKind.CODE
            and not VERSION.fullmatch(term.text)
            and last != term.text
            and len(last) >= MISSPELT
            and self.mentions(QuestionTerm(last, TermKind.CODE))
        )


def fold(text: str) -> str:
    """Return a text in NFC and in lower case."""
    return normalize(text).casefold()


def has_sibling(texts: Sequence[Text], term: QuestionTerm) -> bool:
    """Return whether texts have a numbered term's word with other numbers only.

    They say nothing about "level 4" if they have a "level 3", and no 4 where they speak of levels,
    nor at the beginning of a row.
    """
    word, number = term.text.rsplit(maxsplit=1)
    pattern = rf"{_numbered_pattern(word)}\d"
    speaking = [text.folded for text in texts if re.search(pattern, text.folded)]
    own = rf"(?<!\w){number}(?!\w)"
    in_row = rf"(?m)^\W*{number}\b"
    return bool(speaking) and not (
        any(re.search(own, text) for text in speaking)
        or any(re.search(in_row, text.folded) for text in texts)
    )


def to_pattern(term: QuestionTerm) -> str:
    """Return the pattern that finds a term in a folded text."""
    if term.kind is TermKind.NUMBERED:
        word, number = term.text.rsplit(maxsplit=1)
        return rf"{_numbered_pattern(word)}{number}(?!\w)"
    if VERSION.fullmatch(term.text):
        number = re.escape(term.text.casefold().removeprefix("v"))
        return rf"(?<![\w.])v?{number}(?:\.0|\.x)*(?!\w|\.\d)"
    is_long_name = term.text.isalpha() and len(term.text) > SHORT and len(_parts(term.text)) == 1
    if term.kind is TermKind.WORD or (term.kind is not TermKind.CODE and is_long_name):
        return rf"(?<!{LETTER}){_stem_pattern(term.text)}"
    return rf"{_name_pattern(term.text)}{_plural_pattern(term)}(?!{LETTER})"


def _numbered_pattern(word: str) -> str:
    """Return a pattern of a word that a number follows."""
    return rf"(?<!{LETTER}){_stem_pattern(word)}{LETTER}*[\W_]{{1,3}}"


def _plural_pattern(term: QuestionTerm) -> str:
    """Return a pattern of the end of a name that may be in the plural; a code may not."""
    return "" if term.kind is TermKind.CODE or term.text[-1:].isdigit() else "(?:e?s)?"


def _stem_pattern(word: str) -> str:
    """Return a pattern of the beginning of all forms of a word."""
    root = stem(fold(word))
    pattern = re.escape(root[:-1]) + "[iy]" if root.endswith("i") and len(root) > 2 else None
    pattern = pattern or re.escape(root)
    if len(root) > SHORT:
        return pattern
    doubled = rf"{re.escape(root[-1:])}(?:ed|ing|ers?)"  # "running" of run
    return rf"{pattern}(?:{INFLECTIONS}|{doubled})?(?!{LETTER})"


def _name_pattern(name: str) -> str:
    """Return a pattern of a name that is written with or without separators between its parts."""
    start = r"(?<![\w-])--" if name.startswith("--") else rf"(?<!{LETTER})"
    body = r"[\W_]{0,2}".join(map(re.escape, _parts(name)))
    return start + body


def _parts(name: str) -> list[str]:
    """Return the parts of a name: "cache" and "ttl" of cacheTtl, "ie" and "11" of IE11."""
    separated = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[^\W\d_])(?=\d)", " ", name)
    return re.findall(rf"{LETTER}+", fold(separated)) or [fold(name)]
