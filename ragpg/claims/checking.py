"""Whether passages say what an answer states, judged by numbers, names, negation and words. Pure.

It catches changed figures, foreign names, negations put in or left out, sentences about other
things and citations moved elsewhere. It is not understanding: opposites and swapped roles pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ragpg.claims.statements import Statement, sentences, split, without_markers
from ragpg.claims.words import is_negated, names, numbers, stems
from ragpg.types import Citation, Claim, Hit, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST = 0.5
"""The share of a claim's content words that the passages that it cites must hold."""
NEARLY_ALL = 0.8
"""The share that a passage must hold which it doesn't cite."""
_CLAUSE = re.compile(r"[,;:()\u2014|]|\b(?:but|although|though|while|whereas|however|except)\b")


@dataclass(frozen=True, slots=True)
class _Passage:
    """A hit, or a part of its text, and what it is made of."""

    text: str
    stems: frozenset[str]
    numbers: frozenset[str]


def check(text: str, hits: Sequence[Hit]) -> list[Claim]:
    """Judge every statement of an answer; a hit's rank is the number it is cited by."""
    return [_judge(statement, hits) for statement in split(text)]


def quotes(claim: Claim, hits: Iterable[Hit]) -> list[Citation]:
    """For each passage that a claim cites, the sentence of it that has most in common with it."""
    wanted = _made_of(without_markers(claim.text))
    cited = (hit for hit in hits if hit.rank in claim.citations)
    return [Citation(hit, hit.rank, _nearest(wanted, _parts(hit)).text) for hit in cited]


def _judge(statement: Statement, hits: Sequence[Hit]) -> Claim:
    words = without_markers(statement.text)
    cited = [hit for hit in hits if hit.rank in statement.citations]
    others = [hit for hit in hits if hit not in cited]
    why = _fault(words, cited) if cited else None
    missing = [number for number in statement.citations if number not in {h.rank for h in hits}]
    if missing:
        why = f"{_marks(missing)} does not exist"
    score = _coverage(words, cited or hits) / 2
    if cited and why is None:
        alone = tuple(hit.rank for hit in cited if _fault(words, [hit]) is None)
        supported_by = alone or tuple(hit.rank for hit in cited)
        return _claim(statement, Verdict.SUPPORTED, 0.5 + score, supported_by=supported_by)
    elsewhere = tuple(hit.rank for hit in others if _fault(words, [hit], share=NEARLY_ALL) is None)
    if not statement.citations:
        why = f"{_marks(elsewhere)} says it" if elsewhere else None
        return _claim(statement, Verdict.UNCITED, score, why=why, supported_by=elsewhere)
    if elsewhere:
        why = f"misattributed: {why}; {_marks(elsewhere)} says it"
    return _claim(statement, Verdict.UNSUPPORTED, score / 2, why=why, supported_by=elsewhere)


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


def _fault(claim: str, hits: Sequence[Hit], *, share: float = MOST) -> str | None:
    """Why these passages together don't say it, None if they do."""
    passages = [_whole(hit) for hit in hits]
    known = frozenset().union(*(passage.stems for passage in passages))
    figures = frozenset().union(*(passage.numbers for passage in passages))
    foreign = [
        _with_next(claim, said) for value, said in numbers(claim).items() if value not in figures
    ]
    foreign += [name for name in names(claim) if not stems(name) <= known]
    wanted = stems(claim)
    if not foreign and len(wanted & known) < share * len(wanted):
        foreign = [word for word in re.findall(r"[^\W\d_]+", claim) if stems(word) - known]
    if foreign or not wanted:
        said = ", ".join(f'"{word}"' for word in dict.fromkeys(foreign[:3] or [claim]))
        return f"not in {_marks(hit.rank for hit in hits)}: {said}"
    return _contradiction(claim, hits)


def _contradiction(claim: str, hits: Iterable[Hit]) -> str | None:
    """Say which passage denies what the claim affirms, or the other way round.

    Compared are the claim, or its clause with the negation, and the nearest sentence, or that
    one's nearest clause if it holds most of what they share ("may be encashed but not kept").
    """
    clauses = _CLAUSE.split(claim)
    denied = next((each for each in clauses if is_negated(each) and len(stems(each)) > 1), claim)
    wanted = _made_of(denied)
    hit, sentence = max(
        ((hit, _nearest(wanted, _parts(hit))) for hit in hits),
        key=lambda pair: len(pair[1].stems & wanted.stems),
    )
    clause = _nearest(wanted, [_made_of(part) for part in _CLAUSE.split(sentence.text)])
    common = len(sentence.stems & wanted.stems)
    nearest = clause if len(clause.stems & wanted.stems) > 0.5 * common else sentence
    if common < MOST * len(wanted.stems) or is_negated(denied) == is_negated(nearest.text):
        return None
    return f'[{hit.rank}] says the opposite: "{" ".join(sentence.text.split())}"'


def _coverage(claim: str, hits: Iterable[Hit]) -> float:
    """The share of the claim's content words that the passages hold together."""
    wanted = stems(claim)
    known = frozenset().union(*(_whole(hit).stems for hit in hits))
    return len(wanted & known) / len(wanted) if wanted else 0.0


def _nearest(wanted: _Passage, parts: Sequence[_Passage]) -> _Passage:
    """The part that shares most words and numbers with what is wanted, the first of several."""
    return max(
        parts,
        key=lambda part: len(part.stems & wanted.stems) + len(part.numbers & wanted.numbers),
    )


def _made_of(text: str) -> _Passage:
    figures = frozenset(numbers(text))
    if re.search(r"\bone\b", text, re.IGNORECASE):
        figures |= {"1"}
    return _Passage(text, stems(text), figures)


@lru_cache(maxsize=256)
def _whole(hit: Hit) -> _Passage:
    """A passage with the title and the headings that it stands under."""
    return _made_of("\n".join((hit.title, *hit.heading, hit.text)))


@lru_cache(maxsize=256)
def _parts(hit: Hit) -> tuple[_Passage, ...]:
    """The sentences of a passage, to the letter but for the blanks around them."""
    texts = (hit.text[start:end].strip() for _, start, end in sentences(hit.text))
    return tuple(_made_of(text) for text in texts if text) or (_made_of(hit.text),)


def _with_next(claim: str, number: str) -> str:
    """A number with the word behind it: "5 weeks"."""
    match = re.search(rf"{re.escape(number)}(?:\s?%|[\s-]*[^\W\d_]+)?", claim)
    return match.group() if match else number


def _marks(ranks: Iterable[int]) -> str:
    return ", ".join(f"[{rank}]" for rank in ranks)
