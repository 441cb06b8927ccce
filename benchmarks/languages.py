"""Measure questions in several languages: `python -m benchmarks.languages DIRECTORY`.

DIRECTORY has a file of questions about paragraphs for each language, `de.json`, in the format of
SQuAD: XQuAD, KorQuAD and JSQuAD are such files. An article becomes a document, a paragraph a
section of it. The questions about every fourth article are asked without it: they are to be
refused. Everything goes through the program's command line and a database.
"""

from __future__ import annotations

import argparse
import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.evaluate import command, workplace
from benchmarks.measure import run
from benchmarks.real import answers, covers, parse, rate
from benchmarks.workspace import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Command

    Line = dict[str, Any]

ARTICLES, PARAGRAPHS = 48, 5
"""How much of each file is taken: as much as XQuAD has."""
LEFT_OUT = 4
"""One of so many articles is left out."""


@dataclass(frozen=True, slots=True)
class Article:
    """A document, and the questions about it; each has the span of its paragraph."""

    source: str
    text: str
    questions: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Measured:
    """Questions of a language in a mode, and what the program answered."""

    language: str
    mode: str
    cases: Sequence[Line]
    results: Sequence[Line]

    def figures(self) -> dict[str, str]:
        """Return the rates."""
        pairs = list(zip(self.cases, self.results, strict=True))
        own = [(case, result) for case, result in pairs if case["answerable"]]
        others = [result for case, result in pairs if not case["answerable"]]
        return {
            "passage first": rate(is_found(case, result, hits=1) for case, result in own),
            "passage among five": rate(is_found(case, result, hits=5) for case, result in own),
            "answer right": rate(is_right(case, result) for case, result in own),
            "refused": rate(not result["answered"] for _, result in own),
            "refused, document left out": rate(not result["answered"] for result in others),
        }


def main() -> None:
    """Measure all languages, print the figures, and write them down if asked to."""
    options = parse_options()
    paths = sorted(options.directory.glob("*.json"))
    paths = [path for path in paths if not options.languages or path.stem in options.languages]
    articles = {path.stem: read(path) for path in paths}
    measured: list[Measured] = []
    with nullcontext(options.place) if options.place else workplace() as place:
        for some in articles.values():
            write(some, place / "docs")
        if options.together:
            ingest(place / "docs", place, table="together", setting=options.setting)
        for language, some in articles.items():
            table = "together" if options.together else language
            if not options.together:
                ingest(place / "docs" / language, place, table=table, setting=options.setting)
            cases = choose(some, count=options.questions)
            for mode in options.modes:
                results = ask(cases, place, table=table, mode=mode, setting=options.setting)
                measured.append(Measured(language, mode, cases, results))
                print(*(f"{k} {v}" for k, v in describe(measured[-1]).items()), sep=" | ")
    if options.out:
        options.out.write_text(json.dumps([describe(one) for one in measured], indent=1), "utf-8")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, help="directory of files in the format of SQuAD")
    parser.add_argument("--languages", nargs="*", help="files to measure (default: all)")
    parser.add_argument("--questions", type=int, default=150, help="questions of each language")
    parser.add_argument("--setting", default="auto", help="language in [retrieval]")
    parser.add_argument("--modes", nargs="*", default=["hybrid", "keyword"])
    parser.add_argument("--together", action="store_true", help="all languages in one table")
    parser.add_argument("--place", type=Path, help="directory to keep what is ingested in")
    parser.add_argument("--out", type=Path, help="file for the figures, as JSON")
    return parser.parse_args()


def read(path: Path) -> list[Article]:
    """Read articles; a paragraph begins below a heading of its number."""
    data = json.loads(path.read_text("utf-8"))["data"][:ARTICLES]
    return [
        make_article(f"{path.stem}/{number:02}.md", item) for number, item in enumerate(data, 1)
    ]


def make_article(source: str, item: Line) -> Article:
    """Write an article's paragraphs as sections, and find their spans."""
    text, questions = "", []
    for number, paragraph in enumerate(item["paragraphs"][:PARAGRAPHS], 1):
        # JSQuAD puts the title before each paragraph.
        context = paragraph["context"].removeprefix("\ufeff").rpartition(" [SEP] ")[2]
        text += f"## {number}\n\n"
        span = {"start": len(text), "end": len(text) + len(context)}
        text += f"{context}\n\n"
        questions += [
            {"question": " ".join(qa["question"].split()), "must": [gold_of(qa)], "span": span}
            for qa in paragraph["qas"]
        ]
    return Article(source, text, questions)


def gold_of(qa: Line) -> list[str]:
    """Return the wordings of the right answer."""
    return list(dict.fromkeys(answer["text"].strip() for answer in qa["answers"]))


def is_left_out(number: int) -> bool:
    """Return whether an article, counted from 0, is not ingested."""
    return number % LEFT_OUT == LEFT_OUT - 1


def write(articles: Sequence[Article], docs: Path) -> None:
    """Write the documents that are ingested."""
    for number, article in enumerate(articles):
        if not is_left_out(number):
            path = docs / article.source
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(article.text, "utf-8", newline="")


def choose(articles: Sequence[Article], *, count: int) -> list[Line]:
    """Take questions evenly from all articles."""
    cases = [
        {**case, "source": article.source, "answerable": not is_left_out(number)}
        for number, article in enumerate(articles)
        for case in article.questions
    ]
    return cases[:: max(1, len(cases) // count)][:count]


def ingest(directory: Path, place: Path, *, table: str, setting: str) -> None:
    """Ingest a directory into a table."""
    arguments = ("ingest", directory, "--root", place / "docs", "--json", "--table", table)
    run(within(command(place, PROGRAM, *arguments), setting=setting))


def ask(cases: Sequence[Line], place: Path, *, table: str, mode: str, setting: str) -> list[Line]:
    """Ask the questions in one process, without a language model."""
    batch = place / "questions.txt"
    batch.write_text("".join(f"{case['question']}\n" for case in cases), "utf-8")
    arguments = ("ask", "--extractive", "--batch", batch, "--json", "--table", table)
    asking = within(command(place, PROGRAM, *arguments), setting=setting)
    return parse(run(asking.within(RAGPG_RETRIEVAL_MODE=mode), codes=(0, 3)).output)


def within(command: Command, *, setting: str) -> Command:
    """Set the language of a command."""
    return command.within(RAGPG_RETRIEVAL_LANGUAGE=setting)


def is_found(case: Line, result: Line, *, hits: int) -> bool:
    """Return whether one of the first hits covers the paragraph, in the question's language."""
    evidence = {"doc": case["source"], **case["span"]}
    return any(covers(hit, evidence) for hit in result["hits"][:hits])


def is_right(case: Line, result: Line) -> bool:
    """Return whether the answer has the right one in it, and is short."""
    return bool(result["answered"]) and answers(result["answer"] or "", case)


def describe(measured: Measured) -> dict[str, str]:
    """Return a line of figures."""
    return {"language": measured.language, "mode": measured.mode, **measured.figures()}


if __name__ == "__main__":
    main()
