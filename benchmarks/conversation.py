"""Measure follow-up questions: `python -m benchmarks.conversation DIRECTORY`.

DIRECTORY is one of sets, each with `docs`, below `real`. The cases are in follow_ups.jsonl:
`turns`, of which the last is measured, and `alone`, the same question written out. Both go through
`ragpg chat --json`. A passage is found if one of the five hits covers at least half of the shorter
of hit and evidence.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate import command, publish, workplace
from benchmarks.measure import run
from benchmarks.real import covers, lines, parse, rate
from benchmarks.workspace import HERE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Sequence

    Line = dict[str, Any]

WAYS = ("alone", "typed", "chat")
"""The question written out, as it was typed, and in its conversation."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A case, what was searched for, and whether the passage was found in each of the ways."""

    case: Line
    standalone: str
    found: dict[str, bool]


def main() -> None:
    """Measure all sets, print the figures, and put them into conversation.md."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, help="directory of sets")
    parser.add_argument("--place", type=Path, help="directory to keep what is ingested in")
    options = parser.parse_args()
    sets: dict[str, list[Line]] = defaultdict(list)
    for case in lines(HERE / "follow_ups.jsonl"):
        sets[case["set"]].append(case)
    with nullcontext(options.place) if options.place else workplace() as place:
        measured = [
            one
            for name, cases in sets.items()
            for one in measure(
                (options.directory / "real" / name / "docs").absolute(), cases, place
            )
        ]
    for one in measured:
        if not one.found["chat"]:
            print(f"{one.case['id']}: {one.standalone}")
    publish(HERE / "conversation.md", "results", about=describe(measured), lines=table(measured))


def measure(docs: Path, cases: Sequence[Line], place: Path) -> list[Measured]:
    """Ingest the documents of a set into a table, and hold its conversations."""
    of_set = ("--table", docs.parent.name)
    run(command(place, PROGRAM, "ingest", docs, "--root", docs, "--json", *of_set))
    results = {way: converse(cases, way, place, of_set) for way in WAYS}
    return [
        Measured(
            case,
            results["chat"][at]["standalone"],
            {way: is_found(results[way][at]["hits"], case, docs) for way in WAYS},
        )
        for at, case in enumerate(cases)
    ]


def converse(cases: Sequence[Line], way: str, place: Path, of_set: tuple[str, str]) -> list[Line]:
    """Return the answer to the last question of each case."""
    turns = [
        {"alone": [case["alone"]], "typed": case["turns"][-1:], "chat": case["turns"]}[way]
        for case in cases
    ]
    sent = [line for some in turns for line in ({"reset": True}, *({"question": t} for t in some))]
    chat = command(place, PROGRAM, "chat", "--extractive", "--json", *of_set)
    process = subprocess.run(
        chat.arguments,
        input="".join(f"{json.dumps(line)}\n" for line in sent),
        capture_output=True,
        encoding="utf-8",
        cwd=chat.directory,
        env=dict(chat.environment),
        check=False,
    )
    if process.returncode not in (0, 3):
        raise RuntimeError(process.stderr)
    answered = parse(process.stdout)
    _, *starts = [at for at, line in enumerate(answered) if "reset" in line]
    return [answered[end - 1] for end in (*starts, len(answered))]


def is_found(hits: Sequence[Line], case: Line, docs: Path) -> bool:
    """Return whether the hits cover the evidence; with `any`, one of its passages suffices."""
    evidence = case["evidence"] if isinstance(case["evidence"], list) else [case["evidence"]]
    spans = [locate(passage, docs) for passage in evidence]
    covered = [any(covers(hit, span) for hit in hits) for span in spans]
    return any(covered) if case.get("any") else all(covered)


def locate(passage: Line, docs: Path) -> Line:
    """Return a passage that is given by its lines with offsets in code points."""
    with (docs / passage["doc"]).open(encoding="utf-8-sig", newline="") as file:
        text = list(file)
    start = sum(map(len, text[: passage["start_line"] - 1]))
    end = sum(map(len, text[: passage["end_line"]]))
    return {"doc": passage["doc"], "start": start, "end": end}


def table(measured: Sequence[Measured]) -> list[list[str]]:
    """Return the figures of all cases and of each kind."""
    head = ["kind", "found written out", "of these, as typed", "of these, in the conversation"]
    kinds = [None, *sorted({one.case["kind"] for one in measured})]
    return [head, ["---"] * len(head), *(row(measured, kind) for kind in kinds)]


def row(measured: Sequence[Measured], kind: str | None) -> list[str]:
    """Return the figures of a kind, or of all; rates are of what is found written out."""
    of_kind = [one for one in measured if kind in (None, one.case["kind"])]
    known = [one for one in of_kind if one.found["alone"]]
    return [
        kind or "all",
        f"{len(known)} of {len(of_kind)}",
        *(rate(one.found[way] for one in known) for way in ("typed", "chat")),
    ]


def describe(measured: Sequence[Measured]) -> str:
    """Say what was measured, and what is found in all."""
    found = sum(one.found["chat"] for one in measured)
    return f"{len(measured)} follow-ups; {found} of them found in the conversation."


if __name__ == "__main__":
    main()
