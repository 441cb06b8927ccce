"""Run the cases of a file: search for each, and ask where there is an answer to check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from ragpg.errors import ProviderError
from ragpg.evaluation import checks, metrics
from ragpg.evaluation.thorough_reader import ThoroughReader
from ragpg.markdown.anchors import find_sections
from ragpg.pipeline.ask import ask
from ragpg.pipeline.chat import converse, make_standalone
from ragpg.types import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.metrics import TextSpan
    from ragpg.markdown.anchors import Section
    from ragpg.pipeline.search import Searcher
    from ragpg.protocols import LLM, Reader
    from ragpg.types import Document, Hit

SEARCH_DEPTH = 50
"""Hits that are retrieved: enough for ten different documents."""
KEPT_HITS = 10
"""Hits that a result keeps for the HTML report."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of a case.

    `values` are its metrics by name, `ranks` those of its gold spans or documents. `failures` are
    the reasons why its answer fails. `error` is why there is no answer. `standalone` is the last
    turn of a conversation as it was searched for.
    """

    case: Case
    values: Mapping[str, float] = field(default_factory=dict)
    ranks: tuple[int | None, ...] = ()
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    failures: tuple[str, ...] = ()
    error: ProviderError | None = None
    standalone: str | None = None

    @property
    def passed(self) -> bool | None:
        """Whether all checks pass, None if the case has none."""
        return not self.failures if self.case.checked else None

    @property
    def first_relevant_rank(self) -> int | None:
        """The rank of the first relevant hit."""
        return metrics.first_rank(self.ranks)


def evaluate(
    cases: Iterable[Case],
    *,
    searcher: Callable[[Case], Searcher],
    read_document: Callable[[str], Document | None],
    llm: LLM | None,
    reader: Reader | None = None,
) -> Iterator[CaseResult]:
    """Yield a result for each case; an error while answering fails only its own case."""

    @cache
    def sections_of_source(source: str) -> Sequence[Section] | None:
        document = read_document(source)
        return None if document is None else list_sections(document.text, document.body_start)

    for case in cases:
        restricted = searcher(case)
        answer = partial(answer_question, searcher=restricted, llm=llm, reader=reader)
        try:
            question = find_standalone(case, answer=answer, llm=llm)
        except ProviderError as error:
            yield record_error(CaseResult(case), error)
            continue
        result = measure_case(case, question, restricted)
        if case.checked or case.expects_answer is not None:
            try:
                result = check_answer(result, answer(question), find_sections=sections_of_source)
            except ProviderError as error:
                result = record_error(result, error)
        yield result


def find_standalone(case: Case, *, answer: Callable[[str], Answer], llm: LLM | None) -> str:
    """Return a case's question as it stands alone, after the turns before it have been asked."""
    if not case.earlier:
        return case.question
    conversation = converse(case.earlier, answer=answer, llm=llm)
    return make_standalone(case.question, conversation, llm=llm)


def measure_case(case: Case, question: str, searcher: Searcher) -> CaseResult:
    """Measure what is found for a question, if the case names documents to be found."""
    result = CaseResult(case)
    if case.retrievable:
        deep = searcher.with_options(top_k=max(SEARCH_DEPTH, searcher.options.top_k))
        result = measure_retrieval(case, deep.search(question).hits)
    return replace(result, standalone=question) if case.earlier else result


def answer_question(
    question: str, *, searcher: Searcher, llm: LLM | None, reader: Reader | None
) -> Answer:
    """Return the answer to a question that stands alone; raises ProviderError."""
    thorough = ThoroughReader(reader) if reader else None
    events = ask(question, searcher=searcher, llm=llm, reader=thorough)
    *_, answer = (event for event in events if isinstance(event, Answer))
    return answer


def list_sections(text: str, body_start: int) -> list[Section]:
    """Return the sections of a document, with offsets in its file."""
    return [
        section._replace(start=section.start + body_start, end=section.end + body_start)
        for section in find_sections(text[body_start:])
    ]


def measure_retrieval(case: Case, hits: Sequence[Hit]) -> CaseResult:
    """Measure the hits of a search."""
    ranks, values = measure(case, hits)
    return CaseResult(case, values, tuple(ranks), tuple(hits[:KEPT_HITS]))


def measure(case: Case, hits: Sequence[TextSpan]) -> tuple[list[int | None], dict[str, float]]:
    """Return the ranks of a case's gold spans or documents, and its metrics by name."""
    ranks = (
        metrics.rank_spans(hits, case.evidence)
        if case.evidence
        else metrics.rank_documents(hits, case.documents)
    )
    values = {f"recall@{k}": metrics.recall(ranks, k) for k in (1, 3, 5, 10)}
    values["mrr@10"] = metrics.reciprocal_rank(ranks, 10)
    values["ndcg@10"] = metrics.ndcg(hits, case.documents, 10)
    if case.evidence:
        overlap = metrics.overlap(hits[:5], case.evidence)
        values["token_recall@5"] = overlap.recall
        values["token_precision@5"] = overlap.precision
        values["token_iou@5"] = overlap.iou
    for k in (5, 10):
        values[f"characters@{k}"] = metrics.count_characters(hits[:k])
    return ranks, values


def check_answer(
    result: CaseResult, answer: Answer, *, find_sections: checks.FindSections
) -> CaseResult:
    """Add the answer and its checks to a result."""
    case, values = result.case, dict(result.values)
    failures = tuple(checks.find_failures(case, answer, find_sections=find_sections))
    if case.expects_answer is not None:
        values["answered" if case.expects_answer else "refused"] = float(
            answer.answered is case.expects_answer
        )
    if case.checked:
        values["passed"] = float(not failures)
    return replace(result, values=values, answer=answer, failures=failures)


def record_error(result: CaseResult, error: ProviderError) -> CaseResult:
    """Add the error because of which there is no answer to a result."""
    values = {**result.values, **({"passed": 0.0} if result.case.checked else {})}
    reason = f"error: {error.message}" + (f": {error.hint}" if error.hint else "")
    return replace(result, values=values, error=error, failures=(reason,))
