"""Render Markdown on a terminal.

Nothing of it is left out or controls the terminal: HTML, entities, images, reference definitions
and automatic links are shown as source, a link as its text and address. If rendering would drop a
word, the whole text is shown as source.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from markdown_it import MarkdownIt
from rich.markdown import CodeBlock, Heading, ListItem, Markdown
from rich.segment import Segment
from rich.text import Text
from rich.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token
    from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
    from rich.markdown import MarkdownElement


TAGS = {f"bold {colour}": f"bold_{colour}" for colour in ("red", "yellow", "magenta", "green")}
"""Styles of what is inserted into Markdown, and the tags of its tokens."""
THEME = Theme(
    {
        **{f"markdown.{tag}": style for style, tag in TAGS.items()},
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
WORDS = re.compile(r"\w+")
ENCODED = re.compile("%[2-7][0-9A-F]")
"""A sign of ASCII as an address has it."""
ITEM_NUMBER = re.compile(r"^(?:[ \t>]|[-*+][ \t])*\d{1,9}(?=[.)](?:\s|$))", re.MULTILINE)
"""The number of a list item: it is counted again."""


class LeftHeading(Heading):
    """A heading that is aligned left on every level."""

    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class Code(CodeBlock):
    """Code in one colour, without syntax highlighting."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(str(self.text).rstrip("\n"), style=console.get_style(self.style_name))


class Item(ListItem):
    """A list item whose indentation does not depend on the items after it."""

    def render_number(
        self,
        console: Console,
        options: ConsoleOptions,
        number: int,
        last_number: int,  # noqa: ARG002 - the base class's
    ) -> RenderResult:
        """Render the number as wide as it is."""
        return super().render_number(console, options, number, number)


class PlainMarkdown(Markdown):
    """Markdown from the tokens of PARSER."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": LeftHeading,
        "fence": Code,
        "code_block": Code,
        "list_item_open": Item,
    }

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__("", hyperlinks=False)
        self.parsed = tokens
        self.inlines = {*Markdown.inlines, *TAGS.values()}


def parse(text: str) -> list[Token] | None:
    """Parse Markdown; return None if a word would be lost."""
    tokens = PARSER.parse(text)
    if Counter(WORDS.findall(ITEM_NUMBER.sub("", text))) - Counter(list_words(tokens)):
        return None
    for token in tokens:
        keep_rows(token)
    return tokens


def render_lines(
    renderable: RenderableType, console: Console, options: ConsoleOptions
) -> list[list[Segment]]:
    """Render without blanks at the ends of lines and without blank lines around."""
    with console.use_theme(THEME):
        lines = console.render_lines(renderable, options, pad=False)
    trimmed = list(map(strip_end, lines))
    filled = [number for number, line in enumerate(trimmed) if line]
    return trimmed[filled[0] : filled[-1] + 1] if filled else []


def list_words(tokens: Iterable[Token]) -> Iterator[str]:
    """Yield the words that are shown, and the language of fenced code."""
    for token in tokens:
        if token.children is None:
            address = ENCODED.sub(decode, str(token.attrs.get("href", "")))
            yield from WORDS.findall(f"{token.content} {token.info} {address}")
        else:
            yield from list_words(token.children)


def decode(sign: re.Match[str]) -> str:
    """Return a sign that an address had to encode."""
    return chr(int(sign[0][1:], 16))


def keep_rows(token: Token) -> None:
    """Keep the lines of a table whose header is in another passage."""
    if token.type == "inline" and token.content.startswith("|"):
        for child in token.children or ():
            if child.type == "softbreak":
                child.type = "hardbreak"


def strip_end(line: Sequence[Segment]) -> list[Segment]:
    """Strip the blanks at the end of a line."""
    stripped = list(line)
    while stripped and not stripped[-1].text.rstrip():
        stripped.pop()
    if stripped:
        stripped[-1] = Segment(stripped[-1].text.rstrip(), stripped[-1].style)
    return stripped
