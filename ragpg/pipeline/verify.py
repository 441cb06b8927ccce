"""Texts that anybody wrote, to claims checked against the documents."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ragpg import claims
from ragpg.pipeline.retriever import search
from ragpg.types import Citation, Claim, LocatedClaim, Verdict, Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ragpg.claims import Reference, References, Statement
    from ragpg.pipeline.retriever import Lookup
    from ragpg.protocols import Embedder, Entailment, Store
    from ragpg.types import Hit

    Sources = Callable[[str], tuple[str, ...]]
    """From a path as somebody wrote it to the sources that it may mean."""
    Checked = tuple[Claim, list[Citation]]
    """A claim, and what is quoted of the passages that its verdict speaks of."""

WITHIN = 200
"""Candidates looked at in a document that is cited, so that the lines meant are among them."""
FEWEST = 8
"""Passages that are looked up for a claim, at least: several may support it together."""
SHOWN = 2
"""Passages that a claim which was looked up cites, where so many are enough."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement, what of its citations can be looked at, and under which number."""

    statement: Statement
    listed: tuple[tuple[int, Reference], ...]
    inline: tuple[Reference, ...]

    @property
    def words(self) -> str:
        """What it states."""
        return claims.without_markers(self.statement.text)

    @property
    def is_bare(self) -> bool:
        """Whether it cites nothing."""
        return not self.listed and not self.inline


@dataclass(frozen=True, slots=True)
class Verifier:
    """Looks passages up, numbers them, and holds claims against them.

    The numbers are the text's own where it has them; what was looked up is numbered from there on.
    """

    store: Store
    embedder: Embedder
    lookup: Lookup
    sources: Sources
    last: int
    nli: Entailment | None = None
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def check(self, cited: Cited) -> Checked:
        """Check a statement against what it cites, or against what is found for it."""
        if cited.is_bare:
            return self._looked_up(cited)
        claim, citations = self._against_cited(cited)
        if claim.verdict is Verdict.SUPPORTED:
            return claim, citations
        other, quoted = self._looked_up(cited)
        if other.verdict is not Verdict.SUPPORTED:
            return claim, citations
        marks = ", ".join(f"[{number}]" for number in other.supported_by)
        why = f"misattributed: {claim.why}; {marks} says it"
        claim = replace(claim, why=why, supported_by=other.supported_by)
        return claim, [*citations, *quoted]

    def _against_cited(self, cited: Cited) -> Checked:
        hits = [
            replace(hit, rank=number)
            for number, reference in cited.listed
            for hit in self._within(reference, cited.words)
        ]
        for reference in cited.inline:
            hits += self._numbered(self._within(reference, cited.words))
        if not hits:
            named = [reference for _, reference in cited.listed] + list(cited.inline)
            return missing(cited, named), []
        ranks = dict.fromkeys([*(number for number, _ in cited.listed), *(h.rank for h in hits)])
        claim = self._judge(replace(cited.statement, citations=tuple(ranks)), hits)
        if cited.inline and claim.verdict is Verdict.SUPPORTED:
            listed = {number for number, _ in cited.listed}
            kept = tuple(n for n in claim.citations if n in listed or n in claim.supported_by)
            claim = replace(claim, citations=kept)
        return claim, claims.quotes(claim, best(hits, cited.words))

    def _looked_up(self, cited: Cited) -> Checked:
        lookup = replace(self.lookup, top_k=max(FEWEST, self.lookup.top_k))
        found = self._search(cited.words, lookup)
        whole = self._judged(cited, found)
        backed = whole.verdict is Verdict.SUPPORTED
        shown = [hit for hit in found if hit.rank in whole.supported_by]
        if backed and self._judged(cited, shown[:SHOWN]).verdict is Verdict.SUPPORTED:
            shown = shown[:SHOWN]
        if not backed:
            nearest = claims.nearest(cited.words, found)
            shown = [nearest] if nearest else []
        hits = self._numbered(shown)
        claim = self._judged(cited, hits)
        quoted = claims.quotes(claim, hits)
        if claim.verdict is Verdict.SUPPORTED and claim.supported_by:
            return claim, quoted
        why = claim.why if hits else "nothing about it is found"
        verdict = Verdict.UNSUPPORTED
        claim = replace(claim, citations=(), verdict=verdict, why=why, supported_by=())
        return claim, quoted

    def _judged(self, cited: Cited, hits: Sequence[Hit]) -> Claim:
        """Judge a statement as if it cited passages."""
        numbers = tuple(hit.rank for hit in hits)
        claim = self._judge(replace(cited.statement, citations=numbers), hits)
        return claim if numbers else replace(claim, verdict=Verdict.UNSUPPORTED)

    def _judge(self, statement: Statement, hits: Sequence[Hit]) -> Claim:
        return claims.judge(statement, hits, self.nli.judge if self.nli else None)

    def _within(self, reference: Reference, words: str) -> list[Hit]:
        """The passages of what is cited that fit a claim best."""
        lookup = replace(
            self.lookup,
            sources=self.sources(reference.path),
            candidates=WITHIN,
            top_k=WITHIN if reference.first else FEWEST,
        )
        hits = self._search(words, lookup)
        return [hit for hit in hits if reference.covers(hit.start_line, hit.end_line)]

    def _search(self, words: str, lookup: Lookup) -> tuple[Hit, ...]:
        return search(words, store=self.store, embedder=self.embedder, lookup=lookup).hits

    def _numbered(self, hits: Iterable[Hit]) -> list[Hit]:
        """Number passages; the same passage has the same number each time."""
        return [
            replace(
                hit,
                rank=self.numbers.setdefault(
                    (hit.source, hit.start), self.last + 1 + len(self.numbers)
                ),
            )
            for hit in hits
        ]


