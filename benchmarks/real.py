"""Measure answers and verdicts on real documentation: `make real EVAL_SETS=DIRECTORY`.

Each set is a directory with `docs`, `questions.jsonl` and `claims.jsonl`, below `real` in the
directory of sets. A question has groups of phrases that its answer `must` contain, an alternative
of each, and phrases that it `must_not`; a claim has a label. Everything goes through the program's
command line and a database.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from ragpg.evaluation.metrics import auc

from benchmarks.evaluate import command, workplace
from benchmarks.measure import run
from benchmarks.workspace import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Line = dict[str, Any]

LONGEST_ANSWER = 100
"""Words that an answer has at most; two characters of Chinese or Japanese count as one."""

LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
MARKUP = re.compile(r"[*_`#>|~]+|\[\d+\]|<[^>]*>")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set, and what the program answered."""

    set_name: str
    case: Line
    result: Line

    @property
    def answer(self) -> str:
        """The answer without citation markers; empty where it was refused."""
        return re.sub(r"\s*\[\d+\]", "", self.result.get("answer") or "")

    @property
    def is_right(self) -> bool:
        """Whether the answer has all that it must have, and is short."""
        return bool(self.result["answered"]) and answers(self.answer, self.case)

    @property
    def is_found(self) -> bool:
        """Whether the hits cover the evidence."""
        covered = [any(covers(h, e) for h in self.result["hits"]) for e in self.case["evidence"]]
        return any(covered) if self.case.get("any") else all(covered)


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim of a set, and what the program made of it."""

    set_name: str
    case: Line
    result: Line

    @property
    def is_true(self) -> bool:
        """Whether the documents say it."""
        return bool(self.case["label"] == "supported")

    @property
    def is_accepted(self) -> bool:
        """Whether it was found to be one claim at least, all of them supported."""
        claims = self.result["claims"]
        return bool(claims) and all(claim["verdict"] == "supported" for claim in claims)

    @property
    def is_blamed(self) -> bool:
        """Whether the documents are said to say otherwise."""
        return any(claim.get("finding") == "contradicted" for claim in self.result["claims"])

    @property
    def score(self) -> float:
        """The lowest score of its claims."""
        return min((claim["score"] for claim in self.result["claims"]), default=0.0)


def main() -> None:
    """Print the rates of all sets, by kind, and write down what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path, help="directory of sets")
    parser.add_argument("--sets", nargs="*", help="sets to measure (default: all)")
    parser.add_argument("--wrong", type=Path, help="file for everything that went wrong")
    options = parser.parse_args()
    asked: list[Asked] = []
    checked: list[Checked] = []
    for directory in sorted((options.directory / "real").iterdir()):
        if not options.sets or directory.name in options.sets:
            with workplace() as place:
                measured = measure(directory, place)
            asked += measured[0]
            checked += measured[1]
    for line in (*answer_lines(asked), "", *claim_lines(checked)):
        print(line)
    if options.wrong:
        options.wrong.write_text("\n".join(wrong(asked, checked)), "utf-8")


def measure(directory: Path, place: Path) -> tuple[list[Asked], list[Checked]]:
    """Ingest the documents of a set, ask its questions, and check its claims."""
    docs = (directory / "docs").absolute()
    files = [docs, *docs.rglob("*.mdx")]
    run(command(place, PROGRAM, "ingest", *files, "--root", docs, "--json"))
    questions, claims = lines(directory / "questions.jsonl"), lines(directory / "claims.jsonl")
    batch = place / "questions.txt"
    batch.write_text("".join(f"{case['question']}\n" for case in questions), "utf-8")
    ask = command(place, PROGRAM, "ask", "--extractive", "--batch", batch, "--json")
    answered = parse(run(ask, codes=(0, 3)).output)
    batch.write_text("".join(f"{json.dumps({'text': c['claim']})}\n" for c in claims), "utf-8")
    verify = command(place, PROGRAM, "verify", "--batch", batch, "--json")
    verified = parse(run(verify, codes=(0, 4)).output)
    name = directory.name
    return (
        [Asked(name, *pair) for pair in zip(questions, answered, strict=True)],
        [Checked(name, *pair) for pair in zip(claims, verified, strict=True)],
    )


def lines(path: Path) -> list[Line]:
    """Read JSON Lines."""
    return parse(path.read_text("utf-8"))


