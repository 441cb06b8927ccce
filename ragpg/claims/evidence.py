"""Passages as evidence: sentences, items and rows, with what is needed to read them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ragpg.claims import quantities
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.tokens import tokenize
from ragpg.markdown import SegmentKind, split_cells, split_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.markdown import MarkdownSegment
    from ragpg.types import Hit

_REFERS_BACK = re.compile(
    r"^\W*(?:\w+ ){0,4}?(?:it|its|they|their|them|these|this|those|he|she|his|her|him|such|both"
    r"|the latter|the former|the same)\b",
    re.IGNORECASE,
)


_NEGATIVE = re.compile(r"(?:A: *)?(?P<word>no|not|never)\b", re.IGNORECASE)
_CONDITION = re.compile(r"(?:A: *)?(?P<word>only)\b", re.IGNORECASE)
_LABEL = re.compile(r"^\W*Q(?:uestion)?\W*:\s*")
_CODE_WORD = re.compile(r"(?<!`)`([^\W\d_]{2,40})`(?!`)")
SHORT_ANSWER = 8
"""Tokens of an answer that needs its question to be understood. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `header` is empty where the passage lacks it."""

    header: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """A sentence, item or row: `hit.text[start:end]`, and what is read with it.

    `tokens` are its own, `context` those of title, headings, lead-in and column names; `preceding`
    those of the two sentences before it, if it refers to them.
    """

    hit: Hit
    start: int
    end: int
    plain: str
    tokens: tuple[Token, ...]
    context: tuple[Token, ...]
    preceding: tuple[Token, ...] = ()
    row: Row | None = None

    @property
    def quote(self) -> str:
        """The span, verbatim."""
        return self.hit.text[self.start : self.end]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of its own content tokens."""
        return frozenset(token.key for token in self.tokens if token.is_content)


@lru_cache(maxsize=512)
def split_passage(hit: Hit) -> tuple[Span, ...]:
    """Return the spans of a passage, in its order.

    A question states nothing: it is read with its answer.
    """
    segments = split_segments(hit.text)
    denied = _find_denied_headings(segments)
    headings = tokenize(". ".join((hit.title, *(h for h in hit.heading if h not in denied))))
    spans: list[Span] = []
    head = hit.table_head
    header = split_cells(head, split_segments(head)[0]) if head else ()
    lead_in: tuple[Token, ...] = ()
    sentences: list[tuple[Token, ...]] = []
    question: Span | None = None
    for segment in segments:
        plain = " ".join(segment.plain.split())
        if not plain:
            continue
        tokens = tokenize(plain)
        if segment.kind is SegmentKind.HEADING:
            is_denied = plain in denied
            question = Span(hit, *segment.shown, plain, tokens, headings) if is_denied else None
            headings, sentences = (headings if is_denied else (*headings, *tokens)), []
            continue
        if segment.kind is SegmentKind.TABLE_HEADER:
            header = split_cells(hit.text, segment)
            continue
        row = None
        if segment.kind is SegmentKind.TABLE_ROW:
            row = Row(header, split_cells(hit.text, segment))
        else:
            header = ()
        if segment.kind not in (SegmentKind.LIST_ITEM, SegmentKind.TABLE_ROW):
            lead_in = ()
        titles = tokenize(". ".join((*segment.titles, *(header if row else ()))))
        context = (*headings, *lead_in, *titles)
        needs_preceding = row or segment.kind is SegmentKind.LIST_ITEM or _REFERS_BACK.search(plain)
        preceding = tuple(t for s in sentences[-2:] for t in s) if needs_preceding else ()
        span = Span(hit, *segment.shown, plain, tokens, context, preceding, row)
        if plain.endswith("?") and not row:
            question = span
        else:
            spans.append(_answer(question, span) if question else span)
            question = None
        if plain.endswith(":"):
            lead_in = tokens
        if segment.kind not in (SegmentKind.TABLE_ROW, SegmentKind.CODE):
            sentences.append(tokens)
    return tuple(spans)


