"""Our metrics and statistics give what ir-measures and scipy give."""

from __future__ import annotations

import ir_measures
import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from ragpg.evaluation import bootstrap, metrics
from ragpg.evaluation.cases import Span

DOCUMENTS = [f"d{number}" for number in range(12)]
rankings = st.lists(st.sampled_from(DOCUMENTS), min_size=1, unique=True)
golds = st.lists(st.sampled_from(DOCUMENTS), min_size=1, max_size=5, unique=True)
RANDOM = np.random.default_rng(7)
BEFORE = RANDOM.integers(0, 2, 60).astype(float).tolist()
AFTER = [max(value, float(new)) for value, new in zip(BEFORE, RANDOM.random(60) < 0.3, strict=True)]


@given(ranking=rankings, gold=golds)
def test_ranking_metrics_equal_those_of_ir_measures(ranking: list[str], gold: list[str]) -> None:
    """Recall, reciprocal rank and nDCG, as trec_eval computes them."""
    run = {"q": {name: float(-rank) for rank, name in enumerate(ranking)}}
    qrels = {"q": dict.fromkeys(gold, 1)}
    measures = [ir_measures.parse_measure(name) for name in ("R@3", "R@10", "RR@10", "nDCG@10")]
    expected = ir_measures.calc_aggregate(measures, qrels, run)
    hits = [Span(name, 0, 1) for name in ranking]
    ranks = metrics.rank_documents(hits, gold)
    values = (
        metrics.recall(ranks, 3),
        metrics.recall(ranks, 10),
        metrics.reciprocal_rank(ranks, 10),
        metrics.ndcg(hits, gold, 10),
    )
    assert values == pytest.approx([expected[measure] for measure in measures])


@pytest.mark.parametrize("values", [BEFORE, AFTER, RANDOM.random(25).tolist()])
def test_the_bootstrap_interval_equals_that_of_scipy(values: list[float]) -> None:
    """The percentile bootstrap, but for the random numbers."""
    expected = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=1
    ).confidence_interval
    width = expected.high - expected.low
    assert bootstrap.interval(values) == pytest.approx(tuple(expected), abs=0.08 * width)


def test_the_interval_of_an_area_equals_that_of_scipy() -> None:
    """Both kinds are resampled."""
    high, low = RANDOM.normal(1, 1, 40).tolist(), RANDOM.normal(0, 1, 30).tolist()
    expected = scipy.stats.bootstrap(
        (high, low), metrics.auc, n_resamples=5_000, method="percentile", vectorized=False, rng=1
    ).confidence_interval
    width = expected.high - expected.low
    assert bootstrap.auc_interval(high, low) == pytest.approx(tuple(expected), abs=0.08 * width)


@given(
    st.lists(st.integers(-9, 9), min_size=1, max_size=20),
    st.lists(st.integers(-9, 9), min_size=1, max_size=20),
)
def test_auc_is_the_mann_whitney_statistic(high: list[int], low: list[int]) -> None:
    """U, divided by the number of pairs."""
    expected = scipy.stats.mannwhitneyu(high, low, method="asymptotic").statistic / (
        len(high) * len(low)
    )
    assert metrics.auc(high, low) == pytest.approx(expected)


@pytest.mark.parametrize("size", [6, 10, 60])
def test_the_randomization_test_equals_that_of_scipy(size: int) -> None:
    """Signs of paired differences are flipped; two-sided."""
    before, after = BEFORE[:size], AFTER[:size]
    differences = np.subtract(after, before)
    expected = scipy.stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=20_000, rng=1
    ).pvalue
    assert bootstrap.compare_means(before, after).p == pytest.approx(expected, abs=0.015)