def parse(text: str) -> list[Line]:
    """Parse JSON Lines."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def answers(text: str, case: Line) -> bool:
    """Return whether a text has a phrase of each group, none that it must not, and is short."""
    folded = fold(text)
    has_all = all(any(fold(phrase) in folded for phrase in group) for group in case["must"])
    has_none = not any(fold(phrase) in folded for phrase in case.get("must_not") or ())
    return has_all and has_none and words(folded) <= LONGEST_ANSWER


def fold(text: str) -> str:
    """Drop Markdown, and fold case, blanks and canonically equal characters."""
    plain = MARKUP.sub("", LINK.sub(r"\1", unicodedata.normalize("NFC", text)))
    return " ".join(plain.casefold().split())


def words(text: str) -> int:
    """Count words; two characters of Chinese or Japanese are one."""
    characters = len(CJK.findall(text))
    return len(CJK.sub(" ", text).split()) + math.ceil(characters / 2)


def first_words(text: str, count: int) -> str:
    """Return the beginning of a text, at most so many words."""
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    while ends and words(text[: ends[-1]]) > count:
        ends.pop()
    return text[: ends[-1]] if ends else text[: 2 * count]


def covers(hit: Line, evidence: Line) -> bool:
    """Return whether a hit covers at least half of the shorter of hit and evidence."""
    if hit["source"] != evidence["doc"]:
        return False
    shared = min(hit["end"], evidence["end"]) - max(hit["start"], evidence["start"])
    shorter = min(hit["end"] - hit["start"], evidence["end"] - evidence["start"])
    return bool(shared >= shorter / 2 > 0)


def answer_lines(asked: Sequence[Asked]) -> Iterable[str]:
    """Say how questions were answered, all together and by kind."""
    for title, part in (
        ("large sets", [a for a in asked if a.case["kind"] != "real" and is_large(a, asked)]),
        ("small sets", [a for a in asked if not is_large(a, asked)]),
    ):
        answerable = [a for a in part if a.case["answerable"]]
        others = [a for a in part if not a.case["answerable"]]
        if not part:
            continue
        begin = [bool(a.result["hits"]) and first_hit_is_right(a) for a in answerable]
        lengths = [words(a.answer) for a in answerable if a.result["answered"]]
        yield f"{title}: answer right     {rate(a.is_right for a in answerable)}"
        yield f"  first 100 words of the first hit {rate(begin)}"
        yield f"  passage among five hits  {rate(a.is_found for a in answerable)}"
        yield f"  answerable kept          {rate(a.result['answered'] for a in answerable)}"
        yield f"  unanswerable refused     {rate(not a.result['answered'] for a in others)}"
        yield f"  words an answer          {fmean(lengths):.0f}"
        for kind, cases in sorted(by_kind(part).items()):
            good = [a.is_right if a.case["answerable"] else not a.result["answered"] for a in cases]
            yield f"    {kind:<18} {rate(good)}"


def first_hit_is_right(asked: Asked) -> bool:
    """Return whether the beginning of the first hit would be a right answer."""
    text = first_words(asked.result["hits"][0]["text"], LONGEST_ANSWER)
    return answers(text, asked.case)


def is_large(one: Asked, asked: Sequence[Asked]) -> bool:
    """Return whether a question belongs to one of the large sets, which tell kinds apart."""
    return sum(other.set_name == one.set_name for other in asked) >= 30


def claim_lines(checked: Sequence[Checked]) -> Iterable[str]:
    """Say which claims were accepted, by kind, and how well the score tells true from false."""
    true = [c for c in checked if c.is_true]
    false = [c for c in checked if not c.is_true]
    for kind in ("near", "reworded", "free"):
        accepted = [c.is_accepted for c in true if c.case["kind"] == kind]
        yield f"true claims accepted, {kind:<9} {rate(accepted)}"
    yield f"true claims said to be contradicted {rate(c.is_blamed for c in true)}"
    yield f"false claims accepted {rate(c.is_accepted for c in false)}"
    for kind, cases in sorted(by_kind(false).items()):
        yield f"    {kind:<18} {rate(c.is_accepted for c in cases)}"
    if true and false:
        yield f"AUC of the score {auc([c.score for c in true], [c.score for c in false]):.3f}"


def by_kind(cases: Iterable[Any]) -> dict[str, list[Any]]:
    """Group cases by their kind."""
    kinds: dict[str, list[Any]] = defaultdict(list)
    for case in cases:
        kinds[case.case["kind"]].append(case)
    return kinds


def rate(outcomes: Iterable[bool]) -> str:
    """Write a rate with its number of cases and Wilson's 95% interval."""
    values = list(outcomes)
    n, z = len(values), 1.96
    if not n:
        return "–"
    share = sum(values) / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return f"{share:.2f} ({sum(values)} of {n}; {middle - half:.2f}-{middle + half:.2f})"


def wrong(asked: Sequence[Asked], checked: Sequence[Checked]) -> Iterable[str]:
    """Write down, for reading, every answer and verdict that is not as it should be."""
    for a in asked:
        if a.is_right if a.case["answerable"] else not a.result["answered"]:
            continue
        kind = a.case["kind"] + ("" if a.case["answerable"] else ", not in the documents")
        yield f"## {a.case['id']} ({kind}) {a.case['question']}"
        yield f"must {a.case['must']} not {a.case.get('must_not')} found {a.is_found}"
        yield f"--- answered\n{a.answer or '(refused)'}"
        yield from (f"--- evidence {e['doc']}\n{e['content']}" for e in a.case["evidence"][:2])
        yield from (
            f"--- hit {h['rank']} {h['source']} {' > '.join(h['heading'])}\n{h['text'][:700]}"
            for h in a.result["hits"][:2]
        )
        yield ""
    for c in checked:
        if c.is_true is not c.is_accepted:
            yield f"## {c.case['id']} ({c.case['label']}, {c.case['kind']}) {c.case['claim']}"
            yield from (
                f"--- {k['verdict']} {k['score']:.2f} {k['why']}" for k in c.result["claims"]
            )
            yield from (f"--- evidence {e['doc']}\n{e['content']}" for e in c.case["evidence"][:1])
            quotes = (f"--- quote {q['source']}\n{q['quote']}" for q in c.result["citations"][:2])
            yield from quotes
            yield ""


if __name__ == "__main__":
    main()
