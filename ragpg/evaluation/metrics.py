"""Figures of one question, and of many. Pure.

A rank counts from 1; None stands for what was not found.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Ranks: TypeAlias = "Sequence[int | None]"
Range: TypeAlias = tuple[int, int]


class Passage(Protocol):
    """A part of a document, from `start` to before `end`; a hit is one, and a gold span."""

    @property
    def source(self) -> str:
        """The document's name."""
        ...

    @property
    def start(self) -> int:
        """The first code point of the file's text."""
        ...

    @property
    def end(self) -> int:
        """The first code point behind it."""
        ...


# --- what was found -------------------------------------------------------------------------


def finds(hit: Passage, gold: Passage) -> bool:
    """Whether a hit covers at least half of the shorter of the two, in the same document."""
    common = min(hit.end, gold.end) - max(hit.start, gold.start)
    shorter = min(hit.end - hit.start, gold.end - gold.start)
    return hit.source == gold.source and common > 0 and 2 * common >= shorter


def ranks_of_spans(hits: Sequence[Passage], golds: Iterable[Passage]) -> list[int | None]:
    """The rank of the first hit that finds each gold span."""
    return [
        next((rank for rank, hit in enumerate(hits, start=1) if finds(hit, gold)), None)
        for gold in golds
    ]


def ranks_of_documents(hits: Sequence[Passage], documents: Iterable[str]) -> list[int | None]:
    """The rank of the first hit in each document."""
    sources = [hit.source for hit in hits]
    return [sources.index(name) + 1 if name in sources else None for name in documents]


def recall(ranks: Ranks, k: int) -> float:
    """Recall@k: the share of what had to be found that is among the first k hits."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def first(ranks: Ranks) -> int | None:
    """The rank of the first hit that is relevant."""
    return min((rank for rank in ranks if rank is not None), default=None)


def reciprocal_rank(ranks: Ranks, k: int) -> float:
    """1/rank of the first relevant hit, 0 if it is not among the first k; its mean is MRR@k.

    Voorhees: The TREC-8 Question Answering Track Report, 1999.
    """
    rank = first(ranks)
    return 1 / rank if rank is not None and rank <= k else 0.0


def ndcg(hits: Iterable[Passage], documents: Iterable[str], k: int) -> float:
    """nDCG@k by document: each counts once, at the place of its best hit; gains are 0 and 1.

    Järvelin & Kekäläinen: Cumulated Gain-Based Evaluation of IR Techniques, TOIS 20(4), 2002, with
    trec_eval's discount 1/log2(rank + 1), as in BEIR (Thakur et al., NeurIPS Datasets 2021).
    """
    relevant = set(documents)
    ranked = list(dict.fromkeys(hit.source for hit in hits))[:k]
    gain = sum(
        1 / math.log2(rank + 1) for rank, name in enumerate(ranked, start=1) if name in relevant
    )
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
    return gain / ideal


# --- how much of it, and how much else ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overlap:
    """Recall, precision and intersection over union of what was returned, in characters."""

    recall: float
    precision: float
    iou: float


def overlap(hits: Iterable[Passage], golds: Iterable[Passage]) -> Overlap:
    """Token-level recall, precision and IoU, with characters for tokens.

    Found text is the union of what hits and gold spans have in common. Recall divides it by the
    gold text, precision by the text of all hits, and IoU by the text of all hits and the gold text
    that was missed; text that is returned twice counts twice. Smith & Troynikov: Evaluating
    Chunking Strategies for Retrieval, Chroma Technical Report, 2024, where all corpora are searched
    together and the figures are means over questions.
    """
    wanted, returned = _ranges(golds), _ranges(hits)
    gold = sum(_length(merged(ranges)) for ranges in wanted.values())
    found = sum(
        _length(_common(merged(ranges), merged(returned.get(name, []))))
        for name, ranges in wanted.items()
    )
    total = sum(map(_length, returned.values()))
    return Overlap(
        recall=found / gold,
        precision=found / total if total else 0.0,
        iou=found / (total + gold - found),
    )


def characters(hits: Iterable[Passage]) -> int:
    """How much text was returned: recall is cheap where that is much."""
    return sum(hit.end - hit.start for hit in hits)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same places as ranges that don't touch, in order."""
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _ranges(passages: Iterable[Passage]) -> Mapping[str, list[Range]]:
    ranges = defaultdict(list)
    for passage in passages:
        ranges[passage.source].append((passage.start, passage.end))
    return ranges


def _common(one: Iterable[Range], other: Sequence[Range]) -> list[Range]:
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [(start, end) for start, end in pairs if start < end]


def _length(ranges: Iterable[Range]) -> int:
    return sum(end - start for start, end in ranges)


# --- telling two kinds apart ----------------------------------------------------------------


def auc(high: Sequence[float], low: Sequence[float]) -> float:
    """How often a value of `high` is above one of `low`; a tie is half.

    It is the area under the ROC curve. Hanley & McNeil: The meaning and use of the area under a
    receiver operating characteristic (ROC) curve, Radiology 143(1), 1982.
    """
    ordered = sorted(low)
    above = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in high)
    return above / (2 * len(high) * len(low))


def roc(high: Sequence[float], low: Sequence[float]) -> list[tuple[float, float]]:
    """The ROC curve from (0, 0) to (1, 1): shares of `low` and of `high`.

    For each threshold, from the greatest value down, these are the shares that reach it.
    """
    values = sorted([(-value, True) for value in high] + [(-value, False) for value in low])
    points, reached = [(0.0, 0.0)], [0, 0]
    for _, equal in groupby(values, key=lambda pair: pair[0]):
        for _, is_high in equal:
            reached[is_high] += 1
        points.append((reached[0] / len(low), reached[1] / len(high)))
    return points
