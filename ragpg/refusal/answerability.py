"""Whether the documents answer a question at all. Pure.

The question is compared with the best passages as a whole, and then term by term: a name that no
passage mentions is a reason to refuse even where everything else fits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.refusal.question_terms import TermKind
from ragpg.text.terms import is_divided
from ragpg.types import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.refusal.answer_kinds import KindMatch
    from ragpg.refusal.term_matches import TermMatch
    from ragpg.types import Candidates

# Fitted on the six sets of benchmarks/retrieval.md (November 2026, `python -m benchmarks.refusal`),
# each as a whole and one document at a time: 3 to 14,519 passages.
EVIDENCE_WEIGHT = 0.3
"""Weight of the evidence relative to the highest cosine."""
DEFAULT_PASSAGE_WORDS, DEFAULT_SENTENCE_WORDS = 0.85, 0.5
"""Late-interaction scores assumed where the model gives no word vectors."""
CHANCE_MAX, CHANCE_RANGE, CHANCE_DECAY = 1.11, 0.6, 0.2
"""The score that an unrelated question reaches among n passages is
CHANCE_MAX - CHANCE_RANGE * n^-CHANCE_DECAY."""

# Found by logistic regression on 500 questions about 17 sets of documentation, a quarter of them
# not answered there (November 2026), and rounded.
MARGIN = 0.06
"""How much lower than chance a question may match if nothing that it asks for is missing."""
MISSING_CODE = 1.1
"""What a question loses for a code or a version that no passage mentions."""
MISSING_NAME = 1.0
"""What it loses for a proper name that no passage mentions, if no word is near it."""
BACKGROUND_SHARE = 0.3
"""How much of that it loses for a name beside the sentence that asks."""
MIN_NAME_SHARE, FULL_NAME_SHARE = 0.2, 0.35
"""Shares of the question's terms, by idf, from which missing names count, and count in full: one of
many may go without saying, such as that of the speaker."""
MISSING_UNKNOWN = 0.5
"""What it loses for a missing word that English lacks."""
MISSING_WORDS = 0.1
"""What it loses if all other words are missing; they count by their idf."""
MISSING_KIND = 0.5
"""What it loses if no passage has what it asks for, such as an amount of money."""
DISTANT_KIND = 0.4
"""What it loses if what it asks for stands where none of its terms is."""
FOUND_CODE = 0.2
"""What it gains if all of its terms that passages mention are codes of the hits: these mean one
thing, and a small collection has little else to match."""

FOREIGN_SHARE, DIVIDED_SHARE = 0.2, 0.35
"""Share of the question's terms, by idf, that the best passage must have where the model does not
know the script; the second where terms are parts of words, which are more often there by chance.
Chosen on 1,200 questions in six languages, a quarter of them about what was left out (November
2026): of the others 95 to 99 in 100 are kept."""
THRESHOLD = 0.0
"""Questions with a lower answerability are refused. The score is relative to chance already."""
OPEN_RANGE = 0.2
"""How far from THRESHOLD the words leave it open whether a question is answered."""
READ_WEIGHT, READ_MEAN = 0.05, 1.3
"""What a question gains for each unit of the log-odds, as a model reads them, that a segment
answers, above READ_MEAN. Fitted on questions about 6 sets of documentation (November 2026)."""
MAX_MENTIONED = 3
"""Missing names that the reason of a refusal mentions."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for an answer in the best passage and in the best sentence.

    `passage_words` and `sentence_words` are late-interaction scores, None where the model gives no
    word vectors; `passage_keywords` and `sentence_terms` are scores of keywords.
    """

    passage_keywords: float = 0.0
    passage_words: float | None = None
    sentence_terms: float = 0.0
    sentence_words: float | None = None

    @property
    def total(self) -> float:
        """The sum of all parts, with a default for those that are not known."""
        passage = DEFAULT_PASSAGE_WORDS if self.passage_words is None else self.passage_words
        sentence = DEFAULT_SENTENCE_WORDS if self.sentence_words is None else self.sentence_words
        return passage + self.passage_keywords + sentence + self.sentence_terms


@dataclass(frozen=True, slots=True)
class Assessment:
    """How well the documents answer a question, and what speaks against it.

    `missing` are the terms that no passage mentions, first so many names; `kind` is the kind of
    answer that no passage has, `nearest` a code that is spelled like the first missing one.
    """

    score: float
    missing: tuple[str, ...] = ()
    names: int = 0
    kind: str | None = None
    nearest: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the words alone leave it open."""
        return abs(self.score - THRESHOLD) < OPEN_RANGE

    def reconsider(self, log_odds: float) -> Assessment:
        """Count what a model reads in the passages, too."""
        return replace(self, score=self.score + READ_WEIGHT * (log_odds - READ_MEAN))

    def explain(self) -> Refusal:
        """Return why the question is refused."""
        reason = "no passage is close enough to the question"
        if self.names:
            names = self.missing[: min(self.names, MAX_MENTIONED)]
            reason = "no passage mentions " + " or ".join(f"`{name}`" for name in names)
            reason += f"; nearest: `{self.nearest}`" if self.nearest else ""
        elif self.kind:
            reason = f"no passage found has {self.kind}"
        return Refusal(reason, self.missing, is_specific=bool(self.names or self.kind))


