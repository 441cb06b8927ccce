"""Cases to results: searched once, and asked where there is something to check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from ragpg.errors import ProviderError
from ragpg.evaluation import checks, metrics
from ragpg.markdown.anchors import find_sections
from ragpg.pipeline.ask import ask
from ragpg.types import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.metrics import Passage
    from ragpg.markdown.anchors import Section
    from ragpg.pipeline.retriever import Retriever
    from ragpg.protocols import LLM
    from ragpg.types import Document, Hit

DEPTH = 50
"""Hits that are looked at, so that ten documents are among them."""
KEPT = 10
"""Hits that are kept, for people to look at."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case.

    `values` are the figures that it has a part in, by name; `ranks` those of what had to be found;
    `failures` what its answer failed in, a sentence each. `error` is why there is no answer.
    """

    case: Case
    values: Mapping[str, float] = field(default_factory=dict)
    ranks: tuple[int | None, ...] = ()
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    failures: tuple[str, ...] = ()
    error: ProviderError | None = None

    @property
    def passed(self) -> bool | None:
        """Whether the answer is as it should be; None where nothing is said about that."""
        return not self.failures if self.case.checked else None

    @property
    def first_relevant_rank(self) -> int | None:
        """The rank of the first hit with a part of the answer."""
        return metrics.first(self.ranks)


def evaluate(
    cases: Iterable[Case],
    *,
    retriever: Callable[[Case], Retriever],
    read_document: Callable[[str], Document | None],
    llm: LLM | None,
) -> Iterator[Result]:
    """Search for each case and, where that is wanted, ask; a failing model fails its case alone."""

    @cache
    def contents(source: str) -> Sequence[Section] | None:
        document = read_document(source)
        return None if document is None else sections_of(document.text, document.body_start)

    for case in cases:
        restricted = retriever(case)
        result = Result(case)
        if case.retrievable:
            deep = restricted.with_options(top_k=max(DEPTH, restricted.options.top_k))
            result = retrieved(case, deep.retrieve(case.question).hits)
        if case.checked or case.expects_answer is not None:
            try:
                events = ask(case.question, retriever=restricted, llm=llm)
                *_, answer = (event for event in events if isinstance(event, Answer))
                result = answered(result, answer, contents=contents)
            except ProviderError as failure:
                result = failed(result, failure)
        yield result


def sections_of(text: str, body_start: int) -> list[Section]:
    """The sections below a document's front matter, in offsets of the file."""
    return [
        section._replace(start=section.start + body_start, end=section.end + body_start)
        for section in find_sections(text[body_start:])
    ]


def retrieved(case: Case, hits: Sequence[Hit]) -> Result:
    """Measure what a search found."""
    ranks, values = figures(case, hits)
    return Result(case, values, tuple(ranks), tuple(hits[:KEPT]))


def figures(case: Case, hits: Sequence[Passage]) -> tuple[list[int | None], dict[str, float]]:
    """The ranks of what a case wants to be found, and the figures that follow from them."""
    ranks = (
        metrics.ranks_of_spans(hits, case.evidence)
        if case.evidence
        else metrics.ranks_of_documents(hits, case.documents)
    )
    values = {f"recall@{k}": metrics.recall(ranks, k) for k in (1, 3, 5, 10)}
    values["mrr@10"] = metrics.reciprocal_rank(ranks, 10)
    values["ndcg@10"] = metrics.ndcg(hits, case.documents, 10)
    if case.evidence:
        tokens = metrics.overlap(hits[:5], case.evidence)
        values["token_recall@5"] = tokens.recall
        values["token_precision@5"] = tokens.precision
        values["token_iou@5"] = tokens.iou
    for k in (5, 10):
        values[f"characters@{k}"] = metrics.characters(hits[:k])
    return ranks, values


def answered(result: Result, answer: Answer, *, contents: checks.Contents) -> Result:
    """Check an answer."""
    case, values = result.case, dict(result.values)
    wrong = tuple(checks.failures(case, answer, contents=contents))
    if case.expects_answer is not None:
        values["answered" if case.expects_answer else "refused"] = float(
            answer.answered is case.expects_answer
        )
    if case.checked:
        values["passed"] = float(not wrong)
    return replace(result, values=values, answer=answer, failures=wrong)


def failed(result: Result, failure: ProviderError) -> Result:
    """Note that there is no answer to check."""
    values = {**result.values, **({"passed": 0.0} if result.case.checked else {})}
    said = (f"error: {failure.message}" + (f": {failure.hint}" if failure.hint else ""),)
    return replace(result, values=values, error=failure, failures=said)
