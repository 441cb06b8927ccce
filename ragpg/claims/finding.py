"""What was found for a claim: how much of it is said, and what stands against it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragpg.claims.evidence import Unit
    from ragpg.claims.faults import Fault
    from ragpg.types import NliScores

ENOUGH = 0.78
"""The share of a claim's content that a sentence must hold."""
OWN = 0.3
"""How much of it the sentences themselves have to say, without title, headings and lead-in."""
SURE = 0.9
"""The likelihood from which the opinion of a model counts."""
BIAS, FITTED = -3.44, (0.45, 0.87, 1.88, 2.2, -0.13, -0.36)
"""Of the score: what its four shares, each contradiction and each missing name or figure count."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The best that a source says for a claim: `held` is the share of it, 0…1.

    `own` is the share that sentences hold by themselves, without title and headings; `together`
    and `anywhere` are those that the words of the best passage, and of all passages, hold in
    whatever order.
    """

    held: float
    own: float
    units: tuple[Unit, ...]
    faults: tuple[Fault, ...]
    missing: tuple[str, ...]
    together: float = 0.0
    anywhere: float = 0.0
    opinion: NliScores | None = None

    @property
    def supports(self) -> bool:
        """Whether the claim stands.

        A model that is sure may say so where words are missing, and object where none is; what
        contradicts the claim word by word it cannot argue away.
        """
        sure = self.opinion is not None and self.opinion.entailment >= SURE
        return (sure or self.said) and not self.faults and not self.contradicted

    @property
    def said(self) -> bool:
        """Whether enough of the claim is there; a row's figures may come from two of its cells."""
        own = self.own >= OWN or any(unit.table for unit in self.units)
        return own and self.held >= ENOUGH

    @property
    def contradicted(self) -> bool:
        """Whether a model is sure that the source contradicts the claim."""
        return self.opinion is not None and self.opinion.contradiction >= SURE

    @property
    def score(self) -> float:
        """Rank among all claims, 0…1.

        A logistic function, fitted to real claims that people judged (WiCE's development set). It
        is not the verdict: a name that is missing counts less here, since people pass over many.
        """
        gone = set(self.missing)
        against = [fault for fault in self.faults if fault.known or fault.claimed not in gone]
        absent = len(self.faults) - len(against)
        shares = (self.held, self.own, self.together, self.anywhere)
        parts = (*shares, min(len(against), 3), min(absent, 4))
        logit = BIAS + sum(w * part for w, part in zip(FITTED, parts, strict=True))
        score = 1 / (1 + exp(-logit)) * (0.8 if against else 1.0)
        return (score + self.opinion.entailment) / 2 if self.opinion else score


NOTHING = Finding(0.0, 0.0, (), (), ())
