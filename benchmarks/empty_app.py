"""A Typer app with the names of ragpg's commands and nothing else."""

from __future__ import annotations

import typer

app = typer.Typer(rich_markup_mode=None)


def nothing() -> None:
    """Do nothing."""


for name in ("init", "ingest", "search", "ask", "verify", "list", "remove", "status", "eval"):
    app.command(name)(nothing)

app()
