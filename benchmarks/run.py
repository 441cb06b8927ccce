"""Measure everything: `make bench`, or `python -m benchmarks.run --help`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import figures, ingesting, reusing, searching, starting
from benchmarks.workspace import PEERS, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

# In this order: whoever ingests early has filled the peers' stores.
SUBJECTS = {
    1: starting.help_and_version,
    5: ingesting.ingest,
    2: starting.cold_search,
    3: searching.warm_search,
    4: starting.until_request,
    8: reusing.reuse,
    9: starting.one_file,
    10: ingesting.corpus_size,
    7: ingesting.unchanged,
}
ALSO = {6: 5}
"""Rows that are measured together with another."""


def main() -> None:
    """Run what was asked for, and print and keep the figures."""
    options = parse()
    rows = {ALSO.get(row, row) for row in options.rows or SUBJECTS}
    measured: list[figures.Figure] = []
    with Workspace(
        # Commands run elsewhere. A virtual environment's Python is a link, and is not resolved.
        tree=options.docs and options.docs.absolute(),
        peers=options.peers and options.peers.absolute(),
        others=options.others if options.peers else (),
        files=options.files,
        rounds=options.rounds,
        many=options.many,
    ) as workspace:
        for row, subject in SUBJECTS.items():
            if row not in rows:
                continue
            start, load = time.perf_counter(), os.getloadavg()[0]
            found = subject(workspace)
            measured += found
            about = {**machine(), "load": round(load, 1), "documents": described(options)}
            keep(options.out, found, workspace.runs, about=about)
            print(f"row {row}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    show(figures.table(measured))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure ragpg against its floor and its peers.")
    parser.add_argument("--docs", type=Path, help="directory of Markdown (default: made up)")
    parser.add_argument("--peers", type=Path, help="Python of the peers' virtual environment")
    parser.add_argument("--others", nargs="*", default=[*PEERS], help="peers to measure")
    parser.add_argument("--rows", type=int, nargs="*", help="rows to measure (default: all)")
    parser.add_argument("--files", type=int, default=200, help="files to ingest")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of what takes long")
    parser.add_argument("--many", type=int, default=3000, help="files for row 10")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results.json"))
    return parser.parse_args()


def show(table: Sequence[Sequence[str]]) -> None:
    """Print a table in columns."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def keep(
    path: Path,
    found: Sequence[figures.Figure],
    runs: Sequence[dict[str, Any]],
    *,
    about: dict[str, Any],
) -> None:
    """Write down figures and runs; rows that were not measured this time stay as they were."""
    rows = {figure.row for figure in found}
    empty: dict[str, list[dict[str, Any]]] = {"figures": [], "runs": []}
    before = json.loads(path.read_text("utf-8")) if path.is_file() else empty
    stamp = datetime.now(UTC).isoformat(timespec="minutes")
    new = [{**asdict(figure), "measured": stamp, "about": about} for figure in found]
    kept = [*(figure for figure in before["figures"] if figure["row"] not in rows), *new]
    kept.sort(key=lambda figure: figure["row"])
    raw = [one for one in before["runs"] if one["row"] not in rows]
    raw += [one for one in runs if one["row"] in rows]
    path.write_text(json.dumps({"figures": kept, "runs": raw}, indent=1) + "\n", "utf-8")


def machine() -> dict[str, Any]:
    """The kind of machine, and what runs on it; never its name."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "commit": revision(),
    }


def processor() -> str:
    """The processor's name, as Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "?")


def revision() -> str:
    """The commit that is measured."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], check=False, capture_output=True, text=True
    )
    return done.stdout.strip()


def described(options: argparse.Namespace) -> str:
    """What was ingested."""
    return f"{options.files} files {'of a directory' if options.docs else 'made up'}"


if __name__ == "__main__":
    main()
