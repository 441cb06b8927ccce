"""The support that a source gives a claim: what it covers, and what contradicts it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from ragpg.claims.contradictions import Kind

if TYPE_CHECKING:
    from ragpg.claims.contradictions import Contradiction
    from ragpg.claims.evidence import Span
    from ragpg.types import NliScores

# Chosen by hand; `python -m benchmarks.claims` measures what they lead to (November 2026).
SUPPORT_COVERAGE = 0.78
"""Share of a claim's content that a span must cover."""
MIN_OWN_COVERAGE = 0.3
"""Share that the span itself must cover, without title, headings and lead-in."""
MIN_COSINE = 0.55
"""Least cosine of a span that covers a claim: its words may stand in another order there."""
NLI_THRESHOLD = 0.9
"""Probability from which the prediction of an NLI model counts."""
SAME_SUBJECT_COVERAGE = 0.7
"""Share of what is not contradicted that a source must cover to speak of the same."""
SAME_SUBJECT_COSINE, SAME_SUBJECT_HIGH_COSINE = 0.7, 0.8
"""Least cosine of a source that contradicts a claim, by values or opposites, and by other words."""

# Fitted to the judgements of people on real claims (November 2026): `python -m benchmarks.claims`.
BRIDGED_SCORE = 0.58
"""Score from which similar words count as covered."""
MIN_BRIDGE = 0.5
"""Similarity that each word without a match must have to count as covered."""
READ_BRIDGED_SCORE, READ_MIN_BRIDGE = 0.68, 0.3
"""The same of a claim that a model has read."""
SCORE_BIAS = -1.88
"""Constant term of the logistic function."""
SCORE_WEIGHTS = (
    *(0.78, 1.15, -0.46, 0.05, 0.9, 0.67, 2.99, -0.06, 0.57, -1.03, -0.71, -0.65),
    *(-0.8, -4.63, 2.4, 0.69),
)
"""Weights of what `Support.features` lists."""
READ_WEIGHT, BRIDGE_READ_WEIGHT = 0.25, 0.5
"""Weights of the log-odds that a model reads, beside those of the words: in the score, and where
similar words alone would decide."""
READ_THRESHOLD = 1.7
"""Log-odds from which a claim is supported that a model has read, if nothing contradicts it."""
READ_AROUND_THRESHOLD, SURE_READ_THRESHOLD = 2.0, 3.0
"""The same where the neighbours of a span settle what speaks against a claim, and where that says
little."""
DOUBT_THRESHOLD = 0.0
"""Log-odds below which a model doubts a claim whose words are covered."""
SHORT_CLAIM = 8
"""Words of a short claim; one of twice as many says so much that all passages count."""
UNKNOWN_COSINE = (0.45, 0.5)
"""The cosine where there is no vector: a constant, and a factor of the coverage."""

SURE = frozenset({Kind.VALUE, Kind.NAME, Kind.ANTONYM, Kind.NEGATION})
"""Kinds of contradictions that seldom err."""
WEAK = frozenset({Kind.SUBJECT, Kind.KNOWN_SUBJECT, Kind.BORROWED_WORD})
"""Kinds that a paraphrase often has: they say too little to call a claim contradicted."""


