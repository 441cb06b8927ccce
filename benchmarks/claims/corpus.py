"""Documents as passages, and the sentences and table cells in them that claims are made from."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ragpg.api import factories
from ragpg.config import Config
from ragpg.documents import parse_document
from ragpg.markdown import SegmentKind, split_segments
from ragpg.types import File, Hit

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from ragpg.pipeline.write import Chunker

SHOWN = 5
"""Passages that a claim may cite."""
LONGEST_DOCUMENT = 60_000
"""Bytes; of longer ones the beginning is taken."""
ENOUGH = 300_000
"""Bytes of one set."""
FIGURE = re.compile(r"[$£€]?\(?\d[\d,.]*\)?%?")
"""The whole of a cell that holds one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of a passage, as a reader sees it, and the passages that are shown with it.

    `passages[0]` is the one that says it; `before` and `after` are its neighbours within it.
    """

    text: str
    passages: tuple[Hit, ...]
    before: str | None
    after: str | None
    others: tuple[str, ...]

    @property
    def passage(self) -> Hit:
        """The passage that says it."""
        return self.passages[0]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that stands whole in a passage: its header, and rows with a label and figures."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    passages: tuple[Hit, ...]


def sets(directory: Path) -> list[Path]:
    """The sets of documents that cases are made from."""
    return sorted(each / "docs" for each in directory.iterdir() if (each / "docs").is_dir())


def passages(directory: Path, *, chance: random.Random) -> list[list[Hit]]:
    """The passages of some documents of a set, a list for each document."""
    files = sorted(directory.rglob("*.md"))
    found = []
    left = ENOUGH
    for path in chance.sample(files, len(files)):
        content = path.read_bytes()[:LONGEST_DOCUMENT].decode(errors="ignore").encode()
        left -= len(content)
        if left < 0:
            break
        source = path.relative_to(directory).as_posix()
        found.append(cut(source, content))
    return found


@cache
def chunker() -> Chunker:
    """The chunker that ragpg uses unless it is told otherwise."""
    return factories.make_chunker(Config())


def cut(source: str, content: bytes) -> list[Hit]:
    """All passages of a document, ranked in its order."""
    document = parse_document(File(source, None, content, hashlib.sha256(content).digest()))
    return [
        Hit(
            rank=rank,
            source=source,
            title=document.title,
            heading=each.heading,
            start=each.start,
            end=each.end,
            start_line=each.start_line,
            end_line=each.end_line,
            text=each.text.strip(),
            score=0.0,
        )
        for rank, each in enumerate(chunker().chunk(document), start=1)
        if each.text.strip()
    ]


def shown(documents: list[list[Hit]], hit: Hit, *, chance: random.Random) -> tuple[Hit, ...]:
    """A passage and others: neighbours of it first, then what stands elsewhere in the set."""
    same = next(each for each in documents if hit in each)
    position = same.index(hit)
    near = [other for other in same[max(0, position - 3) : position + 4] if other != hit]
    chance.shuffle(near)
    far = [chance.choice(chance.choice([each for each in documents if each])) for _ in range(9)]
    picked = [hit]
    for other in [*near[:3], *far]:
        if all(other.text != known.text for known in picked) and len(picked) < SHOWN:
            picked.append(other)
    return tuple(picked)


def sources(documents: list[list[Hit]], *, chance: random.Random) -> Iterator[Source]:
    """Yield sentences that can stand alone, at most two of a passage."""
    hits = [hit for document in documents for hit in document]
    chance.shuffle(hits)
    for hit in hits:
        texts = [
            each.plain.strip()
            for each in split_segments(hit.text)
            if each.kind in (SegmentKind.SENTENCE, SegmentKind.LIST_ITEM) and each.plain.strip()
        ]
        usable = [index for index, text in enumerate(texts) if is_usable(text)]
        for index in chance.sample(usable, min(2, len(usable))):
            yield Source(
                texts[index],
                shown(documents, hit, chance=chance),
                texts[index - 1] if index else None,
                texts[index + 1] if index + 1 < len(texts) else None,
                tuple(texts[each] for each in usable if each != index),
            )


def is_usable(text: str) -> bool:
    """Whether a text is one whole sentence of ordinary prose."""
    words = text.split()
    plain = re.fullmatch(r"[A-Z\"“][^|<>{}=\[\]\\`*_#@\n]+[a-z0-9%)\"”]\.", text)
    several = re.search(r"[a-z][.!]\)? \(?[A-Z]", text) is not None
    odd = several or "http" in text or "?" in text
    return 8 <= len(words) <= 38 and plain is not None and not odd


def tables(documents: list[list[Hit]], *, chance: random.Random) -> Iterator[Table]:
    """Yield tables of figures whose header stands in the same passage."""
    hits = [hit for document in documents for hit in document if "| --- |" in hit.text]
    chance.shuffle(hits)
    for hit in hits:
        lines = [line for line in hit.text.splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        rule = next((i for i, line in enumerate(lines) if line.startswith("| ---")), 0)
        if not rule:
            continue
        header = cells[rule - 1]
        rows = [row for row in cells[rule + 1 :] if is_row(row, len(header))]
        labels = [row[0] for row in rows]
        columns = [name for name in header[1:] if name]
        if len(set(columns)) < 2 or len(set(columns)) < len(columns) or len(set(labels)) < 2:
            continue
        unique = [row for row in rows if labels.count(row[0]) == 1]
        if len(unique) > 1:
            passages = shown(documents, hit, chance=chance)
            yield Table(tuple(header), tuple(map(tuple, unique)), passages)


def is_row(row: list[str], width: int) -> bool:
    """Whether a row has a label of words and figures in its cells."""
    figures = [cell for cell in row[1:] if FIGURE.fullmatch(cell)]
    labelled = re.fullmatch(r"[A-Za-z][A-Za-z ,'()-]{4,60}", row[0]) is not None
    return len(row) == width and labelled and len(figures) > 1
