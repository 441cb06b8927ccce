"""An answer as sentences, those of them that state something, and what each cites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ragpg.claims.denial import is_denial, is_no_answer
from ragpg.markdown.blocks import Block, SegmentKind, parse_blocks
from ragpg.markdown.inline_markup import parse_inline
from ragpg.markdown.sentences import find_sentence_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSAGE = r"(?:[Pp]assages?|[Ss]ources?|[Ee]xcerpts?)"
MARKER = re.compile(
    rf"(?:\[(?:{_PASSAGE} )?\^?\d{{1,3}}(?:\s?[,;\u2013-]\s?\^?\d{{1,3}})*\]"
    r"|\u3010\d{1,3}(?:[\u2020:][^\u3010\u3011\r\n]{0,40})?\u3011)"
)
"""[1], [1, 2], [2-4], [^1], [Passage 1] and, as some models write it, 1 in lenticular brackets."""
LONGEST_RANGE = 20
"""[3-250] is not a list of passages."""


class Sentence(NamedTuple):
    """The text from `start` to `end`, blanks behind it included."""

    kind: SegmentKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that states something: `text` is the answer's from `start` to `end`.

    A row of a table has `columns`, what these are called.
    """

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    columns: tuple[str, ...] = ()


def split(text: str) -> list[Statement]:
    """Find what a text states: its sentences, list items and table rows.

    Headings that name a topic, questions, greetings, code, lead-ins that end with a colon, lists of
    sources and uncited sentences that say that the documents don't say are left out.
    """
    statements = []
    columns: tuple[str, ...] = ()
    text = _unfenced(text)
    for sentence in sentences(text):
        start, end = _trimmed(text, sentence)
        words = text[start:end]
        if sentence.kind is SegmentKind.TABLE_HEADER:
            columns = cells(words.partition("\n")[0])
        elif sentence.kind is not SegmentKind.TABLE_ROW:
            columns = ()
        if _states(words, sentence.kind):
            statements.append(Statement(words, start, end, citations(words), columns))
    return statements


def open_table(text: str) -> str:
    """The head of the table that a text ends in: what follows may be a row of it."""
    head = ""
    for sentence in sentences(text):
        if sentence.kind is SegmentKind.TABLE_HEADER:
            head = text[sentence.start : sentence.end]
        elif sentence.kind is not SegmentKind.TABLE_ROW:
            head = ""
    return "" if _BLANK_LINE.search(text) else head


def cells(row: str) -> tuple[str, ...]:
    """The cells of a table's row."""
    inner = row.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", inner))


def sentences(text: str) -> list[Sentence]:
    """Divide a Markdown text; sentences follow each other without a gap from 0 to its end.

    A marker behind a full stop belongs to the sentence before it.
    """
    masked = _masked(text)
    found = [sentence for block in parse_blocks(masked) for sentence in _divided(masked, block)]
    if not found:
        return [Sentence(SegmentKind.OTHER, 0, len(text))] if text else []
    return [found[0]._replace(start=0), *found[1:]]


def finished_sentences(buffer: str) -> tuple[list[str], str]:
    """Divide the beginning of a text into finished sentences and the rest; joined they are it.

    A sentence is finished when the next one has begun with a whole word, so that neither a marker
    nor an abbreviation nor the second line of a table's head can still change it.
    """
    if not _STOP.search(buffer):
        return [], buffer
    last_line = buffer[buffer.rfind("\n") + 1 :]
    settled = buffer[: -len(last_line)] if last_line.lstrip().startswith("|") else buffer
    found = sentences(settled)
    while found and not re.match(
        r"\s*(?!(?:\[[\w\s,;^\u2013-]*|\u3010[^\u3011\r\n]*)$)\S+\s", settled[found[-1].start :]
    ):
        found.pop()
    starts = [sentence.start for sentence in found]
    finished = [buffer[start:end] for start, end in pairwise(starts)]
    return finished, buffer[starts[-1] if starts else 0 :]


def is_non_answer(text: str) -> bool:
    """Whether an answer, in whatever words, says only that the documents don't say.

    Nothing is stated before it says so, and nothing behind it either if it cites; a note in
    parentheses is no part of it.
    """
    text = _NOTE.sub("", text)
    if is_no_answer(text):
        return True
    cites, denied = MARKER.search(text) is not None, False
    for sentence in sentences(text):
        words = text[slice(*_trimmed(text, sentence))]
        if is_denial(MARKER.sub("", words)):
            denied = True
            if not cites:
                break
        elif _states(words, sentence.kind):
            return False
    return denied


def citations(text: str) -> tuple[int, ...]:
    """The numbers of the markers [1], [1, 2], [1-3] in a text, each once, in their order."""
    numbers: list[int] = []
    for marker in MARKER.finditer(text):
        said = re.split("[\u2020:]", marker.group())[0]
        for first, last in re.findall(r"(\d+)(?:\s?[\u2013-]\s?\^?(\d+))?", said):
            end = int(last or first)
            numbers += range(int(first), min(end, int(first) + LONGEST_RANGE) + 1)
    return tuple(dict.fromkeys(numbers))


def without_markers(text: str) -> str:
    """A text without its citations, and without what only says that it is cited."""
    return _MARKED.sub("", _SEE.sub("", _SAYS.sub(r"\1", text)))


def _masked(text: str) -> str:
    """The text, as long as it was, with markers moved before the stop and "Yes," for "Yes."."""
    text = _BEHIND.sub(lambda match: _blank(match[2]) + match[1], text)
    return _YES.sub(r"\1,", text)