@dataclass(frozen=True, slots=True)
class Support:
    """The best support for a claim in a source; each coverage is a share of its content, 0…1.

    `coverage` is that by `spans` with their context, `own_coverage` that by the spans alone, and
    `agreement` that of what nothing contradicts. `passage_coverage` and `total_coverage` are those
    by all words of the best passage, and of all; `claim_size` counts the claim's words. With
    vectors, `bridged` counts similar words as well, `weakest` is the similarity of the least
    similar word, and `cosine` that of the whole. `entailment` is the log-odds that the claim
    follows from the first span and its neighbours, as a small model reads them, and `around` what
    all of these contradict, where that was asked. `is_verbatim` says that the words are the same.
    """

    coverage: float
    own_coverage: float
    spans: tuple[Span, ...]
    contradictions: tuple[Contradiction, ...]
    missing: tuple[str, ...]
    agreement: float = 0.0
    passage_coverage: float = 0.0
    total_coverage: float = 0.0
    claim_size: int = 0
    bridged: float = 0.0
    weakest: float = 1.0
    cosine: float | None = None
    entailment: float | None = None
    around: tuple[Contradiction, ...] | None = None
    nli: NliScores | None = None
    is_verbatim: bool = False

    @property
    def is_sufficient(self) -> bool:
        """Whether the claim is supported.

        Similar words, or a model that is sure, replace the coverage; none of them overrules a
        contradiction that was found word by word. What a model doubts is not supported.
        """
        is_entailed = self.nli is not None and self.nli.entailment >= NLI_THRESHOLD
        if self.nli_contradicts or (self.is_doubted and not is_entailed):
            return False
        # What refers to the sentence before it lacks words that the claim has.
        refers_back = any(span.preceding and not span.row for span in self.spans)
        is_near = self.cosine is None or self.cosine >= MIN_COSINE or refers_back
        is_stated = is_entailed or (self.is_covered and is_near)
        return self.is_bridged or self.is_read or (is_stated and not self.contradictions)

    @property
    def is_covered(self) -> bool:
        """Whether enough of the claim is covered; a row may cover it by computed values alone."""
        own = self.own_coverage >= MIN_OWN_COVERAGE or any(span.row for span in self.spans)
        return own and self.coverage >= SUPPORT_COVERAGE

    @property
    def is_bridged(self) -> bool:
        """Whether similar words cover the rest, and nothing but a subject's name differs."""
        is_unread = self.entailment is None
        least = MIN_BRIDGE if is_unread else READ_MIN_BRIDGE
        if self.cosine is None or self.cosine < MIN_COSINE or self.weakest < least:
            return False
        score = self._combine(BRIDGE_READ_WEIGHT)
        is_close = score >= (BRIDGED_SCORE if is_unread else READ_BRIDGED_SCORE)
        return is_close and all(c.kind is Kind.SUBJECT for c in self.contradictions)

    @property
    def is_read(self) -> bool:
        """Whether a model reads the claim in the source, and nothing contradicts it.

        What the neighbours of the span settle does not, nor what says little if all words are
        there.
        """
        if self.entailment is None or self.entailment < READ_THRESHOLD:
            return False
        if not self.contradictions:
            return True
        if self.around == () and self.entailment >= READ_AROUND_THRESHOLD:
            return True
        is_weak = {c.kind for c in self.contradictions} <= WEAK
        is_whole = self.coverage >= FULL_COVERAGE
        return is_weak and is_whole and self.entailment >= SURE_READ_THRESHOLD

    @property
    def is_doubted(self) -> bool:
        """Whether a model reads something else in the source."""
        is_read = self.entailment is not None and not self.is_verbatim
        return is_read and (self.entailment or 0.0) < DOUBT_THRESHOLD

    @property
    def contradicts(self) -> bool:
        """Whether the source speaks of the same and says otherwise."""
        kinds = {c.kind for c in self.contradictions if c.stated} - WEAK
        if self.nli_contradicts or not kinds or self.agreement < SAME_SUBJECT_COVERAGE:
            return self.nli_contradicts
        least = SAME_SUBJECT_COSINE if kinds & SURE else SAME_SUBJECT_HIGH_COSINE
        return self.cosine is None or self.cosine >= least

    @property
    def nli_contradicts(self) -> bool:
        """Whether an NLI model is sure that the source contradicts the claim."""
        return self.nli is not None and self.nli.contradiction >= NLI_THRESHOLD

    @property
    def closeness(self) -> float:
        """How close the source is to the claim in its words, whether it says the same or not."""
        constant, factor = UNKNOWN_COSINE
        cosine = constant + factor * self.coverage if self.cosine is None else self.cosine
        return max(self.bridged, self.coverage) + cosine

    @property
    def features(self) -> tuple[float, ...]:
        """What the score is made of."""
        bridged = max(self.bridged, self.coverage)
        stated = {c.kind for c in self.contradictions if c.stated} - WEAK
        absent = sum(c.kind is Kind.MISSING for c in self.contradictions)
        length = min(1.0, max(0.0, (self.claim_size - SHORT_CLAIM) / SHORT_CLAIM))
        is_plain = not self.contradictions
        return (
            bridged,
            self.closeness - bridged,
            self.weakest,
            self.coverage,
            float(is_plain and self.is_covered),
            float(is_plain and self.coverage >= FULL_COVERAGE),
            bridged - self.coverage,
            self.passage_coverage,
            self.total_coverage,
            len(stated) * self.coverage,
            float(bool(stated & {Kind.VALUE, Kind.NAME})),
            float(min(absent, 2)),
            length,
            length * (bridged - self.coverage),
            length * self.passage_coverage,
            length * self.total_coverage,
        )

    @property
    def score(self) -> float:
        """How well the claim is supported, 0…1, to rank claims: a logistic function."""
        return self._combine(READ_WEIGHT)

    def _combine(self, read_weight: float) -> float:
        """Return the score with a weight of what a model reads."""
        weighted = (w * feature for w, feature in zip(SCORE_WEIGHTS, self.features, strict=True))
        log_odds = SCORE_BIAS + sum(weighted)
        if self.entailment is not None:
            log_odds += read_weight * self.entailment
        score = 1 / (1 + exp(-log_odds))
        return (score + self.nli.entailment) / 2 if self.nli else score


FULL_COVERAGE = 0.95
"""Coverage from which a claim is covered as a whole. Chosen by hand."""
NO_SUPPORT = Support(0.0, 0.0, (), (), ())
