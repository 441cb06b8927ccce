"""The command line: the program's commands and the options before them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from ragpg.cli.command import make_command
from ragpg.cli.session import Session
from ragpg.cli.shared_options import ConfigOption, QuietOption, TableOption, VerboseOption

if TYPE_CHECKING:
    from typer.core import TyperCommand

PLAIN: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
"""Plain help is printed twice as fast as framed help, and looks the same in a pipe."""

COMMANDS = {
    "init": ("init:init", "Write a commented Config.toml into the current directory."),
    "ingest": ("ingest:ingest", "Put documents into the table."),
    "watch": ("watch:watch", "Keep the table in step with files while they are edited."),
    "adopt": (
        "adopt:adopt",
        "Copy a pgvector table of another program into the table.",
    ),
    "search": ("search:search", "Find passages and print them, best first."),
    "ask": ("ask:ask", "Answer a question from the documents, with numbered citations."),
    "chat": (
        "chat:chat",
        "Answer questions that may go on with earlier ones, each checked as by `ragpg ask`.",
    ),
    "verify": (
        "verify:verify",
        "Check texts against the documents, claim by claim.",
    ),
    "conflicts": (
        "conflicts:conflicts",
        "Compare the documents with each other, and print what they contradict each other in.",
    ),
    "mcp": ("mcp:mcp", "Serve the documents to agents, over the Model Context Protocol."),
    "gaps": (
        "gaps:gaps",
        "Print the questions that the documents did not answer, those asked most often first.",
    ),
    "list": ("list:list_documents", "List the documents in the table."),
    "remove": ("remove:remove", "Remove documents from the table; their files are left alone."),
    "export": (
        "export:export",
        "Write the table into one file, with all that a search needs.",
    ),
    "import": (
        "import_table:import_table",
        "Fill the table from a file that `ragpg export` wrote, without embedding anything.",
    ),
    "status": (
        "status:status",
        "Say which store is in use, what it holds, and whether it is sound.",
    ),
    "repair": (
        "repair:repair",
        "Do what `ragpg status --check` advises about indexes and rows.",
    ),
    "trust": ("trust:trust", "Confirm what a project's Config.toml asks for, until it changes."),
    "eval": ("evaluate:evaluate", "Measure retrieval and check answers against a file of cases."),
}
"""The module and function of each command, and the first sentence of the function's docstring."""


class Commands(TyperGroup):
    """The commands. A command's module is imported when it runs; `ragpg --help` imports none."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002, D102 - as the base class has it
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:  # noqa: ARG002, D102
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        commands = import_module(f"ragpg.cli.commands.{module}")
        single = typer.Typer(add_completion=False, **PLAIN)
        single.command(cmd_name)(make_command(getattr(commands, function)))
        return cast("TyperCommand", typer.main.get_command(single))

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002, D102
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


app = typer.Typer(
    name="ragpg",
    cls=Commands,
    help="Ask questions of your own Markdown documents, kept in PostgreSQL with pgvector.",
    epilog="Start with: ragpg ingest FILE.md, then: ragpg ask QUESTION",
    no_args_is_help=True,
    **PLAIN,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(value: bool) -> None:  # noqa: FBT001 - called by typer with the option's value
    """Print the version and exit."""
    if value:
        from ragpg import __version__

        typer.echo(f"ragpg {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", callback=show_version, is_eager=True, help="Print the version."),
]


@app.callback()
def store_shared_options(
    context: typer.Context,
    *,
    config: ConfigOption = None,
    table: TableOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    version: VersionOption = False,  # noqa: ARG001 - its callback has acted on it
) -> None:
    """Keep the shared options that stand before the command's name."""
    context.obj = Session(config_file=config, table=table, quiet=quiet, verbose=verbose)
