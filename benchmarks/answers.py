"""How often answers without a model contain the right one: `make eval`, or `--help`.

Of the sets those are measured whose cases have an `answer` or `answers` in few words. A question
counts when an answer stands in one of its hits: what was not found cannot be quoted.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate import command, sets, workplace
from benchmarks.measure import run
from benchmarks.workspace import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT = 10
"""Words of an answer that can be looked for letter by letter."""


def main() -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description="Measure answers that quote.")
    parser.add_argument("directory", type=Path, help="directory of sets")
    parser.add_argument("--sets", nargs="*", default=["squad"], help="sets to measure")
    parser.add_argument("--every", type=int, default=1, help="ask each n-th question only")
    options = parser.parse_args()
    for directory in sets(options):
        with workplace() as place:
            print(f"{directory.name}: {measured(directory, place, every=options.every)}")


def measured(directory: Path, place: Path, *, every: int) -> str:
    """Ask the questions of a set, and say how often and in how many words they were answered."""
    questions = (directory / "questions.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in questions.splitlines()]
    cases = [case for case in lines if case.get("answerable") is not False and golds(case)]
    asked = place / "questions.txt"
    asked.write_text("\n".join(case["question"] for case in cases[::every]) + "\n", "utf-8")
    docs = (directory / "docs").absolute()
    run(command(place, PROGRAM, "ingest", docs, "--root", docs, "--json"))
    ask = command(place, PROGRAM, "ask", "--extractive", "--batch", asked, "--json")
    answers = [json.loads(line) for line in run(ask, codes=(0, 3)).output.splitlines()]
    pairs = [
        (golds(case), answer)
        for case, answer in zip(cases[::every], answers, strict=True)
        if any(holds(hit["text"], golds(case)) for hit in answer["hits"])
    ]
    right = [holds(answer["answer"] or "", gold) for gold, answer in pairs]
    words = [len((answer["answer"] or "").split()) for _, answer in pairs]
    return (
        f"{fmean(right):.1%} of {len(pairs)} answers contain the right one, "
        f"in {fmean(words):.0f} words; {len(answers) - len(pairs)} were not among the hits"
    )


def golds(case: dict[str, Any]) -> list[str]:
    """The right answers of a case, in one spelling."""
    given = case.get("answers") or [case.get("answer")]
    texts = [one["text"] if isinstance(one, dict) else one for one in given]
    return [folded(text) for text in texts if text and len(text.split()) <= SHORT]


def holds(text: str, answers: Sequence[str]) -> bool:
    """Whether a text contains one of the answers."""
    return any(answer in folded(text) for answer in answers)


def folded(text: str) -> str:
    """Without differences in case and blanks."""
    return " ".join(text.casefold().split())


if __name__ == "__main__":
    main()
