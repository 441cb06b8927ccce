"""Answers that mean something only together with their question: "Yes.", "The answer is no."."""

from __future__ import annotations

import re

_SHORT = re.compile(
    r"\W*(?:(?:so|in short|thus),? )?(?:(?:the|my) (?:short )?answer(?: to (?:this|that|your|the)"
    r" question)? is|it['\u2019]s a|that['\u2019]s a)?\W*(?P<word>yes|no)\b"
    r"(?:,? (?:it|they|you|that|this|he|she|we|i|there) (?:[a-z]+(?:n['\u2019]t)?|can ?not)"
    r"(?: not)?)?\W*",
    re.IGNORECASE,
)
"""Yes or no, alone, introduced, or with a pronoun and an auxiliary: "No, you can't."."""
_AUXILIARY = (
    r"(?:can|could|may|might|must|should|shall|will|would|is|are|was|were|am|do|does|did|has|have"
    r"|had|need)"
)
_QUESTION = re.compile(
    rf"(?:.*[.!?:;,]\s+)?(?P<auxiliary>{_AUXILIARY})(?:n['\u2019]t| not)?\s+(?P<rest>\S[^?\n]*)"
    r"\?*\s*",
    re.IGNORECASE | re.DOTALL,
)
_SUBJECT = re.compile(
    r"(?:i|we|you|he|she|it|they|there|this|that|these|those|one|anyone|anybody|someone|everyone"
    r"|everybody|(?:(?:the|a|an|my|our|your|their|its|all|any|each|every|some|no)\s+)?\S+)\s+",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"(?:\S+\s+){1,6}?(?=be\s)", re.IGNORECASE)
MAX_LENGTH = 400
"""Characters of a question that is restated; the patterns are slow on long texts."""


def restate(sentence: str, question: str) -> str | None:
    """Return what a short answer says of its question, as a sentence without citations.

    "No." to "Can I carry over leave?" is "I can not carry over leave.". None if the sentence is
    more than yes or no, or the question asks for something else.
    """
    short = _SHORT.fullmatch(sentence[:MAX_LENGTH])
    asked = _QUESTION.fullmatch(question.strip()[-MAX_LENGTH:])
    if not short or not asked or len(sentence) > MAX_LENGTH:
        return None
    rest = asked["rest"].strip()
    subject = _PASSIVE.match(rest) or _SUBJECT.match(rest)
    end = subject.end() if subject else 0
    auxiliary = asked["auxiliary"].lower()
    if short["word"].lower() == "no":
        auxiliary += " not"
    elif auxiliary in ("do", "does", "did"):
        return f"{rest}."
    return f"{rest[:end]}{auxiliary} {rest[end:]}."
