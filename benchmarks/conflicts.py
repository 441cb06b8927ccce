"""Measure `ragpg conflicts`: `python -m benchmarks.conflicts DIRECTORY…`.

Each directory holds Markdown documents. Conflicts are planted into a copy of them, and counted as
found if both the planted sentence and the original are reported as one conflict. What is reported
of the documents as they are is printed for a reader to judge.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate import command, workplace
from benchmarks.measure import run
from benchmarks.planting import plant_into
from benchmarks.workspace import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.measure import Run
    from benchmarks.planting import Plant

    Reported = dict[str, Any]

EACH = 8
"""Planted conflicts of a kind in one set of documents, at most."""
SHOWN = 20
BESIDES = ("opposite",)
"""Kinds that are planted and counted apart: nothing but one word's opposite is changed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The planted conflicts of a set, those found, and what is reported of its own documents."""

    name: str
    plants: list[Plant]
    found: list[Plant]
    ranks: list[int]
    reported_with_plants: int
    own: Reported
    seconds: float


def main() -> None:
    """Print recall by kind, and the conflicts of the documents as they are."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directories", type=Path, nargs="+", help="directories of documents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=EACH, help="planted conflicts of a kind")
    options = parser.parse_args()
    measured = [
        measure(directory.absolute(), seed=options.seed, each=options.each)
        for directory in options.directories
    ]
    print("\n".join((*table(measured), *(line for each in measured for line in listed(each)))))


def measure(docs: Path, *, seed: int, each: int) -> Measured:
    """Ingest a set with and without planted conflicts, and compare its documents."""
    chance = random.Random(f"{seed} {docs}")
    with workplace() as place:
        plants = plant_into(place / "planted", docs, chance=chance, each=each)
        reported = json.loads(conflicts(place, place / "planted").output)["conflicts"]
    found = {plant: rank for plant in plants if (rank := find(plant, reported)) is not None}
    with workplace() as place:
        own = conflicts(place, docs)
    return Measured(
        docs.name if docs.name != "docs" else docs.parent.name,
        plants,
        list(found),
        sorted(found.values()),
        len(reported),
        json.loads(own.output),
        own.wall,
    )


def conflicts(place: Path, docs: Path) -> Run:
    """Ingest documents and compare them."""
    files = [docs, *docs.rglob("*.mdx")]
    run(command(place, PROGRAM, "ingest", *files, "--root", docs, "--json"), codes=(0, 1))
    return run(command(place, PROGRAM, "conflicts", "--json"))


def find(plant: Plant, reported: Sequence[Reported]) -> int | None:
    """Return the place of a planted conflict among those reported, None where it is missing."""
    for rank, conflict in enumerate(reported, start=1):
        for one, other in (("a", "b"), ("b", "a")):
            planted, original = conflict[one], conflict[other]
            is_planted = planted["source"] == plant.target and planted["text"] in plant.planted
            is_original = original["source"] == plant.source and has_words(
                original["text"], plant.original
            )
            if is_planted and is_original:
                return rank
    return None


def has_words(markdown: str, sentence: str) -> bool:
    """Whether a text as it is written has nearly all words of a sentence as a reader sees it."""
    written, words = (set(re.findall(r"\w+", text)) for text in (markdown, sentence))
    return len(words & written) >= 0.9 * len(words)


def table(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield a table of planted and found conflicts by kind."""
    kinds = list(dict.fromkeys(plant.kind for each in measured for plant in each.plants))
    kinds.sort(key=lambda kind: kind in BESIDES)
    yield f"| set | {' | '.join(kinds)} | all but {', '.join(BESIDES)} |"
    yield "|---" * (len(kinds) + 2) + "|"
    for name, group in (*((each.name, [each]) for each in measured), ("all", list(measured))):
        planted = Counter(plant.kind for each in group for plant in each.plants)
        found = Counter(plant.kind for each in group for plant in each.found)
        cells = [f"{found[kind]}/{planted[kind]}" for kind in kinds]
        counted = [kind for kind in kinds if kind not in BESIDES]
        total, right = (sum(c[kind] for kind in counted) for c in (planted, found))
        yield f"| {name} | {' | '.join(cells)} | {right}/{total} = {right / (total or 1):.0%} |"


def listed(measured: Measured) -> Iterator[str]:
    """Yield the first conflicts that are reported of a set as it is."""
    own = measured.own
    yield ""
    yield (
        f"{measured.name}: {len(own['conflicts'])} conflicts among {own['documents']} documents, "
        f"{own['chunks']} chunks, {own['statements']} statements in {measured.seconds:.1f} s; "
        f"{measured.reported_with_plants} with {len(measured.plants)} planted"
    )
    for number, conflict in enumerate(own["conflicts"][:SHOWN], start=1):
        says = f"{conflict['what']['a']} / {conflict['what']['b']}"
        yield f"{number}. {conflict['kind']}: {says} ({conflict['score']:.2f})"
        for side in ("a", "b"):
            place = conflict[side]
            where = f"{place['source']}:L{place['start_line']}"
            headings = " > ".join(place["heading"])
            yield f"   - {where} ({headings}) {' '.join(place['text'].split())}"


if __name__ == "__main__":
    main()
