"""How much of a claim one sentence, item or row covers, and what in it contradicts it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.alignment import align, is_approximate, token_similarity
from ragpg.claims.contradictions import Contradiction, Kind, describe_token, join_texts
from ragpg.claims.contradictions.exchange import find_exchanged_things
from ragpg.claims.contradictions.modality import find_marker_contradictions
from ragpg.claims.contradictions.order import (
    Agreement,
    compare_orders,
    find_reversed_order,
    is_explained,
)
from ragpg.claims.contradictions.role import find_swapped_words
from ragpg.claims.contradictions.subject import find_other_subject
from ragpg.claims.contradictions.substitution import (
    find_antonyms,
    find_borrowed_words,
    find_other_period,
    find_replaced_values,
    find_swapped_values,
)
from ragpg.claims.contradictions.table import find_table_contradictions
from ragpg.claims.evidence import collect_code_words
from ragpg.claims.support import Support
from ragpg.claims.table_cells import TRENDS, VALUE_NOUNS, is_computed
from ragpg.claims.token_kinds import Token, TokenKind
from ragpg.claims.verbatim import is_verbatim
from ragpg.lexicon.discourse import LIGHT_WORDS, TOPIC_OPENERS
from ragpg.text.stems import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.alignment import Alignment
    from ragpg.claims.evidence import Span
    from ragpg.claims.word_similarity import WordSimilarity

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
BORROWED_WORD_WEIGHT = 2.0
"""Factor of a missing word that occurs in another passage."""
LIGHT_WORD_WEIGHT = 0.5
"""Factor of a word that says little by itself, such as "get" or "people"."""
CONTEXT_SIMILARITY = 0.9
"""Factor of a word that only title, headings or lead-in cover."""
SUBJECTS = frozenset({Kind.SUBJECT, Kind.KNOWN_SUBJECT})
"""Kinds of contradictions that say only that the source begins with other words."""
BRIDGED = (TokenKind.WORD, TokenKind.NAME)
"""Kinds of tokens that similar words can stand for."""
_WEIGHTS = {
    TokenKind.QUANTITY: 1.5,
    TokenKind.DATE: 1.5,
    TokenKind.NAME: 1.5,
    TokenKind.IDENTIFIER: 1.5,
    TokenKind.WORD: 1.0,
}


_LIGHT_STEMS = frozenset(map(stem, LIGHT_WORDS))


def token_weight(token: Token) -> float:
    """Return the weight of a claim's token in its coverage; 0 if it is no content."""
    weight = _WEIGHTS.get(token.kind, 0.0)
    return weight * LIGHT_WORD_WEIGHT if token.key in _LIGHT_STEMS else weight


class CoveredToken(NamedTuple):
    """A content token of a claim: its weight, and how well a span covers it, 0…1.

    `own` is what the span itself covers, `match` that with its context, `bridge` what the most
    similar word of the span does for a token without a match.
    """

    place: int
    token: Token
    weight: float
    own: float
    match: float
    bridge: float


def measure_coverage(
    claim: Sequence[Token],
    span: Span,
    vocabulary: frozenset[str],
    similarity: WordSimilarity | None = None,
) -> Support:
    """Compare a claim with one span; `vocabulary` has the keys of all words of the passages.

    `similarity` is that of the claim to the span; without it no word is bridged.
    """
    start, unknown_topic = _match_topic(claim, span)
    claim = claim[start:]
    alignment = align(claim, span.tokens)
    tokens = list(_cover_tokens(alignment, span, similarity))
    missing = [each for each in tokens if not each.match]
    known = {each.place for each in tokens if each.match and not each.own}
    contradictions = list(_find_contradictions(alignment, span, vocabulary, known))
    if contradictions and compare_orders(alignment) is Agreement.SAME:
        contradictions = [c for c in contradictions if not is_explained(c)]
    if unknown_topic:
        contradictions.append(Contradiction(join_texts(unknown_topic), "", Kind.SUBJECT))
    texts = [describe_token(claim, each.place) for each in missing]
    denied = " ".join(c.claimed for c in contradictions if c.kind not in SUBJECTS)
    code_words = collect_code_words(span.hit)
    contradictions += [
        Contradiction(text, "", Kind.MISSING)
        for each, text in zip(missing, texts, strict=True)
        if each.token.kind is not TokenKind.WORD or each.token.text.casefold() in code_words
        if text not in denied
    ]
    verbatim = is_verbatim(alignment)
    if verbatim:
        contradictions = [c for c in contradictions if c.kind not in (*SUBJECTS, Kind.TABLE)]
    weight = sum(each.weight for each in tokens)
    covered = sum(each.weight * each.match for each in tokens)
    total = weight + _weigh_borrowed(missing, vocabulary) or 1.0
    disputed = sum(each.weight for each in missing if each.token.text in denied)
    return Support(
        covered / total,
        sum(each.weight * each.own for each in tokens) / total,
        (span,),
        tuple(contradictions),
        tuple(texts),
        agreement=covered / (weight - disputed or 1.0),
        bridged=sum(each.weight * max(each.match, each.bridge) for each in tokens) / total,
        weakest=min((each.bridge for each in missing), default=1.0),
        cosine=similarity.cosine if similarity else None,
        is_verbatim=verbatim,
    )


