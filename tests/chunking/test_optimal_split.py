"""The costs of chunks, looked up or computed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.chunking import Limits
from ragpg.chunking.measure import measure_segments
from ragpg.chunking.optimal_split import MAX_SEGMENTS, _ChunkCosts, _Sizes
from ragpg.chunking.size_limits import TokenBudget
from ragpg.markdown import split_segments
from tests.chunking.test_chunking import COUNTER
from tests.support.markdown import MARKDOWN


@given(
    st.lists(MARKDOWN, min_size=1, max_size=6).map("\n\n".join).filter(str.strip),
    st.integers(1, 20),
    st.sampled_from([Limits(3, 1), Limits(20, 5), Limits(40, 40), Limits(162, 78)]),
    st.integers(4, 254),
)
@settings(max_examples=60)
def test_costs_that_are_looked_up_are_those_computed(
    text: str, times: int, limits: Limits, window: int
) -> None:
    """To the last digit, for any segments and limits."""
    budget = TokenBudget(COUNTER, limits, window)
    measured = measure_segments(
        text * times, split_segments(text * times), title="A title", budget=budget
    )
    costs = _ChunkCosts(_Sizes.of(measured), budget)
    total = len(measured.segments)
    for first in range(total):
        computed = []
        for last in range(first, min(first + MAX_SEGMENTS, total)):
            cost = costs._cost_chunk(first, last)
            if cost is None:
                break
            computed.append(cost)
        assert costs.list_from(first) == computed
