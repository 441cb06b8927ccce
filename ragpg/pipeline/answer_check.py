"""The check of a model's answer against the passages that the model was shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.lexicon.stop_words import CLAIMS
from ragpg.types import CitedBy, Sentence, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ragpg.claims.entailment import ReadTexts
    from ragpg.claims.word_similarity import EmbedText
    from ragpg.protocols import NliModel
    from ragpg.types import Citation, Claim, Hit

MIN_WORDS = 2
"""Different words, besides stop words, of a claim that is given a citation: one stands anywhere."""

_WORD = re.compile(r"\w+")
_SAY = r"(?:say|answer|reply|respond|output|print|write|reveal|repeat|tell)"
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]*\b(?:instructions?|rules?|prompts?|above)\b"
    rf"|\b(?:you (?:must|should)|please|always|only|instead|and|now|then|:)\s+{_SAY}\b"
    rf"|\b{_SAY}\b(?:\s+\w+){{0,3}}(?:\s+(?:that|the words?)\b|\s*:)"
    rf"|^\W*{_SAY}\b",
    re.IGNORECASE,
)
"""What a document says to a model, not to its readers."""


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """Checks an answer to a question, or a part of it, by the passages that were shown."""

    question: str
    shown: tuple[Hit, ...]
    nli: NliModel | None = None
    embed: EmbedText | None = None
    read: ReadTexts | None = None

    def check(self, text: str, *, table_header: str = "") -> Sentence:
        """Return a text, with the citations that it lacks, and its claims.

        `table_header` is that of the table which the text continues, if it does.
        """
        claims = self._judge(text, table_header)
        proposed = append_citations(text, map(self._propose_citation, claims))
        if proposed.text == text:
            return Sentence(text, tuple(claims))
        judged = self._judge(proposed.text, table_header)
        return append_citations(text, self._confirm_citations(claims, judged))

    def quote(self, checked: Iterable[Claim]) -> tuple[Citation, ...]:
        """Return what claims cite, each quotation once."""
        from ragpg import claims

        quotes = (quote for claim in checked for quote in claims.quote_cited(claim, self.shown))
        return tuple(dict.fromkeys(quotes))

    def cite(self, claim: Claim) -> Claim:
        """Let a claim cite the first passage that supports it, unless that speaks to models."""
        cited = replace(
            claim,
            citations=claim.supported_by[:1],
            verdict=Verdict.SUPPORTED,
            cited_by=CitedBy.CHECK,
        )
        return claim if self._is_instructed(cited) else cited

    def _is_instructed(self, claim: Claim) -> bool:
        """Return whether a passage that a claim cites tells a model what to say."""
        return any(_INSTRUCTION.search(quote.quote) for quote in self.quote([claim]))

    def _propose_citation(self, claim: Claim) -> Claim:
        """Let a claim without a citation cite the first passage that supports it."""
        if claim.verdict is not Verdict.UNCITED or not claim.supported_by:
            return claim
        words = set(_WORD.findall((self._restate(claim) or claim.text).casefold())) - CLAIMS
        if len(words) < MIN_WORDS:
            return claim
        return replace(claim, citations=claim.supported_by[:1], cited_by=CitedBy.CHECK)

    def _confirm_citations(self, claims: Sequence[Claim], judged: Sequence[Claim]) -> list[Claim]:
        """Keep the proposed citations of the claims that were judged to be supported with them.

        A sentence of a document that tells a model what to say is no evidence for what it says.
        """
        if len(claims) != len(judged):
            return list(claims)
        return [
            replace(new, text=old.text, cited_by=CitedBy.CHECK)
            if self._propose_citation(old) is not old
            and new.verdict is Verdict.SUPPORTED
            and not self._is_instructed(new)
            else old
            for old, new in zip(claims, judged, strict=True)
        ]

    def _judge(self, text: str, table_header: str = "") -> list[Claim]:
        judged = self._check_text(text, table_header)
        return [self._judge_short_answer(claim) or claim for claim in judged]

    def _judge_short_answer(self, claim: Claim) -> Claim | None:
        """Judge a yes or no together with the question; None if the claim says more than that."""
        restated = self._restate(claim)
        if restated is None:
            return None
        marker = "".join(f" [{number}]" for number in claim.citations)
        judged = self._check_text(restated + marker)
        return replace(judged[0], text=claim.text) if judged else None

    def _check_text(self, text: str, table_header: str = "") -> list[Claim]:
        from ragpg import claims

        nli = self.nli.predict if self.nli else None
        return claims.check_text(
            text, self.shown, nli, embed=self.embed, read=self.read, table_header=table_header
        )

    def _restate(self, claim: Claim) -> str | None:
        from ragpg import claims

        return claims.restate(claims.strip_citations(claim.text), self.question)


def append_citations(text: str, claims: Iterable[Claim]) -> Sentence:
    """Write the number behind each claim whose citation comes from the check.

    In a table's row it stands within the last cell, for there is no other place.
    """
    result, end, placed = "", 0, []
    for claim in claims:
        start = text.find(claim.text, end)
        words = claim.text
        if start >= 0 and claim.cited_by is CitedBy.CHECK:
            words = with_marker(claim)
        if start >= 0:
            result += text[end:start] + words
            end = start + len(claim.text)
        placed.append(replace(claim, text=words) if words.endswith("|") else claim)
    return Sentence(result + text[end:], tuple(placed))


def with_marker(claim: Claim) -> str:
    """Return the text of a claim with its citations behind it."""
    marker = "".join(f" [{number}]" for number in claim.citations)
    if claim.text.startswith("|") and claim.text.endswith("|"):
        return f"{claim.text[:-1].rstrip()}{marker} |"
    return claim.text + marker
