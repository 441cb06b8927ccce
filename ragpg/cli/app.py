"""The command line."""

from __future__ import annotations

from typing import Annotated

import typer

from ragpg.cli import ask, documents, ingest, init, search, status, verify
from ragpg.cli.shared import (
    ConfigOption,
    QuietOption,
    Session,
    TableOption,
    VerboseOption,
    command,
)

app = typer.Typer(
    name="ragpg",
    help="Ask questions of your own Markdown documents, kept in PostgreSQL with pgvector.",
    epilog="Start with: ragpg ingest FILE.md, then: ragpg ask QUESTION",
    no_args_is_help=True,
    # Plain help starts twice as fast as framed help, and reads the same in a pipe.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for name, function in (
    ("init", init.init),
    ("ingest", ingest.ingest),
    ("search", search.search),
    ("ask", ask.ask),
    ("verify", verify.verify),
    ("list", documents.show),
    ("remove", documents.remove),
    ("status", status.status),
):
    app.command(name)(command(function))


def show_version(value: bool) -> None:  # noqa: FBT001 - called by typer with the option's value
    """Print the version and leave."""
    if value:
        from ragpg import __version__

        typer.echo(f"ragpg {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", callback=show_version, is_eager=True, help="Print the version."),
]


@app.callback()
def shared(
    context: typer.Context,
    *,
    config: ConfigOption = None,
    table: TableOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    version: VersionOption = False,  # noqa: ARG001 - its callback has acted on it
) -> None:
    """Take the shared options where they stand before the command."""
    context.obj = Session(explicit=config, table=table, quiet=quiet, verbose=verbose)
