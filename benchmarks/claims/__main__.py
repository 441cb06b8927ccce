"""Measure the check of claims: `python -m benchmarks.claims SETS [--seed N]`.

SETS is a directory with sets of documents, each with its Markdown files in `docs/`; a set with
`claims.jsonl` ("claim", "doc", "label") is also used as it is. Nothing is written.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.claims import check_text

from benchmarks.claims import rates, wice
from benchmarks.claims.cases import cases

if TYPE_CHECKING:
    from ragpg.types import Claim

    from benchmarks.claims.cases import Case


def main() -> None:
    """Print catch rates by kind, what an answer of ten claims takes, and the AUC on real claims."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made = cases(options.sets, seed=options.seed)
    true = sum(case.true for case in made)
    print(f"{len(made)} cases, {true} of them true ({sum(c.reworded for c in made)} reworded)")
    for line in rates.lines(rates.judged(made, judge)):
        print(line)
    print(f"an answer of ten claims takes {1000 * ten_claims(made):.0f} ms (median)")
    for directory in sorted(path.parent for path in options.sets.glob("*/claims.jsonl")):
        scored = wice.scores(directory)
        print(f"{directory.name}: AUC {wice.auc(scored):.3f} over {len(scored)} claims")


def judge(case: Case) -> list[Claim]:
    """Check the claim of a case against its passages."""
    return check_text(case.text, case.hits)


def ten_claims(made: list[Case]) -> float:
    """Seconds for ten claims about the same passages, the passages read for the first time."""
    times = []
    for start in range(0, len(made) - 10, max(10, len(made) // 30)):
        some = made[start : start + 10]
        text = "\n\n".join(case.text for case in some)
        started = time.perf_counter()
        check_text(text, some[0].hits)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
