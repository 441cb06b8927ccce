"""Sentences that say only that the documents hold no answer. Pure."""

from __future__ import annotations

import re

MAX_LENGTH = 500
"""Characters: a non-answer is shorter, and the patterns are slow on long texts."""

_DOCUMENTS = (
    r"\b(?:the|these|those|this|your|my|any|all|provided|given|supplied|available|retrieved)"
    r"(?: of the)?(?: [\w-]+)? (?:documents?|documentation|docs|passages?|excerpts?|context"
    r"|sources?|texts?|materials?|snippets?|information|content|knowledge base|search results)\b"
)
_SAYS = (
    r"\b(?:sa(?:y|id)|mention|state|specif|address|cover|discuss|answer|indicat|describ|explain"
    r"|tell|told|refer|touch|detail|speak|talk|clarif|reveal|contain|includ|provid|giv|found)\w*"
)
_KNOWLEDGE = r"\b(?:information|mention|answers?|details?|references?)\b"
_NOT = r"(?:\b(?:not|never|cannot|nor|neither)\b|n['\u2019]t\b)"
_NONE = r"\b(?:no|nothing|none|nowhere|insufficient|little)\b"

_GIVEN = r"(?:given|provided|available|found|included|mentioned)\b"
_PASSAGE = r"\b(?:documents?|passages?|sources?|excerpts?)\b"
_TELLS = r"\b(?:says?|mentions?|states?|answers?|discuss(?:es)?|address(?:es)?|tells?)\b"
_ANSWERED = r"(?:be answered|answer (?:this|that|the|your|it))\b"

_MENTIONED = r"(?:mentioned|specified|addressed|discussed|stated)"
_WORK = r"(?:polic(?:y|ies)|handbook|manual|guide|page|files?|report|article)\b"
_NO_ANSWER = re.compile(
    rf"\W*(?:(?:it|this|that) (?:is|was) |that['\u2019]s )?(?:unknown|n/a|no answer|no information"
    rf"|not (?:{_MENTIONED}|given|provided|available|known|covered))\W*",
    re.IGNORECASE,
)

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DOCUMENTS}[^.!?]*?{_NOT}[^.!?]*?{_SAYS}",
        rf"{_DOCUMENTS}[^.!?]*?(?:{_SAYS}|\b(?:have|has|hold|offer)s?\b)[^.!?]*?{_NONE}",
        rf"{_DOCUMENTS}[^.!?]*?\b(?:silent|lacks?|fails? to|omits?)\b",
        rf"(?:{_NOT}|{_NONE})[^.!?]*?{_SAYS}[^.!?]*?{_DOCUMENTS}",
        rf"\bthere(?:['\u2019]s| is| are| was)\b[^.!?]*?{_NONE} (?:\w+ ){{0,2}}?{_KNOWLEDGE}",
        rf"\bI\b[^.!?]*?(?:{_NONE}|{_NOT})[^.!?]*?(?:{_KNOWLEDGE}|\banything\b)",
        rf"{_NONE}[^.!?]*?{_KNOWLEDGE}[^.!?]*?\b(?:is|are|was|were|been) {_GIVEN}",
        rf"{_NONE}[^.!?]*?{_PASSAGE}[^.!?]*?{_TELLS}",
        rf"\bI\b[^.!?]*?{_NOT}[^.!?]*?\b(?:find|answer|determine|know|tell|say|locate)\b",
        r"\bI(?: am|['\u2019]m) unable to (?:find|answer|determine|tell|say|locate)\b",
        rf"(?:{_NOT}|\bimpossible to)(?: possible to)? {_ANSWERED}",
        rf"{_PASSAGE}\s+{_TELLS}\s+nothing\b",
        rf"{_NOT} be \w+[^.!?]*?{_DOCUMENTS}",
        rf"{_NOT} (?:part of|among|in) {_DOCUMENTS}",
        rf"{_NOT} {_MENTIONED} (?:anywhere )?(?:in|by) (?:the|this|your|our) {_WORK}",
    )
)


def says_unanswered(sentence: str) -> bool:
    """Return whether a sentence says that the documents hold no answer."""
    if len(sentence) > MAX_LENGTH:
        return False
    return any(pattern.search(sentence) for pattern in _PATTERNS)


def is_bare_non_answer(text: str) -> bool:
    """Return whether the whole text is a non-answer such as "Unknown." or "N/A"."""
    return _NO_ANSWER.fullmatch(text) is not None
