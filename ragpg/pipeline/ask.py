"""Questions to answers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg import quoting
from ragpg.pipeline.generate import generate
from ragpg.quoting import Similarities
from ragpg.retrieval import abstention
from ragpg.text.scripts import normalize
from ragpg.types import Answer, Claim, Finding, Mode, Sentence, Timings, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.pipeline.search import Searcher, SearchResult
    from ragpg.protocols import LLM, Embedder, NliModel
    from ragpg.quoting import Excerpt, Segment
    from ragpg.types import QueryEmbedding

EXTRACTIVE = "extractive"


def ask(
    question: str, *, searcher: Searcher, llm: LLM | None, nli: NliModel | None = None
) -> Iterator[Sentence | Answer]:
    """Answer from the documents: yield sentences as a model finishes them, then the answer.

    Without a model the answer is made of quotations. Raises ProviderError when the model fails; if
    it had said something by then, the partial answer was yielded before.
    """
    started = time.perf_counter()
    evidence = gather_evidence(question, searcher)
    answerability = score_answerability(question, evidence, searcher)
    answer = Answer(
        question=question,
        text=None,
        model=llm.name if llm else EXTRACTIVE,
        citations=(),
        claims=(),
        hits=evidence.result.hits,
        usage=None,
        timings=Timings(retrieve=time.perf_counter() - started, generate=0.0, total=0.0),
        answerability=answerability,
    )
    threshold = searcher.options.refusal_threshold
    if abstention.should_abstain(answerability, threshold=threshold) or not evidence.segments:
        yield with_timings(answer, started)
        return
    if llm:
        events = generate(answer, llm=llm, nli=nli)
    else:
        events = quote(answer, evidence, embedder=searcher.embedder)
    for event in events:
        yield with_timings(event, started) if isinstance(event, Answer) else event


@dataclass(frozen=True, slots=True)
class AnswerEvidence:
    """What was retrieved for a question, and the segments of its passages.

    `similarities` are those of the segments' words; None where the model gives no word vectors.
    """

    result: SearchResult
    query_embedding: QueryEmbedding
    segments: Sequence[Segment]
    similarities: Similarities | None


def gather_evidence(question: str, searcher: Searcher) -> AnswerEvidence:
    """Retrieve passages, and divide them into segments that can be quoted."""
    result = searcher.search(question)
    embedding = result.query_embedding or searcher.embedder.embed_query(normalize(question))
    segments = quoting.find_quotable_segments(result.hits)
    if embedding.word_vectors is None:
        return AnswerEvidence(result, embedding, segments, None)
    codes = [[part.candidate.word_codes for part in p.chunks] for p in result.passages]
    similarities = Similarities.of_words(
        segments, codes, query_embedding=embedding, idf=result.candidates.idf
    )
    return AnswerEvidence(result, embedding, segments, similarities)


def score_answerability(question: str, evidence: AnswerEvidence, searcher: Searcher) -> float:
    """Return the score by which a question is refused; see `abstention.answerability`."""
    if searcher.options.mode is not Mode.HYBRID:
        # One retriever alone knows too little to refuse an answer.
        hybrid = searcher.with_options(mode=Mode.HYBRID, reranker=None)
        evidence = gather_evidence(question, hybrid)
    candidates, ranked = evidence.result.candidates, evidence.result.ranked
    if not ranked:
        return abstention.answerability(candidates, abstention.Evidence())
    best = ranked[0].parts
    has_words = evidence.similarities is not None
    words, terms = quoting.find_best_scores(
        evidence.segments, evidence.similarities, idf=candidates.idf
    )
    summary = abstention.Evidence(
        passage_keywords=best.keyword,
        passage_words=best.late_interaction if has_words else None,
        sentence_terms=terms,
        sentence_words=words if has_words else None,
    )
    return abstention.answerability(candidates, summary)


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
