"""How well questions that the documents don't answer are refused: `make eval`, or `--help`.

Every set is asked its own questions and those of the other sets, as a whole and one document at a
time: the smaller a collection, the less a question finds there by chance.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate import command, publish, sets, workplace
from benchmarks.measure import run
from benchmarks.run import machine
from benchmarks.workspace import HERE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Case = dict[str, Any]

OWN, OTHERS = 300, 80
"""Questions of the set itself, and of each other set, at most."""
HEAD = ("set", "asked", "answerable ones refused", "others' refused", "AUC", "adversarial: AUC")


def main() -> None:
    """Measure every set, and write the table down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("directory", type=Path, help="directory of sets")
    parser.add_argument("--sets", nargs="*", help="sets to measure (default: all)")
    options = parser.parse_args()
    paths = sets(options)
    asked = {path.name: spread(questions(path, answerable=True), OWN) for path in paths}
    lines: list[Sequence[str]] = [HEAD, ["---"] * len(HEAD)]
    for path in paths:
        with workplace() as place:
            lines += measured(path, place, asked)
        print(f"{path.name}: measured", file=sys.stderr)
    about = f"{datetime.now(UTC):%Y-%m-%d}, commit {machine()['commit']}."
    publish(HERE / "retrieval.md", "refusal", about=about, lines=lines)


def questions(directory: Path, *, answerable: bool) -> list[Case]:
    """The questions of a set that it answers, or those that it doesn't."""
    lines = (directory / "questions.jsonl").read_text("utf-8").splitlines()
    cases = (json.loads(line) for line in lines)
    return [case for case in cases if (case.get("answerable") is not False) is answerable]


def spread(cases: Sequence[Case], most: int) -> list[Case]:
    """As many cases as are wanted, from the first to the last."""
    return list(cases[:: max(1, -(-len(cases) // most))])


def measured(
    directory: Path, place: Path, asked: Mapping[str, Sequence[Case]]
) -> Iterator[Sequence[str]]:
    """A set's lines of the table: asked as a whole, and one document at a time."""
    docs = (directory / "docs").absolute()
    run(command(place, PROGRAM, "ingest", docs, "--root", docs, "--json"))
    own = asked[directory.name]
    foreign = [
        case for name in asked if name != directory.name for case in spread(asked[name], OTHERS)
    ]
    documents = cycle(sorted({case["doc"][0] for case in own}))
    strange = [{**case, "doc": [next(documents)]} for case in foreign]
    adversarial = questions(directory, answerable=False)
    for label, within in (("as a whole", False), ("one document", True)):
        found = evaluated(place, own, strange, within=within)
        cells = [f"{1 - found['answered']:.1%}", f"{found['refused']:.1%}"]
        cells.append(f"{found['refusal_auc']:.3f}")
        hard = evaluated(place, own, adversarial, within=within) if adversarial else {}
        cells.append(f"{hard['refusal_auc']:.3f}" if hard else "")
        yield [directory.name, label, *cells]


def evaluated(
    place: Path, own: Sequence[Case], others: Sequence[Case], *, within: bool
) -> dict[str, float]:
    """What `ragpg eval` says of questions that are answered, and of others that are not."""
    both = [*((case, True) for case in own), *((case, False) for case in others)]
    lines = [
        {"id": str(number), "question": case["question"], "answerable": answerable}
        | ({"source": case["doc"][0]} if within else {})
        for number, (case, answerable) in enumerate(both)
    ]
    path = place / "questions.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    output = run(command(place, PROGRAM, "eval", path, "--json"), codes=(0, 4)).output
    metrics: dict[str, float] = json.loads(output)["metrics"]
    return metrics


if __name__ == "__main__":
    main()
