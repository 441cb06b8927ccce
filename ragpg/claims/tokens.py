"""A text as words, figures, dates and markers, in a form in which they can be compared. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ragpg.claims import figures, lexicon
from ragpg.text.stems import stem


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NAME = "name"
    FIGURE = "figure"
    DATE = "date"
    SMALL = "small"
    NEGATION = "negation"
    MODAL = "modal"
    QUANTIFIER = "quantifier"
    COMPARISON = "comparison"
    BREAK = "break"


CONTENT = frozenset({Kind.WORD, Kind.NAME, Kind.FIGURE, Kind.DATE})
MARKERS = frozenset({Kind.NEGATION, Kind.MODAL, Kind.QUANTIFIER})


@dataclass(frozen=True, slots=True)
class Token:
    """A word or figure: `text` as it stands there, `key` as it is compared.

    A figure has its `value` and a `unit`; a date's key is `YYYY-MM-DD` with blanks for what it
    leaves open; a marker's key is its class.
    """

    text: str
    kind: Kind
    key: str
    value: float | None = None
    unit: str | None = None

    @property
    def is_content(self) -> bool:
        """Whether the token says something by itself."""
        return self.kind in CONTENT


def _phrases() -> dict[str, tuple[Kind, str]]:
    """All markers, as they are written, and what they are."""
    found: dict[str, tuple[Kind, str]] = {}
    tables = (
        (Kind.COMPARISON, lexicon.COMPARISONS),
        (Kind.QUANTIFIER, lexicon.QUANTIFIERS),
        (Kind.MODAL, lexicon.MODALS),
        (Kind.NEGATION, {"not": lexicon.NEGATIONS}),
    )
    for kind, table in tables:
        for key, entry in table.items():
            words, *phrases = entry.split("|")
            for phrase in (*words.split(), *phrases):
                found[phrase] = (kind, key)
    return found


_MARKERS = _phrases()
_LONG = sorted((phrase for phrase in _MARKERS if " " in phrase), key=len, reverse=True)
_TOKEN = re.compile(
    rf"""
    (?P<address>(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+\b)
  | (?P<date>{figures.DATE.pattern})
  | (?P<figure>{figures.FIGURE.pattern})
  | (?P<phrase>\b(?:{"|".join(phrase.replace(" ", "[ ]+") for phrase in _LONG)})\b)
  | (?P<short>(?<=[a-z])n['\u2019]t\b)
  | (?P<word>[^\W\d_](?:(?!n['\u2019]t\b)[^\W_])*(?:\d[^\W_]*)?(?:n(?=n['\u2019]t))?)
  | (?P<rest>\d[\w.]*)
  | (?P<possessive>['\u2019](?:s|re|ve|ll|d|m)\b)
  | (?P<break>[,;:()\u2014|]|\s[-\u2013]\s|[.!?](?=\s|$))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHORTENED = {"ca": "can", "wo": "will", "sha": "shall"}
_FREE = re.compile(
    r"(?:\bnot|(?<!\bca)(?<!\bwo)(?<!\bsha)n['\u2019]t) (?=only\b|just\b|necessarily\b|least\b)"
    r"|^\W*(?:yes|no)\b(?=[,.:;])",
    re.IGNORECASE,
)
EMPHASISED = frozenset({"not", "never", "must", "should", "shall", "only", "all", "always"})
"""Markers in capitals, too: others may be abbreviations then."""
_CONJUNCTIONS = frozenset(
    [
        "but",
        "although",
        "though",
        "while",
        "whereas",
        "however",
        "except",
        "because",
        "unless",
        "if",
    ]
)


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text, in its order."""
    text = _FREE.sub(lambda match: " " * len(match.group()), text)
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        found += _token(text, match)
    return tuple(figures.with_units(found))


def _token(text: str, match: re.Match[str]) -> list[Token]:
    said = match.group()
    match match.lastgroup:
        case "address":
            found = [Token(said, Kind.NAME, said.casefold())]
        case "date":
            found = [Token(said, Kind.DATE, figures.date(said))]
        case "figure":
            value, unit = figures.read(said)
            figure = Token(said, Kind.FIGURE, f"{value or 0:.12g}", value, unit)
            found = [_word(text, match) if value is None else figure]
        case "rest":
            found = [Token(said, Kind.WORD, said.casefold().rstrip("."))]
        case "break":
            found = [Token(said, Kind.BREAK, "")]
        case "possessive":
            found = []
        case "short":
            found = [Token(said, Kind.NEGATION, "not")]
        case "phrase":
            found = [Token(said, *_MARKERS[" ".join(said.casefold().split())])]
        case _:
            found = _words(text, match)
    return found


def _words(text: str, match: re.Match[str]) -> list[Token]:
    said = match.group()
    folded = said.casefold()
    negated = text[match.end() : match.end() + 3].casefold().replace("\u2019", "'") == "n't"
    folded = _SHORTENED.get(folded, folded) if negated else folded
    if folded == "cannot":
        return [Token(said, Kind.MODAL, "possible"), Token(said, Kind.NEGATION, "not")]
    if folded == "unable":
        return [Token(said, Kind.MODAL, "possible"), Token(said, Kind.NEGATION, "not")]
    shouted = said.isupper() and len(said) > 1
    named = shouted or (said[:1].isupper() and _continues(text, match))
    if folded in _MARKERS and (not named or (shouted and folded in EMPHASISED)):
        return [Token(said, *_MARKERS[folded])]
    if folded in _CONJUNCTIONS:
        return [Token(said, Kind.BREAK, "")]
    return [_word(text, match)]


def _word(text: str, match: re.Match[str]) -> Token:
    said = match.group()
    folded = said.casefold()
    if lexicon.is_small(folded) and not (said.isupper() and len(said) > 1):
        return Token(said, Kind.SMALL, stem(folded))
    named = said[:1].isupper() and (_continues(text, match) or not said[1:].islower())
    return Token(said, Kind.NAME if named else Kind.WORD, stem(folded))


def _continues(text: str, match: re.Match[str]) -> bool:
    """Whether a word is not the first of a sentence, a quotation, or what follows a colon."""
    before = text[max(0, match.start() - 4) : match.start()]
    return re.search(r"(?:^|[.!?:;|•]\s+|[\"“'\u2018(\[*_>-])\s*$", before) is None
