"""Texts to claims that are checked against the documents."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ragpg import claims
from ragpg.markdown import find_line_starts
from ragpg.pipeline.table_heads import add_table_heads
from ragpg.types import (
    Citation,
    CitedBy,
    Claim,
    Finding,
    LocatedClaim,
    Phase,
    Progress,
    Unit,
    Verdict,
    Verification,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ragpg.claims import Judgement, Reference, References, Statement
    from ragpg.pipeline.search import Searcher
    from ragpg.protocols import NliModel, Reader
    from ragpg.types import Hit

    ResolvePath = Callable[[str], tuple[str, ...]]
    """From a path as it is written in a text to the globs of the sources that it may mean."""
    CheckedClaim = tuple[Claim, list[Citation]]
    """A claim, and the quotes that its verdict is based on."""

CITED_CANDIDATES = 200
"""Candidates retrieved from a cited document, so that the cited lines are among them."""
MIN_PASSAGES = 8
"""Least number of passages retrieved for a claim: several may support it together."""
FINDINGS = (Finding.NOT_FOUND, Finding.PARTIAL, Finding.CONTRADICTED, Finding.SUPPORTED)
"""From the one that says least to the one that says most."""
SHOWN_PASSAGES = 2
"""Passages that a claim without citations is given, if so many support it."""


@dataclass(frozen=True, slots=True)
class CitingStatement:
    """A statement with its citations: from a list of sources in the text, or written inline."""

    statement: Statement
    listed: tuple[tuple[int, Reference], ...]
    inline: tuple[Reference, ...]

    @property
    def words(self) -> str:
        """The statement without its citation markers."""
        return claims.strip_citations(self.statement.text)

    @property
    def has_citations(self) -> bool:
        """Whether it cites anything."""
        return bool(self.listed or self.inline)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks statements one by one, and numbers the passages that it retrieves.

    Citations keep the numbers that the text gives them; retrieved passages are numbered after
    `last_number`, the same passage with the same number each time.
    """

    searcher: Searcher
    resolve_path: ResolvePath
    last_number: int
    nli: NliModel | None = None
    reader: Reader | None = None
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def check(self, citing: CitingStatement) -> CheckedClaim:
        """Check a statement against what it cites, or against passages retrieved for it."""
        if not citing.has_citations:
            return self._check_retrieved(citing)
        claim, citations = self._check_cited(citing)
        if claim.verdict is Verdict.SUPPORTED:
            return claim, citations
        other, quotes = self._check_retrieved(citing)
        if other.verdict is not Verdict.SUPPORTED:
            finding = max(claim.finding, other.finding, key=FINDINGS.index)
            return replace(claim, finding=finding), citations
        markers = ", ".join(f"[{number}]" for number in other.supported_by)
        why = f"misattributed: {claim.why}; {markers} says it"
        claim = replace(claim, why=why, supported_by=other.supported_by, finding=Finding.SUPPORTED)
        return claim, [*citations, *quotes]

    def _check_cited(self, citing: CitingStatement) -> CheckedClaim:
        """Check a statement against the passages that it cites."""
        hits = [
            replace(hit, rank=number)
            for number, reference in citing.listed
            for hit in self._retrieve_cited(reference, citing.words)
        ]
        for reference in citing.inline:
            hits += self._number_all(self._retrieve_cited(reference, citing.words))
        if not hits:
            references = [reference for _, reference in citing.listed] + list(citing.inline)
            return unknown_source(citing, references), []
        listed = dict.fromkeys(number for number, _ in citing.listed)
        numbers = tuple(listed | dict.fromkeys(hit.rank for hit in hits))
        judgement = self._judge(replace(citing.statement, citations=numbers), hits)
        claim = judgement.to_claim(number=attrgetter("rank"))
        if citing.inline and claim.verdict is Verdict.SUPPORTED:
            kept = tuple(n for n in claim.citations if n in listed or n in claim.supported_by)
            claim = replace(claim, citations=kept)
        nearest = (judgement.find_nearest([h for h in hits if h.rank == n]) for n in numbers)
        return claim, [Citation(hit, hit.rank, judgement.quote(hit)) for hit in nearest if hit]

    def _check_retrieved(self, citing: CitingStatement) -> CheckedClaim:
        """Check a statement against passages that are retrieved for it, as if it cited these."""
        top_k = max(MIN_PASSAGES, self.searcher.options.top_k)
        hits = add_table_heads(self._retrieve(citing.words, top_k=top_k), self.searcher.index)
        ranks = tuple(hit.rank for hit in hits)
        judgement = self._judge(replace(citing.statement, citations=ranks), hits)
        is_supported = judgement.verdict is Verdict.SUPPORTED
        nearest = [judgement.nearest] if judgement.nearest else []
        shown = judgement.choose_supporting(SHOWN_PASSAGES) if is_supported else nearest
        numbers = {hit: self._number(hit) for hit in shown}
        claim = judgement.to_claim(number=lambda hit: numbers.get(hit, 0))
        kept = tuple(numbers.values()) if is_supported else ()
        claim = replace(claim, citations=kept, supported_by=kept)
        if is_supported:
            claim = replace(claim, cited_by=CitedBy.CHECK)
        else:
            why = claim.why if shown else "nothing about it is found"
            claim = replace(claim, verdict=Verdict.UNSUPPORTED, why=why)
        quotes = [
            Citation(replace(hit, rank=number), number, judgement.quote(hit))
            for hit, number in numbers.items()
        ]
        return claim, quotes

    def _judge(self, statement: Statement, hits: Sequence[Hit]) -> Judgement:
        return claims.judge(
            statement,
            hits,
            self.nli.predict if self.nli else None,
            embed=self.searcher.embedder.embed_query,
            read=self.reader.read_claim if self.reader else None,
        )

    def _retrieve_cited(self, reference: Reference, words: str) -> list[Hit]:
        """Return the passages of a cited place, the best matches of a claim first."""
        hits = self._retrieve(
            words,
            sources=self.resolve_path(reference.path),
            candidates=CITED_CANDIDATES,
            top_k=MIN_PASSAGES if reference.is_whole else CITED_CANDIDATES,
        )
        covered = filter(reference.covers, hits)
        return list(add_table_heads(covered, self.searcher.index))

    def _retrieve(self, words: str, **options: Any) -> tuple[Hit, ...]:
        return self.searcher.with_options(**options).search(words).hits

    def _number_all(self, hits: Iterable[Hit]) -> list[Hit]:
        """Number retrieved passages."""
        return [replace(hit, rank=self._number(hit)) for hit in hits]

    def _number(self, hit: Hit) -> int:
        """Return the number of a retrieved passage, the same each time."""
        next_number = self.last_number + 1 + len(self.numbers)
        return self.numbers.setdefault((hit.source, hit.start), next_number)


