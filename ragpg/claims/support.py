"""The support that passages give a claim: its coverage and what contradicts it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.claims.contradictions import Contradiction
    from ragpg.claims.evidence import Span
    from ragpg.types import NliScores

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
SUPPORT_COVERAGE = 0.78
"""Share of a claim's content that a span must cover."""
MIN_OWN_COVERAGE = 0.3
"""Share that the span itself must cover, without title, headings and lead-in."""
SAME_SUBJECT_COVERAGE = 0.5
"""Coverage from which a source that says otherwise speaks of the same."""
NLI_THRESHOLD = 0.9
"""Probability from which the prediction of an NLI model counts."""

# Fitted to the judgements of people on WiCE's development set (November 2026); the AUC of the score
# is what `python -m benchmarks.claims` prints of a set with claims.jsonl.
SCORE_BIAS = -3.44
"""Constant term of the logistic function."""
SCORE_WEIGHTS = (0.45, 0.87, 1.88, 2.2, -0.13, -0.36)
"""Weights of the four coverages, of each contradiction and of each missing name or number."""
CONTRADICTED_FACTOR = 0.8
"""What the score of a contradicted claim is multiplied by. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class Support:
    """The best support for a claim in a source; each coverage is a share of its content, 0…1.

    `coverage` is that by `spans` with their context, `own_coverage` that by the spans alone.
    `passage_coverage` is that by all words of the best passage, in whatever order, and
    `total_coverage` that by all words of all passages.
    """

    coverage: float
    own_coverage: float
    spans: tuple[Span, ...]
    contradictions: tuple[Contradiction, ...]
    missing: tuple[str, ...]
    passage_coverage: float = 0.0
    total_coverage: float = 0.0
    nli: NliScores | None = None
    bridged: float = 0.0
    weakest: float = 1.0
    cosine: float | None = None

    @property
    def is_sufficient(self) -> bool:
        """Whether the claim is supported.

        An NLI model that is sure replaces the coverage, and may find a contradiction of its own; it
        cannot overrule a contradiction that was found word by word.
        """
        is_entailed = self.nli is not None and self.nli.entailment >= NLI_THRESHOLD
        is_covered = is_entailed or self.is_covered
        return is_covered and not self.contradictions and not self.nli_contradicts

    @property
    def is_covered(self) -> bool:
        """Whether enough of the claim is covered; a row may cover it by computed values alone."""
        own = self.own_coverage >= MIN_OWN_COVERAGE or any(span.row for span in self.spans)
        return own and self.coverage >= SUPPORT_COVERAGE

    @property
    def contradicts(self) -> bool:
        """Whether the source speaks of the same and says otherwise."""
        is_explicit = any(contradiction.stated for contradiction in self.contradictions)
        return self.nli_contradicts or (is_explicit and self.coverage >= SAME_SUBJECT_COVERAGE)

    @property
    def nli_contradicts(self) -> bool:
        """Whether an NLI model is sure that the source contradicts the claim."""
        return self.nli is not None and self.nli.contradiction >= NLI_THRESHOLD

    @property
    def score(self) -> float:
        """How well the claim is supported, 0…1, to rank claims: a logistic function.

        The verdict does not depend on it. A missing name lowers it less than the verdict, as people
        overlook many of them.
        """
        missing = set(self.missing)
        stated = [c for c in self.contradictions if c.stated or c.claimed not in missing]
        absent = len(self.contradictions) - len(stated)
        coverages = (self.coverage, self.own_coverage, self.passage_coverage, self.total_coverage)
        features = (*coverages, min(len(stated), 3), min(absent, 4))
        weighted = (w * feature for w, feature in zip(SCORE_WEIGHTS, features, strict=True))
        score = 1 / (1 + exp(-(SCORE_BIAS + sum(weighted))))
        score *= CONTRADICTED_FACTOR if stated else 1.0
        return (score + self.nli.entailment) / 2 if self.nli else score


NO_SUPPORT = Support(0.0, 0.0, (), (), ())
