"""The options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ragpg.filters import Expression

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Configuration to use.")
]
TableOption = Annotated[
    str | None, typer.Option("--table", metavar="NAME", help="Table that holds the documents.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is going on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PlainOption = Annotated[
    bool, typer.Option("--plain", help="On a terminal, show Markdown as it is written.")
]
TopOption = Annotated[
    int | None,
    typer.Option("-k", "--top-k", metavar="N", min=1, max=1000, help="Number of passages."),
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="GLOB", help="Only these documents; may be repeated."),
]
FilterOption = Annotated[
    str | None,
    typer.Option(
        "--filter", metavar="EXPR", help="Only where this holds: tag == hr AND year >= 2023."
    ),
]
BatchOption = Annotated[
    str | None,
    typer.Option("--batch", metavar="FILE", help="Read one question a line; - is standard input."),
]
ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns", metavar="KIND=COLUMN,...", help="What another program's columns are."
    ),
]
CollectionOption = Annotated[
    str | None,
    typer.Option("--collection", metavar="NAME", help="Only this collection of LangChain's."),
]
RootOption = Annotated[
    Path | None, typer.Option("--root", metavar="DIR", help="Name documents relative to DIR.")
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Leave out; may be repeated."),
]
FormatsOption = Annotated[
    bool, typer.Option("--formats", help="Below directories, read PDF, Office and others too.")
]
NoIgnoreOption = Annotated[
    bool, typer.Option("--no-ignore", help="Read what .gitignore files leave out, too.")
]
PruneOption = Annotated[bool, typer.Option("--prune", help="Remove documents whose file is gone.")]
ModelOption = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="Language model to answer with.")
]
ExtractiveOption = Annotated[
    bool, typer.Option("--extractive", help="Quote the documents, without a language model.")
]
LockTimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--lock-timeout",
        metavar="SECONDS",
        min=0.001,
        help="Give up after waiting so long for another writer.",
    ),
]

SHARED = {
    "config": (ConfigOption, None),
    "table": (TableOption, None),
    "quiet": (QuietOption, False),
    "verbose": (VerboseOption, False),
}
"""The type and the default of each option that every command has."""


def parse_filter(where: str | None) -> Expression | None:
    """Parse the value of --filter; raises UsageError."""
    if where is None:
        return None
    from ragpg import filters

    return filters.parse_filter(where)
