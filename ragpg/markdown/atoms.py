"""A Markdown text as a sequence of atoms: the parts that a passage is put together from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.markdown.blocks import Block, Kind, blocks, line_starts
from ragpg.markdown.inline import Inline, Inside, Mark, apart, clip
from ragpg.markdown.sentences import best_cut, sentence_starts
from ragpg.markdown.structure import structure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.markdown.inline import Span

USUAL_LENGTH = 350
"""Characters that a reader sees; a sentence, an item, a group of lines with more is cut."""
GREATEST_LENGTH = 700
"""Characters with markup; a table row with more is cut, and so is anything else."""
TITLE_LENGTH = 300
"""Characters; what a heading's words are shortened to in a path of headings."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A part of a text: `text[start:end]`, blanks behind it included.

    `heading` is the path of headings that it stands under, a heading's own words included;
    `block` counts the outermost blocks of the text; `plain` is what a reader sees, without markup.
    """

    kind: Kind
    start: int
    end: int
    heading: tuple[str, ...]
    block: int
    plain: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """A block, the markup in it, and the places where it is better not cut."""

    text: str
    block: Block
    marks: list[Mark]
    inside: Inside

    def atom(self, kind: Kind, span: Span, heading: tuple[str, ...]) -> Atom:
        marks = clip(self.marks, *span)
        plain = _seen(self.text, kind, span, marks)
        return Atom(kind, *span, heading, self.block.ordinal, plain, marks)


_EMPTY_CELLS = re.compile(r"\|(?: \|)+")
_FIRST_LEVEL = re.compile(r"(?:^|[\r\n])[ \t]{0,3}(?:#[ \t]|=+[ \t]*(?:[\r\n]|$))")
_LINE_END = re.compile(r"\r\n|\n|\r")
# What the second and further parts of a divided block are.
_FURTHER = {Kind.HEADING: Kind.SENTENCE, Kind.ITEM: Kind.SENTENCE, Kind.TABLE_HEAD: Kind.ROW}


def atoms(text: str) -> list[Atom]:
    """Divide a text into atoms; they follow each other without a gap from 0 to its end."""
    if not text.strip():
        return [Atom(Kind.OTHER, 0, len(text), (), 0, "")] if text else []
    found: list[Atom] = []
    path: list[tuple[int, str]] = []
    for block in blocks(text):
        source = _read(text, block)
        if block.level:
            path = [above for above in path if above[0] < block.level]
            path.append((block.level, _title(source)))
        found += _divide(source, tuple(title for _, title in path if title))
    return [replace(found[0], start=0), *found[1:]]


def plain(text: str) -> str:
    """A text without its markup, as a reader sees it."""
    return join(text, atoms(text))


def title_of(text: str) -> str | None:
    """The words of the only heading of the first level, if there is just one."""
    if not _FIRST_LEVEL.search(text):
        return None
    headings = [block for block in blocks(text) if block.level == 1]
    return _title(_read(text, headings[0])) or None if len(headings) == 1 else None


def join(text: str, parts: Sequence[Atom]) -> str:
    """What a reader sees of atoms of `text` that follow each other."""
    pieces: list[str] = []
    before: Atom | None = None
    for part in parts:
        if not part.plain:
            continue
        if before and not _within_word(text, before, part):
            goes_on = part.kind is Kind.SENTENCE and before.kind in (Kind.SENTENCE, Kind.ITEM)
            pieces.append(" " if goes_on and part.block == before.block else "\n")
        pieces.append(part.plain)
        before = part
    return "".join(pieces)


def _within_word(text: str, before: Atom, part: Atom) -> bool:
    """Whether a part begins in the middle of a word, because there was no better place."""
    in_markup = bool(part.marks) and part.marks[0][0] == part.start
    return before.end == part.start and not text[part.start - 1].isspace() and not in_markup


def halve(text: str, atom: Atom) -> tuple[Atom, ...]:
    """Divide an atom near its middle; one of a single character stays as it is."""
    length = len(text[atom.start : atom.end].rstrip())
    block = Block(atom.kind, atom.start, atom.end, 0, atom.block, nested=False, quoted=False)
    inside = Inside([(start, end) for start, end, _ in atom.marks])
    source = _Source(text, block, list(atom.marks), inside)
    cut = best_cut(
        text, atom.start, atom.start + max(1, length * 2 // 3), end=atom.end, inside=inside
    )
    if cut >= atom.end:
        return (atom,)
    return (
        source.atom(atom.kind, (atom.start, cut), atom.heading),
        source.atom(_FURTHER.get(atom.kind, atom.kind), (cut, atom.end), atom.heading),
    )


def _read(text: str, block: Block) -> _Source:
    own = list(structure(text, block))
    if block.kind is Kind.CODE:
        return _Source(text, block, own, Inside(()))
    inline = Inline(text, block.start, block.end)
    return _Source(text, block, apart([*own, *inline.marks]), Inside(inline.whole))


def _title(source: _Source) -> str:
    span = source.block.start, source.block.end
    return _seen(source.text, Kind.HEADING, span, source.marks)[:TITLE_LENGTH].rstrip()


def _seen(text: str, kind: Kind, span: Span, marks: Sequence[Mark]) -> str:
    """What a reader sees of a part of the text."""
    pieces: list[str] = []
    position, stop = span
    for start, end, words in marks:
        pieces += (text[position:start], words)
        position = end
    pieces.append(text[position:stop])
    seen = "".join(pieces)
    if kind is Kind.CODE:
        return "\n".join(line.rstrip() for line in _LINE_END.split(seen)).strip("\n")
    seen = " ".join(seen.split())
    return _EMPTY_CELLS.sub("|", seen).strip(" |") if kind in (Kind.ROW, Kind.TABLE_HEAD) else seen


def _divide(source: _Source, heading: tuple[str, ...]) -> Iterator[Atom]:
    """Yield a block's atoms."""
    kind = source.block.kind
    starts = [cut for part in _parts(source) for cut in _cuts(source, *part)]
    for span in zip(starts, [*starts[1:], source.block.end], strict=True):
        yield source.atom(kind, span, heading)
        kind = _FURTHER.get(kind, kind)


