"""A text as words, quantities, dates and markers, in a form in which they can be compared. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from ragpg.claims import quantities
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.token_units import attach_particles, attach_units, make_unit
from ragpg.lexicon import discourse, modality, negation, quantifiers, stop_words
from ragpg.lexicon.units import SHORT_UNITS
from ragpg.text.scripts import mark_negations, normalize
from ragpg.text.stems import stem
from ragpg.text.terms import split_terms


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
      | [a-z]-(?:{"|".join(sorted(stop_words.CLAIMS | discourse.CONJUNCTIONS))})(?![\w-])
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
    text = _VERSION_WORD.sub("", split_terms(mark_negations(text)))
    tokens: list[Token] = []
    sign_end = 0
    for match in _TOKEN.finditer(text):
        if match.start() < sign_end:
            continue
        tokens += _make_tokens(text, match)
        if match.lastgroup == "quantity":
            unit, sign_end = quantities.find_unit_sign(text, match.end())
            if unit:
                tokens.append(make_unit(text[match.end() : sign_end].strip(), unit))
    return tuple(attach_particles(attach_units(tokens)))


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
