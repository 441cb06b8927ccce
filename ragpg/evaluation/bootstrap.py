"""Bootstrap intervals and a randomization test; a fixed seed makes them reproducible."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    Interval = tuple[float, float]

SEED = 1979
RESAMPLES = 2_000
PERMUTATIONS = 10_000
MAX_DRAWS = 2_000_000
"""Random numbers drawn at once, which limits memory."""
PERCENTILES = (2.5, 97.5)


def interval(values: Sequence[float]) -> Interval:
    """Return the 95% percentile bootstrap interval of a mean.

    Efron: Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7(1), 1979.
    """
    import numpy as np

    sample = np.asarray(values, dtype=float)
    random = np.random.default_rng(SEED)
    means = [
        sample[random.integers(0, len(sample), (count, len(sample)))].mean(axis=1)
        for count in _batches(RESAMPLES, len(sample))
    ]
    return _percentiles(np.concatenate(means))


def auc_interval(high: Sequence[float], low: Sequence[float]) -> Interval:
    """Return the 95% percentile bootstrap interval of `metrics.auc`."""
    import numpy as np

    above, below = np.asarray(high, dtype=float)[:, None], np.asarray(low, dtype=float)[None, :]
    wins = (above > below) + 0.5 * (above == below)
    random = np.random.default_rng(SEED)
    weights = [
        random.multinomial(size, np.full(size, 1 / size), RESAMPLES) / size for size in wins.shape
    ]
    return _percentiles(((weights[0] @ wins) * weights[1]).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Difference:
    """The change of a mean over the same cases, its 95% interval and the p-value."""

    before: float
    after: float
    low: float
    high: float
    p: float
    cases: int

    @property
    def change(self) -> float:
        """The difference of the means, above 0 where it rose."""
        return self.after - self.before


def compare_means(before: Sequence[float], after: Sequence[float]) -> Difference:
    """Compare the means of paired values.

    The interval is the bootstrap's, p that of Fisher's randomization test, two-sided: the share of
    random sign flips after which the mean difference is at least as great. Smucker, Allan &
    Carterette: A Comparison of Statistical Significance Tests for IR Evaluation, CIKM 2007.
    """
    import numpy as np

    differences = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    low, high = interval(differences.tolist())
    random = np.random.default_rng(SEED)
    observed = abs(differences.sum()) - 1e-9  # sums in another order differ in their last bits
    as_extreme = sum(
        int((np.abs(_signs(random, count, len(differences)) @ differences) >= observed).sum())
        for count in _batches(PERMUTATIONS, len(differences))
    )
    p = (1 + as_extreme) / (1 + PERMUTATIONS)
    return Difference(fmean(before), fmean(after), low, high, p, len(differences))


def _signs(random: np.random.Generator, rows: int, columns: int) -> Any:
    import numpy as np

    return 2.0 * random.integers(0, 2, (rows, columns), dtype=np.int8) - 1.0


def _batches(total: int, width: int) -> Iterator[int]:
    """Yield batch sizes that sum to `total`, so that rows of `width` numbers fit into memory."""
    size = max(1, MAX_DRAWS // width)
    yield from (min(size, total - start) for start in range(0, total, size))


def _percentiles(means: Any) -> Interval:
    import numpy as np

    low, high = np.percentile(means, PERCENTILES)
    return float(low), float(high)
