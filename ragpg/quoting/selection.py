"""Which parts of the passages answer a question, and how they are quoted. Pure.

An answer is a window of a passage: consecutive segments of one section, as complete as they can be
in few words. Another window is added if it is nearly as good, there is room for it, and it contains
terms of the question that the first does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from ragpg.markdown import SegmentKind, clean_markdown, leave_out_comments
from ragpg.quoting.question_type import QuestionType
from ragpg.quoting.segments import find_lists
from ragpg.quoting.similarity import find_matched_terms, measure_idf_share
from ragpg.text.scripts import find_script
from ragpg.types import Citation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ragpg.quoting.segments import Segment
    from ragpg.quoting.similarity import Similarities
    from ragpg.types import Hit, Vector

MAX_WORDS = 90
"""Words of an answer, unless its best segment alone has more. Chosen by hand."""

# Found on 195 questions about 14 sets of real documentation (November 2026, `make real`), each on a
# plateau. The unit is the share of the question's terms, by idf, that a window contains.
SIMILARITY_WEIGHT = 1.0
"""Weight of the late-interaction score, or of the cosine where the model gives no word vectors."""
HEADING_TERMS_WEIGHT = 0.25
"""Weight of the question's terms that only the headings contain."""
HIT_GAP_WEIGHT, MAX_HIT_GAP = 1.0, 0.5
"""How much a window loses for each unit that its hit's score is below the first hit's, and the most
that it loses: scores of keywords and of rerankers have other scales."""
LENGTH_WEIGHT = 0.1
"""Bonus of a window of MAX_WORDS: a longer one is more often complete."""
BLOCK_EDGE_BONUS = 0.1
"""Bonus of a window that starts with a block, and of one that ends with a block."""
IDENTIFIER_WEIGHT = 0.3
"""Bonus of a window that has all identifiers of the question, verbatim."""
ANSWER_TYPE_WEIGHT = 0.3
"""Bonus of a window that has something of the type which is asked for."""
OTHER_SCRIPT_LOSS = 0.5
"""How much a window in another script than the question's loses. Chosen by hand."""
MARGIN = 0.3
"""How much lower than the best window's a score may be and still belong to the answer."""

TERM_WEIGHT = 0.5
"""Weight of the question's terms in a single sentence beside its similarity, where that decides
whether a question is answered. Chosen by hand."""

NO_CONSTRAINTS = QuestionType()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of an answer: quotations from one passage, below a header that is not in it."""

    number: int
    citations: tuple[Citation, ...]
    head: str = ""

    @property
    def text(self) -> str:
        """The quotations, one below the other, as a reader of the rendered page sees them."""
        quotes = (clean_markdown(citation.quote) for citation in self.citations)
        return "\n".join((self.head, *quotes) if self.head else quotes)


@dataclass(frozen=True, slots=True)
class Features:
    """What segments have that an answer needs.

    `maxima` are the largest cosines of the question's words to theirs, `terms` those of the
    question that they contain, `identifiers` is the share of its identifiers.
    """

    words: int
    maxima: Vector | None
    terms: frozenset[str]
    identifiers: float
    has_answer_type: bool

    def add(self, other: Features) -> Features:
        """Return the features of both together."""
        import numpy as np

        maxima = other.maxima if self.maxima is None else self.maxima
        if self.maxima is not None and other.maxima is not None:
            maxima = np.maximum(self.maxima, other.maxima)
        return Features(
            self.words + other.words,
            maxima,
            self.terms | other.terms,
            max(self.identifiers, other.identifiers),
            self.has_answer_type or other.has_answer_type,
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive segments of one section: their indices, features and score."""

    indices: range
    features: Features
    score: float

    def overlaps(self, other: Window) -> bool:
        """Return whether two windows have a segment in common."""
        return self.indices.start < other.indices.stop and other.indices.start < self.indices.stop


