"""A text as words, quantities, dates and markers, in a form in which they can be compared. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.claims import quantities
from ragpg.lexicon import discourse, modality, negation, quantifiers, stop_words
from ragpg.lexicon.units import SHORT_UNITS
from ragpg.text import thesaurus
from ragpg.text.scripts import mark_negations, normalize, split_unspaced
from ragpg.text.stems import stem
from ragpg.text.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Sequence


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    NAME = "name"
    IDENTIFIER = "identifier"
    QUANTITY = "quantity"
    DATE = "date"
    STOP_WORD = "stop word"
    NEGATION = "negation"
    MODAL = "modal"
    QUANTIFIER = "quantifier"
    COMPARISON = "comparison"
    BREAK = "break"


PARTICLES = frozenset("in out up down on off away back over through".split())  # noqa: SIM905 - far easier to read
CONTENT = frozenset(
    {
        TokenKind.WORD,
        TokenKind.NAME,
        TokenKind.IDENTIFIER,
        TokenKind.QUANTITY,
        TokenKind.DATE,
    }
)
MARKERS = frozenset({TokenKind.NEGATION, TokenKind.MODAL, TokenKind.QUANTIFIER})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, quantity or marker: `text` verbatim, `key` as it is compared.

    The key of a word is its stem, that of a date `YYYY-MM-DD` with spaces in place of missing
    parts, that of a marker its class. A quantity has a `value` and may have a `unit`, as
    has the word for it. A word that
    a particle follows has the `phrasal` verbs that it may be: "hand_in".
    """

    text: str
    kind: TokenKind
    key: str
    value: float | None = None
    unit: str | None = None
    phrasal: tuple[str, ...] = ()

    @property
    def is_content(self) -> bool:
        """Whether the token needs support: neither a marker nor a stop word nor punctuation."""
        return self.kind in CONTENT


def _index_markers() -> dict[str, tuple[TokenKind, str]]:
    """Return all marker words and phrases with their kind and class; later tables win."""
    markers: dict[str, tuple[TokenKind, str]] = {}
    tables = (
        (TokenKind.COMPARISON, quantifiers.COMPARISONS),
        (TokenKind.QUANTIFIER, quantifiers.QUANTIFIERS),
        (TokenKind.MODAL, modality.MODALS),
        (TokenKind.NEGATION, {"not": negation.NEGATIONS}),
    )
    for kind, table in tables:
        for key, entry in table.items():
            words, *phrases = entry.split("|")
            for phrase in (*words.split(), *phrases):
                markers[phrase] = (kind, key)
    return markers


