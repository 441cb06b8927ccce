"""How well one word says what another does, and whether it says the opposite. Pure.

The thesaurus knows words; prefixes and suffixes make opposites that it lacks.
"""

from __future__ import annotations

from functools import cache, lru_cache

from ragpg.lexicon import antonyms, negation
from ragpg.text import thesaurus
from ragpg.text.stems import stem

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
SAME_WORD, SYNONYM, RELATED_FORM, KIND = 1.0, 0.9, 0.85, 0.8
"""The similarity of two words; a KIND is a more general word for the source's."""


@lru_cache(maxsize=200_000)
def word_similarity(claimed: str, stated: str) -> float:
    """Return how well a word of a source says what a word of a claim does, 0…1."""
    if claimed == stated or stem(claimed) == stem(stated):
        return SAME_WORD
    if min(len(claimed), len(stated)) < 3 or are_antonyms(claimed, stated):
        return 0.0
    if thesaurus.are_synonyms(claimed, stated):
        return SYNONYM
    if thesaurus.are_derived(claimed, stated):
        return RELATED_FORM
    return KIND if thesaurus.is_kind_of(stated, claimed) else 0.0


@lru_cache(maxsize=200_000)
def are_antonyms(first: str, second: str) -> bool:
    """Return whether two words are opposites, by the thesaurus or by their prefixes."""
    if stem(first) == stem(second) or min(len(first), len(second)) < 2:
        return False
    return thesaurus.are_antonyms(first, second) or _are_opposed_by_form(stem(first), stem(second))


def _are_opposed_by_form(first: str, second: str) -> bool:
    """Return whether a prefix or a suffix makes one stem the opposite of the other."""
    if second in _negated_roots(first) or first in _negated_roots(second):
        return True
    prefixed = _split_prefixes(second)
    return any((pair, 1 - side, rest) in prefixed for pair, side, rest in _split_prefixes(first))


@lru_cache(maxsize=20_000)
def _negated_roots(word: str) -> frozenset[str]:
    """Return the words that a word negates by its form: "unsafe", "harmless"."""
    roots = {word[len(prefix) :] for prefix in negation.PREFIXES if word.startswith(prefix)}
    if word.endswith("less"):
        roots |= {word[:-4], f"{word[:-4]}ful"}
    return frozenset(root for root in roots if len(root) > 3)


@cache
def _prefix_pairs() -> list[list[str]]:
    groups = antonyms.PREFIXES.replace("\n", "|").split("|")
    return [group.split() for group in groups if group.strip()]


@lru_cache(maxsize=20_000)
def _split_prefixes(word: str) -> frozenset[tuple[int, int, str]]:
    """Return each pair of prefixes that a word begins with, which of the two, and the rest."""
    return frozenset(
        (number, side, word[len(prefix) :])
        for number, pair in enumerate(_prefix_pairs())
        for side, prefix in enumerate(pair)
        if word.startswith(prefix) and len(word) > len(prefix) + 2
    )
