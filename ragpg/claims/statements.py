"""What a text states: the sentences, items and rows that passages could support. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragpg.claims.citation_parser import MARKER, blank, parse_citations, strip_citations
from ragpg.claims.non_answers import is_bare_non_answer, says_unanswered
from ragpg.claims.sentences import split_cells, split_sentences, trim
from ragpg.markdown.blocks import SegmentKind

_FENCED = re.compile(
    r"\s*(```|~~~)(?:markdown|md|text|txt)?[ \t]*\n((?:(?!```|~~~).)*)\1\s*", re.DOTALL
)
"""An answer that is fenced as a whole: it is read as text, not as code."""
_FILE = re.compile(
    r"(?:sources?|references|citations)\W*|[\w./-]+\.[a-z]\w{0,9}\b[\w:-]*\W?", re.IGNORECASE
)
_NOTE = re.compile(rf"(?<=\n)[ \t]*\((?:[Nn]ote\b[^()]*|(?:(?!{MARKER.pattern})[^()])*)\)\s*\Z")
_FULL_SENTENCE = re.compile(
    r"\b\w+ (?:is|are|was|were|has|have|had|may|must|can|will|gets?|lasts?|costs?) \w+"
)
"""A heading that states something instead of naming a topic."""
_TAG_QUESTION = re.compile(
    r",\s*(?:right|correct|yes|okay|ok|no|(?:is|are|do|does|did|ca|wo)n['\u2019]t \w+)\?$"
)
"""The end of a statement that asks for assent only."""
_COURTESY = re.compile(
    r"(?:(?:i(?:['\u2019]| a)m )?(?:very )?sorry|unfortunately|sure|certainly|of course|absolutely"
    r"|hello|hi(?: there)?|thanks|thank you|you['\u2019]re welcome"
    r"|(?:good|great) question|(?:i )?hope (?:this|that|it) helps"
    r"|(?:please )?(?:let me know|feel free)\b.*|(?:sources?|references|citations)[^\w.!]*)[.!]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that states something: `text` is the answer's from `start` to `end`.

    A row of a table has `columns`: their names.
    """

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    columns: tuple[str, ...] = ()


def split_statements(text: str) -> list[Statement]:
    """Return the statements of a text: its sentences, list items and table rows.

    Left out are headings that name a topic, questions, greetings, code, lead-ins that end with a
    colon, lists of sources, and uncited sentences that say that the documents hold no answer.
    """
    statements = []
    columns: tuple[str, ...] = ()
    text = _remove_fence(text)
    for sentence in split_sentences(text):
        start, end = trim(text, sentence)
        words = text[start:end]
        if sentence.kind is SegmentKind.TABLE_HEADER:
            columns = split_cells(words.partition("\n")[0])
        elif sentence.kind is not SegmentKind.TABLE_ROW:
            columns = ()
        if _is_statement(words, sentence.kind):
            statements.append(Statement(words, start, end, parse_citations(words), columns))
    return statements


def is_non_answer(text: str) -> bool:
    """Return whether an answer says only that the documents hold no answer.

    Nothing may be stated before it says so; after it neither, if the answer has citations. A final
    note in parentheses is ignored.
    """
    text = _NOTE.sub("", text)
    if is_bare_non_answer(text):
        return True
    has_citations, is_unanswered = MARKER.search(text) is not None, False
    for sentence in split_sentences(text):
        words = text[slice(*trim(text, sentence))]
        if says_unanswered(MARKER.sub("", words)):
            is_unanswered = True
            if not has_citations:
                break
        elif _is_statement(words, sentence.kind):
            return False
    return is_unanswered


def _remove_fence(text: str) -> str:
    """Blank the fence around a whole text; the length stays the same."""
    fenced = _FENCED.fullmatch(text)
    if not fenced:
        return text
    first, last = fenced.span(2)
    return blank(text[:first]) + text[first:last] + blank(text[last:])


def _is_statement(text: str, kind: SegmentKind) -> bool:
    """Return whether a sentence states something that passages could support."""
    words = strip_citations(text).strip(" *_\t\r\n")
    is_cited = MARKER.search(text) is not None
    if kind in (SegmentKind.HEADING, SegmentKind.TITLE) and not (
        is_cited or _FULL_SENTENCE.search(words.rpartition("?")[2])
    ):
        return False
    if kind is SegmentKind.TABLE_HEADER or text.startswith(("```", "~~~")):
        return False
    if not re.search(r"\w", words) or re.match(r"\[[^\]]+\]:", text):
        return False
    if is_cited:
        # An entry of a list of sources names files and states nothing.
        may_be_entry = MARKER.match(text) or words.casefold().startswith(("source", "reference"))
        return not (may_be_entry and all(_FILE.fullmatch(word) for word in words.split()))
    is_question = words.endswith("?") and not _TAG_QUESTION.search(words)
    if _COURTESY.fullmatch(words) or is_question or says_unanswered(words):
        return False
    is_title = re.fullmatch(r"\*\*[^*]+\*\*|__[^_]+__", text) is not None
    return re.search(r"\d", words) is not None or not (words.endswith(":") or is_title)
