"""What belongs to one thing, said of the other: "A rather than B" for "B and not A". Pure.

Also the values of two clauses, each of which has the other's: "7 days for A and 10 years for B",
and a word of each of two clauses that say opposite things.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, groupby, permutations
from typing import TYPE_CHECKING

from ragpg.claims.contradictions import Contradiction, Kind, join_texts
from ragpg.claims.contradictions.role import MIN_SIMILARITY
from ragpg.claims.token_kinds import TokenKind
from ragpg.claims.word_relations import are_antonyms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.claims.alignment import Alignment
    from ragpg.claims.token_kinds import Token

MAX_SENTENCE = 200
"""Tokens of a sentence whose clauses are compared with each other. Chosen by hand."""
_THINGS = (TokenKind.WORD, TokenKind.NAME, TokenKind.IDENTIFIER)
_SENTENCE_ENDS = frozenset(".;!?")


def find_exchanged_things(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield two things that a negation or a value tells apart, and that have changed places."""
    yield from _find_exchanged_choice(alignment)
    yield from _find_exchanged_values(alignment)
    if len(alignment.source) <= MAX_SENTENCE:
        yield from _find_mixed_opposites(alignment)
        yield from _find_mixed_clauses(alignment)


def _find_exchanged_choice(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield what the claim rejects and the source keeps, where it is also the other way round."""
    claimed = _find_rejected(alignment.claim)
    stated = _find_rejected(alignment.source)
    if claimed is None or stated is None:
        return
    pairs = [
        (i, at)
        for i, at in alignment.pairs
        if alignment.claim[i].kind in _THINGS and alignment.similarities[i] >= MIN_SIMILARITY
    ]
    wrongly_rejected = [i for i, at in pairs if i in claimed and at not in stated]
    wrongly_kept = [i for i, at in pairs if i not in claimed and at in stated]
    if wrongly_rejected and wrongly_kept:
        yield Contradiction(
            f"{alignment.claim[wrongly_kept[-1]].text}, not "
            f"{alignment.claim[wrongly_rejected[0]].text}",
            join_texts([alignment.source[at] for at in stated]),
            Kind.ROLE,
        )


def _find_rejected(tokens: Sequence[Token]) -> range | None:
    """Return where the words stand that the only negation is about; None without just one."""
    negations = [i for i, token in enumerate(tokens) if token.kind is TokenKind.NEGATION]
    if len(negations) != 1:
        return None
    start = negations[0]
    breaks = (i for i in range(start, len(tokens)) if tokens[i].kind is TokenKind.BREAK)
    return range(start, next(breaks, len(tokens)))


def _find_exchanged_values(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield a value of the second of two clauses that the source has in the first one."""
    claim = alignment.claim
    values = [pair for pair in alignment.pairs if claim[pair[0]].value is not None]
    things = list(_find_unique_things(alignment))
    for first, second in combinations(values, 2):
        if claim[first[0]].key == claim[second[0]].key or first[1] < second[1]:
            continue
        before = [at for i, at in things if i < first[0] and at < second[1]]
        between = [at for i, at in things if first[0] < i < second[0] and second[1] < at < first[1]]
        if before and between and not _is_ended(alignment.source, second[1], first[1]):
            stated = alignment.source[max(before) : second[1] + 2]
            claimed = claim[first[0] : first[0] + 2]
            yield Contradiction(join_texts(claimed), join_texts(stated), Kind.VALUE)
            return


def _find_mixed_opposites(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield a word that the source has beside the opposite of another word of the claim.

    "Adding shows the children" mixes "adding shows the parents, removing shows the children".
    """
    source, claimed = alignment.source, {token.key for token in alignment.claim}
    places: dict[str, list[int]] = {}
    for at, token in enumerate(source):
        if token.kind is TokenKind.WORD:
            places.setdefault(token.key, []).append(at)
    texts = {key: source[each[0]].text.casefold() for key, each in places.items()}
    stated = [source[at].key for _, at in alignment.pairs if source[at].key in places]
    opposites = {
        key: other
        for key in stated
        for other in texts
        if other not in claimed and are_antonyms(texts[key], texts[other])
    }
    for first, second in permutations(opposites, 2):
        together = _measure_distance(places[first], places[second])
        apart = (
            _measure_distance(places[first], places[opposites[second]]),
            _measure_distance(places[opposites[first]], places[second]),
        )
        if max(apart) < together:
            stated_words = f"{texts[opposites[first]]} … {texts[second]}"
            yield Contradiction(f"{texts[first]} … {texts[second]}", stated_words, Kind.ROLE)
            return


def _find_mixed_clauses(alignment: Alignment) -> Iterator[Contradiction]:
    """Yield a subject of the one, and a predicate of the other of two clauses that share a word.

    "The red key locks" of "the red key opens the cellar, and the blue key locks it".
    """
    source, aligned = alignment.source, alignment.aligned_source
    clauses = [clause for clause in _split_clauses(source) if not aligned.isdisjoint(clause)]
    for first, second in permutations(clauses, 2):
        keys = [{source[at].key for at in clause} for clause in (first, second)]
        shared = keys[0] & keys[1]
        own = [[at for at in clause if source[at].key not in shared] for clause in (first, second)]
        if not shared or min(map(len, own)) < 2:
            continue
        (subject, verb), (other_subject, other_verb) = (each[:2] for each in own)
        takes_both = subject in aligned and other_verb in aligned
        leaves_both = verb not in aligned and other_subject not in aligned
        if takes_both and leaves_both and not _is_ended(source, *sorted((subject, other_verb))):
            claimed = join_texts([source[subject], source[other_verb]])
            yield Contradiction(claimed, join_texts([source[at] for at in second]), Kind.ROLE)
            return


def _split_clauses(tokens: Sequence[Token]) -> Iterator[list[int]]:
    """Yield the words of each clause, by their indices."""
    for is_break, group in groupby(
        range(len(tokens)), key=lambda at: tokens[at].kind is TokenKind.BREAK
    ):
        clause = [at for at in group if tokens[at].is_content]
        if clause and not is_break:
            yield clause


def _measure_distance(first: Sequence[int], second: Sequence[int]) -> int:
    """Return the smallest distance between the places of two words."""
    return min(abs(a - b) for a in first for b in second)


def _find_unique_things(alignment: Alignment) -> Iterator[tuple[int, int]]:
    """Yield the pairs of words that tell two clauses apart: each stands there only once."""
    claimed = Counter(token.key for token in alignment.claim)
    stated = Counter(token.key for token in alignment.source)
    for index, at in alignment.pairs:
        token = alignment.claim[index]
        if token.kind in _THINGS and claimed[token.key] == stated[token.key] == 1:
            yield index, at


def _is_ended(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Return whether a sentence ends between two places: the values may be of other things."""
    return any(token.text in _SENTENCE_ENDS for token in tokens[start:end])
