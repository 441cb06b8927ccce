"""Styled text and tables as Rich renders them on a terminal."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from rich import table, text
from rich.console import Console

from ragpg.display.text import Passage, Table, Text

if TYPE_CHECKING:
    from rich.console import RenderableType


class TerminalConsole(Console):
    """A console that raises BrokenPipeError."""

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError that is being handled."""
        raise  # noqa: PLE0704 - called while it is


def make_console(stream: IO[str]) -> Console:
    """Make a console that parses nothing as markup."""
    return TerminalConsole(
        file=stream,
        force_terminal=True,
        highlight=False,
        markup=False,
        emoji=False,
    )


def to_renderable(result: Text | Table | Passage | str) -> RenderableType:
    """Convert text, a table or a passage for Rich."""
    match result:
        case Text():
            return to_rich_text(result)
        case Table():
            return to_rich_table(result)
        case Passage():
            from ragpg.display.markdown_passage import MarkdownPassage

            return MarkdownPassage(result)
    return result


def to_rich_text(result: Text) -> text.Text:
    """Convert text."""
    return text.Text.assemble(*result.pieces)


def to_rich_table(result: Table) -> table.Table:
    """Convert a table."""
    grid = table.Table(
        *result.head, box=None, pad_edge=False, header_style="bold", show_header=bool(result.head)
    )
    for _ in range(0 if result.head else len(result.rows[0])):
        grid.add_column()
    for index, column in enumerate(grid.columns):
        column.justify = "right" if index in result.numbers else "left"
        column.overflow = "fold" if index in result.folded else "ellipsis"
    for row in result.rows:
        grid.add_row(*map(to_rich_text, row))
    return grid
