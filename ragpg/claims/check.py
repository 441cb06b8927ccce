"""Whether passages support what a text states, with a reason that a reader understands. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.claims.citation_parser import strip_citations
from ragpg.claims.contradictions.table import find_cell_contradictions
from ragpg.claims.sentences import split_cells
from ragpg.claims.statements import Statement, split_statements
from ragpg.claims.support import NO_SUPPORT
from ragpg.claims.support_search import find_support, may_support
from ragpg.types import Citation, Claim, Finding, Hit, NliScores, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ragpg.claims.contradictions import Contradiction
    from ragpg.claims.support import Support

    PredictNli = Callable[[str, Sequence[str]], Sequence[NliScores]]
    """From a claim and passages to the NLI scores of each passage."""

MIN_EXPLAINED_COVERAGE = 0.3
"""Coverage from which a contradiction is given as the reason. Chosen by hand."""
MAX_SHOWN_MISSING = 3
"""Missing words that a reason names."""


def check_text(
    text: str, hits: Sequence[Hit], nli: PredictNli | None = None, *, table_header: str = ""
) -> list[Claim]:
    """Judge every statement of a text; a hit's rank is the number that it is cited by.

    `table_header` is that of the table which the text continues, if it does.
    """
    statements = split_statements(table_header + text)
    start = len(table_header)
    return [judge(statement, hits, nli) for statement in statements if statement.start >= start]


def quote_cited(claim: Claim, hits: Iterable[Hit]) -> list[Citation]:
    """Return for each passage that a claim cites the span of it that covers most of the claim."""
    words = strip_citations(claim.text)
    cited = (hit for hit in hits if hit.rank in claim.citations)
    return [Citation(hit, hit.rank, _quote_best_span(words, hit)) for hit in cited]


def _quote_best_span(words: str, hit: Hit) -> str:
    support = find_support(words, [hit])
    return support.spans[0].quote if support.spans else hit.text.strip()


def find_nearest_passage(words: str, hits: Sequence[Hit]) -> Hit | None:
    """Return the passage that covers most of a claim."""
    support = find_support(words, hits)
    return support.spans[0].hit if support.spans else None


def judge(statement: Statement, hits: Sequence[Hit], nli: PredictNli | None = None) -> Claim:
    """Judge one statement by the passages that it cites; the others only explain a failure."""
    words = strip_citations(statement.text)
    cited = [hit for hit in hits if hit.rank in statement.citations]
    numbers = {hit.rank for hit in hits}
    unknown = [number for number in statement.citations if number not in numbers]
    scores = nli(words, [hit.text for hit in cited]) if nli and cited else ()
    support = _find_cited_support(statement, cited, scores)
    if support.is_sufficient and not unknown:
        ranks = _find_sufficient(words, cited, scores) or tuple(hit.rank for hit in cited)
        ranks = tuple(dict.fromkeys(ranks))
        claim = _make_claim(statement, Verdict.SUPPORTED, support.score, supported_by=ranks)
        return replace(claim, finding=Finding.SUPPORTED)
    uncited = [hit for hit in hits if hit not in cited and may_support(words, hit)]
    elsewhere = {hit.rank: find_support(words, [hit], also_known=hits) for hit in uncited}
    ranks = tuple(rank for rank, s in elsewhere.items() if s.is_sufficient)
    finding = _find_finding([support, *elsewhere.values()])
    if not statement.citations:
        best = max((s.score for s in elsewhere.values()), default=0.0)
        why = f"{_format_markers(ranks)} says it" if ranks else None
        claim = _make_claim(statement, Verdict.UNCITED, best / 2, why=why, supported_by=ranks)
        return replace(claim, finding=finding)
    if unknown:
        why = f"{_format_markers(unknown)} does not exist"
    else:
        why = _explain(words, support, cited)
    if ranks:
        why = f"misattributed: {why}; {_format_markers(ranks)} says it"
    claim = _make_claim(statement, Verdict.UNSUPPORTED, support.score, why=why, supported_by=ranks)
    return replace(claim, finding=finding)


def _find_finding(supports: Sequence[Support]) -> Finding:
    """Return what passages say about a claim, by the support that they give it."""
    if any(support.is_sufficient for support in supports):
        return Finding.SUPPORTED
    if any(support.contradicts for support in supports):
        return Finding.CONTRADICTED
    coverage = max((support.coverage for support in supports), default=0.0)
    return Finding.PARTIAL if coverage >= MIN_EXPLAINED_COVERAGE else Finding.NOT_FOUND


def _find_cited_support(
    statement: Statement, cited: Sequence[Hit], scores: Sequence[NliScores]
) -> Support:
    """Return the support of the cited passages together, with NLI scores and column names."""
    if not cited:
        return NO_SUPPORT
    support = find_support(strip_citations(statement.text), cited)
    contradictions = [*support.contradictions]
    if statement.columns:
        contradictions += _find_column_contradictions(statement, support)
    nli = _combine_nli(cited, scores, support)
    return replace(support, contradictions=tuple(contradictions), nli=nli)


def _find_sufficient(
    words: str, cited: Sequence[Hit], scores: Sequence[NliScores]
) -> tuple[int, ...]:
    """Return the numbers of the cited passages that support a claim each by itself."""
    ranks = []
    for index, hit in enumerate(cited):
        support = find_support(words, [hit], also_known=cited)
        if scores:
            support = replace(support, nli=scores[index])
        if support.is_sufficient:
            ranks.append(hit.rank)
    return tuple(ranks)


def _find_column_contradictions(statement: Statement, support: Support) -> Iterator[Contradiction]:
    """Yield what a claimed row has in another column than the rows that support it."""
    cells = split_cells(strip_citations(statement.text))
    for span in support.spans:
        if span.row:
            yield from find_cell_contradictions(statement.columns, cells, span.row)


def _combine_nli(
    hits: Sequence[Hit], scores: Sequence[NliScores], support: Support
) -> NliScores | None:
    """Return the NLI scores of passages taken together: any of them may entail a claim.

    Only a passage with a supporting span may contradict it, and not if another one entails it.
    """
    if not scores:
        return None
    entailment = max(nli.entailment for nli in scores)
    with_span = [span.hit for span in support.spans]
    opposing = (
        nli.contradiction for hit, nli in zip(hits, scores, strict=True) if hit in with_span
    )
    return NliScores(entailment, min(max(opposing, default=0.0), 1 - entailment))


def _explain(words: str, support: Support, cited: Sequence[Hit]) -> str:
    """Return why passages do not support a claim, in words for a reader."""
    explicit = next((c for c in support.contradictions if c.stated), None)
    if explicit and support.coverage >= MIN_EXPLAINED_COVERAGE:
        says = f"[{support.spans[0].hit.rank}] says {explicit.stated}"
        return f"{explicit.claimed}: {says}" if explicit.claimed else says
    if support.nli_contradicts and not support.contradictions:
        markers = _format_markers(dict.fromkeys(span.hit.rank for span in support.spans))
        return f"{markers} contradicts it, as the model in [verify] reads it"
    missing = [c.claimed for c in support.contradictions if c.claimed]
    missing = list(dict.fromkeys([*missing, *support.missing]))[:MAX_SHOWN_MISSING] or [words]
    quoted = ", ".join(f'"{word}"' for word in missing)
    return f"not in {_format_markers(hit.rank for hit in cited)}: {quoted}"


def _make_claim(
    statement: Statement,
    verdict: Verdict,
    score: float,
    *,
    why: str | None = None,
    supported_by: tuple[int, ...] = (),
) -> Claim:
    rounded = round(score, 4)
    return Claim(statement.text, statement.citations, verdict, rounded, why, supported_by)


def _format_markers(ranks: Iterable[int]) -> str:
    return ", ".join(f"[{rank}]" for rank in ranks)