def verify(
    text: str,
    *,
    searcher: Searcher,
    resolve_path: ResolvePath,
    nli: NliModel | None = None,
    reader: Reader | None = None,
) -> Iterator[Progress | Verification]:
    """Check what a text states: against what it cites, or against passages retrieved for it.

    Yields how many claims are checked, then the verification.
    """
    references = claims.parse_references(text)
    statements = claims.split_statements(references.text)
    cited = [number for statement in statements for number in statement.citations]
    last_number = max((0, *references.listed, *cited))
    verifier = Verifier(searcher, resolve_path, last_number, nli, reader)
    lines = find_line_starts(text)
    located: list[LocatedClaim] = []
    for citing in attach_references(statements, references):
        yield Progress(Phase.CHECKING, Unit.CLAIMS, len(located), len(statements))
        claim, quotes = verifier.check(citing)
        start, end = citing.statement.start, citing.statement.end
        first_line, last_line = bisect_right(lines, start), bisect_right(lines, end - 1)
        claim = replace(claim, text=text[start:end])
        located.append(LocatedClaim(claim, start, end, first_line, last_line, tuple(quotes)))
    yield Verification(tuple(located))


def verify_all(
    texts: Mapping[str, str], check: Callable[[str], Iterable[Progress | Verification]]
) -> Iterator[Progress | tuple[str, Verification]]:
    """Check texts by name, in their order; `check` is `verify` with its options.

    Yields how many claims of all texts are checked, and the name and the verification of each text.
    """
    counts = {name: count_statements(text) for name, text in texts.items()}
    done, total = 0, sum(counts.values())
    for name, text in texts.items():
        for event in check(text):
            if isinstance(event, Progress):
                yield replace(event, done=done + event.done, total=total, source=name)
            else:
                yield name, event
        done += counts[name]


def count_statements(text: str) -> int:
    """Return the number of claims in a text."""
    return len(claims.split_statements(claims.parse_references(text).text))


def attach_references(
    statements: Sequence[Statement], references: References
) -> list[CitingStatement]:
    """Attach to each statement what it cites; an inline reference belongs to the one before it."""
    starts = [statement.start for statement in statements]
    inline: dict[int, list[Reference]] = {}
    for position, reference in references.inline:
        inline.setdefault(bisect_right(starts, position) - 1, []).append(reference)
    listed = references.listed
    return [
        CitingStatement(
            statement,
            tuple((number, listed[number]) for number in statement.citations if number in listed),
            tuple(inline.get(index, ())),
        )
        for index, statement in enumerate(statements)
    ]


def unknown_source(citing: CitingStatement, references: Iterable[Reference]) -> Claim:
    """Return the claim of a statement whose sources are not in the documents."""
    numbers = tuple(number for number, _ in citing.listed)
    why = f"not in the documents: {', '.join(map(str, references))}"
    return Claim(citing.statement.text, numbers, Verdict.UNSUPPORTED, 0.0, why)