def verify(
    text: str,
    *,
    store: Store,
    embedder: Embedder,
    lookup: Lookup,
    sources: Sources,
    nli: Entailment | None = None,
) -> Verification:
    """Check what a text states: against what it cites, or against what is found for it."""
    references = claims.references(text)
    stated = claims.split(references.text)
    numbers = [number for statement in stated for number in statement.citations]
    last = max((0, *references.listed, *numbers))
    verifier = Verifier(store, embedder, lookup, sources, last, nli)
    located = []
    for cited in with_citations(stated, references):
        claim, quoted = verifier.check(cited)
        start, end = cited.statement.start, cited.statement.end
        claim = replace(claim, text=text[start:end])
        located.append(LocatedClaim(claim, start, end, tuple(quoted)))
    return Verification(tuple(located))


def with_citations(stated: Sequence[Statement], references: References) -> list[Cited]:
    """Give each statement what it cites: a place named behind it belongs to it."""
    starts = [statement.start for statement in stated]
    owners = [bisect_right(starts, place) - 1 for place, _ in references.inline]
    listed = references.listed
    return [
        Cited(
            statement,
            tuple((number, listed[number]) for number in statement.citations if number in listed),
            tuple(
                reference
                for owner, (_, reference) in zip(owners, references.inline, strict=True)
                if owner == index
            ),
        )
        for index, statement in enumerate(stated)
    ]


def missing(cited: Cited, named: Iterable[Reference]) -> Claim:
    """Say that what a statement cites is not there."""
    numbers = tuple(number for number, _ in cited.listed)
    why = f"not in the documents: {', '.join(map(str, named))}"
    return Claim(cited.statement.text, numbers, Verdict.UNSUPPORTED, 0.0, why)


def best(hits: Sequence[Hit], words: str) -> list[Hit]:
    """For each number the one passage that says most of a claim."""
    numbers = dict.fromkeys(hit.rank for hit in hits)
    nearest = (claims.nearest(words, [h for h in hits if h.rank == n]) for n in numbers)
    return [hit for hit in nearest if hit]
