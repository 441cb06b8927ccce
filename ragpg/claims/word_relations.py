"""Whether two stems can mean the same, or the opposite of each other. Pure.

The tables of the lexicon are small on purpose: what they lack is recognised by prefixes, or by the
place where one word stands for another.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import combinations

from ragpg.lexicon import antonyms, negation, synonyms
from ragpg.text.stems import stem


@cache
def synonym_groups() -> dict[str, frozenset[int]]:
    """Return the numbers of the groups of synonyms that each stem belongs to."""
    groups: dict[str, set[int]] = {}
    for number, words in enumerate(_parse_groups(synonyms.SYNONYMS)):
        for word in words:
            groups.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


@cache
def antonym_pairs() -> frozenset[frozenset[str]]:
    """Return the pairs of stems that the lexicon lists as opposites."""
    return frozenset(
        frozenset(map(stem, pair))
        for words in _parse_groups(antonyms.ANTONYMS)
        for pair in combinations(words, 2)
    )


def _parse_groups(table: str) -> list[list[str]]:
    joined = "|".join(table.strip().splitlines())
    return [group.split() for group in joined.split("|") if group.strip()]


def are_synonyms(first: str, second: str) -> bool:
    """Return whether two stems can mean the same."""
    groups = synonym_groups()
    return bool(groups.get(first, frozenset()) & groups.get(second, frozenset()))


@lru_cache(maxsize=100_000)
def are_antonyms(first: str, second: str) -> bool:
    """Return whether two stems are opposites, by the lexicon or by their prefixes."""
    if first == second or min(len(first), len(second)) < 2:
        return False
    return frozenset((first, second)) in antonym_pairs() or _are_opposed_by_form(first, second)


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
    return _parse_groups(antonyms.PREFIXES)


@lru_cache(maxsize=20_000)
def _split_prefixes(word: str) -> frozenset[tuple[int, int, str]]:
    """Return each pair of prefixes that a word begins with, which of the two, and the rest."""
    return frozenset(
        (number, side, word[len(prefix) :])
        for number, pair in enumerate(_prefix_pairs())
        for side, prefix in enumerate(pair)
        if word.startswith(prefix) and len(word) > len(prefix) + 2
    )
