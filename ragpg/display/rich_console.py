"""Styled text and tables as Rich draws them on a terminal."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from rich import table, text
from rich.console import Console

from ragpg.display.text import Passage, Table, Text

if TYPE_CHECKING:
    from rich.console import RenderableType


class TerminalConsole(Console):
    """A console that leaves it to its user what a closed terminal means."""

    def on_broken_pipe(self) -> None:
        """Let the BrokenPipeError go on that is being handled."""
        raise  # noqa: PLE0704 - called while it is


def console(stream: IO[str]) -> Console:
    """Make a console that reads nothing as markup."""
    return TerminalConsole(
        file=stream,
        force_terminal=True,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )


def drawn(result: Text | Table | Passage | str) -> RenderableType:
    """What Rich draws for text, a table or a passage."""
    match result:
        case Text():
            return styled(result)
        case Table():
            return columns(result)
        case Passage():
            from ragpg.display.markdown import Drawing

            return Drawing(result)
    return result


def styled(result: Text) -> text.Text:
    """Rich's text."""
    return text.Text.assemble(*result.pieces)


def columns(result: Table) -> table.Table:
    """Rich's table."""
    grid = table.Table(
        *result.head, box=None, pad_edge=False, header_style="bold", show_header=bool(result.head)
    )
    for _ in range(0 if result.head else len(result.rows[0])):
        grid.add_column()
    for index, column in enumerate(grid.columns):
        column.justify = "right" if index in result.numbers else "left"
        column.overflow = "fold" if index in result.folded else "ellipsis"
    for row in result.rows:
        grid.add_row(*map(styled, row))
    return grid
