"""Measure how well passages are found: `make eval`, or `python -m benchmarks.evaluate --help`.

Each set is a directory with `docs` and `questions.jsonl`, cases as `ragpg eval` reads them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from ragpg.evaluation import run as evaluation
from ragpg.evaluation.bootstrap import compare_means, interval
from ragpg.evaluation.case_file import parse_cases
from ragpg.evaluation.cases import Span

from benchmarks.measure import Command, run
from benchmarks.run import machine
from benchmarks.workspace import HERE, IMPORTED, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PIPELINES = {"dense": "chunks 1000/200, dense", "rrf": "the same + BM25", "ragpg": "ragpg"}
METRICS = (
    "recall@5",
    "mrr@10",
    "ndcg@10",
    "token_recall@5",
    "token_precision@5",
    "characters@5",
)
KEPT = ("id", "question", "doc", "evidence")


def main() -> None:
    """Measure the sets one by one, and write down each at once."""
    options = parse()
    for directory in sets(options):
        start = time.perf_counter()
        with workplace() as place:
            found = measure(directory, place, options)
        found["seconds"] = round(time.perf_counter() - start)
        found["about"] = machine()
        keep(options.out, directory.name, found)
        print(f"{directory.name}: {found['seconds']} s", file=sys.stderr)
    results = json.loads(options.out.read_text("utf-8"))
    write(results, HERE / "retrieval.md")


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure retrieval beside people's pipelines.")
    parser.add_argument("directory", type=Path, help="directory of sets")
    parser.add_argument("--peers", type=Path, required=True, help="Python of the peers")
    parser.add_argument("--sets", nargs="*", help="sets to measure (default: all)")
    parser.add_argument("--every", type=int, default=1, help="ask each n-th question only")
    parser.add_argument(
        "--within", nargs="*", default=["tatqa"], help="sets asked with their document given"
    )
    parser.add_argument(
        "--answers", action="store_true", help="ask, too, where a set has what is unanswerable"
    )
    parser.add_argument("--out", type=Path, default=HERE / "retrieval.json")
    return parser.parse_args()


def sets(options: argparse.Namespace) -> list[Path]:
    """The sets that were asked for."""
    found = sorted(path.parent for path in options.directory.glob("*/questions.jsonl"))
    return [path for path in found if not options.sets or path.name in options.sets]


@contextmanager
def workplace() -> Iterator[Path]:
    """A directory with a project, and an embedded PostgreSQL's data below it."""
    place = Path(tempfile.mkdtemp(prefix="ragpg-eval-", dir="/tmp"))
    place.chmod(0o755)
    (place / "project/.git").mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def measure(directory: Path, place: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Ask one set's questions of every pipeline."""
    questions = place / "questions.jsonl"
    lines = chosen(directory / "questions.jsonl", options)
    questions.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    docs, table = (directory / "docs").absolute(), {"RAGPG_TABLE_NAME": directory.name}
    ingest = command(place, PROGRAM, "ingest", docs, "--root", docs, "--json")
    totals = json.loads(run(ingest.within(**table)).output)["totals"]
    evaluated = command(place, PROGRAM, "eval", questions, "--json").within(**table)
    ours = json.loads(run(evaluated, codes=(0, 4)).output)
    values = {"ragpg": {case["id"]: case["values"] for case in ours["cases"]}}
    values |= others(docs, questions, place, peers=options.peers)
    return {
        "questions": len(lines),
        "every": options.every,
        "documents": totals["documents"],
        "chunks": totals["chunks"],
        "within": directory.name in options.within,
        "refusal": {name: ours["metrics"][name] for name in ("answered", "refused", "refusal_auc")},
        "figures": {name: summed_up(name, values) for name in METRICS},
    }


def chosen(path: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The questions to ask, without what is not needed for it."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    two_kinds = options.answers and any(case.get("answerable") is False for case in lines)
    kept = (*KEPT, "answerable") if two_kinds else KEPT
    asked = [case for case in lines if two_kinds or case.get("answerable") is not False]
    return [
        {key: case[key] for key in kept if key in case}
        | ({"source": case["doc"][0]} if path.parent.name in options.within else {})
        for case in asked[:: options.every]
    ]


def command(place: Path, *arguments: str | Path) -> Command:
    """A command in the workplace, with nothing of the user's own settings."""
    kept = {name: os.environ[name] for name in IMPORTED if name in os.environ}
    own = {"HOME": str(place), "HF_HUB_OFFLINE": "1", "RAGPG_DATA_DIR": str(place / "data")}
    return Command(tuple(map(str, arguments)), {**kept, **own}, place / "project")


def others(
    docs: Path, questions: Path, place: Path, *, peers: Path
) -> dict[str, dict[str, Mapping[str, float]]]:
    """The figures of people's pipelines, question by question."""
    from ragpg.embedding.model_files import find_default_model

    results, script = place / "results.json", HERE / "peers/passages.py"
    run(command(place, peers.absolute(), script, find_default_model(), docs, questions, results))
    cases = parse_cases(questions.read_bytes(), name=str(questions))
    return {
        name: {
            case.id: evaluation.measure(case, [Span(*hit) for hit in found[case.id]])[1]
            for case in cases
            if case.retrievable
        }
        for name, found in json.loads(results.read_text("utf-8")).items()
    }


def summed_up(name: str, values: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, Any]:
    """One metric's mean for each pipeline with its interval, and how far ours is from the best."""
    columns = {
        pipeline: {case: one[name] for case, one in cases.items() if name in one}
        for pipeline, cases in values.items()
    }
    if not columns["ragpg"]:
        return {}
    order = list(columns["ragpg"])
    rows = {pipeline: [column[case] for case in order] for pipeline, column in columns.items()}
    moved = compare_means(rows["rrf"], rows["ragpg"])
    return {
        **{
            pipeline: {"mean": fmean(row), "interval": interval(row)}
            for pipeline, row in rows.items()
        },
        "ours - rrf": {"mean": moved.change, "interval": (moved.low, moved.high), "p": moved.p},
    }


def keep(path: Path, name: str, found: Mapping[str, Any]) -> None:
    """Write down a set; those that were not measured this time stay as they were."""
    before = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    stamp = datetime.now(UTC).isoformat(timespec="minutes")
    results = dict(sorted({**before, name: {**found, "measured": stamp}}.items()))
    path.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def write(results: Mapping[str, Any], path: Path) -> None:
    """Put the results into a page, between its marks, and print them."""
    head = ["set", "metric", *PIPELINES.values(), "ragpg against + BM25"]
    lines: list[Sequence[str]] = [head, ["---"] * len(head)]
    lines += [row for name, found in results.items() for row in rows(name, found)]
    publish(path, "results", about=described(results), lines=lines)


def publish(path: Path, mark: str, *, about: str, lines: Sequence[Sequence[str]]) -> None:
    """Put a table into a page, between a mark and the next end, and print it."""
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    marked = re.sub(
        rf"(?<=<!-- {mark} -->\n).*?(?=<!-- end -->)",
        lambda _: f"{about}\n\n{table}\n",
        path.read_text("utf-8"),
        flags=re.DOTALL,
    )
    path.write_text(marked, "utf-8")
    print(table)


def rows(name: str, found: Mapping[str, Any]) -> Iterator[list[str]]:
    """A set's lines of the table."""
    for metric, figure in found["figures"].items():
        if figure:
            cells = [cell(metric, figure[pipeline]) for pipeline in PIPELINES]
            moved = figure["ours - rrf"]
            sure = "**" if moved["p"] < 0.05 and not metric.startswith("characters") else ""
            yield [name, metric, *cells, f"{sure}{cell(metric, moved, sign='+')}{sure}"]
            name = ""
    if found["refusal"]["refusal_auc"] is not None:
        answered, refused, auc = found["refusal"].values()
        told = f"answered {answered:.3f}, refused {refused:.3f}, AUC {auc:.3f}"
        yield ["", "refusal", "", "", told, ""]


def cell(metric: str, figure: Mapping[str, Any], *, sign: str = "") -> str:
    """A mean and its interval."""
    kind = f"{sign},.0f" if metric.startswith("characters") else f"{sign}.3f"
    low, high = figure["interval"]
    return f"{figure['mean']:{kind}} ({low:{kind}} … {high:{kind}})"


def described(results: Mapping[str, Any]) -> str:
    """What was asked of what, and when."""
    lines = []
    for name, found in results.items():
        every = f", each {found['every']}th of them asked" if found["every"] > 1 else ""
        given = ", the document given" if found["within"] else ""
        lines.append(
            f"- **{name}**: {found['questions']} questions{every}{given}; {found['documents']} "
            f"documents, {found['chunks']} chunks of ragpg's. {found['measured'][:10]}, commit "
            f"{found['about']['commit']}."
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
