"""Metrics of retrieval and refusal. Pure.

Ranks count from 1; None means that the item was not found.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ragpg.evaluation.cases import Case

Ranks: TypeAlias = "Sequence[int | None]"
Range: TypeAlias = tuple[int, int]


class TextSpan(Protocol):
    """A part of a document: a hit or a gold span. Offsets are code points of the file's text."""

    @property
    def source(self) -> str:
        """The document's source."""
        ...

    @property
    def start(self) -> int:
        """The first code point."""
        ...

    @property
    def end(self) -> int:
        """The offset after the last code point."""
        ...


# --- ranking ----------------------------------------------------------------------------------


def covers(hit: TextSpan, gold: TextSpan) -> bool:
    """Return whether the two overlap by at least half of the shorter one."""
    common = min(hit.end, gold.end) - max(hit.start, gold.start)
    shorter = min(hit.end - hit.start, gold.end - gold.start)
    return hit.source == gold.source and common > 0 and 2 * common >= shorter


def rank_spans(hits: Sequence[TextSpan], golds: Iterable[TextSpan]) -> list[int | None]:
    """Return the rank of the first hit that covers each gold span."""
    return [
        next((rank for rank, hit in enumerate(hits, start=1) if covers(hit, gold)), None)
        for gold in golds
    ]


def rank_documents(hits: Sequence[TextSpan], documents: Iterable[str]) -> list[int | None]:
    """Return the rank of the first hit in each document."""
    sources = [hit.source for hit in hits]
    return [sources.index(name) + 1 if name in sources else None for name in documents]


def recall(ranks: Ranks, k: int) -> float:
    """Return recall@k: the share of the gold items that are among the first k hits."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def first_rank(ranks: Ranks) -> int | None:
    """Return the rank of the first relevant hit."""
    return min((rank for rank in ranks if rank is not None), default=None)


def reciprocal_rank(ranks: Ranks, k: int) -> float:
    """Return 1/rank of the first relevant hit, 0 after rank k; the mean is MRR@k.

    Voorhees: The TREC-8 Question Answering Track Report, 1999.
    """
    rank = first_rank(ranks)
    return 1 / rank if rank is not None and rank <= k else 0.0


def ndcg(hits: Iterable[TextSpan], documents: Iterable[str], k: int) -> float:
    """Return nDCG@k by document: each counts once, at its best hit; gains are 0 and 1.

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


# --- overlap in characters --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overlap:
    """Recall, precision and intersection over union, in characters."""

    recall: float
    precision: float
    iou: float


def overlap(hits: Iterable[TextSpan], golds: Iterable[TextSpan]) -> Overlap:
    """Return token-level recall, precision and IoU, with characters as tokens.

    The numerator is the union of what hits and gold spans have in common. Recall divides it by the
    gold text, precision by the text of all hits, and IoU by the text of all hits and the gold text
    that was missed; text that is returned twice counts twice. Smith & Troynikov: Evaluating
    Chunking Strategies for Retrieval, Chroma Technical Report, 2024, where all corpora are searched
    together and the results are means over questions.
    """
    gold_ranges, hit_ranges = _ranges(golds), _ranges(hits)
    gold = sum(_length(merge_ranges(ranges)) for ranges in gold_ranges.values())
    common = sum(
        _length(_intersect(merge_ranges(ranges), merge_ranges(hit_ranges.get(source, []))))
        for source, ranges in gold_ranges.items()
    )
    total = sum(map(_length, hit_ranges.values()))
    return Overlap(
        recall=common / gold,
        precision=common / total if total else 0.0,
        iou=common / (total + gold - common),
    )


def count_characters(hits: Iterable[TextSpan]) -> int:
    """Return the length of all hits: long hits make recall easy."""
    return sum(hit.end - hit.start for hit in hits)


def merge_ranges(ranges: Iterable[Range]) -> list[Range]:
    """Merge ranges that overlap or touch; the result is sorted."""
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _ranges(passages: Iterable[TextSpan]) -> Mapping[str, list[Range]]:
    ranges = defaultdict(list)
    for passage in passages:
        ranges[passage.source].append((passage.start, passage.end))
    return ranges


def _intersect(left: Iterable[Range], right: Sequence[Range]) -> list[Range]:
    pairs = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return [(start, end) for start, end in pairs if start < end]


def _length(ranges: Iterable[Range]) -> int:
    return sum(end - start for start, end in ranges)


# --- discrimination ---------------------------------------------------------------------------


def auc(high: Sequence[float], low: Sequence[float]) -> float:
    """Return the probability that a value of `high` is above one of `low`; ties count half.

    This is the area under the ROC curve. Hanley & McNeil: The meaning and use of the area under a
    receiver operating characteristic (ROC) curve, Radiology 143(1), 1982.
    """
    ordered = sorted(low)
    above = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in high)
    return above / (2 * len(high) * len(low))


def roc(high: Sequence[float], low: Sequence[float]) -> list[tuple[float, float]]:
    """Return the ROC curve from (0, 0) to (1, 1) as points (false, true positive rate).

    These are the shares of `low` and of `high` that reach each threshold, from the highest down.
    """
    values = sorted([(-value, True) for value in high] + [(-value, False) for value in low])
    points, reached = [(0.0, 0.0)], [0, 0]
    for _, equal in groupby(values, key=lambda pair: pair[0]):
        for _, is_high in equal:
            reached[is_high] += 1
        points.append((reached[0] / len(low), reached[1] / len(high)))
    return points


# --- the metrics of a report ------------------------------------------------------------------

REFUSAL_AUC = "refusal_auc"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its description, and which cases it applies to."""

    name: str
    about: str
    applies_to: Callable[[Case], bool]


def _is_retrievable(case: Case) -> bool:
    return case.retrievable


def _has_evidence(case: Case) -> bool:
    return case.retrievable and bool(case.evidence)


def _is_answerable(case: Case) -> bool:
    return case.expects_answer is True


def _is_unanswerable(case: Case) -> bool:
    return case.expects_answer is False


METRICS = {
    metric.name: metric
    for metric in (
        Metric("recall@1", "Share of the gold passages among the first hit", _is_retrievable),
        Metric("recall@3", "Share of the gold passages among three hits", _is_retrievable),
        Metric("recall@5", "Share of the gold passages among five hits", _is_retrievable),
        Metric("recall@10", "Share of the gold passages among ten hits", _is_retrievable),
        Metric("mrr@10", "1/rank of the first relevant hit", _is_retrievable),
        Metric("ndcg@10", "Ranking of documents, each by its best hit", _is_retrievable),
        Metric("token_recall@5", "Share of the gold text that is returned", _has_evidence),
        Metric("token_precision@5", "Share of the returned text that is gold", _has_evidence),
        Metric("token_iou@5", "Gold text returned, of all gold and returned text", _has_evidence),
        Metric("characters@5", "Characters of five hits: less is better", _is_retrievable),
        Metric("characters@10", "Characters of ten hits: less is better", _is_retrievable),
        Metric("answered", "Answerable questions that are answered", _is_answerable),
        Metric("refused", "Unanswerable questions that are refused", _is_unanswerable),
        Metric(REFUSAL_AUC, "How well confidence tells the two apart (0.5: by chance)", bool),
        Metric("passed", "Cases that pass their checks", lambda case: case.checked),
    )
}