def _unfenced(text: str) -> str:
    """The text, as long as it was, without the fence that it stands in as a whole."""
    fenced = _FENCED.fullmatch(text)
    if not fenced:
        return text
    first, last = fenced.span(2)
    return _blank(text[:first]) + text[first:last] + _blank(text[last:])


def _blank(text: str) -> str:
    """As many blanks, the ends of lines as they are."""
    return re.sub(r"[^\r\n]", " ", text)


def _divided(text: str, block: Block) -> Iterator[Sentence]:
    """Yield a block's sentences."""
    starts = [block.start]
    if block.kind in (SegmentKind.SENTENCE, SegmentKind.LIST_ITEM):
        unbreakable = parse_inline(text, block.start, block.end).unbreakable
        begin = _BULLET.match(text, block.start, block.end)
        first = begin.end() if begin else block.start
        starts += list(find_sentence_starts(text, first, block.end, unbreakable))[1:]
        glued = (match.end() for match in _GLUED.finditer(text, first, block.end))
        starts = sorted({*starts, *glued})
    for start, end in pairwise([*starts, block.end]):
        yield Sentence(block.kind, start, end)


_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n[ \t\r\n]*\Z")
_MARKED = re.compile(rf"(?<!\s)\s*{MARKER.pattern}")
_SAYS = re.compile(
    rf"^(\W*)(?:(?:[Tt]he )?{_PASSAGE}\s?"
    r"|(?:[Aa]ccording to|[Aa]s stated in|[Bb]ased on|[Pp]er|[Ii]n) (?:the )?"
    rf"(?:{_PASSAGE}\s?)?){MARKER.pattern}"
    r"(?:,| (?:say|state|mention|note|explain|indicate|show)s?(?: that)?)\s+"
)
_SEE = re.compile(rf"(?<!\s)\s*\((?:[Ss]ee |from )?(?:the )?(?:{_PASSAGE} )?{MARKER.pattern}\)")
_FILE = re.compile(
    r"(?:sources?|references|citations)\W*|[\w./-]+\.[a-z]\w{0,9}\b[\w:-]*\W?", re.IGNORECASE
)
_NOTE = re.compile(rf"(?<=\n)[ \t]*\((?:[Nn]ote\b[^()]*|(?:(?!{MARKER.pattern})[^()])*)\)\s*\Z")
_STOP = re.compile(r"[.!?…。\uff01\uff1f\r\n]")
_BEHIND = re.compile(  # a stop, markers, and then no word that goes on with the sentence
    rf"""(?<![.!?…])([.!?…]++["'”\u2019)*_]*+)((?:\s{{0,2}}{MARKER.pattern})+)(?!\s+[a-z])"""
)
_FENCED = re.compile(
    r"\s*(```|~~~)(?:markdown|md|text|txt)?[ \t]*\n((?:(?!```|~~~).)*)\1\s*", re.DOTALL
)
"""An answer as a whole in a fence: no code, whatever it is called."""
_GLUED = re.compile(rf"{MARKER.pattern}[.!?](?=[^\W\d_a-z])")
_YES = re.compile(r"(?im)((?:^|(?<=[.!?\]]\s))[^\w\r\n]{0,9}(?:yes|no))[.!](?=[ \t]+\S)")
_BULLET = re.compile(r"(?:\s*(?:[-*+•>]|\d{1,9}[.)])\s+)*")
_SENTENCE = re.compile(
    r"\b\w+ (?:is|are|was|were|has|have|had|may|must|can|will|gets?|lasts?|costs?) \w+[^?]*$"
)
"""A heading that says something instead of naming a topic."""
_TAG = re.compile(
    r",\s*(?:right|correct|yes|okay|ok|no|(?:is|are|do|does|did|ca|wo)n['\u2019]t \w+)\?$"
)
"""A question that asks for nothing but assent."""
_COURTESY = re.compile(
    r"(?:(?:i(?:['\u2019]| a)m )?(?:very )?sorry|unfortunately|sure|certainly|of course|absolutely"
    r"|hello|hi(?: there)?|thanks|thank you|you['\u2019]re welcome"
    r"|(?:good|great) question|(?:i )?hope (?:this|that|it) helps"
    r"|(?:please )?(?:let me know|feel free)\b.*|(?:sources?|references|citations)[^\w.!]*)[.!]*",
    re.IGNORECASE,
)


def _trimmed(text: str, sentence: Sentence) -> tuple[int, int]:
    """The span without the bullet, the quotation mark of a block, and blanks."""
    bullet = _BULLET.match(text, sentence.start, sentence.end)
    start = bullet.end() if bullet else sentence.start
    start += len(text[start : sentence.end]) - len(text[start : sentence.end].lstrip())
    return start, start + len(text[start : sentence.end].rstrip())


def _states(text: str, kind: SegmentKind) -> bool:
    """Whether a sentence states something that passages could support."""
    words = without_markers(text).strip(" *_\t\r\n")
    cited = MARKER.search(text) is not None
    if kind is SegmentKind.HEADING and not (cited or _SENTENCE.search(words)):
        return False
    if kind is SegmentKind.TABLE_HEADER or text.startswith(("```", "~~~")):
        return False
    if not re.search(r"\w", words) or re.match(r"\[[^\]]+\]:", text):
        return False
    if cited:
        # A list of sources names files and states nothing.
        listed = MARKER.match(text) or words.casefold().startswith(("source", "reference"))
        return not (listed and all(_FILE.fullmatch(word) for word in words.split()))
    asks = words.endswith("?") and not _TAG.search(words)
    if _COURTESY.fullmatch(words) or asks or is_denial(words):
        return False
    is_title = re.fullmatch(r"\*\*[^*]+\*\*|__[^_]+__", text) is not None
    return re.search(r"\d", words) is not None or not (words.endswith(":") or is_title)
