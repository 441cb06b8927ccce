"""Texts that anybody wrote, to claims checked against the documents."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ragpg import claims
from ragpg.pipeline.search import search
from ragpg.types import Citation, LocatedClaim, Verdict, Verification

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ragpg.claims import Reference, References, Statement
    from ragpg.pipeline.search import Lookup
    from ragpg.protocols import Embedder, Store
    from ragpg.types import Claim, Hit

    Sources = Callable[[str], tuple[str, ...]]
    """From a path as somebody wrote it to the sources that it may mean."""

WITHIN = 200
"""Candidates looked at in a document that is cited, so that the lines meant are among them."""
FEWEST = 8
"""Passages that are looked up for a claim, at least: several may support it together."""


@dataclass(slots=True)
class Numbering:
    """The numbers of passages: the text's own where it has them, further ones from there on."""

    next: int
    known: dict[tuple[str, int], int] = field(default_factory=dict)

    def number(self, hit: Hit) -> int:
        """The number of a passage that was looked up; the same one each time."""
        key = (hit.source, hit.start)
        if key not in self.known:
            self.known[key] = self.next
            self.next += 1
        return self.known[key]


@dataclass(frozen=True, slots=True)
class Verifier:
    """Looks passages up and holds claims against them."""

    store: Store
    embedder: Embedder
    lookup: Lookup
    sources: Sources

    def cited(self, words: str, reference: Reference) -> tuple[Hit, ...]:
        """The passages of what is cited that fit a claim best."""
        within = replace(
            self.lookup,
            sources=self.sources(reference.path),
            candidates=WITHIN,
            top_k=WITHIN if reference.first else FEWEST,
        )
        hits = search(words, store=self.store, embedder=self.embedder, lookup=within).hits
        return tuple(hit for hit in hits if reference.covers(hit.start_line, hit.end_line))

    def found(self, words: str) -> tuple[Hit, ...]:
        """The passages of all documents that fit a claim best."""
        lookup = replace(self.lookup, top_k=max(FEWEST, self.lookup.top_k))
        return search(words, store=self.store, embedder=self.embedder, lookup=lookup).hits


def verify(
    text: str, *, store: Store, embedder: Embedder, lookup: Lookup, sources: Sources
) -> Verification:
    """Check what a text states: against what it cites, or against what is found for it."""
    verifier = Verifier(store, embedder, lookup, sources)
    references = claims.references(text)
    statements = claims.split(references.text)
    numbering = Numbering(next=1 + max((0, *references.listed, *_numbers(statements))))
    located: list[LocatedClaim] = []
    citations: list[Citation] = []
    places = [statement.start for statement in statements]
    for index, statement in enumerate(statements):
        inline = [r for at, r in references.inline if bisect_right(places, at) - 1 == index]
        claim, quoted = _checked(statement, references, inline, verifier, numbering)
        words = text[statement.start : statement.end]
        located.append(
            LocatedClaim(replace(claim, text=words), statement.start, statement.end)
        )
        citations += quoted
    return Verification(tuple(located), tuple(dict.fromkeys(citations)))


def _numbers(statements: Iterable[Statement]) -> list[int]:
    return [number for statement in statements for number in statement.citations]


def _checked(
    statement: Statement,
    references: References,
    inline: Sequence[Reference],
    verifier: Verifier,
    numbering: Numbering,
) -> tuple[Claim, list[Citation]]:
    """Check one statement, and quote the passages that its verdict speaks of."""
    words = claims.without_markers(statement.text)
    cited = [
        replace(hit, rank=number)
        for number in statement.citations
        if number in references.listed
        for hit in verifier.cited(words, references.listed[number])
    ]
    for reference in inline:
        hits = verifier.cited(words, reference)
        cited += [replace(hit, rank=numbering.number(hit)) for hit in hits]
    own = [n for n in statement.citations if n in references.listed]
    numbers = tuple(dict.fromkeys([*own, *(hit.rank for hit in cited)]))
    if own or inline:
        claim = claims.judge(replace(statement, citations=numbers), cited, missing=inline)
        if claim.verdict is Verdict.SUPPORTED:
            shown = replace(claim, citations=claim.supported_by) if not own else claim
            return shown, claims.quotes(shown, _distinct(cited, claim, words))
    found = [replace(hit, rank=numbering.next + hit.rank) for hit in verifier.found(words)]
    backed = claims.judge(replace(statement, citations=tuple(h.rank for h in found)), found)
    return _looked_up(statement, words, claim if own or inline else None, backed, found, numbering)


def _distinct(hits: Sequence[Hit], claim: Claim, words: str) -> list[Hit]:
    """For each number the one passage that says most of a claim."""
    best = {rank: claims.nearest(words, [h for h in hits if h.rank == rank]) for rank in claim.citations}
    return [hit for hit in best.values() if hit]


def _looked_up(
    statement: Statement,
    words: str,
    claim: Claim | None,
    backed: Claim,
    found: Sequence[Hit],
    numbering: Numbering,
) -> tuple[Claim, list[Citation]]:
    """Number what was found for a claim, as far as its verdict speaks of it."""
    supporting = [hit for hit in found if hit.rank in backed.supported_by]
    if backed.verdict is Verdict.SUPPORTED:
        shown = supporting[:2] if len(supporting) > 1 else supporting
        shown = shown if claims.judge(replace(statement, citations=tuple(h.rank for h in shown)), shown).verdict is Verdict.SUPPORTED else supporting
    else:
        nearest = claims.nearest(words, found)
        shown = [nearest] if nearest else []
    renamed = {hit.rank: numbering.number(hit) for hit in shown}
    hits = [replace(hit, rank=renamed[hit.rank]) for hit in shown]
    ranks = tuple(hit.rank for hit in hits)
    if claim is None:
        again = claims.judge(replace(statement, citations=ranks), hits)
        if backed.verdict is not Verdict.SUPPORTED:
            again = replace(again, citations=(), verdict=Verdict.UNSUPPORTED, supported_by=())
            again = replace(again, score=min(again.score, 0.49), why=again.why or "not found")
        quoted = claims.quotes(replace(again, citations=ranks), hits)
        return again, quoted if hits and (again.verdict is Verdict.SUPPORTED or _speaks(again, ranks)) else []
    if backed.verdict is Verdict.SUPPORTED:
        marks = ", ".join(f"[{rank}]" for rank in ranks)
        claim = replace(
            claim, why=f"misattributed: {claim.why}; {marks} says it", supported_by=ranks
        )
        return claim, claims.quotes(replace(claim, citations=ranks), hits)
    return claim, []


def _speaks(claim: Claim, ranks: Iterable[int]) -> bool:
    """Whether the reason of a verdict names one of these numbers."""
    return any(f"[{rank}]" in (claim.why or "") for rank in ranks)
