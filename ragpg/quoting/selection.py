"""Which units answer, and how they are quoted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ragpg.quoting.question_type import QuestionType
from ragpg.quoting.segments import adjoin, count, lists
from ragpg.quoting.similarity import matched_terms, share
from ragpg.types import Citation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.quoting.segments import Segment
    from ragpg.types import Hit

LONGEST = 60
"""Words of an answer, unless its best unit alone has more."""
MARGIN = 0.08
"""How far behind the best unit another one may be and still belong to the answer."""
OVERLAP = 0.5
"""What it counts that a unit holds all of the question's words, on the scale of the cosine."""
NEWS = 0.5
"""What it counts besides if no unit before holds them."""
BESIDE = 0.05
"""What it counts that a unit stands beside a chosen one in the same block."""

PLAIN = QuestionType()
"""That of a question which says nothing but its words."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of an answer: quotations from one passage."""

    number: int
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """The quotations, one below the other."""
        return "\n".join(citation.quote for citation in self.citations)


def choose(
    segments: Sequence[Segment],
    similarities: Sequence[float],
    *,
    idf: Mapping[str, float],
    question_type: QuestionType = PLAIN,
) -> list[Excerpt]:
    """Choose the shortest set of units that answers, best first.

    `similarities` are the cosines of the units' passages to the question, in the units' order,
    `terms` the question's stems and how rare they are, `form` what its form says.
    """
    held = [matched_terms(segment.plain, idf) for segment in segments]
    scores = [
        similarity + OVERLAP * share(own, idf) + question_type.fit(segment)
        for segment, own, similarity in zip(segments, held, similarities, strict=True)
    ]
    left, chosen, said = set(range(len(segments))), list[int](), set[str]()

    def worth(index: int) -> float:
        return scores[index] + NEWS * share(held[index] - said, idf) * bool(chosen)

    def preferred(index: int) -> tuple[float, int]:
        beside = any(adjoin(segments[index], segments[other]) for other in chosen)
        return worth(index) + BESIDE * beside, -index

    while left:
        index = max(left, key=preferred)
        left.remove(index)
        if worth(index) < max(scores) - MARGIN:
            continue
        fits = not chosen or count(segments, [*chosen, index]) <= LONGEST
        if fits and is_new(index, chosen, segments):
            chosen += [index, *between(index, chosen, segments)]
            left.difference_update(chosen)
            said.update(*(held[each] for each in chosen))
    whole = completed(chosen, segments)
    return [excerpt([segments[i] for i in run]) for run in runs(whole, segments)]


def best_scores(
    segments: Sequence[Segment], similarities: Sequence[float], *, idf: Mapping[str, float]
) -> tuple[float, float]:
    """What similarity and terms count of the unit that is nearest to the question by both."""
    shares = (OVERLAP * share(matched_terms(segment.plain, idf), idf) for segment in segments)
    return max(zip(similarities, shares, strict=True), key=sum, default=(0.0, 0.0))


def between(index: int, chosen: Sequence[int], segments: Sequence[Segment]) -> list[int]:
    """What alone stands between a unit and chosen ones in the same block, as far as it fits."""
    ends = (other for other in chosen if abs(other - index) == 2)
    gaps = [(other + index) // 2 for other in ends]
    return [
        gap
        for gap in gaps
        if gap not in chosen
        and adjoin(segments[gap - 1], segments[gap])
        and adjoin(segments[gap], segments[gap + 1])
        and count(segments, [*chosen, index, gap]) <= LONGEST
    ]


def completed(chosen: Sequence[int], segments: Sequence[Segment]) -> list[int]:
    """Add what the chosen units need to be understood, and what is said together with them.

    An item below a lead-in is half a sentence, and a lead-in alone is none: they are quoted with
    their whole list, if it is short, and so is a list of which most items are chosen.
    """
    whole = list(chosen)
    for lead, items in lists(segments):
        group = [*lead, *items]
        taken = [index for index in items if index in chosen]
        begun = any(index in chosen for index in group) if lead else 2 * len(taken) > len(items)
        if begun and count(segments, group) <= LONGEST:
            whole += [index for index in group if index not in whole]
        elif taken:
            whole += [index for index in lead if index not in whole]
        elif len(whole) > 1:
            whole = [index for index in whole if index not in lead]
    return whole


def is_new(index: int, chosen: Iterable[int], segments: Sequence[Segment]) -> bool:
    """Whether a unit says something that the chosen ones don't say in the same words."""
    return all(segments[index].plain.split() != segments[other].plain.split() for other in chosen)


def runs(chosen: Sequence[int], segments: Sequence[Segment]) -> list[list[int]]:
    """Put units that follow each other in a passage together, in the order of the best of each."""
    position = {index: rank for rank, index in enumerate(chosen)}

    def stretch(pair: tuple[int, int]) -> tuple[int, int]:
        segment = segments[pair[1]]
        return segment.hit.rank, segment.ordinal - pair[0]

    groups = [
        [index for _, index in group]
        for _, group in groupby(enumerate(sorted(chosen)), key=stretch)
    ]
    return sorted(groups, key=lambda group: min(position[index] for index in group))


def excerpt(run: Sequence[Segment]) -> Excerpt:
    """Quote units that follow each other, with the table head that they need."""
    first, last = run[0], run[-1]
    spans = [(first.start, last.end)]
    if first.head:
        start, end = first.head
        adjacent = not first.hit.text[end : first.start].strip()
        spans = [(start, last.end)] if adjacent else [first.head, *spans]
    return Excerpt(first.hit.rank, tuple(quotation(first.hit, *span) for span in spans))


def quotation(hit: Hit, start: int, end: int) -> Citation:
    """Quote a passage to the letter, without blank ends."""
    return Citation(hit, hit.rank, hit.text[start:end].strip())
