"""Windows of passages: consecutive segments of one section, and how well each answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ragpg.markdown import SegmentKind
from ragpg.quoting.similarity import find_matched_terms, measure_idf_share
from ragpg.text.scripts import find_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ragpg.quoting.question_type import QuestionType
    from ragpg.quoting.segments import Segment
    from ragpg.quoting.similarity import Similarities
    from ragpg.types import Hit, Vector

MAX_WORDS = 90
"""Words of an answer, unless its best segment alone has more. Chosen by hand."""

# A linear model that tells windows of at most 45 words that answer from all others, by their
# softmax within a question; fitted on 404 questions about 18 repositories' documentation (groups a
# and b of benchmarks/written), rounded, and checked on 195 others about 14 sets (November 2026,
# `make real`): fitting to the shortest windows left room for a second one and brought 8 points.
# The unit is the share of the question's terms, by idf, that a window contains.
SIMILARITY_WEIGHT = 2.3
"""Weight of the late-interaction score, or of the cosine where the model gives no word vectors."""
TERM_COUNT_WEIGHT = 0.6
"""Weight of the share of the question's terms, each counting the same."""
HEADING_TERMS_WEIGHT = 1.7
"""Weight of the question's terms that only the headings contain."""
IDENTIFIER_WEIGHT = 0.5
"""Bonus of a window that has all identifiers of the question, verbatim."""
ANSWER_TYPE_WEIGHT = 0.4
"""Bonus of a window that has something of the type which is asked for."""
ROW_BONUS = 0.5
"""Bonus of rows of a table, each of which is complete by itself."""
LENGTH_LOSS = 1.4
"""How much a window of MAX_WORDS loses."""
BLOCK_LOSS = 0.1
"""How much a window loses for each of its blocks."""
UNFINISHED_LOSS = 0.5
"""How much a window loses that ends with a question, or with what announces the next block."""
HIT_GAP_WEIGHT, MAX_HIT_GAP = 1.7, 0.5
"""How much a window loses for each unit that its hit's score is below the first hit's, and the
largest difference that counts: scores of keywords and of rerankers have other scales."""
OTHER_SCRIPT_LOSS, OTHER_VERSION_LOSS = 1.5, 4.0
"""How much a window in another script than the question's loses, and one below a heading with
another version. Chosen by hand."""


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
    """Consecutive segments of one section, in a stretch of passages that follow each other.

    `contents` are their indices, or those of the first segments that say the same. `is_table` says
    that they are rows.
    """

    stretch: int
    indices: range
    contents: frozenset[int]
    words: int
    score: float
    is_table: bool

    def overlaps(self, other: Window) -> bool:
        """Return whether two windows have a segment in common, or say the same in one."""
        return not self.contents.isdisjoint(other.contents)

    def adjoins(self, other: Window) -> bool:
        """Return whether one window begins where the other ends."""
        edges = (self.indices.start, self.indices.stop)
        follows = other.indices.stop == edges[0] or other.indices.start == edges[1]
        return follows and self.stretch == other.stretch


@dataclass(frozen=True, slots=True)
class WindowScorer:
    """Finds the windows of the passages, and scores how well each answers a question.

    `idf` has the question's terms.
    """

    segments: Sequence[Segment]
    similarities: Similarities
    idf: Mapping[str, float]
    question_type: QuestionType

    def find_windows(self) -> Iterator[Window]:
        """Yield every window of at most MAX_WORDS, and every segment as a window."""
        features = self.find_features()
        losses = self.measure_passage_losses()
        firsts: dict[str, int] = {}
        contents = [firsts.setdefault(s.plain, index) for index, s in enumerate(self.segments)]
        indices = range(len(self.segments))
        for _, group in groupby(indices, key=lambda index: section_of(self.segments[index])):
            section = list(group)
            first = self.segments[section[0]]
            from_headings = find_matched_terms(first.heading_text, self.idf)
            is_other = self.question_type.is_about_other_version(first.heading_text)
            version_loss = OTHER_VERSION_LOSS * is_other
            for start in section:
                rest = features[start : section[-1] + 1]
                for window, total in extend(start, rest):
                    loss = version_loss + min(losses[window.start : window.stop])
                    score = self.score(window, total, from_headings) - loss
                    same = frozenset(contents[window.start : window.stop])
                    is_table = first.kind is SegmentKind.TABLE_ROW
                    yield Window(first.stretch, window, same, total.words, score, is_table)

    def find_features(self) -> list[Features]:
        """Return the features of each segment."""
        return [
            Features(
                segment.words,
                maxima,
                frozenset(find_matched_terms(segment.plain, self.idf)),
                self.question_type.identifier_share(segment),
                self.question_type.has_answer_type(segment),
            )
            for segment, maxima in zip(self.segments, self.similarities.segments, strict=True)
        ]

    def measure_passage_losses(self) -> list[float]:
        """Return for each segment what a window loses by the passage that it is in."""
        hits = {segment.hit.rank: segment.hit for segment in self.segments}
        best = hits[min(hits)].score if hits else 0.0
        losses = {rank: self.measure_passage_loss(hit, best) for rank, hit in hits.items()}
        return [losses[segment.hit.rank] for segment in self.segments]

    def measure_passage_loss(self, hit: Hit, best: float) -> float:
        """Return what a window of a passage loses; `best` is the score of the first passage."""
        script = self.question_type.script
        is_other = script and find_script(hit.text) not in (script, None)
        gap = min(best - hit.score, MAX_HIT_GAP)
        return HIT_GAP_WEIGHT * gap + (OTHER_SCRIPT_LOSS if is_other else 0.0)

    def score(self, window: range, features: Features, from_headings: set[str]) -> float:
        """Return how well a window answers, whatever passage it is in."""
        first, last = self.segments[window.start], self.segments[window.stop - 1]
        missing = from_headings - features.terms
        is_question = last.plain.rstrip().endswith(("?", "\uff1f"))
        blocks = len({self.segments[index].block for index in window})
        return (
            SIMILARITY_WEIGHT
            * self.similarities.measure_maxima(features.maxima, heading=window.start)
            + measure_idf_share(features.terms, self.idf)
            + TERM_COUNT_WEIGHT * len(features.terms) / max(1, len(self.idf))
            + HEADING_TERMS_WEIGHT * measure_idf_share(missing, self.idf)
            + IDENTIFIER_WEIGHT * features.identifiers
            + ANSWER_TYPE_WEIGHT * features.has_answer_type
            + ROW_BONUS * (first.kind is SegmentKind.TABLE_ROW)
            - LENGTH_LOSS * min(features.words / MAX_WORDS, 1.0)
            - BLOCK_LOSS * blocks
            - UNFINISHED_LOSS * (last.announces or is_question)
        )


def extend(start: int, features: Sequence[Features]) -> Iterator[tuple[range, Features]]:
    """Yield the windows that begin with the first of some segments, and their features."""
    total = features[0]
    yield range(start, start + 1), total
    for index, following in enumerate(features[1:], start + 1):
        total = total.add(following)
        if total.words > MAX_WORDS:
            return
        yield range(start, index + 1), total


def section_of(segment: Segment) -> tuple[int, tuple[str, ...], int | None]:
    """Return what the segments of one section of a passage have in common; a table is its own."""
    table = segment.block if segment.kind is SegmentKind.TABLE_ROW else None
    return segment.stretch, segment.heading, table
