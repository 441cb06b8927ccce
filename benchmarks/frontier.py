"""What each setting costs and brings: `make frontier`, or `python -m benchmarks.frontier --help`.

The sets are those of `benchmarks.evaluate`.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate import chosen, command, publish, sets, workplace
from benchmarks.measure import answer_times, run
from benchmarks.run import machine
from benchmarks.workspace import HERE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

QUALITY = ("recall@5", "mrr@10", "characters@5")
ASKED = 40
"""Questions whose time is taken, in one process."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A configuration as users would make it; `table` tells apart what is stored differently."""

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    table: str = "whole"


WORDLESS = {"RAGPG_RETRIEVAL_WORD_VECTORS": "false"}
SETTINGS = (
    Setting("default"),
    Setting("`wordVectors = false`", WORDLESS, "wordless"),
    Setting('`mode = "dense"`', {"RAGPG_RETRIEVAL_MODE": "dense"}),
    Setting('`mode = "keyword"`', {"RAGPG_RETRIEVAL_MODE": "keyword"}),
)


def main() -> None:
    """Measure every setting on every set, and write the table down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("directory", type=Path, help="directory of sets")
    parser.add_argument("--sets", nargs="*", help="sets to measure (default: all)")
    parser.add_argument("--every", type=int, default=1, help="ask each n-th question only")
    parser.add_argument("--within", nargs="*", default=["tatqa"], help="see benchmarks.evaluate")
    options = parser.parse_args()
    options.answers = False
    paths = sets(options)
    if not paths:
        parser.error(f"no set in {options.directory}")
    measured = {}
    for directory in paths:
        with workplace() as place:
            measured[directory.name] = measure(directory, place, options)
        print(f"{directory.name}: measured", file=sys.stderr)
    write(measured, HERE / "retrieval.md", every=options.every)


def measure(directory: Path, place: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """One set's figures for each setting."""
    questions, lines = place / "questions.jsonl", chosen(directory / "questions.jsonl", options)
    questions.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    docs = (directory / "docs").absolute()
    text = sum(path.stat().st_size for path in docs.rglob("*.md"))
    asked = [line["question"].replace("\n", " ") for line in lines[:ASKED]]
    filled: set[str] = set()
    found = []
    for setting in SETTINGS:
        environment = {**setting.environment, "RAGPG_TABLE_NAME": setting.table}
        if setting.table not in filled:
            ingest = command(place, PROGRAM, "ingest", docs, "--root", docs, "--json")
            run(ingest.within(**environment))
            filled.add(setting.table)
        evaluate = command(place, PROGRAM, "eval", questions, "--json").within(**environment)
        metrics = json.loads(run(evaluate, codes=(0, 4)).output)["metrics"]
        status = command(place, PROGRAM, "status", "--json").within(**environment)
        sizes = json.loads(run(status).output)["sizes"]
        batch = command(place, PROGRAM, "search", "--batch", "-", "--json").within(**environment)
        found.append(
            {name: metrics[name] for name in QUALITY}
            | {"size": sizes["total"] / text, "p50": 1000 * median(answer_times(batch, asked))}
        )
    return found


def write(measured: Mapping[str, list[dict[str, Any]]], path: Path, *, every: int) -> None:
    """Put the table into the page, between its marks, and print it."""
    head = ["setting", *QUALITY, "index ÷ text", "ms a question"]
    lines = [head, ["---"] * len(head), *rows(measured)]
    asked = f", each {every}th question of them" if every > 1 else ""
    place = machine()
    about = (
        f"Means over {', '.join(measured)}{asked}. {datetime.now(UTC):%Y-%m-%d}, "
        f"{place['cores']} cores of {place['processor']}, commit {place['commit']}."
    )
    publish(path, "frontier", about=about, lines=lines)


def rows(measured: Mapping[str, list[dict[str, Any]]]) -> Iterator[list[str]]:
    """A line for each setting: means over the sets."""
    for number, setting in enumerate(SETTINGS):
        figures = [found[number] for found in measured.values()]
        mean = {key: fmean(one[key] for one in figures) for key in figures[0]}
        yield [
            setting.name,
            f"{mean['recall@5']:.3f}",
            f"{mean['mrr@10']:.3f}",
            f"{mean['characters@5']:,.0f}",
            f"{mean['size']:.1f} ×",
            f"{mean['p50']:.0f}",
        ]


if __name__ == "__main__":
    main()
