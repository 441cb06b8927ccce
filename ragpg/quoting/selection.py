"""Which segments answer a question, and how they are quoted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ragpg.quoting.question_type import QuestionType
from ragpg.quoting.segments import are_adjacent, count_words, find_lists
from ragpg.quoting.similarity import find_matched_terms, measure_idf_share
from ragpg.types import Citation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.quoting.segments import Segment
    from ragpg.types import Hit

# Chosen by hand. The weights are on the scale of the cosine.
MAX_WORDS = 60
"""Words of an answer, unless its best segment alone has more."""
MARGIN = 0.08
"""How much lower than the best segment's a score may be and still belong to the answer."""
TERM_WEIGHT = 0.5
"""Weight of the question's terms, by idf, that a segment contains."""
NOVELTY_WEIGHT = 0.5
"""Extra weight of question terms that no chosen segment contains."""
ADJACENCY_WEIGHT = 0.05
"""Bonus of a segment beside a chosen one in the same block."""

NO_CONSTRAINTS = QuestionType()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of an answer: quotations from one passage."""

    number: int
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """The quotations, one below the other."""
        return "\n".join(citation.quote for citation in self.citations)


def choose_excerpts(
    segments: Sequence[Segment],
    similarities: Sequence[float],
    *,
    idf: Mapping[str, float],
    question_type: QuestionType = NO_CONSTRAINTS,
) -> list[Excerpt]:
    """Choose the shortest set of segments that answers a question, best first.

    `similarities` are the scores of the segments by vectors, `idf` has the question's terms.
    """
    terms = [find_matched_terms(segment.plain, idf) for segment in segments]
    scores = [
        similarity
        + TERM_WEIGHT * measure_idf_share(matched, idf)
        + question_type.score_bonus(segment)
        for segment, matched, similarity in zip(segments, terms, similarities, strict=True)
    ]
    remaining, chosen, covered = set(range(len(segments))), list[int](), set[str]()

    def score_with_novelty(index: int) -> float:
        novelty = measure_idf_share(terms[index] - covered, idf) * bool(chosen)
        return scores[index] + NOVELTY_WEIGHT * novelty

    def preference(index: int) -> tuple[float, int]:
        is_adjacent = any(are_adjacent(segments[index], segments[other]) for other in chosen)
        return score_with_novelty(index) + ADJACENCY_WEIGHT * is_adjacent, -index

    while remaining:
        index = max(remaining, key=preference)
        remaining.remove(index)
        if score_with_novelty(index) < max(scores) - MARGIN:
            continue
        fits = not chosen or count_words(segments, [*chosen, index]) <= MAX_WORDS
        if fits and not is_duplicate(index, chosen, segments):
            chosen += [index, *find_gaps(index, chosen, segments)]
            remaining.difference_update(chosen)
            covered.update(*(terms[place] for place in chosen))
    runs = group_consecutive(complete_lists(chosen, segments), segments)
    return [quote_run([segments[index] for index in run]) for run in runs]


def find_best_scores(
    segments: Sequence[Segment], similarities: Sequence[float], *, idf: Mapping[str, float]
) -> tuple[float, float]:
    """Return similarity and weighted terms of the segment for which their sum is largest."""
    term_scores = (
        TERM_WEIGHT * measure_idf_share(find_matched_terms(segment.plain, idf), idf)
        for segment in segments
    )
    return max(zip(similarities, term_scores, strict=True), key=sum, default=(0.0, 0.0))


def find_gaps(index: int, chosen: Sequence[int], segments: Sequence[Segment]) -> list[int]:
    """Return the single segments between one and chosen ones of its block, as far as they fit."""
    gaps = [(other + index) // 2 for other in chosen if abs(other - index) == 2]
    return [
        gap
        for gap in gaps
        if gap not in chosen
        and are_adjacent(segments[gap - 1], segments[gap])
        and are_adjacent(segments[gap], segments[gap + 1])
        and count_words(segments, [*chosen, index, gap]) <= MAX_WORDS
    ]


def complete_lists(chosen: Sequence[int], segments: Sequence[Segment]) -> list[int]:
    """Add what the chosen segments need to be understood, and remove lead-ins without items.

    An item below a lead-in is half a sentence: it is quoted with its whole list, if that is short,
    or else with its lead-in. A list without one is completed if most of its items are chosen.
    """
    completed = list(chosen)
    for lead_in, items in find_lists(segments):
        group = [*lead_in, *items]
        chosen_items = [index for index in items if index in chosen]
        if lead_in:
            is_wanted = any(index in chosen for index in group)
        else:
            is_wanted = 2 * len(chosen_items) > len(items)
        if is_wanted and count_words(segments, group) <= MAX_WORDS:
            completed += [index for index in group if index not in completed]
        elif chosen_items:
            completed += [index for index in lead_in if index not in completed]
        elif len(completed) > 1:
            completed = [index for index in completed if index not in lead_in]
    return completed


def is_duplicate(index: int, chosen: Iterable[int], segments: Sequence[Segment]) -> bool:
    """Return whether a chosen segment has the same words."""
    words = segments[index].plain.split()
    return any(words == segments[other].plain.split() for other in chosen)


def group_consecutive(chosen: Sequence[int], segments: Sequence[Segment]) -> list[list[int]]:
    """Group segments that follow each other in a passage, in the order of the best of each."""
    order = {index: place for place, index in enumerate(chosen)}

    def run_of(pair: tuple[int, int]) -> tuple[int, int]:
        segment = segments[pair[1]]
        return segment.hit.rank, segment.ordinal - pair[0]

    runs = [
        [index for _, index in run] for _, run in groupby(enumerate(sorted(chosen)), key=run_of)
    ]
    return sorted(runs, key=lambda run: min(order[index] for index in run))


def quote_run(run: Sequence[Segment]) -> Excerpt:
    """Quote segments that follow each other, with the table's header that they need."""
    first, last = run[0], run[-1]
    spans = [(first.start, last.end)]
    if first.header:
        start, end = first.header
        is_adjacent = not first.hit.text[end : first.start].strip()
        spans = [(start, last.end)] if is_adjacent else [first.header, *spans]
    return Excerpt(first.hit.rank, tuple(cite(first.hit, *span) for span in spans))


def cite(hit: Hit, start: int, end: int) -> Citation:
    """Quote a part of a passage verbatim, without the blanks around it."""
    return Citation(hit, hit.rank, hit.text[start:end].strip())
