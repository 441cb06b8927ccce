"""What chance makes of figures: intervals and tests by drawing anew, the same each time."""

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
FLIPS = 10_000
AT_ONCE = 2_000_000
"""Numbers that are drawn at once: memory."""
TAILS = (2.5, 97.5)


def interval(values: Sequence[float]) -> Interval:
    """The 95% percentile bootstrap interval of a mean.

    Efron: Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7(1), 1979.
    """
    import numpy as np

    sample = np.asarray(values, dtype=float)
    random = np.random.default_rng(SEED)
    means = [
        sample[random.integers(0, len(sample), (count, len(sample)))].mean(axis=1)
        for count in _portions(RESAMPLES, len(sample))
    ]
    return _middle(np.concatenate(means))


def auc_interval(high: Sequence[float], low: Sequence[float]) -> Interval:
    """The 95% percentile bootstrap interval of an area under the ROC curve; see metrics.auc."""
    import numpy as np

    above, below = np.asarray(high, dtype=float)[:, None], np.asarray(low, dtype=float)[None, :]
    wins = (above > below) + 0.5 * (above == below)
    random = np.random.default_rng(SEED)
    drawn = [
        random.multinomial(size, np.full(size, 1 / size), RESAMPLES) / size for size in wins.shape
    ]
    return _middle(((drawn[0] @ wins) * drawn[1]).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a mean moved over the same cases; `p` is how likely chance alone goes as far."""

    before: float
    after: float
    low: float
    high: float
    p: float
    cases: int

    @property
    def change(self) -> float:
        """Above 0: it rose."""
        return self.after - self.before


def difference(before: Sequence[float], after: Sequence[float]) -> Difference:
    """Compare two figures of the same cases, pair by pair.

    The interval is the bootstrap's, p that of Fisher's randomization test, two-sided: the share of
    random changes of sign after which the mean difference is at least as great. Smucker, Allan &
    Carterette: A Comparison of Statistical Significance Tests for IR Evaluation, CIKM 2007.
    """
    import numpy as np

    moved = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    low, high = interval(moved.tolist())
    random = np.random.default_rng(SEED)
    observed = abs(moved.sum()) - 1e-9  # sums in another order differ in their last bits
    as_far = sum(
        int((np.abs(_signs(random, count, len(moved)) @ moved) >= observed).sum())
        for count in _portions(FLIPS, len(moved))
    )
    p = (1 + as_far) / (1 + FLIPS)
    return Difference(fmean(before), fmean(after), low, high, p, len(moved))


def _signs(random: np.random.Generator, rows: int, columns: int) -> Any:
    import numpy as np

    return 2.0 * random.integers(0, 2, (rows, columns), dtype=np.int8) - 1.0


def _portions(total: int, width: int) -> Iterator[int]:
    """Divide so many rows that each portion, `width` wide, fits into memory."""
    size = max(1, AT_ONCE // width)
    yield from (min(size, total - done) for done in range(0, total, size))


def _middle(means: Any) -> Interval:
    import numpy as np

    low, high = np.percentile(means, TAILS)
    return float(low), float(high)
