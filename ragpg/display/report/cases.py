"""The cases on the page of an evaluation. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.display.escape import line
from ragpg.display.render import path
from ragpg.display.report.html import Html, element, join
from ragpg.evaluation import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import Result
    from ragpg.types import Hit

SNIPPET = 240
"""Characters of a hit that are shown."""
SHOWN = 5
"""Hits that are shown."""
NOTHING = "not found"


def case(result: Result) -> Html:
    """A case: a line that opens."""
    state = {True: "good", False: "bad", None: "none"}[result.passed]
    missed = bool(result.ranks) and metrics.recall(result.ranks, SHOWN) < 1
    word = {True: "passed", False: "failed", None: "measured"}[result.passed]
    return element(
        "details",
        element(
            "summary",
            element("span", "error" if result.error else word, class_=f"mark {state}"),
            element("span", result.case.question, class_="question"),
            rank(result),
        ),
        *inside(result),
        class_="case",
        data_kinds=" ".join(
            kind for kind, is_so in (("failed", result.failures), ("missed", missed)) if is_so
        ),
    )


def rank(result: Result) -> Html:
    """Where the first relevant hit is."""
    if not result.ranks:
        return join()
    found = result.first_relevant_rank
    style = "good" if found == 1 else "bad" if found is None or found > SHOWN else "none"
    return element("span", NOTHING if found is None else f"rank {found}", class_=f"rank {style}")


def inside(result: Result) -> Iterable[Html]:
    """What a case shows when it is open."""
    named = result.case.id if result.case.id != result.case.question else ""
    yield element("p", " · ".join(filter(None, (result.case.place, named))), class_="small")
    if result.failures:
        reasons = (element("li", reason) for reason in result.failures)
        yield element("ul", *reasons, class_="failures")
    if result.answer:
        answer = result.answer
        yield element("h3", f"Answer (confidence {answer.answerability:.2f})")
        yield element("blockquote", answer.text or "The documents don't say.")
    if result.case.answer:
        yield element("h3", "Expected")
        yield element("blockquote", result.case.answer)
    if result.ranks:
        yield element("h3", "Gold")
        yield element("ul", *map(element_of_gold, gold(result.case), result.ranks))
    if result.hits:
        yield element("h3", "Hits")
        yield element("ol", *(hit(found, result.case) for found in result.hits[:SHOWN]))


def gold(case: Case) -> list[str]:
    """What has to be found, in words, in the order of its ranks."""
    spans = [f"{span.source} {span.start}-{span.end}" for span in case.evidence]
    return spans or list(case.documents)


def element_of_gold(name: str, found: int | None) -> Html:
    """What had to be found, and where it was."""
    return element("li", f"{name}: {NOTHING if found is None else f'rank {found}'}")


def hit(found: Hit, case: Case) -> Html:
    """A hit: where it stands, and how it begins; one with a part of the answer is marked."""
    relevant = (
        any(metrics.finds(found, span) for span in case.evidence)
        if case.evidence
        else found.source in case.documents
    )
    words = " ".join(found.text.split())
    return element(
        "li",
        element("b", f"{line(found.source)}:L{found.start_line}-L{found.end_line}"),
        f" {path(found)}",
        element("p", words[:SNIPPET] + ("…" if len(words) > SNIPPET else "")),
        class_="relevant" if relevant else None,
    )


def since(report: Report) -> Html:
    """What changed since the baseline, case by case."""
    found = report.comparison
    if not found:
        return join()
    questions = {result.case.id: result.case.question for result in report.results}
    lists = [
        changed("Newly failing", dict.fromkeys(found.newly_failing, ""), questions),
        changed("Newly fixed", dict.fromkeys(found.newly_fixed, ""), questions),
        changed("Worse", {name: moved(*ranks) for name, ranks in found.worse.items()}, questions),
        changed("Better", {name: moved(*ranks) for name, ranks in found.better.items()}, questions),
    ]
    title = element("h2", f"Since {found.name}")
    note = element("p", f"{found.shared} cases are in both.", class_="small")
    return element("section", title, note, element("div", *lists, class_="changes"))


def changed(title: str, cases: Mapping[str, str], questions: Mapping[str, str]) -> Html:
    """Cases that changed in one way, each with how."""
    items = (
        element("li", questions[name], element("small", how) if how else join())
        for name, how in cases.items()
    )
    count = element("span", str(len(cases)), class_="count")
    listed = element("ul", *items) if cases else element("p", "none", class_="small")
    return element("div", element("h3", title, " ", count), listed)


def moved(before: int | None, after: int | None) -> str:
    """A rank then and now, where that is what moved."""
    if before == after:
        return ""
    names = ("none" if rank is None else str(rank) for rank in (before, after))
    return " rank " + " → ".join(names)
