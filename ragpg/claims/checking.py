"""Whether passages say what an answer states, with a reason that a reader understands. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ragpg.claims import rows, support
from ragpg.claims.finding import NOTHING
from ragpg.claims.statements import Statement, cells, split, without_markers
from ragpg.types import Citation, Claim, Hit, NliScores, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ragpg.claims.faults import Fault
    from ragpg.claims.finding import Finding

    Opinions = Callable[[str, Sequence[str]], Sequence[NliScores]]
    """From a claim and passages to what a model thinks of each."""


def check(
    text: str, hits: Sequence[Hit], nli: Opinions | None = None, *, head: str = ""
) -> list[Claim]:
    """Judge every statement of an answer; a hit's rank is the number it is cited by.

    `head` is that of the table, if the text goes on with one.
    """
    stated = [one for one in split(head + text) if one.start >= len(head)]
    return [judge(statement, hits, nli) for statement in stated]


def quotes(claim: Claim, hits: Iterable[Hit]) -> list[Citation]:
    """For each passage that a claim cites, the sentence of it that says most of the claim."""
    words = without_markers(claim.text)
    cited = (hit for hit in hits if hit.rank in claim.citations)
    return [Citation(hit, hit.rank, quote(words, hit)) for hit in cited]


def quote(words: str, hit: Hit) -> str:
    """The sentence of a passage that says most of a claim, to the letter."""
    found = support.find(words, [hit])
    return found.units[0].quote if found.units else hit.text.strip()


def nearest(words: str, hits: Sequence[Hit]) -> Hit | None:
    """The passage that says most of a claim."""
    found = support.find(words, hits)
    return found.units[0].hit if found.units else None


def judge(statement: Statement, hits: Sequence[Hit], nli: Opinions | None = None) -> Claim:
    """Judge one statement; of what it cites, somebody else may have `opinions` too."""
    words = without_markers(statement.text)
    cited = [hit for hit in hits if hit.rank in statement.citations]
    others = [hit for hit in hits if hit not in cited]
    known = {hit.rank for hit in hits}
    unknown = [number for number in statement.citations if number not in known]
    held = nli(words, [hit.text for hit in cited]) if nli and cited else ()
    found = support.find(words, cited) if cited else NOTHING
    found = replace(found, opinion=together(cited, held, found))
    if statement.columns:
        found = replace(found, faults=(*found.faults, *of_columns(statement, found)))
    if found.supports and not unknown:
        parts = [support.find(words, [hit], among=cited) for hit in cited]
        if held:
            parts = [replace(part, opinion=o) for part, o in zip(parts, held, strict=True)]
        alone = [hit for hit, part in zip(cited, parts, strict=True) if part.supports]
        ranks = tuple(dict.fromkeys(hit.rank for hit in alone or cited))
        return _claim(statement, Verdict.SUPPORTED, found.score, supported_by=ranks)
    elsewhere = {
        hit.rank: support.find(words, [hit], among=hits)
        for hit in others
        if support.may_support(words, hit)
    }
    backing = tuple(rank for rank, each in elsewhere.items() if each.supports)
    if not statement.citations:
        best = max((each.score for each in elsewhere.values()), default=0.0)
        why = f"{_marks(backing)} says it" if backing else None
        return _claim(statement, Verdict.UNCITED, best / 2, why=why, supported_by=backing)
    why = f"{_marks(unknown)} does not exist" if unknown else reason(words, found, cited)
    if backing:
        why = f"misattributed: {why}; {_marks(backing)} says it"
    return _claim(statement, Verdict.UNSUPPORTED, found.score, why=why, supported_by=backing)


def of_columns(statement: Statement, found: Finding) -> Iterator[Fault]:
    """What a row has in another column than the tables that it was found in."""
    row = cells(without_markers(statement.text))
    for unit in found.units:
        if unit.table:
            yield from rows.crossed(statement.columns, row, unit.table)


def together(hits: Sequence[Hit], nli: Sequence[NliScores], found: Finding) -> NliScores | None:
    """The opinion of passages taken together: any may entail a claim.

    It is contradicted by one that the finding rests on, unless another entails it.
    """
    if not nli:
        return None
    entails = max(one.entailment for one in nli)
    resting = [unit.hit for unit in found.units]
    against = [one.contradiction for hit, one in zip(hits, nli, strict=True) if hit in resting]
    return NliScores(entails, min(max(against, default=0.0), 1 - entails))


def reason(words: str, found: Finding, cited: Sequence[Hit]) -> str:
    """Why passages don't say a claim, in words for a reader."""
    marks = _marks(hit.rank for hit in cited)
    told = next((fault for fault in found.faults if fault.known), None)
    if told and found.held >= 0.3:
        said = f"[{found.units[0].hit.rank}] says {told.known}"
        return f"{told.claimed}: {said}" if told.claimed else said
    if found.contradicted and not found.faults:
        resting = _marks(dict.fromkeys(unit.hit.rank for unit in found.units))
        return f"{resting} contradicts it, as the model in [verify] reads it"
    missing = [fault.claimed for fault in found.faults if fault.claimed]
    missing = list(dict.fromkeys([*missing, *found.missing]))[:3] or [words]
    return f"not in {marks}: " + ", ".join(f'"{word}"' for word in missing)


def _claim(
    statement: Statement,
    verdict: Verdict,
    score: float,
    *,
    why: str | None = None,
    supported_by: tuple[int, ...] = (),
) -> Claim:
    rounded = round(score, 4)
    return Claim(statement.text, statement.citations, verdict, rounded, why, supported_by)


def _marks(ranks: Iterable[int]) -> str:
    return ", ".join(f"[{rank}]" for rank in ranks)


def score(words: str, hits: Sequence[Hit]) -> float:
    """How well passages together support a claim, 0…1."""
    return support.find(words, hits).score
