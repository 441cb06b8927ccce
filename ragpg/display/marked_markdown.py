"""Markdown of an answer, with marks inserted that are no Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.token import Token
from rich.text import Text as RichText

from ragpg.display.markdown import PARSER, TAGS, PlainMarkdown, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from ragpg.display.text import Piece, Text

PLACEHOLDER = "\ufdd0"
"""A code point that no text has (Unicode 23.7): it stands for the next mark."""


@dataclass(frozen=True, slots=True)
class MarkedMarkdown:
    """Markdown with a placeholder for each mark."""

    source: str = ""
    marks: tuple[Piece, ...] = ()

    def add(self, text: Text) -> MarkedMarkdown:
        """Append text: its styled pieces are the marks, the rest is Markdown."""
        source, marks = self.source, list(self.marks)
        for words, style in text.pieces:
            if style:
                # Behind a table's row it would be lost: it goes into the last cell.
                row, bar, end = source.rpartition("|")
                is_row = bar and not end.strip() and source.rpartition("\n")[2].startswith("|")
                source = f"{row.rstrip()}{PLACEHOLDER} |{end}" if is_row else source + PLACEHOLDER
                marks.append((words, style))
            else:
                source += words.replace(PLACEHOLDER, "\\ufdd0")
        return MarkedMarkdown(source, tuple(marks))

    def split(self) -> Iterator[MarkedMarkdown]:
        """Yield the blocks, one after the other: only the last may still grow."""
        lines = self.source.splitlines(keepends=True)
        tops = [
            token.map[0] for token in PARSER.parse(self.source) if token.map and not token.level
        ]
        bounds = [0, *tops[1:], len(lines)]
        marks = list(self.marks)
        for start, end in pairwise(bounds):
            source = "".join(lines[start:end])
            count = source.count(PLACEHOLDER)
            yield MarkedMarkdown(source, tuple(marks[:count]))
            del marks[:count]

    def parse(self) -> list[Token] | None:
        """Parse with the marks in their places; return None if a word or a mark would be lost."""
        tokens = parse(self.source)
        if tokens is None or sum(map(count_placeholders, tokens)) != len(self.marks):
            return None
        insert_marks(tokens, iter(self.marks))
        return tokens

    def to_text(self) -> RichText:
        """Return the Markdown as it is, with the marks."""
        first, *rest = self.source.split(PLACEHOLDER)
        pieces = [(first, "")]
        for mark, words in zip(self.marks, rest, strict=True):
            pieces += [mark, (words, "")]
        return RichText.assemble(*pieces)

    def to_renderable(self) -> RenderableType:
        """Return what Rich can render."""
        tokens = self.parse()
        return self.to_text() if tokens is None else PlainMarkdown(tokens)


def count_placeholders(token: Token) -> int:
    """Count the marks that will be shown."""
    if token.children is None:
        return token.content.count(PLACEHOLDER)
    return sum(map(count_placeholders, token.children))


def insert_marks(tokens: Iterable[Token], marks: Iterator[Piece]) -> None:
    """Replace the placeholders in tokens."""
    for token in tokens:
        if token.children is not None:
            token.children = [part for child in token.children for part in replace(child, marks)]
        else:
            for _ in range(token.content.count(PLACEHOLDER)):
                token.content = token.content.replace(PLACEHOLDER, next(marks)[0], 1)


def replace(token: Token, marks: Iterator[Piece]) -> Sequence[Token]:
    """Return a token within a line as tokens of its text and of the marks in it."""
    if PLACEHOLDER not in token.content:
        return [token]
    if token.type != "text":
        insert_marks([token], marks)
        return [token]
    first, *rest = token.content.split(PLACEHOLDER)
    parts = [make_text(first)]
    for words in rest:
        mark, style = next(marks)
        tag = TAGS.get(style, "strong")
        parts += [Token("mark_open", tag, 1), make_text(mark), Token("mark_close", tag, -1)]
        parts.append(make_text(words))
    return parts


def make_text(content: str) -> Token:
    """Make a token of text."""
    return Token("text", "", 0, content=content)
