"""Conflicts planted into documents: a sentence in other words elsewhere, with one thing changed."""

from __future__ import annotations

import math
import re
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from ragpg.errors import DocumentError

from benchmarks.claims import corpus, spoiling
from benchmarks.claims.rewording import MONTHS, REWORDINGS

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ragpg.types import Hit

    from benchmarks.claims.corpus import Source

REWORDED = (
    *("number words", "separators", "percent", "dates", "contractions", "synonyms"),
    *("adjunct dropped", "adjunct moved", "active for passive", "order"),
)
"""Ways to say the whole of a sentence in other words."""
HEADING_NAMED = 0.3
"""Share of planted sentences that name the heading of the original first."""
STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|can|may|must|will|should|cannot|needs?|requires?|does|do)\b|\d"
)
NOT_ALONE = re.compile(
    r"(?:See|Refer|Select|Click|Use|Type|Open|Create|Set|Run|For more|For example|For instance|Note"
    r"|Let|Check|Make|Add|Go|To|Welcome|Choose|Press|Try|This|These|It|They|That|Those|Here|There"
    r"|Example|Step|Also)\b"
)
"""Instructions, references and examples, and sentences whose subject stands elsewhere."""
CONDITION = re.compile(r"\b(?:if|when|unless|until|while|whereas|where)\b", re.IGNORECASE)
OF_ONE_CASE = re.compile(
    r"example|\be\.g\.|\bv?\d+\.\d|\b(?:19|20)\d\d\b"
    r"|changelog|release|migrat|upgrad|news|blog|post",
    re.IGNORECASE,
)
"""In a path, heading or sentence: it holds for a version, a moment or an example."""
DUTIES = (
    *(("may", "must"), ("can", "must"), ("must", "may"), ("must", "need not"), ("have to", "may")),
    *(("has to", "may"), ("need to", "may"), ("needs to", "may"), ("must not", "may")),
    *(("cannot", "must"), ("may not", "may"), ("can", "cannot"), ("may", "may not")),
    *(("required", "optional"), ("optional", "required"), ("mandatory", "optional")),
    *(("allowed", "forbidden"), ("permitted", "forbidden"), ("allowed to", "required to")),
    *(("required to", "allowed to"), ("have to", "do not have to"), ("should", "must not")),
)


@dataclass(frozen=True, slots=True)
class Plant:
    """A sentence that contradicts another one: what was changed, and where both stand."""

    kind: str
    original: str
    source: str
    planted: str
    target: str
    at: int


