"""Which parts of the passages answer a question, and how they are quoted. Pure.

An answer is made of the best windows of the passages. The first is the shortest that answers; the
rest of the words goes to what follows it or precedes it, and to one other place.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from ragpg.markdown import SegmentKind, clean_markdown, find_open_fence, leave_out_comments
from ragpg.quoting.question_type import QuestionType
from ragpg.quoting.segments import find_lists
from ragpg.quoting.similarity import find_matched_terms, measure_idf_share
from ragpg.quoting.windows import MAX_WORDS, WindowScorer
from ragpg.types import Citation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.quoting.segments import Segment
    from ragpg.quoting.similarity import Similarities
    from ragpg.quoting.windows import Window
    from ragpg.types import Hit

MAX_PLACES = 2
"""Places that an answer is quoted from. Three were right no more often (November 2026, `make
real`), and are harder to read."""
ADJOINING_BONUS = 0.3
"""Bonus of a window that adjoins what is quoted already. Found as the weights of windows.py."""
MARGIN = 1.2
"""How much lower than the best window's a score may be and still belong to the answer; lower ones
add words, and no right answers. Found as the weights of windows.py."""
ROW_LOSS = 0.9
"""What rows lose beside an answer: each is complete by itself. Chosen by hand."""

TERM_WEIGHT = 0.5
"""Weight of the question's terms in a single sentence beside its similarity, where that decides
whether a question is answered. Chosen by hand."""

MAX_OPENING_WORDS = 2
"""Words of a sentence that is quoted with the one after it. Chosen by hand."""

NO_CONSTRAINTS = QuestionType()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of an answer: quotations from one passage, below a header that is not in it.

    `shift` is the indentation of the admonition that they are in, `fence` the line that opens the
    code which they begin within.
    """

    number: int
    citations: tuple[Citation, ...]
    head: str = ""
    shift: int = 0
    fence: str = ""

    @property
    def text(self) -> str:
        """The quotations, one below the other, as a reader of the rendered page sees them."""
        quotes = (clean_markdown(c.quote, shift=self.shift) for c in self.citations)
        text = "\n".join(part for part in (self.head, self.fence, *quotes) if part)
        fence, _ = find_open_fence(text)
        return f"{text}\n{fence}" if fence else text


def choose_excerpts(
    segments: Sequence[Segment],
    similarities: Similarities,
    *,
    idf: Mapping[str, float],
    question_type: QuestionType = NO_CONSTRAINTS,
) -> list[Excerpt]:
    """Choose what answers a question, best first; `idf` has the question's terms."""
    scorer = WindowScorer(segments, similarities, idf, question_type)
    windows = choose_windows(list(scorer.find_windows()))
    chosen = [index for window in windows for index in window.indices]
    completed = complete_lists(add_openings(chosen, segments), segments)
    indices = drop_announcements(completed, segments)
    return [quote_run(run) for run in group_consecutive(indices, segments)]


def choose_windows(windows: Sequence[Window]) -> list[Window]:
    """Choose windows for an answer of at most MAX_WORDS, best first."""
    best = max(windows, key=lambda window: window.score)
    chosen = [best]
    while addition := find_addition(windows, chosen, least=best.score - MARGIN):
        chosen.append(addition)
    return chosen


def find_addition(
    windows: Sequence[Window], chosen: Sequence[Window], *, least: float
) -> Window | None:
    """Return the best window that fits into the answer; None where none scores enough."""
    room = MAX_WORDS - sum(window.words for window in chosen)
    is_full = count_places(chosen) >= MAX_PLACES
    candidates = []
    for window in windows:
        if window.words <= room and not any(map(window.overlaps, chosen)):
            adjoins = any(map(window.adjoins, chosen))
            score = window.score + (-ROW_LOSS if window.is_table else ADJOINING_BONUS * adjoins)
            if score >= least and (adjoins or not is_full):
                candidates.append((score, window))
    return max(candidates, key=lambda pair: pair[0])[1] if candidates else None


def count_places(windows: Sequence[Window]) -> int:
    """Count the places that windows are in: those that adjoin each other are one."""
    ordered = sorted(windows, key=lambda window: window.indices.start)
    return sum(not b.adjoins(a) for a, b in pairwise(ordered)) + 1


