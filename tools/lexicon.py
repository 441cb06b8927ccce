"""Make `ragpg/lexicon/wordnet.tsv` from a WordNet 3.0 database.

Run as `python -m tools.lexicon DIRECTORY`, where `index.noun`, `data.noun`, `noun.exc`,
`cntlist.rev` and the like are: those of Debian's package `wordnet-base`, for example. Which senses
count was chosen by reading pairs from either side of each threshold.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from itertools import permutations, product
from pathlib import Path
from typing import TYPE_CHECKING

from tools.wordnet import (
    ANTONYM,
    DERIVED,
    HYPERNYM,
    PERTAINYM,
    USAGE,
    Pointer,
    WordNet,
    read_wordnet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.wordnet import Key

    Relation = dict[str, set[str]]

TARGET = Path(__file__).parents[1] / "ragpg/lexicon/wordnet.tsv"

# How likely two words are met in the senses that are related: the product of the senses' shares.
MIN_SYNONYMS = 0.025
MIN_ANTONYMS = 0.005
MIN_ANTONYMS_OF_SYNONYMS = 0.05
MIN_DERIVED = 0.005
MIN_KINDS = 0.2

INFORMAL = frozenset(
    {
        *("slang", "colloquialism", "archaism", "intensifier", "trope"),
        *("disparagement", "ethnic_slur", "obscenity"),
    }
)
"""Usages whose words are no synonyms in documents."""
MAX_KINDS = 40
"""Kinds of a verb that says something; one with more is too general, as "move" is."""
MIN_DEPTH = 5
"""Steps from the most general noun to one that says something: "document", not "artifact"."""
STEPS = {"n": 3, "v": 1}
"""Steps to a more general noun or verb."""
MIN_SHARED_LETTERS = 3
"""Letters that words begin with that are derived from one word, or pertain to it."""
PERSON = 18
"""The number of the file of persons: "employer" and "employee" are not one."""


def list_words(wordnet: WordNet, synset: Key) -> list[str]:
    """Return the words of a synset that are kept; slang is not."""
    words, pointers = wordnet.synsets[synset].words, wordnet.synsets[synset].pointers
    informal = {
        word
        for pointer in pointers
        if pointer.kind == USAGE and not INFORMAL.isdisjoint(wordnet.synsets[pointer.synset].words)
        for word in (words if not pointer.source_word else [words[pointer.source_word - 1]])
    }
    return [word for word in words if word in wordnet.vocabulary and word not in informal]


def find_synonyms(wordnet: WordNet) -> Relation:
    """Return for each word those of the same sense."""
    related: Relation = defaultdict(set)
    for synset in wordnet.synsets:
        for first, second in permutations(list_words(wordnet, synset), 2):
            if score(wordnet, (first, synset), (second, synset)) >= MIN_SYNONYMS:
                related[first].add(second)
    return related


def score(wordnet: WordNet, first: tuple[str, Key], second: tuple[str, Key]) -> float:
    """Return how likely two words are met in these senses."""
    return wordnet.share(*first) * wordnet.share(*second)


def find_antonyms(wordnet: WordNet) -> Relation:
    """Return for each word its opposites, and those of its synonyms."""
    related: Relation = defaultdict(set)
    for synset, pointer in list_pointers(wordnet, ANTONYM):
        named = name_words(wordnet, synset, pointer)
        for first in list_words(wordnet, synset):
            for second in list_words(wordnet, pointer.synset):
                least = MIN_ANTONYMS if (first, second) == named else MIN_ANTONYMS_OF_SYNONYMS
                if score(wordnet, (first, synset), (second, pointer.synset)) >= least:
                    add(related, first, second)
    return related


def find_derived(wordnet: WordNet) -> Relation:
    """Return for each word those derived from it or from the same word, and what they are from."""
    direct: Relation = defaultdict(set)
    for synset, pointer in list_pointers(wordnet, DERIVED, PERTAINYM):
        first, second = name_words(wordnet, synset, pointer)
        is_form = pointer.kind == DERIVED or begin_alike(first, second)
        if first == second or not is_form or not {first, second} <= wordnet.vocabulary:
            continue
        if score(wordnet, (first, synset), (second, pointer.synset)) >= MIN_DERIVED:
            add(direct, first, second)
    return add_siblings(wordnet, direct)


def add_siblings(wordnet: WordNet, direct: Relation) -> Relation:
    """Relate words that are derived from one word: "employment" and "employee"."""
    persons = {
        word
        for synset in wordnet.synsets.values()
        if synset.file == PERSON
        for word in synset.words
    }
    related = {word: set(others) for word, others in direct.items()}
    for siblings in direct.values():
        for first, second in permutations(siblings, 2):
            if begin_alike(first, second) and not {first, second} <= persons:
                related[first].add(second)
    return related


def begin_alike(first: str, second: str) -> bool:
    """Return whether two words share their first letters."""
    return first[:MIN_SHARED_LETTERS] == second[:MIN_SHARED_LETTERS]


def find_kinds(wordnet: WordNet) -> Relation:
    """Return for each noun and verb the words for what it is a kind of."""
    related: Relation = defaultdict(set)
    general = find_general(wordnet)
    for synset in wordnet.synsets:
        for above in list_kinds(wordnet, synset, general):
            for first, second in product(*(list_words(wordnet, key) for key in (synset, above))):
                if score(wordnet, (first, synset), (second, above)) >= MIN_KINDS:
                    related[first].add(second)
    return {word: others - {word} for word, others in related.items()}


def list_kinds(wordnet: WordNet, synset: Key, general: set[Key]) -> set[Key]:
    """Return what a concept is a kind of, the more general concepts left out."""
    level: set[Key] = {synset}
    found: set[Key] = set()
    for _ in range(STEPS.get(synset[0], 0)):
        level = {above for key in level for above in list_hypernyms(wordnet, key)} - general
        found |= level
    return found


def find_general(wordnet: WordNet) -> set[Key]:
    """Return the concepts that say too little: verbs of many kinds, and the most general nouns."""
    kinds = Counter(above for key in wordnet.synsets for above in list_hypernyms(wordnet, key))
    many = {key for key, count in kinds.items() if key[0] == "v" and count > MAX_KINDS}
    return many | {k for k in kinds if k[0] == "n" and find_depth(wordnet, k) < MIN_DEPTH}


def list_hypernyms(wordnet: WordNet, synset: Key) -> list[Key]:
    """Return the next more general concepts."""
    pointers = wordnet.synsets[synset].pointers
    return [pointer.synset for pointer in pointers if pointer.kind == HYPERNYM]


def find_depth(wordnet: WordNet, synset: Key) -> int:
    """Return the number of steps from the most general noun."""
    above = list_hypernyms(wordnet, synset)
    return 1 + min(find_depth(wordnet, key) for key in above) if above else 0


def list_pointers(wordnet: WordNet, *kinds: str) -> Iterator[tuple[Key, Pointer]]:
    """Yield the pointers from word to word, with the synset of the first."""
    for key, synset in wordnet.synsets.items():
        yield from ((key, p) for p in synset.pointers if p.kind in kinds and p.source_word)


def name_words(wordnet: WordNet, synset: Key, pointer: Pointer) -> tuple[str, str]:
    """Return the two words that a pointer relates."""
    source, target = wordnet.synsets[synset], wordnet.synsets[pointer.synset]
    return source.words[pointer.source_word - 1], target.words[pointer.target_word - 1]


def add(related: Relation, first: str, second: str) -> None:
    """Relate two words to each other."""
    related[first].add(second)
    related[second].add(first)


def make_lines(wordnet: WordNet) -> Iterator[str]:
    """Yield the lines of the table, sorted by their words, as `ragpg.text.thesaurus` reads it."""
    parts: Relation = defaultdict(set)
    for word, pos in wordnet.senses:
        if word in wordnet.vocabulary:
            parts[word].add(pos)
    columns = (
        parts,
        {f: bases & wordnet.vocabulary for f, bases in wordnet.exceptions.items() if f.isascii()},
        find_synonyms(wordnet),
        find_antonyms(wordnet),
        find_derived(wordnet),
        find_kinds(wordnet),
    )
    words = {word for column in columns for word, others in column.items() if others}
    for word in sorted(words):
        cells = (" ".join(sorted(column.get(word, ()))) for column in columns)
        yield "\t".join((word, *cells)).rstrip("\t")


if __name__ == "__main__":
    lines = make_lines(read_wordnet(Path(sys.argv[1])))
    TARGET.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