def _weigh_borrowed(missing: Sequence[CoveredToken], vocabulary: frozenset[str]) -> float:
    """Return what missing words weigh more because other passages have them."""
    return sum(
        each.weight * (BORROWED_WORD_WEIGHT - 1)
        for each in missing
        if each.token.kind is TokenKind.WORD and each.token.key in vocabulary
    )


def _cover_tokens(
    alignment: Alignment, span: Span, similarity: WordSimilarity | None
) -> Iterator[CoveredToken]:
    """Yield how well a span covers each content token of a claim."""
    claim = alignment.claim
    first_aligned = next((index for index, _ in alignment.pairs), len(claim))
    for index, token in enumerate(claim):
        if not token.is_content:
            continue
        own = alignment.similarities[index]
        is_leading = index < first_aligned
        match = own or _context_similarity(claim, index, span, is_leading=is_leading)
        can_bridge = not match and similarity and token.kind in BRIDGED
        bridge = max(0.0, similarity.of(token.text)) if similarity and can_bridge else 0.0
        yield CoveredToken(index, token, token_weight(token), own, match, bridge)


def _find_contradictions(
    alignment: Alignment, span: Span, vocabulary: frozenset[str], known: set[int]
) -> Iterator[Contradiction]:
    """Yield the contradictions of an aligned claim, the gravest first."""
    yield from find_antonyms(alignment)
    yield from find_marker_contradictions(alignment)
    if span.row:
        yield from find_table_contradictions(alignment.claim, span)
        return
    yield from find_other_subject(alignment, vocabulary, known=known)
    yield from find_other_period(alignment)
    yield from find_replaced_values(alignment)
    yield from find_swapped_values(alignment)
    yield from find_swapped_words(alignment)
    yield from find_exchanged_things(alignment)
    yield from find_reversed_order(alignment)
    yield from find_borrowed_words(alignment, vocabulary, known=known)


def _match_topic(claim: Sequence[Token], span: Span) -> tuple[int, list[Token]]:
    """Return where a claim goes on after naming its topic, if that is the context of the span.

    "As for leave, …" is about leave, and so is what follows "Leave: ". If an opener such as "as
    for" names another topic, its words that neither span nor context have are returned as well.
    """
    stop = next((i for i, token in enumerate(claim) if token.kind is TokenKind.BREAK), 0)
    content = [index for index in range(stop) if claim[index].is_content]
    words = tuple(token.text.casefold() for token in claim[:stop])
    has_opener = any(words[: len(opener)] == opener for opener in TOPIC_OPENERS)
    if not content or not (has_opener or claim[stop].text == ":"):
        return 0, []
    foreign = [i for i in content if not _context_similarity(claim, i, span, is_leading=True)]
    if not foreign:
        return stop + 1, []
    unknown = [claim[index] for index in foreign if claim[index].key not in span.keys]
    return 0, unknown if has_opener else []


def _context_similarity(
    claim: Sequence[Token], index: int, span: Span, *, is_leading: bool
) -> float:
    """Return how well title, headings or lead-in cover a token, or the cells of a row together.

    The sentences before a span that refers to them count for names, and for tokens before the
    first aligned one (`is_leading`), which may be the subject.
    """
    token = claim[index]
    if span.row and token.key in VALUE_NOUNS:
        return 1.0
    if is_computed(claim, index, span.row):
        return CONTEXT_SIMILARITY
    if span.row and token.key in TRENDS and len(span.row.cells) > 2:
        return CONTEXT_SIMILARITY
    approximate = is_approximate(claim, index)
    is_named = token.kind in (TokenKind.NAME, TokenKind.IDENTIFIER)
    reaches_back = is_leading or is_named or span.row
    context = (*span.context, *span.preceding) if reaches_back else span.context
    similarities = (token_similarity(token, stated, approximate=approximate) for stated in context)
    return max(similarities, default=0.0) * CONTEXT_SIMILARITY
