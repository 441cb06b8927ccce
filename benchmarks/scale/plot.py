"""Draw how the figures of `results.json` grow with the table.

It runs with the peers' virtual environment, which has matplotlib.
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

HERE = Path(__file__).parent
TIMES = {
    "usual words: ms p50 / p95": "usual words",
    "rare words: ms p50 / p95": "rare words",
    "common words: ms p50 / p95": "common words",
    "filter of 1%: ms p50 / p95": "filter of 1%",
    "filter of 50%: ms p50 / p95": "filter of 50%",
}
RECALLS = ("recall@10", "recall@50")


def main() -> None:
    """Draw a panel of times and one of recalls."""
    measured = json.loads((HERE / "results.json").read_text("utf-8"))["sizes"]
    sizes = [int(size) for size in measured]
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "ragpg", "font.size": 10})
    mpl.rcParams["font.family"] = "sans-serif"
    figure, (times, recalls) = pyplot.subplots(1, 2, figsize=(7.2, 3), width_ratios=(3, 2))
    for name, label in TIMES.items():
        times.plot(sizes, [figures[name][0] for figures in measured.values()], ".-", label=label)
    times.set(xscale="log", yscale="log", title="Search, median, ms", xlabel="chunks")
    for name in RECALLS:
        recalls.plot(sizes, [figures[name][0] for figures in measured.values()], ".-", label=name)
    recalls.set(xscale="log", ylim=(0.9, 1.005), title="Recall", xlabel="chunks")
    for axis in (times, recalls):
        axis.legend(frameon=False, fontsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(HERE / "results.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
