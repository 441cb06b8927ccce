"""Metrics: small examples by hand, and properties that hold for all."""

from __future__ import annotations

import math
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.evaluation import bootstrap, metrics
from ragpg.evaluation.cases import Span

spans = st.builds(
    lambda source, start, length: Span(source, start, start + length),
    st.sampled_from("ab"),
    st.integers(0, 60),
    st.integers(1, 40),
)
some = st.lists(spans, min_size=1, max_size=6)
values = st.lists(st.floats(-5, 5).map(lambda number: round(number, 1)), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("hit", "found"),
    [
        (Span("a", 50, 250), True),  # half of the gold span, which is shorter
        (Span("a", 51, 251), False),
        (Span("a", 60, 70), True),  # all of the hit, which is shorter
        (Span("a", 95, 105), True),
        (Span("a", 90, 120), False),  # a third of the hit
        (Span("b", 0, 100), False),
        (Span("a", 100, 200), False),
    ],
)
def test_a_span_is_found_by_half_of_the_shorter(hit: Span, found: bool) -> None:
    """A hit of the same document that covers at least half of the shorter of the two."""
    assert metrics.covers(hit, Span("a", 0, 100)) is found


def test_ranks_recall_and_reciprocal_rank() -> None:
    """Of two gold spans one is found at 2; of three documents two at 1 and 3."""
    hits = [Span("b", 0, 10), Span("a", 0, 10), Span("c", 5, 9), Span("a", 0, 10)]
    ranks = metrics.rank_spans(hits, [Span("a", 2, 8), Span("a", 50, 60)])
    assert ranks == [2, None]
    assert [metrics.recall(ranks, k) for k in (1, 2, 5)] == [0, 0.5, 0.5]
    assert metrics.first_rank(ranks) == 2
    assert (metrics.reciprocal_rank(ranks, 10), metrics.reciprocal_rank(ranks, 1)) == (0.5, 0)
    assert metrics.rank_documents(hits, ["b", "c", "z"]) == [1, 3, None]
    assert metrics.first_rank([None]) is None


def test_ndcg_counts_a_document_once() -> None:
    """Documents a, b, c of which b and z are relevant: b is second."""
    hits = [Span("a", 0, 1), Span("a", 1, 2), Span("b", 0, 1), Span("b", 1, 2), Span("c", 0, 1)]
    ideal = 1 + 1 / math.log2(3)
    assert metrics.ndcg(hits, ["b", "z"], 10) == pytest.approx((1 / math.log2(3)) / ideal)
    assert metrics.ndcg(hits, ["b", "z"], 1) == 0
    assert metrics.ndcg(hits, ["a", "b"], 10) == 1


def test_overlap_counts_what_is_returned_twice_twice() -> None:
    """20 gold characters of which 15 are found, by hits of 10, 10 (half the same) and 20."""
    golds = [Span("a", 0, 10), Span("a", 100, 110)]
    hits = [Span("a", 0, 10), Span("a", 5, 15), Span("b", 0, 10), Span("a", 105, 115)]
    found = metrics.overlap(hits, golds)
    assert found.recall == 15 / 20
    assert found.precision == 15 / 40
    assert found.iou == 15 / (40 + 5)
    assert metrics.count_characters(hits) == 40
    assert metrics.overlap([], golds) == metrics.Overlap(0, 0, 0)


def test_gold_spans_that_overlap_count_once() -> None:
    """The same ten characters twice are ten characters."""
    golds = [Span("a", 0, 10), Span("a", 0, 10)]
    assert metrics.overlap([Span("a", 0, 5)], golds) == metrics.Overlap(0.5, 1.0, 0.5)


@given(hits=some, golds=some)
def test_overlap_is_counted_character_by_character(hits: list[Span], golds: list[Span]) -> None:
    """The same values as from sets of characters."""
    wanted = {(gold.source, place) for gold in golds for place in range(gold.start, gold.end)}
    returned = [(hit.source, place) for hit in hits for place in range(hit.start, hit.end)]
    common = len(wanted & set(returned))
    found = metrics.overlap(hits, golds)
    assert found.recall == pytest.approx(common / len(wanted))
    assert found.precision == pytest.approx(common / len(returned))
    assert found.iou == pytest.approx(common / (len(returned) + len(wanted) - common))
    assert found.iou <= min(found.recall, found.precision) + 1e-12


@given(hits=some, golds=some)
def test_recall_rises_with_hits(hits: list[Span], golds: list[Span]) -> None:
    """More hits never find less, and all metrics are between 0 and 1."""
    ranks = metrics.rank_spans(hits, golds)
    curve = [metrics.recall(ranks, k) for k in range(8)]
    assert curve == sorted(curve)
    assert 0 <= curve[0] <= curve[-1] <= 1
    assert 0 <= metrics.ndcg(hits, [gold.source for gold in golds], 10) <= 1 + 1e-12


@given(high=values, low=values)
def test_auc_is_the_share_of_pairs_in_order(high: list[float], low: list[float]) -> None:
    """Ties are half, and it is the area under the curve."""
    pairs = [(one > other) + (one == other) / 2 for one, other in product(high, low)]
    area = metrics.auc(high, low)
    assert area == pytest.approx(sum(pairs) / len(pairs))
    curve = metrics.roc(high, low)
    assert (curve[0], curve[-1]) == ((0, 0), (1, 1))
    under = sum((x - before) * (y + above) / 2 for (before, above), (x, y) in pairwise(curve))
    assert area == pytest.approx(under)


def test_intervals_are_the_same_each_time() -> None:
    """A fixed seed; the mean lies within; more cases make it narrower."""
    low, high = bootstrap.interval([0.0, 1.0] * 20)
    assert bootstrap.interval([0.0, 1.0] * 20) == (low, high)
    assert 0.3 < low < 0.5 < high < 0.7
    narrow = bootstrap.interval([0.0, 1.0] * 2000)
    assert narrow[1] - narrow[0] < (high - low) / 5
    assert bootstrap.interval([0.25] * 3) == (0.25, 0.25)


def test_the_interval_of_an_area() -> None:
    """It holds the area; two kinds that never mix have no doubt."""
    low, high = bootstrap.auc_interval([1, 2, 3, 4], [0, 1, 2, 3])
    assert 0 <= low < metrics.auc([1, 2, 3, 4], [0, 1, 2, 3]) < high <= 1
    assert bootstrap.auc_interval([5, 6], [1, 2]) == (1, 1)


def test_differences() -> None:
    """All of ten cases better: 2 in 1,024 changes of sign go as far; none moved: all do."""
    better = bootstrap.compare_means([0.0] * 10, [1.0] * 10)
    assert (better.before, better.after, better.change) == (0, 1, 1)
    assert better.p == pytest.approx(2 / 1024, abs=0.002)
    assert (better.low, better.high, better.cases) == (1, 1, 10)
    same = bootstrap.compare_means([0.5] * 10, [0.5] * 10)
    assert (same.change, same.p) == (0, 1)


@given(before=st.lists(st.integers(0, 1), min_size=2, max_size=9))
def test_a_difference_turned_round(before: list[int]) -> None:
    """The other way round it is as far, and as likely."""
    after = [1 - value for value in before[1:]] + [before[0]]
    there, back = bootstrap.compare_means(before, after), bootstrap.compare_means(after, before)
    assert there.change == -back.change
    assert there.p == back.p
    assert 0 < there.p <= 1
