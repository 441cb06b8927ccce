"""Which terms of a question the passages mention, and where. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.refusal.mentions import LETTER, Text, has_sibling
from ragpg.refusal.question_terms import QuestionTerm, TermKind, find_terms
from ragpg.retrieval import late_interaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.types import Candidate, Hit

SYNONYM_SIMILARITY = 0.6
"""Similarity from which a synonym is one in the meaning that the word has in the question."""
UNKNOWN_SIMILARITY = 0.5
"""Similarity assumed for a term that has no word vector."""


@dataclass(frozen=True, slots=True)
class TermMatch:
    """Where a term is mentioned: by which of the hits, or by another candidate.

    `idf` is its weight. `resembles`: the hits have a compound, a synonym or a misspelling instead.
    `similarity` is the largest cosine of its word vector to a word of the hits, `nearest` the code
    of the hits that is spelled most like a missing one.
    """

    term: QuestionTerm
    idf: float
    in_hits: tuple[bool, ...]
    in_candidates: bool
    resembles: bool
    similarity: float
    nearest: str | None = None

    @property
    def is_missing(self) -> bool:
        """Whether no candidate mentions it, in whatever way."""
        return not self.in_candidates and not self.resembles

    @property
    def is_name(self) -> bool:
        """Whether it is a name or code, that no other word can stand for."""
        return self.term.kind is not TermKind.WORD

    @property
    def distance(self) -> float:
        """How far the nearest word of the hits is: from 0, about 1 for an unrelated one."""
        return 2 * max(0.0, 1 - max(self.similarity, 0.0))

    def is_in_hit(self, index: int) -> bool:
        """Return whether a hit mentions it, or may do so."""
        return self.in_hits[index] or (self.resembles and not any(self.in_hits))


def match_terms(
    question: str,
    *,
    hits: Sequence[Hit],
    candidates: Sequence[Candidate],
    idf: Mapping[str, float],
    similarities: Mapping[str, float],
) -> list[TermMatch]:
    """Look for the terms of a question.

    `similarities` are the largest cosines of the question's words to those of the hits.
    """
    hit_texts = [Text("\n".join((hit.source, hit.title, *hit.heading, hit.text))) for hit in hits]
    matcher = _Matcher(
        hit_texts,
        together=Text("\n".join(text.original for text in hit_texts)),
        candidates=Text("\n".join(_describe(candidate) for candidate in candidates)),
        idf=idf,
        similarities=similarities,
    )
    matches = (matcher.match(term) for term in find_terms(question))
    return [match for match in matches if match]


@dataclass(frozen=True, slots=True)
class _Matcher:
    """The texts in which terms are looked for: each hit, all hits together, all candidates."""

    hits: Sequence[Text]
    together: Text
    candidates: Text
    idf: Mapping[str, float]
    similarities: Mapping[str, float]

    def match(self, term: QuestionTerm) -> TermMatch | None:
        """Look for a term; None for a number that is missing where the passages have no others."""
        in_hits = tuple(text.mentions(term) for text in self.hits)
        in_candidates = any(in_hits) or self.candidates.mentions(term)
        is_numbered = term.kind is TermKind.NUMBERED
        if is_numbered and not in_candidates and not has_sibling(self.hits, term):
            return None
        words = re.findall(rf"{LETTER}+", term.text.casefold())
        cosines = [self.similarities[word] for word in words if word in self.similarities]
        similarity = min(cosines, default=UNKNOWN_SIMILARITY)
        resembles = not any(in_hits) and (
            self.together.resembles(term)
            or (similarity >= SYNONYM_SIMILARITY and self.together.has_synonym(term))
        )
        is_missing = not in_candidates and not resembles
        nearest = self.together.find_nearest_code(term) if is_missing else None
        return TermMatch(
            term, self.weigh(words), in_hits, in_candidates, resembles, similarity, nearest
        )

    def weigh(self, words: Sequence[str]) -> float:
        """Return the largest idf of a term's words; half of the question's largest if none has."""
        weights = [
            weight
            for word in words
            for stem, weight in self.idf.items()
            if late_interaction.has_stem(word, stem)
        ]
        return max(weights, default=max(self.idf.values(), default=1.0) / 2)


def _describe(candidate: Candidate) -> str:
    chunk = candidate.chunk
    return "\n".join((candidate.source, candidate.title, *chunk.heading, chunk.text))