def assess(
    candidates: Candidates,
    evidence: Evidence,
    matches: Sequence[TermMatch] = (),
    kind: KindMatch | None = None,
    *,
    knows_script: bool = True,
) -> Assessment:
    """Judge by the passages as a whole, by the terms of the question and by the kind of answer.

    Where the model does not know the script, only terms count, names among them also one by one.
    """
    if knows_script:
        similarity = compare_with_chance(candidates, evidence) + MARGIN
    else:
        similarity = measure_shared_terms(candidates)
        matches = [match for match in matches if match.is_name]
    gain, penalty = FOUND_CODE * measure_found_codes(matches), measure_missing_terms(matches)
    is_absent = kind is not None and kind.coverage is None
    if kind is not None:
        gap = 1 - (kind.coverage or 0.0)
        penalty += MISSING_KIND * is_absent + DISTANT_KIND * gap
    missing = sorted((m for m in matches if m.is_missing), key=lambda m: (not m.is_name, -m.idf))
    return Assessment(
        similarity + gain - penalty,
        tuple(dict.fromkeys(match.term.text for match in missing)),
        len({match.term.text for match in missing if match.is_name}),
        kind.kind.name if kind and is_absent else None,
        missing[0].nearest if missing else None,
    )


def compare_with_chance(candidates: Candidates, evidence: Evidence) -> float:
    """Return how much better the documents match a question than chance would."""
    cosine = max((candidate.cosine or 0.0 for candidate in candidates.items), default=0.0)
    passages = max(candidates.searched_chunks, 1)
    chance = CHANCE_MAX - CHANCE_RANGE * math.pow(passages, -CHANCE_DECAY)
    return cosine + EVIDENCE_WEIGHT * evidence.total - chance


def measure_shared_terms(candidates: Candidates) -> float:
    """Return how much more of the question's terms a passage has than is needed."""
    idf = candidates.idf
    total = sum(idf.values()) or 1.0
    shares = (sum(idf[term] for term in c.matched_terms) / total for c in candidates.items)
    least = DIVIDED_SHARE if any(map(is_divided, idf)) else FOREIGN_SHARE
    return max(shares, default=0.0) - least


def measure_found_codes(matches: Sequence[TermMatch]) -> float:
    """Return the share that codes of the hits have, by idf, of the terms that passages mention."""
    mentioned = [match for match in matches if not match.is_missing]
    total = sum(match.idf for match in mentioned)
    codes = (m for m in mentioned if m.term.kind is TermKind.CODE and any(m.in_hits))
    return sum(m.idf for m in codes if not m.term.in_background) / (total or 1.0)


def measure_missing_terms(matches: Sequence[TermMatch]) -> float:
    """Return what a question loses for its missing terms: for the worst of each kind of name."""
    total = sum(match.idf for match in matches) or 1.0
    missing: dict[TermKind, list[TermMatch]] = {kind: [] for kind in TermKind}
    for match in matches:
        if match.is_missing:
            missing[match.term.kind].append(match)
    codes = (*missing[TermKind.CODE], *missing[TermKind.NUMBERED])
    names, unknown = missing[TermKind.NAME], missing[TermKind.UNKNOWN]
    share = sum(match.idf for match in (*names, *unknown)) / total
    ramp = (share - MIN_NAME_SHARE) / (FULL_NAME_SHARE - MIN_NAME_SHARE)
    largest = MISSING_NAME * _find_largest(names) + MISSING_UNKNOWN * _find_largest(unknown)
    words = (*missing[TermKind.WORD], *unknown)
    return (
        MISSING_CODE * any(not code.term.in_background for code in codes)
        + min(max(ramp, 0.0), 1.0) * largest
        + MISSING_WORDS * sum(word.idf * word.distance for word in words) / total
    )


def _find_largest(matches: Iterable[TermMatch]) -> float:
    """Return the largest distance, those of names in the background reduced."""
    shares = ((m, BACKGROUND_SHARE if m.term.in_background else 1.0) for m in matches)
    return max((share * match.distance for match, share in shares), default=0.0)
