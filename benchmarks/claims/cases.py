"""Cases: a claim with its citations, the passages it may cite, and whether it is true."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from benchmarks.claims import cells, corpus
from benchmarks.claims.rewording import REWORDINGS
from benchmarks.claims.spoiling import SPOILINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.types import Hit

    from benchmarks.claims.corpus import Source

EACH = 22
"""Cases of one kind from one set, at most."""
FORMS = (" [{number}].", " [{number}].", ". [{number}]", ".[{number}]")


@dataclass(frozen=True, slots=True)
class Case:
    """`true` says whether the passages that `text` cites say it; `hits` are those it may cite."""

    kind: str
    true: bool
    text: str
    hits: tuple[Hit, ...]
    source: str = ""

    @property
    def reworded(self) -> bool:
        """Whether it is true in other words than the passage's."""
        return self.true and self.kind != "verbatim"


def cases(directory: Path, *, seed: int) -> list[Case]:
    """Make cases of every kind from all sets below a directory; the same for the same seed."""
    made: list[Case] = []
    for docs in corpus.sets(directory):
        chance = random.Random(f"{seed} {docs.parent.name}")
        documents = [each for each in corpus.passages(docs, chance=chance) if each]
        counts: dict[str, int] = {}
        for case in (*from_tables(documents, chance), *from_sentences(documents, chance)):
            if counts.get(case.kind, 0) < EACH:
                counts[case.kind] = counts.get(case.kind, 0) + 1
                made.append(case)
    return made


def from_tables(documents: list[list[Hit]], chance: random.Random) -> Iterator[Case]:
    """Yield cases about cells."""
    for table in islice(corpus.tables(documents, chance=chance), 30):
        for kind, is_true, text in cells.claims(table, chance):
            yield cited(kind, text, table.passages, chance, is_true=is_true)


def from_sentences(documents: list[list[Hit]], chance: random.Random) -> Iterator[Case]:
    """Yield cases about sentences: the true ones, and others spoiled from them."""
    for source in islice(corpus.sources(documents, chance=chance), 500):
        if chance.random() < 0.15:
            yield cited("verbatim", source.text, source.passages, chance, is_true=True)
        reworded = dict(rewordings(source, chance))
        for kind, text in reworded.items():
            yield cited(kind, text, source.passages, chance, is_true=True)
        spoiled_from = [source.text, *(text for kind, text in reworded.items() if kind in MILD)]
        for kind, spoil in SPOILINGS.items():
            text = chance.choice([source.text, *spoiled_from])
            if (spoiled := spoil(text, source, chance)) and spoiled != text:
                yield cited(kind, spoiled, source.passages, chance, is_true=False)
        yield from misplaced(source, chance)


MILD = ("synonyms", "adjunct dropped", "adjunct moved", "contractions", "number words")


def rewordings(source: Source, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield the ways to say it in other words, and two of them at once."""
    for kind, reword in REWORDINGS.items():
        text = reword(source, chance)
        if text and text != source.text:
            yield kind, text
            other = chance.choice(["synonyms", "adjunct dropped", "contractions", "order"])
            again = REWORDINGS[other](replace(source, text=text), chance)
            if kind != other and again and again != text and chance.random() < 0.3:
                yield "two at once", again


def misplaced(source: Source, chance: random.Random) -> Iterator[Case]:
    """Yield a true sentence with a citation that is none of its passage's, or without any."""
    if chance.random() < 0.1:
        wrong = chance.choice(source.passages[1:])
        if source.text not in wrong.text:
            yield cited("citation moved", source.text, source.passages, chance, cites=wrong)
    if chance.random() < 0.05:
        yield cited("uncited", source.text, source.passages, chance, cites=None)


def cited(
    kind: str,
    text: str,
    passages: tuple[Hit, ...],
    chance: random.Random,
    *,
    is_true: bool = False,
    cites: Hit | str | None = "first",
) -> Case:
    """Number the passages in any order and put the number behind the claim."""
    hits = chance.sample(passages, len(passages))
    ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1))
    wanted = passages[0] if isinstance(cites, str) else cites
    if wanted is None:
        return Case(kind, is_true, text, ranked)
    number = hits.index(wanted) + 1
    claim = text.rstrip(".") + chance.choice(FORMS).format(number=number)
    return Case(kind, is_true, claim, ranked)
