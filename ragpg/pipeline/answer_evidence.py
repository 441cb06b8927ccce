"""What is retrieved for a question, and whether that answers it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import TYPE_CHECKING

from ragpg import quoting, refusal
from ragpg.pipeline.table_heads import add_table_heads
from ragpg.quoting import Similarities
from ragpg.text.scripts import normalize
from ragpg.types import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.pipeline.search import Searcher, SearchResult
    from ragpg.protocols import Reader
    from ragpg.quoting import Segment
    from ragpg.refusal import Assessment, Evidence, KindMatch
    from ragpg.types import QueryEmbedding

READ_PASSAGES = 3
"""Passages, best first, that a model reads to see whether they answer. Chosen by hand."""


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
    result = replace(result, hits=add_table_heads(result.hits, searcher.index))
    embedding = result.query_embedding or searcher.embedder.embed_query(normalize(question))
    segments = quoting.find_quotable_segments(result.hits)
    if embedding.word_vectors is None:
        return AnswerEvidence(result, embedding, segments, None)
    codes = [[part.candidate.word_codes for part in p.chunks] for p in result.passages]
    similarities = Similarities.of_words(
        segments, codes, query_embedding=embedding, idf=result.candidates.idf
    )
    return AnswerEvidence(result, embedding, segments, similarities)


def assess(
    question: str, evidence: AnswerEvidence, searcher: Searcher, *, reader: Reader | None
) -> Assessment:
    """Judge whether the passages answer a question; see `refusal.answerability`.

    Only where words leave it open, the first passages are read, until one answers.
    """
    if searcher.options.mode is not Mode.HYBRID:
        # One retriever alone knows too little to refuse an answer.
        hybrid = searcher.with_options(mode=Mode.HYBRID, reranker=None)
        evidence = gather_evidence(question, hybrid)
    result = evidence.result
    matches = refusal.match_terms(
        question,
        hits=result.hits,
        candidates=[chunk.candidate for chunk in result.ranked],
        idf=result.candidates.idf,
        similarities=find_word_similarities(evidence),
    )
    kind = match_kind(question, evidence)
    assessment = refusal.assess(
        result.candidates,
        sum_up(evidence),
        matches,
        kind,
        knows_script=evidence.query_embedding.knows_script,
    )
    if reader and assessment.is_open:
        threshold = searcher.options.refusal_threshold
        read = reader.read_question(
            question,
            list_passages(evidence.segments),
            is_enough=lambda log_odds: assessment.reconsider(log_odds).score >= threshold,
        )
        return assessment if read is None else assessment.reconsider(read)
    return assessment


def list_passages(segments: Sequence[Segment]) -> list[tuple[str, list[str]]]:
    """Return the headings and the segments of the passages that are read, the best ones."""

    def rank_of(segment: Segment) -> int:
        return segment.hit.rank

    groups = groupby(sorted(segments, key=rank_of), key=rank_of)
    passages = (list(group) for _, group in islice(groups, READ_PASSAGES))
    return [
        (" > ".join(dict.fromkeys((p[0].hit.title, *p[0].heading))), [s.plain for s in p])
        for p in passages
    ]


def sum_up(evidence: AnswerEvidence) -> Evidence:
    """Return the scores of the best passage and of the best sentence."""
    ranked = evidence.result.ranked
    if not ranked:
        return refusal.Evidence()
    has_words = evidence.similarities is not None
    words, terms = quoting.find_best_scores(
        evidence.segments, evidence.similarities, idf=evidence.result.candidates.idf
    )
    return refusal.Evidence(
        passage_keywords=ranked[0].parts.keyword,
        passage_words=ranked[0].parts.late_interaction if has_words else None,
        sentence_terms=terms,
        sentence_words=words if has_words else None,
    )


def find_word_similarities(evidence: AnswerEvidence) -> dict[str, float]:
    """Return the largest cosine of each of the question's words to a word of the hits."""
    if evidence.similarities is None:
        return {}
    maxima = evidence.similarities.find_maxima()
    pairs = zip(evidence.query_embedding.words, maxima, strict=False)
    return {word.casefold(): similarity for word, similarity in pairs}


def match_kind(question: str, evidence: AnswerEvidence) -> KindMatch | None:
    """Look for the kind of thing that is asked for, together with the question's known terms."""
    kind = refusal.find_kind(question)
    if kind is None:
        return None
    candidates = evidence.result.candidates
    known = frozenset[str]().union(*(candidate.matched_terms for candidate in candidates.items))
    idf = {term: weight for term, weight in candidates.idf.items() if term in known}
    texts = (
        f"{segment.embedded_text} {segment.heading_text}"
        for segment in evidence.segments
        if kind.is_in(segment.plain.casefold())
    )
    shares = (quoting.measure_idf_share(quoting.find_matched_terms(t, idf), idf) for t in texts)
    return refusal.KindMatch(kind, max(shares, default=None))
