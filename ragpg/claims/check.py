"""Whether passages support what a text states, with a reason that a reader understands. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.claims.citation_parser import strip_citations
from ragpg.claims.contradictions.table import find_cell_contradictions
from ragpg.claims.reasons import explain, format_markers
from ragpg.claims.sentences import split_cells
from ragpg.claims.statements import Statement, split_statements
from ragpg.claims.support import NO_SUPPORT, Support
from ragpg.claims.support_search import Assessment, assess
from ragpg.types import Citation, Claim, Finding, Hit, NliScores, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ragpg.claims.contradictions import Contradiction
    from ragpg.claims.entailment import ReadTexts
    from ragpg.claims.word_similarity import EmbedText

    PredictNli = Callable[[str, Sequence[str]], Sequence[NliScores]]
    """From a claim and passages to the NLI scores of each passage."""

PARTIAL_COVERAGE = 0.3
"""Coverage from which a claim is found in part. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What passages say about a statement.

    `support` is that of the cited passages together, `supporting` are the passages that give it or,
    if they don't, others that do. `explained` is the support that the reason is about.
    """

    statement: Statement
    assessment: Assessment
    cited: tuple[Hit, ...]
    support: Support
    supporting: tuple[Hit, ...]
    verdict: Verdict
    finding: Finding
    explained: Support
    unknown: tuple[int, ...] = ()

    @property
    def nearest(self) -> Hit | None:
        """The passage that the reason is about, or that covers most of the claim."""
        spans = self.explained.spans or self.assessment.closest.spans
        return spans[0].hit if spans else None

    def find_nearest(self, hits: Sequence[Hit]) -> Hit | None:
        """Return the one of some passages that covers most of the claim."""
        spans = self.assessment.find_best(hits).spans
        return spans[0].hit if spans else next(iter(hits), None)

    def choose_supporting(self, limit: int) -> tuple[Hit, ...]:
        """Return the first passages that each support the claim, or all that do so together."""
        return self.assessment.list_sufficient(self.supporting)[:limit] or self.supporting

    def quote(self, hit: Hit) -> str:
        """Return the part of a passage that supports the claim, denies it or covers most of it."""
        for support in (self.support, self.explained, self.assessment.find_best([hit])):
            quote = next((span.quote for span in support.spans if span.hit == hit), None)
            if quote is not None:
                return quote
        return hit.text.strip()

    def to_claim(self, *, number: Callable[[Hit], int]) -> Claim:
        """Return the claim with its reason; `number` says by which number a passage is cited."""
        ranks = tuple(dict.fromkeys(map(number, self.supporting)))
        score = self.support.score if self.statement.citations else self.support.score / 2
        return Claim(
            self.statement.text,
            self.statement.citations,
            self.verdict,
            round(score, 4),
            self._explain(ranks, number),
            ranks,
            self.finding,
        )

    def _explain(self, ranks: Sequence[int], number: Callable[[Hit], int]) -> str | None:
        if self.verdict is Verdict.SUPPORTED:
            return None
        says_it = f"{format_markers(ranks)} says it" if ranks else None
        if self.verdict is Verdict.UNCITED:
            return says_it
        if self.unknown:
            why = f"{format_markers(self.unknown)} does not exist"
        else:
            words = strip_citations(self.statement.text)
            why = explain(words, self.explained, self.cited, number=number)
        return f"misattributed: {why}; {says_it}" if says_it else why


def check_text(
    text: str,
    hits: Sequence[Hit],
    nli: PredictNli | None = None,
    *,
    embed: EmbedText | None = None,
    read: ReadTexts | None = None,
    table_header: str = "",
) -> list[Claim]:
    """Judge every statement of a text; a hit's rank is the number that it is cited by.

    `table_header` is that of the table which the text continues, if it does.
    """
    statements = split_statements(table_header + text)
    start = len(table_header)
    return [
        judge(statement, hits, nli, embed=embed, read=read).to_claim(number=lambda hit: hit.rank)
        for statement in statements
        if statement.start >= start
    ]


def quote_cited(claim: Claim, hits: Iterable[Hit]) -> list[Citation]:
    """Return for each passage that a claim cites the span of it that covers most of the claim."""
    cited = [hit for hit in hits if hit.rank in claim.citations]
    assessment = assess(strip_citations(claim.text), cited)
    citations = []
    for hit in cited:
        spans = assessment.find_best([hit]).spans
        citations.append(Citation(hit, hit.rank, spans[0].quote if spans else hit.text.strip()))
    return citations


def judge(
    statement: Statement,
    hits: Sequence[Hit],
    nli: PredictNli | None = None,
    *,
    embed: EmbedText | None = None,
    read: ReadTexts | None = None,
) -> Judgement:
    """Judge one statement by the passages that it cites; the others only explain a failure."""
    words = strip_citations(statement.text)
    cited = tuple(hit for hit in hits if hit.rank in statement.citations)
    others = tuple(hit for hit in hits if hit not in cited)
    numbers = {hit.rank for hit in hits}
    unknown = tuple(number for number in statement.citations if number not in numbers)
    assessment = assess(words, hits, embed=embed, read=read)
    support = _find_cited_support(statement, assessment, cited, nli)
    denial = assessment.find_denial(support) if support.is_sufficient else None
    if support.is_sufficient and not denial and not unknown:
        supporting = _find_supporting(assessment, cited, support)
        verdict, finding, explained = Verdict.SUPPORTED, Finding.SUPPORTED, support
    else:
        supporting = tuple(
            hit
            for hit in others
            if (best := assessment.find_best([hit])).is_sufficient
            and not assessment.find_denial(best)
        )
        verdict = Verdict.UNSUPPORTED if statement.citations else Verdict.UNCITED
        finding, explained = _find_finding(assessment, support, denial, is_found=bool(supporting))
    if not cited:
        support = assessment.find_best(hits)
    return Judgement(
        statement, assessment, cited, support, supporting, verdict, finding, explained, unknown
    )


def _find_cited_support(
    statement: Statement, assessment: Assessment, cited: Sequence[Hit], nli: PredictNli | None
) -> Support:
    """Return the support of the cited passages together, with NLI scores and column names."""
    if not cited:
        return NO_SUPPORT
    support = assessment.find_joint(cited)
    if statement.columns:
        others = tuple(_find_column_contradictions(statement, support))
        support = replace(support, contradictions=(*support.contradictions, *others))
    if not nli:
        return support
    scores = nli(strip_citations(statement.text), [hit.text for hit in cited])
    return replace(support, nli=_combine_nli(cited, scores, support))


def _find_supporting(
    assessment: Assessment, cited: Sequence[Hit], support: Support
) -> tuple[Hit, ...]:
    """Return the passages that support a claim each by itself, or else together."""
    alone = assessment.list_sufficient(cited)
    together = {span.hit for span in support.spans}
    return alone or tuple(hit for hit in cited if hit in together) or tuple(cited)


def _find_finding(
    assessment: Assessment, support: Support, denial: Support | None, *, is_found: bool
) -> tuple[Finding, Support]:
    """Return what the passages say about a claim that the cited ones don't support, and which."""
    if is_found:
        return Finding.SUPPORTED, support
    contradicting = (denial, support, assessment.closest)
    for each in contradicting:
        if each and (each is denial or each.contradicts):
            return Finding.CONTRADICTED, each
    best = support if support.spans else assessment.closest
    is_partial = assessment.closest.coverage >= PARTIAL_COVERAGE
    return (Finding.PARTIAL if is_partial else Finding.NOT_FOUND), best


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
