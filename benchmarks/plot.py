"""Draw the results and write them into README.md.

It runs with the peers' virtual environment, which has matplotlib.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib import pyplot

from figures import Figure, Spread, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent
OURS, OTHERS = "#2f6f9f", "#c9c4ba"
PEERS = ("LangChain", "LlamaIndex", "Haystack", "txtai", "llm")
# Title, row, what was measured, and who belongs in the panel besides ragpg.
PANELS = (
    ("A search from a cold start", 2, "cold search", ("bare floor", *PEERS)),
    ("An ingest", 5, "ingest of", PEERS),
    ("Its peak memory", 5, "its memory", PEERS),
)


def main() -> None:
    """Draw and write."""
    results = json.loads((HERE / "results.json").read_text("utf-8"))["figures"]
    found = [parse(result) for result in results]
    draw(found, HERE / "results.svg")
    write(found, results)


def parse(result: dict[str, Any]) -> Figure:
    """Read a figure back."""
    fields = {name: result[name] for name in Figure.__dataclass_fields__}
    for name in ("ours", "theirs", "ratio"):
        fields[name] = Spread(**fields[name]) if fields[name] else None
    return Figure(**fields)


def draw(found: list[Figure], path: Path) -> None:
    """One panel a subject, one bar a contestant."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "ragpg", "font.size": 10})
    mpl.rcParams["font.family"] = "sans-serif"
    panels = [(title, bars(found, row, what, others)) for title, row, what, others in PANELS]
    heights = [max(1, len(values)) for _, (values, _) in panels]
    figure, axes = pyplot.subplots(
        len(panels), figsize=(7.2, 0.42 * sum(heights) + 1.9), height_ratios=heights
    )
    for axis, (title, (values, unit)) in zip(axes, panels, strict=True):
        axis.set_title(title, loc="left", fontweight="bold")
        axis.spines[:].set_visible(False)
        axis.tick_params(length=0)
        axis.set_xticks([])
        if not values:
            continue
        names = list(values)[::-1]
        lengths = [values[name] for name in names]
        colours = [OURS if name == "ragpg" else OTHERS for name in names]
        drawn = axis.barh(names, lengths, color=colours, height=0.7)
        labels = [
            f"{length:.2f} {unit}" if length < 10 else f"{length:.0f} {unit}" for length in lengths
        ]
        axis.bar_label(drawn, labels=labels, padding=5)
        axis.margins(x=0.12, y=0.02)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def bars(
    found: list[Figure], row: int, what: str, others: tuple[str, ...]
) -> tuple[dict[str, float], str]:
    """The medians of ragpg and the others, and their unit."""
    values, unit = {}, ""
    for figure in found:
        fits = figure.row == row and figure.what.startswith(what) and figure.against in others
        if fits and figure.theirs and not figure.what.startswith(f"{what},"):
            values[figure.against] = figure.theirs.middle
            # Of several runs against others, the last one: the one beside the peers.
            values["ragpg"], unit = figure.ours.middle, figure.unit
    return values, unit


def name_rows(results: Sequence[Any], describe: Callable[[Any], str]) -> str:
    """Name what rows have been measured with, and which they are where it is not one for all."""
    rows: dict[str, set[int]] = {}
    for result in results:
        rows.setdefault(describe(result["about"]), set()).add(result["row"])
    if len(rows) == 1:
        return next(iter(rows))
    return "; ".join(
        f"{name} (rows {', '.join(map(str, sorted(numbers)))})" for name, numbers in rows.items()
    )


def write(found: list[Figure], results: list[dict[str, Any]]) -> None:
    """Put the table into README.md, between its marks."""
    head, *body = table(found)
    lines = [head, tuple("---" for _ in head), *body]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    about = results[-1]["about"]
    dates = sorted({result["measured"][:10] for result in results})
    loads = [result["about"]["load"] for result in results]
    machines = name_rows(results, lambda about: f"{about['cores']} cores of {about['processor']}")
    ingested = name_rows(results, lambda about: about["documents"])
    single = sorted({f.row for f in found if f.ratio and f.ratio.low == f.ratio.high})
    note = (
        f"Measured on {', '.join(dates)} with {machines}, "
        f"{about['system']}, Python {about['python']}. Documents: {ingested}. Others used the "
        f"machine as well: its load was {min(loads)} to {max(loads)} when a row began."
    )
    if single:
        note += f" Measured in a single turn: rows {', '.join(map(str, single))}."
    readme = HERE / "README.md"
    marked = re.sub(
        r"(?<=<!-- results -->\n).*(?=<!-- end -->)",
        lambda _: f"{note}\n\n{text}\n",
        readme.read_text("utf-8"),
        flags=re.DOTALL,
    )
    readme.write_text(marked, "utf-8")


if __name__ == "__main__":
    main()
