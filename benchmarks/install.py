"""Measure installing: `make bench-install`. Each has its own environment, and no cache of pip.

Prints a table of Markdown: seconds, packages and megabytes of each, and how long ragpg-slim takes
from then on to the first answer.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from benchmarks.run import machine

ROOT = Path(__file__).parents[1]
TORCH = "torch==2.13.0"
"""Goes first: without it a build with CUDA is chosen, of several gigabytes."""
PEERS = {
    "LangChain": ("langchain-postgres", "langchain-huggingface", "psycopg[binary]"),
    "LlamaIndex": (
        "llama-index-core",
        "llama-index-vector-stores-postgres",
        "llama-index-embeddings-huggingface",
    ),
    "Haystack": ("haystack-ai", "pgvector-haystack", "sentence-transformers-haystack"),
}
"""What each needs to keep documents in pgvector and to embed with a model on this machine; none
brings a model or a PostgreSQL."""
PATIENCE = 300
"""Seconds after which an installation is given up."""
TOOLS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")
"""What an empty environment has already, by how the names begin."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What an environment cost: seconds, those of a processor, MiB on the disk, packages."""

    seconds: float
    processor: float
    size: float
    packages: int


def main() -> None:
    """Install ragpg-slim from a wheel, ragpg from the checkout, and the peers."""
    options = parse()
    rows: dict[str, Installation | None] = {}
    with tempfile.TemporaryDirectory(prefix="ragpg-install-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's user must reach its data
        rows["ragpg-slim"] = install(folder / "slim", [[options.wheel]])
        seconds = answer(folder)
        for other in options.others:
            packages = PEERS.get(other, (str(ROOT),))
            rows[other] = install(folder / other, [[TORCH], list(packages)])
    show(rows, seconds)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure installing.")
    parser.add_argument("wheel", help="of ragpg-slim")
    parser.add_argument("--others", nargs="*", default=["ragpg", *PEERS], help="what else")
    return parser.parse_args()


def install(environment: Path, steps: list[list[str]]) -> Installation | None:
    """Install packages, step by step; None if that takes too long."""
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "-q", "--disable-pip-version-check"]
    start, before = time.perf_counter(), spend()
    for packages in steps:
        left = PATIENCE - (time.perf_counter() - start)
        try:
            subprocess.run([*pip, "install", "--no-cache-dir", *packages], check=True, timeout=left)
        except subprocess.TimeoutExpired:
            return None
    seconds = time.perf_counter() - start
    [folder] = environment.glob("lib/python*/site-packages")
    installed = [p for p in folder.glob("*.dist-info") if not p.name.startswith(TOOLS)]
    return Installation(seconds, spend() - before, measure(folder), len(installed))


def spend() -> float:
    """Return the seconds that ended processes have kept a processor busy."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(folder: Path) -> float:
    """Return the MiB that packages take on the disk, without those of an empty environment."""
    sizes = [
        path.stat().st_blocks * 512
        for entry in folder.iterdir()
        if not entry.name.startswith(TOOLS)
        for path in (entry, *entry.rglob("*"))
    ]
    return sum(sizes) / 2**20


def answer(folder: Path) -> float:
    """Return the seconds from the first command of ragpg-slim to the first answer."""
    home = folder / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "RAGPG_DATA_DIR": str(folder / "data")}
    program = folder / "slim" / "bin" / "ragpg"
    start = time.perf_counter()
    for arguments in (
        ("ingest", str(ROOT / "leave_policy.md")),
        ("ask", "Can I encash leave at year end?"),
    ):
        subprocess.run([program, *arguments], check=True, env=environment, cwd=home)
    return time.perf_counter() - start


def show(rows: dict[str, Installation | None], seconds: float) -> None:
    """Print the table, and on what it was measured."""
    about = machine()
    load = os.getloadavg()[2]
    print(f"\n{about['cores']} cores of {about['processor']}, load {load:.1f}\n")
    print("| | seconds | of a processor | MB | packages |\n| --- | --- | --- | --- | --- |")
    for name, row in rows.items():
        numbers = (row.seconds, row.processor, row.size, row.packages) if row else ()
        cells = [f"{number:.0f}" for number in numbers] or [f"over {PATIENCE}", "", "", ""]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"\nThe first answer of ragpg-slim: {seconds:.1f} s after its first command.")


if __name__ == "__main__":
    main()