def choose_excerpts(
    segments: Sequence[Segment],
    similarities: Similarities,
    *,
    idf: Mapping[str, float],
    question_type: QuestionType = NO_CONSTRAINTS,
) -> list[Excerpt]:
    """Choose what answers a question, best first; `idf` has the question's terms."""
    features = [
        Features(
            segment.words,
            maxima,
            frozenset(find_matched_terms(segment.plain, idf)),
            question_type.identifier_share(segment),
            question_type.has_answer_type(segment),
        )
        for segment, maxima in zip(segments, similarities.segments, strict=True)
    ]
    scorer = WindowScorer(segments, features, similarities, idf, script=question_type.script)
    windows = list(scorer.find_windows())
    windows.sort(key=lambda w: (-w.score, w.features.words, w.indices.start))
    chosen: list[Window] = []
    for window in windows:
        if window.score < windows[0].score - MARGIN:
            break
        room = MAX_WORDS - sum(other.features.words for other in chosen)
        covered = {term for other in chosen for term in other.features.terms}
        is_new = not any(map(window.overlaps, chosen)) and not window.features.terms <= covered
        if not chosen or (window.features.words <= room and is_new):
            chosen.append(window)
    indices = complete_lists([index for window in chosen for index in window.indices], segments)
    return [quote_run(run) for run in group_consecutive(indices, segments)]


@dataclass(frozen=True, slots=True)
class WindowScorer:
    """Finds the windows of the passages, and scores how well each answers the question."""

    segments: Sequence[Segment]
    features: Sequence[Features]
    similarities: Similarities
    idf: Mapping[str, float]
    script: str | None = None

    def find_windows(self) -> Iterator[Window]:
        """Yield every window of at most MAX_WORDS, and every segment as a window."""
        indices = range(len(self.segments))
        for _, group in groupby(indices, key=lambda index: section_of(self.segments[index])):
            section = list(group)
            headings = self.segments[section[0]].heading_text
            from_headings = find_matched_terms(headings, self.idf)
            text = self.segments[section[0]].hit.text
            is_other = self.script and find_script(text) not in (self.script, None)
            for start in section:
                for window in self.extend(range(start, section[-1] + 1), from_headings):
                    loss = OTHER_SCRIPT_LOSS if is_other else 0.0
                    yield replace(window, score=window.score - loss)

    def extend(self, section: range, from_headings: set[str]) -> Iterator[Window]:
        """Yield the windows that start with the first segment of the rest of a section."""
        first = self.segments[section.start]
        gap = HIT_GAP_WEIGHT * (self.segments[0].hit.score - first.hit.score)
        features = self.features[section.start]
        for index in section:
            if index > section.start:
                features = features.add(self.features[index])
                if features.words > MAX_WORDS:
                    return
            window = range(section.start, index + 1)
            score = self.score(window, features, from_headings) - min(gap, MAX_HIT_GAP)
            yield Window(window, features, score)

    def score(self, window: range, features: Features, from_headings: set[str]) -> float:
        """Return how well a window answers, whatever hit it is in."""
        missing = from_headings - features.terms
        similarity = self.similarities.measure_maxima(features.maxima, heading=window.start)
        score = (
            SIMILARITY_WEIGHT * similarity
            + measure_idf_share(features.terms, self.idf)
            + HEADING_TERMS_WEIGHT * measure_idf_share(missing, self.idf)
            + IDENTIFIER_WEIGHT * features.identifiers
            + ANSWER_TYPE_WEIGHT * features.has_answer_type
        )
        if self.segments[window.start].kind is SegmentKind.TABLE_ROW:
            return score  # a row is complete by itself
        edges = self.starts_block(window.start) + self.ends_block(window.stop - 1)
        length = min(features.words / MAX_WORDS, 1.0)
        return score + BLOCK_EDGE_BONUS * edges + LENGTH_WEIGHT * length

    def starts_block(self, index: int) -> bool:
        """Return whether a segment is the first of its block."""
        return index == 0 or block_of(self.segments[index - 1]) != block_of(self.segments[index])

    def ends_block(self, index: int) -> bool:
        """Return whether a segment is the last of its block."""
        return index + 1 == len(self.segments) or self.starts_block(index + 1)


def section_of(segment: Segment) -> tuple[int, tuple[str, ...], int | None]:
    """Return what the segments of one section of a passage have in common; a table is its own."""
    table = segment.block if segment.kind is SegmentKind.TABLE_ROW else None
    return segment.hit.rank, segment.heading, table


def block_of(segment: Segment) -> tuple[int, int]:
    """Return what the segments of one block of a passage have in common."""
    return segment.hit.rank, segment.block


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
    return Excerpt(first.hit.rank, tuple(cite(first.hit, *part) for part in parts), first.head)


def cite(hit: Hit, start: int, end: int) -> Citation:
    """Quote a part of a passage verbatim, without the blanks around it."""
    return Citation(hit, hit.rank, hit.text[start:end].strip())