def _find_denied_headings(segments: Sequence[MarkdownSegment]) -> frozenset[str]:
    """Return the headings that ask what the text below them denies: they say nothing by it."""
    seen = (segment for segment in segments if segment.plain)
    return frozenset(
        heading.plain
        for heading, answer in pairwise(seen)
        if heading.kind is SegmentKind.HEADING and heading.plain.endswith("?")
        if _NEGATIVE.match(answer.plain)
    )


def _answer(question: Span, answer: Span) -> Span:
    """Return an answer with its question, if the answer is short; "no" negates it.

    What "only" begins with holds for nothing else.
    """
    if len(answer.tokens) > SHORT_ANSWER or answer.row:
        return replace(answer, preceding=(*question.tokens, *answer.preceding))
    marker: tuple[Token, ...] = ()
    if negation := _NEGATIVE.match(answer.plain):
        marker = (Token(negation["word"], TokenKind.NEGATION, "not"),)
    elif condition := _CONDITION.match(answer.plain):
        marker = (Token(condition["word"], TokenKind.QUANTIFIER, "only"),)
    asked = tokenize(_LABEL.sub("", question.plain))
    return replace(
        answer,
        start=question.start,
        plain=f"{question.plain} {answer.plain}",
        tokens=(*marker, *asked, *answer.tokens),
    )


@lru_cache(maxsize=512)
def collect_vocabulary(hit: Hit) -> frozenset[str]:
    """Return the keys of all tokens of a passage, its title and its headings.

    A date is contained with all that it implies, such as its year.
    """
    tokens = [token for span in split_passage(hit) for token in (*span.tokens, *span.context)]
    dates = (token.key for token in tokens if token.kind is TokenKind.DATE)
    implied = map(quantities.list_less_precise, dates)
    return frozenset(token.key for token in tokens).union(*implied)


@lru_cache(maxsize=512)
def collect_code_words(hit: Hit) -> frozenset[str]:
    """Return the single words that a passage writes as code: they are names of something."""
    return frozenset(word.casefold() for word in _CODE_WORD.findall(hit.text))


def join_spans(span: Span) -> list[Span]:
    """Return a sentence or item together with the one before it, and with the one after it.

    Rows stand alone, and so does what begins with a denial: a neighbour would take its words.
    """
    spans, place = _locate(span)
    pairs = (spans[max(0, place - 1) : place + 1], spans[place : place + 2])
    return [
        replace(
            first,
            end=second.end,
            plain=f"{first.plain} {second.plain}",
            tokens=(*first.tokens, *second.tokens),
            context=(*first.context, *second.context),
        )
        for first, second in (pair for pair in pairs if len(pair) == 2)
        if not (first.row or second.row or _is_denial(first) or _is_denial(second))
    ]


def read_around(span: Span) -> tuple[str, str]:
    """Return the headings above a span, and its text between that of its neighbours."""
    spans, place = _locate(span)
    near = [" ".join(each.plain.split()) for each in spans[max(0, place - 1) : place + 2]]
    return " > ".join(dict.fromkeys((span.hit.title, *span.hit.heading))), " ".join(near)


def join_around(span: Span) -> Span:
    """Return a span together with its neighbours, as `read_around` reads them."""
    spans, place = _locate(span)
    near = [
        each
        for each in spans[max(0, place - 1) : place + 2]
        if not each.row or each.start == span.start
    ]
    return replace(
        span,
        tokens=tuple(t for each in near for t in (*each.tokens, Token(".", TokenKind.BREAK, ""))),
        context=tuple(t for each in near for t in each.context),
        preceding=(),
    )


def _locate(span: Span) -> tuple[tuple[Span, ...], int]:
    """Return the spans of a span's passage, and its place among them."""
    spans = split_passage(span.hit)
    return spans, next((i for i, each in enumerate(spans) if each.start == span.start), 0)


def _is_denial(span: Span) -> bool:
    return any(token.kind is TokenKind.NEGATION for token in span.tokens[:1])