@dataclass
class Planter:
    """Plants conflicts into the passages of documents, `each` of a kind at most."""

    documents: list[list[Hit]]
    chance: random.Random
    each: int
    taken: set[tuple[str, int]] = field(default_factory=set)

    def plants(self) -> Iterator[Plant]:
        """Yield conflicts, the rarer kinds first wherever a sentence allows several."""
        counts: Counter[str] = Counter()
        spoilings = {
            "figure": spoiling.number,
            "unit": spoiling.unit,
            "date": spoiling.date,
            "name": self.other_name,
            "duty": other_duty,
            "negation": negated,
            "opposite": opposed,
        }
        for source in corpus.sources(self.documents, chance=self.chance):
            reworded = self.reworded(source)
            if reworded is None:
                continue
            for kind in sorted(spoilings, key=lambda kind: counts[kind]):
                if counts[kind] >= self.each:
                    continue
                spoiled = spoilings[kind](reworded, source, self.chance)
                if not spoiled or spoiled == reworded:
                    continue
                if target := self.nearest(source.passage):
                    counts[kind] += 1
                    yield self.plant(kind, source, spoiled, target)
                break

    def reworded(self, source: Source) -> str | None:
        """Return a sentence that can stand alone in other words, in two ways where there are."""
        unfit = OF_ONE_CASE.search(" ".join((source.passage.source, *source.passage.heading)))
        is_alone = STATES.search(source.text) and not NOT_ALONE.match(source.text)
        if unfit or not is_alone or OF_ONE_CASE.search(source.text):
            return None
        text, ways = source.text, 0
        for kind in self.chance.sample(REWORDED, len(REWORDED)):
            changed = REWORDINGS[kind](replace(source, text=text), self.chance)
            if changed and changed != text and ways < 2:
                text, ways = changed, ways + 1
        return text if ways else None

    def plant(self, kind: str, source: Source, spoiled: str, target: Hit) -> Plant:
        """Return a conflict at the end of a passage of another document."""
        if self.chance.random() < HEADING_NAMED:
            named = REWORDINGS["heading named"](replace(source, text=spoiled), self.chance)
            spoiled = named or spoiled
        self.taken.add((target.source, target.start))
        at = target.start + len(target.text)
        return Plant(kind, source.text, source.passage.source, spoiled, target.source, at)

    def nearest(self, passage: Hit) -> Hit | None:
        """Return the passage of another document that has most of the words, and may take one."""
        own = self.vectors[self.places[passage.source, passage.start]]
        best = max(
            (
                (sum(weight * vector.get(word, 0.0) for word, weight in own.items()), place)
                for place, vector in enumerate(self.vectors)
                if self.takes(self.hits[place]) and self.hits[place].source != passage.source
            ),
            default=None,
        )
        return self.hits[best[1]] if best and best[0] > 0 else None

    def takes(self, hit: Hit) -> bool:
        """Whether a paragraph can follow a passage: no code, table or tag ends it."""
        end = hit.text.rstrip().rpartition("\n")[2]
        broken = "```" in hit.text or end.endswith("|") or "<" in end or ":::" in hit.text
        unfit = OF_ONE_CASE.search(" ".join((hit.source, *hit.heading)))
        return not broken and not unfit and (hit.source, hit.start) not in self.taken

    @cached_property
    def hits(self) -> list[Hit]:
        """All passages."""
        return [hit for document in self.documents for hit in document]

    @cached_property
    def places(self) -> dict[tuple[str, int], int]:
        """The place of each passage among all."""
        return {(hit.source, hit.start): place for place, hit in enumerate(self.hits)}

    @cached_property
    def vectors(self) -> list[dict[str, float]]:
        """The words of each passage by tf-idf, of unit length."""
        bags = [Counter(re.findall(r"[a-z]{3,}", hit.text.lower())) for hit in self.hits]
        counts = Counter(word for bag in bags for word in bag)
        vectors = []
        for bag in bags:
            weights = {w: n * math.log(len(bags) / counts[w]) for w, n in bag.items()}
            length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
            vectors.append({word: weight / length for word, weight in weights.items()})
        return vectors

    @cached_property
    def names(self) -> set[str]:
        """Words that are only ever written with a capital, also within sentences."""
        text = " ".join(hit.text for hit in self.hits)
        small = set(re.findall(r"(?<![\w'-])[a-z]{3,}", text))
        found = Counter(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?![\w'-])", text))
        often = {word for word, count in found.items() if count > 2 and word not in MONTHS}
        return {w for w in often if not small & {w.lower(), f"{w.lower()}s"}}

    def other_name(self, text: str, source: Source, chance: random.Random) -> str | None:
        """Another name of the documents in the place of one."""
        pattern = r"(?<=[a-z,] )[A-Z][a-z]{2,}(?![\w'-]| [A-Z])"
        own = [match for match in re.finditer(pattern, text) if match.group() in self.names]
        others = self.names - set(re.findall(r"\w+", source.passage.text))
        if not own or not others:
            return None
        return spoiling.put(text, chance.choice(own), chance.choice(sorted(others)))


def other_duty(text: str, source: Source, chance: random.Random) -> str | None:
    """What may be done must be, or must not, and the other way round."""
    if CONDITION.search(text) or re.search(r"\bmay (?=\d)", text, re.I):
        return None
    return spoiling.exchanged(text, list(DUTIES), chance)


def negated(text: str, source: Source, chance: random.Random) -> str | None:
    """A negation put in, or left out, of a statement without conditions."""
    if CONDITION.search(text):
        return None
    left_out = spoiling.affirmed(text, source, chance)
    return left_out or spoiling.negated(text, source, chance)


def opposed(text: str, source: Source, chance: random.Random) -> str | None:
    """A word by its opposite, in a statement without conditions."""
    return None if CONDITION.search(text) else spoiling.opposite(text, source, chance)


def plant_into(directory: Path, docs: Path, *, chance: random.Random, each: int) -> list[Plant]:
    """Copy documents into a directory, with planted conflicts; returns these."""
    shutil.copytree(docs, directory)
    planter = Planter(list(read(docs)), chance, each)
    plants = list(planter.plants())
    by_target: dict[str, list[Plant]] = defaultdict(list)
    for plant in plants:
        by_target[plant.target].append(plant)
    for target, own in by_target.items():
        path = directory / target
        path.write_text(insert(path.read_bytes().decode("utf-8-sig"), own), "utf-8", newline="")
    return plants


def insert(text: str, plants: Sequence[Plant]) -> str:
    """Return a document's text with each planted sentence as a paragraph of its own."""
    for plant in sorted(plants, key=lambda plant: -plant.at):
        rest = text[plant.at :].lstrip("\r\n")
        text = f"{text[: plant.at]}\n\n{plant.planted}\n\n{rest}"
    return text


def read(docs: Path) -> Iterator[list[Hit]]:
    """Yield the passages of each document that can be read."""
    for path in sorted((*docs.rglob("*.md"), *docs.rglob("*.mdx"))):
        content = path.read_bytes()
        try:
            hits = corpus.cut(path.relative_to(docs).as_posix(), content)
        except DocumentError:
            continue
        text = content.decode("utf-8-sig")
        prose = [hit for hit in hits if text.count("```", 0, hit.start) % 2 == 0]
        if prose:
            yield prose
