"""Questions to answers."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ragpg import quoting
from ragpg.pipeline.answer_evidence import assess, gather_evidence
from ragpg.quoting import Similarities
from ragpg.text.scripts import normalize
from ragpg.types import Answer, Claim, Finding, Sentence, Timings, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.pipeline.answer_evidence import AnswerEvidence
    from ragpg.pipeline.answer_schema import AnswerSchema
    from ragpg.pipeline.search import Searcher
    from ragpg.protocols import LLM, Embedder, NliModel, Reader
    from ragpg.quoting import Excerpt
    from ragpg.types import Asked

EXTRACTIVE = "extractive"


def ask(
    question: str,
    *,
    searcher: Searcher,
    llm: LLM | None,
    nli: NliModel | None = None,
    reader: Reader | None = None,
    schema: AnswerSchema | None = None,
) -> Iterator[Asked | Sentence | Answer]:
    """Answer from the documents: yield sentences as a model finishes them, then the answer.

    Before them it says that a model is asked. Without a model the answer is made of quotations.
    With a `schema`, a model answers with JSON, and there are no sentences. Raises ProviderError
    when the model fails; if it had said something by then, the partial answer was yielded before.
    """
    started = time.perf_counter()
    evidence = gather_evidence(question, searcher)
    assessment = assess(question, evidence, searcher, reader=reader)
    answer = Answer(
        question=question,
        text=None,
        model=llm.name if llm else EXTRACTIVE,
        citations=(),
        claims=(),
        hits=evidence.result.hits,
        usage=None,
        timings=Timings(retrieve=time.perf_counter() - started, generate=0.0, total=0.0),
        answerability=assessment.score,
    )
    if assessment.score < searcher.options.refusal_threshold or not evidence.segments:
        yield with_timings(replace(answer, refusal=assessment.explain()), started)
        return
    if llm:
        generate = partial(let_generate, llm=llm, nli=nli, reader=reader, schema=schema)
        events = generate(answer, evidence, embedder=searcher.embedder)
    else:
        events = quote(answer, evidence, embedder=searcher.embedder)
    for event in events:
        yield with_timings(event, started) if isinstance(event, Answer) else event


def let_generate(
    answer: Answer,
    evidence: AnswerEvidence,
    *,
    llm: LLM,
    nli: NliModel | None,
    reader: Reader | None,
    embedder: Embedder,
    schema: AnswerSchema | None,
) -> Iterator[Asked | Sentence | Answer]:
    """Let a model answer; word vectors help to check it where the embedder makes them."""
    from ragpg.pipeline.generate import generate

    has_words = evidence.query_embedding.word_vectors is not None
    embed = embedder.embed_query if has_words else None
    if schema:
        from ragpg.pipeline.generate_data import generate_data

        return generate_data(answer, schema, llm=llm, nli=nli, reader=reader, embed=embed)
    return generate(answer, llm=llm, nli=nli, reader=reader, embed=embed)


def quote(
    answer: Answer, evidence: AnswerEvidence, *, embedder: Embedder
) -> Iterator[Sentence | Answer]:
    """Answer with verbatim quotations, best first."""
    excerpts = quoting.choose_excerpts(
        evidence.segments,
        evidence.similarities or embed_segments(evidence, embedder=embedder),
        idf=evidence.result.candidates.idf,
        question_type=quoting.QuestionType.of(normalize(answer.question)),
    )
    text = "\n\n".join(with_marker(excerpt) for excerpt in excerpts)
    claims = tuple(
        Claim(
            excerpt.text,
            (excerpt.number,),
            Verdict.SUPPORTED,
            score=1.0,
            supported_by=(excerpt.number,),
            finding=Finding.SUPPORTED,
        )
        for excerpt in excerpts
    )
    yield Sentence(text, claims)
    citations = tuple(citation for excerpt in excerpts for citation in excerpt.citations)
    yield replace(answer, text=text, citations=citations, claims=claims)


def embed_segments(evidence: AnswerEvidence, *, embedder: Embedder) -> Similarities:
    """Compare the segments with the question by embedding them."""
    vectors = embedder.embed_passages([segment.embedded_text for segment in evidence.segments])
    return Similarities.of_cosines(vectors @ evidence.query_embedding.vector)


def with_marker(excerpt: Excerpt) -> str:
    """Put the citation after a quotation: below it where it would become a cell or code."""
    separator = "\n" if excerpt.text.endswith(("|", "```", "~~~")) else " "
    return f"{excerpt.text}{separator}[{excerpt.number}]"


def with_timings(answer: Answer, started: float) -> Answer:
    """Record how long the answer took."""
    total = time.perf_counter() - started
    retrieve = answer.timings.retrieve
    return replace(answer, timings=Timings(retrieve, total - retrieve, total))