def find_best_scores(
    segments: Sequence[Segment], similarities: Similarities | None, *, idf: Mapping[str, float]
) -> tuple[float, float]:
    """Return similarity and weighted terms of the segment for which their sum is largest."""
    scores = (
        (
            similarities.measure(index) if similarities else 0.0,
            TERM_WEIGHT * measure_idf_share(find_matched_terms(segment.plain, idf), idf),
        )
        for index, segment in enumerate(segments)
    )
    return max(scores, key=sum, default=(0.0, 0.0))


def add_openings(chosen: Sequence[int], segments: Sequence[Segment]) -> list[int]:
    """Add what paragraphs begin with before a chosen sentence, if it is short: "No."."""
    added = list(chosen)
    for index in chosen:
        if index and index - 1 not in added and is_opening(segments[index - 1], segments[index]):
            added.insert(added.index(index), index - 1)
    return added


def is_opening(segment: Segment, following: Segment) -> bool:
    """Return whether a sentence is the short one that another one explains."""
    are_sentences = segment.kind is following.kind is SegmentKind.SENTENCE
    follows = (following.stretch, following.ordinal) == (segment.stretch, segment.ordinal + 1)
    is_short = segment.words <= MAX_OPENING_WORDS
    return are_sentences and follows and segment.block == following.block and is_short


def complete_lists(chosen: Sequence[int], segments: Sequence[Segment]) -> list[int]:
    """Add the rest of the lists that items were chosen of, or their lead-ins, if there is room."""
    completed = list(chosen)
    for lead_in, items in find_lists(segments):
        if any(index in chosen for index in (*lead_in, *items)):
            for addition in ([*lead_in, *items], lead_in):
                added = [index for index in addition if index not in completed]
                words = sum(segments[index].words for index in (*completed, *added))
                if words <= MAX_WORDS:
                    completed += added
                    break
    return completed


def drop_announcements(chosen: Sequence[int], segments: Sequence[Segment]) -> list[int]:
    """Drop what only announces what is not quoted: "Features:"; unless it is all that there is."""
    kept = [index for index in chosen if is_finished(index, chosen, segments)]
    return kept or list(chosen)


def is_finished(index: int, chosen: Sequence[int], segments: Sequence[Segment]) -> bool:
    """Return whether what a segment announces is chosen, too; true if it announces nothing."""
    is_next = index + 1 in chosen and segments[index + 1].stretch == segments[index].stretch
    return is_next or not segments[index].announces


def group_consecutive(chosen: Sequence[int], segments: Sequence[Segment]) -> list[list[Segment]]:
    """Group segments that follow each other in a passage, in the order of the best of each."""
    order = {index: place for place, index in enumerate(chosen)}

    def run_of(pair: tuple[int, int]) -> tuple[int, int]:
        segment = segments[pair[1]]
        return segment.hit.rank, segment.ordinal - pair[0]

    runs = [
        [index for _, index in run] for _, run in groupby(enumerate(sorted(chosen)), key=run_of)
    ]
    runs.sort(key=lambda run: min(order[index] for index in run))
    return [[segments[index] for index in run] for run in runs]


def quote_run(run: Sequence[Segment]) -> Excerpt:
    """Quote segments that follow each other, with the table's header that they need."""
    first, last = run[0], run[-1]
    spans = [(first.start, last.end)]
    if first.header:
        start, end = first.header
        is_adjacent = not first.hit.text[end : first.start].strip()
        spans = [(start, last.end)] if is_adjacent else [first.header, *spans]
    notes = dict.fromkeys(note for segment in run for note in segment.notes)
    spans += [note for note in notes if not spans[-1][0] <= note[0] < spans[-1][1]]
    parts = (part for span in spans for part in leave_out_comments(first.hit.text, span))
    is_code = first.kind is SegmentKind.CODE
    fence = "".join(find_open_fence(first.hit.text[: first.start])) if is_code else ""
    return Excerpt(
        first.hit.rank,
        tuple(cite(first.hit, *part) for part in parts),
        head=first.head,
        shift=first.shift,
        fence=fence,
    )


def cite(hit: Hit, start: int, end: int) -> Citation:
    """Quote a part of a passage verbatim, without the blanks around it."""
    return Citation(hit, hit.rank, hit.text[start:end].strip())