_MARKERS = _index_markers()
_PHRASES = sorted((phrase for phrase in _MARKERS if " " in phrase), key=len, reverse=True)
_TOKEN = re.compile(
    rf"""
    (?P<address>(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+\b)
  | (?P<identifier>(?<![\w.+-])(?:
        --?[a-z][\w-]*
      | \.[a-z]\w+
      | v\d+(?:\.\d+)+[\w-]*|\d+(?:\.\d+){{2,}}[\w-]*
      | [\w-]*_[\w-]*(?:[./][\w-]+)*
      | [\w-]{{2,64}}(?:[./](?-i:[a-z_])[\w-]+)*(?:\.(?-i:[a-z])[\w-]+|/[a-z][\w-]+\.\w+))(?!\w))
  | (?P<date>{quantities.DATE.pattern})
  | (?P<ordinal>{quantities.ORDINAL.pattern})
  | (?P<quantity>{quantities.QUANTITY.pattern})
  | (?P<phrase>\b(?:{"|".join(phrase.replace(" ", "[ ]+") for phrase in _PHRASES)})\b)
  | (?P<short>(?<=[a-z])n['\u2019]t\b)
  | (?P<word>[^\W\d_](?:(?!n['\u2019]t\b)[^\W_])*(?:\d[^\W_]*)?(?:n(?=n['\u2019]t))?)
  | (?P<rest>\d[\w.]*)
  | (?P<possessive>['\u2019](?:s|re|ve|ll|d|m)\b)
  | (?P<break>[,;:()\u2014|]|\s[-\u2013]\s|[.!?](?=\s|$))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOT_NEGATING = re.compile(
    r"(?:\bnot|(?<!\bca)(?<!\bwo)(?<!\bsha)n['\u2019]t) (?=only\b|just\b|necessarily\b|least\b)"
    r"|^\W*(?:yes|no)\b(?=[,.:;])",
    re.IGNORECASE,
)


_VERSION_WORD = re.compile(
    r"\bversions?\s+v?(?=\d)|(?<![\w.-])v(?=\d+(?:\.\d+)*(?![\w.]*\w))", re.IGNORECASE
)
"""What is left out before the number of a version: "version 2.8", "v2.8" and "2.8" are the same."""
_ACRONYMS = re.compile(r"[A-Z]{2,8}s")
_COORDINATION = re.compile(r"both\b[^.,;:!?]{1,80}\band\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text, in its order; quantities have the unit that follows them."""
    text = _NOT_NEGATING.sub(lambda match: " " * len(match.group()), normalize(text))
    text = _VERSION_WORD.sub("", split_unspaced(mark_negations(text)))
    tokens: list[Token] = []
    sign_end = 0
    for match in _TOKEN.finditer(text):
        if match.start() < sign_end:
            continue
        tokens += _make_tokens(text, match)
        if match.lastgroup == "quantity":
            unit, sign_end = quantities.find_unit_sign(text, match.end())
            if unit:
                tokens.append(_make_unit(text[match.end() : sign_end].strip(), unit))
    return tuple(_attach_particles(_attach_units(tokens)))


def _make_tokens(text: str, match: re.Match[str]) -> list[Token]:
    matched = match.group()
    match match.lastgroup:
        case "address" | "identifier" as group:
            kind = TokenKind.NAME if group == "address" else TokenKind.IDENTIFIER
            token = Token(matched, kind, matched.casefold())
        case "date":
            token = Token(matched, TokenKind.DATE, quantities.parse_date(matched))
        case "ordinal":
            token = Token(matched, TokenKind.WORD, stem(quantities.parse_ordinal(matched)))
        case "quantity":
            value, unit = quantities.parse_quantity(matched)
            unit = unit or quantities.find_unit_sign(text, match.end())[0]
            quantity = Token(matched, TokenKind.QUANTITY, f"{value or 0:.12g}", value, unit)
            token = _make_word(text, match) if value is None else quantity
        case "rest":
            key = matched.casefold().rstrip(".")
            token = Token(matched, TokenKind.IDENTIFIER if "." in key else TokenKind.WORD, key)
        case "break":
            token = Token(matched, TokenKind.BREAK, "")
        case "possessive":
            return []
        case "short":
            token = Token(matched, TokenKind.NEGATION, "not")
        case "phrase":
            token = Token(matched, *_MARKERS[" ".join(matched.casefold().split())])
        case _:
            return _make_word_or_marker(text, match)
    return [token]


def _make_word_or_marker(text: str, match: re.Match[str]) -> list[Token]:
    word = match.group()
    folded = word.casefold()
    negated = text[match.end() : match.end() + 3].casefold().replace("\u2019", "'") == "n't"
    folded = negation.NEGATED_AUXILIARIES.get(folded, folded) if negated else folded
    if folded in ("cannot", "unable"):
        return [Token(word, TokenKind.MODAL, "possible"), Token(word, TokenKind.NEGATION, "not")]
    in_capitals = word.isupper() and len(word) > 1
    is_name = in_capitals or (word[:1].isupper() and _is_inside_sentence(text, match))
    is_emphasised = folded in quantifiers.EMPHASISED
    if folded == "both" and _COORDINATION.match(text, match.start()):
        return [Token(word, TokenKind.STOP_WORD, folded)]
    if folded in _MARKERS and (not is_name or is_emphasised):
        return [Token(word, *_MARKERS[folded])]
    if folded in discourse.CONJUNCTIONS:
        return [Token(word, TokenKind.BREAK, "")]
    return [_make_word(text, match)]


def _make_word(text: str, match: re.Match[str]) -> Token:
    word = match.group()
    folded = word.casefold()
    is_symbol = word.isupper() and word not in ("A", "I")
    if folded in stop_words.CLAIMS and not is_symbol:
        return Token(word, TokenKind.STOP_WORD, stem(folded))
    if _ACRONYMS.fullmatch(word):
        return Token(word, TokenKind.NAME, stem(folded[:-1]))
    if folded in SHORT_UNITS:
        return Token(word, TokenKind.WORD, stem(SHORT_UNITS[folded]))
    is_camel_case = not word.isupper() and any(character.isupper() for character in word[1:])
    if is_camel_case or any(character.isdigit() for character in word):
        return Token(word, TokenKind.IDENTIFIER, folded)
    is_name = word[:1].isupper() and (_is_inside_sentence(text, match) or not word[1:].islower())
    return Token(word, TokenKind.NAME if is_name else TokenKind.WORD, stem(folded))


def _is_inside_sentence(text: str, match: re.Match[str]) -> bool:
    """Return whether a word neither begins a sentence or quotation nor follows a colon."""
    before = text[max(0, match.start() - 4) : match.start()]
    return re.search(r"(?:^|[.!?:;|•]\s+|[\"“'\u2018(\[*_>-])\s*$", before) is None


def _attach_units(tokens: Sequence[Token]) -> list[Token]:
    """Give every quantity the unit that follows it; a range ("3 to 5 days") shares its unit.

    The words of the unit are compared by its name.
    """
    attached = list(tokens)
    for index, token in enumerate(tokens):
        if token.value is None or token.unit is not None:
            continue
        before = tokens[index - 1].text if index else ""
        unit, last = _find_following_unit(tokens, index, before=before)
        if unit is None and before.isupper():
            unit = find_unit(before)  # "EUR 20"
        attached[index] = replace(token, unit=unit)
        if unit and last:
            attached[last] = _make_unit(tokens[last].text, unit)
    return attached


def _attach_particles(tokens: Sequence[Token]) -> list[Token]:
    """Give every word the phrasal verbs that it and a particle after it may be."""
    end = Token("", TokenKind.BREAK, "")
    return [
        replace(token, phrasal=_make_phrasal(token.text.casefold(), following.text.casefold()))
        if token.kind is TokenKind.WORD and following.text.casefold() in PARTICLES
        else token
        for token, following in pairwise((*tokens, end))
    ]


@lru_cache(maxsize=20_000)
def _make_phrasal(word: str, particle: str) -> tuple[str, ...]:
    return tuple(f"{lemma}_{particle}" for lemma in thesaurus.lemmas(word))


def _make_unit(text: str, unit: str) -> Token:
    """Return the token of a unit's last word or sign, with the unit's name as its key."""
    unit = "minute" if unit == "m" else unit  # documents write "30m" of time more often
    return Token(text, TokenKind.WORD, stem(unit.rpartition("_")[2]), unit=unit)


def _find_following_unit(
    tokens: Sequence[Token], index: int, *, before: str
) -> tuple[str | None, int]:
    """Return the unit that follows a quantity and the index of its last word."""
    following = tokens[index + 1 : index + 6]
    for step, token in enumerate(following[:4]):
        for size in (3, 2, 1):
            words = following[step : step + size]
            name = " ".join(word.text for word in words)
            unit = find_unit(name)
            is_next = step == 0 and quantities.is_unit_of(
                name, number=tokens[index].text, before=before.casefold()
            )
            if unit and (
                is_next or (step and following[0].kind in (TokenKind.QUANTITY, TokenKind.STOP_WORD))
            ):
                return unit, index + step + len(words)
        if token.kind not in (TokenKind.QUANTITY, TokenKind.STOP_WORD, TokenKind.COMPARISON):
            break
    return None, 0