def _parts(source: _Source) -> Iterator[Span]:
    """Yield the natural parts of a block: sentences, or groups of lines."""
    text, block = source.text, source.block
    span = block.start, block.end
    if block.kind in (Kind.CODE, Kind.OTHER):
        starts = list(_groups(text, *span))
    elif block.kind is Kind.SENTENCE or (block.kind is Kind.ITEM and _is_long(source, *span)):
        starts = list(sentence_starts(text, *span, source.inside))
    else:
        starts = [block.start]
    yield from zip(starts, [*starts[1:], block.end], strict=True)


def _groups(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where each group of whole lines begins."""
    yield start
    lines = [start + place for place in line_starts(text[start:end])]
    group = start
    for line, following in zip(lines, [*lines[1:], end], strict=True):
        if line > group and following - group > USUAL_LENGTH and text[line:following].strip():
            yield line
            group = line


def _is_long(source: _Source, start: int, end: int) -> bool:
    if end - start > GREATEST_LENGTH:
        return True
    marks = clip(source.marks, start, end)
    seen = end - start + sum(len(words) - (stop - begin) for begin, stop, words in marks)
    return seen > USUAL_LENGTH


def _cuts(source: _Source, start: int, end: int) -> Iterator[int]:
    """Yield where each piece of a part begins, so that none is too long."""
    yield start
    text, row = source.text, source.block.kind in (Kind.ROW, Kind.TABLE_HEAD)
    solid = start + len(text[start:end].rstrip())
    while True:
        limit = min(start + GREATEST_LENGTH, solid)
        if not row and _is_long(source, start, limit):
            limit = min(start + USUAL_LENGTH, solid)
        if limit == solid:
            return
        start = best_cut(text, start, limit, end=end, inside=source.inside)
        yield start
