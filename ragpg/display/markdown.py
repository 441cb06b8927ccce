"""A passage as a terminal shows it: Markdown, with the words of the question marked.

Nothing of the passage is left out or acts on the terminal: HTML, entities, pictures, reference
definitions and automatic links are shown as they are written, a link as its words and its address,
and a passage of which Markdown would drop a word is shown as a whole as it is written.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from markdown_it import MarkdownIt
from rich.markdown import CodeBlock, Heading, Markdown
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from rich.theme import Theme

from ragpg.retrieval.late_interaction import has_stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token
    from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
    from rich.markdown import MarkdownElement

    from ragpg.display.text import Passage

MARK = Style(bold=True, color="yellow")
THEME = Theme(
    {
        **{f"markdown.h{level}": "bold" for level in range(1, 7)},
        "markdown.code": "cyan",
        "markdown.code_block": "cyan",
        "markdown.block_quote": "none",
        "markdown.item.bullet": "none",
        "markdown.item.number": "none",
        "markdown.link": "none",
        "markdown.link_url": "dim",
        "markdown.table.header": "bold",
        "markdown.table.border": "dim",
    }
)
PARSER = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["table", "strikethrough"])
    .disable(["html_block", "html_inline", "entity", "image", "reference", "autolink"])
)
WORD = re.compile(r"(\w+)")
NAME = re.compile(r"\w*[^\W\d]\w*")
"""A word that is no number: those of lists are counted anew."""
SHORT = 2


class LeftHeading(Heading):
    """A heading that begins where the text does, on every level."""

    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class Code(CodeBlock):
    """Code in one colour, whatever language it is in."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(str(self.text).rstrip("\n"), style=console.get_style(self.style_name))


class Plain(Markdown):
    """Markdown as PARSER reads it."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": LeftHeading,
        "fence": Code,
        "code_block": Code,
    }

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = tokens


def read(text: str) -> RenderableType:
    """Read Markdown; text of which a word would be lost stays as it is."""
    tokens = PARSER.parse(text)
    if Counter(NAME.findall(text)) - Counter(names(tokens)):
        return Text(text)
    for token in tokens:
        keep_rows(token)
    return Plain(tokens)


def names(tokens: Iterable[Token]) -> Iterator[str]:
    """The words that are shown, and those behind a fence, which name a language."""
    for token in tokens:
        if token.children is None:
            yield from NAME.findall(f"{token.content} {token.info} {token.attrs.get('href', '')}")
        else:
            yield from names(token.children)


def keep_rows(token: Token) -> None:
    """Let rows of a table whose head stands in another passage stay lines."""
    if token.type == "inline" and token.content.startswith("|"):
        for child in token.children or ():
            if child.type == "softbreak":
                child.type = "hardbreak"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A passage as Rich draws it."""

    passage: Passage

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        with console.use_theme(THEME):
            lines = console.render_lines(read(self.passage.text), options, pad=False)
        trimmed = list(map(without_end, lines))
        filled = [number for number, line in enumerate(trimmed) if line]
        for line in trimmed[filled[0] : filled[-1] + 1] if filled else ():
            yield from Segment.simplify(part for segment in line for part in self.marked(segment))
            yield Segment.line()
        yield Segment.line()

    def marked(self, segment: Segment) -> Iterator[Segment]:
        """Mark words within a run of text."""
        style = segment.style or Style.null()
        for part in WORD.split(segment.text):
            yield Segment(part, style + MARK if self.matches(part.casefold()) else style)

    def matches(self, word: str) -> bool:
        """Whether a word has one of the stems; a short one has to be the word itself."""
        return any(
            word == term if len(term) <= SHORT else has_stem(word, term)
            for term in self.passage.terms
        )


def without_end(line: Sequence[Segment]) -> list[Segment]:
    """A line without the blanks that fill it."""
    whole = list(line)
    while whole and not whole[-1].text.rstrip():
        whole.pop()
    if whole:
        whole[-1] = Segment(whole[-1].text.rstrip(), whole[-1].style)
    return whole
