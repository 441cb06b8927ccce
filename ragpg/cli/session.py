"""What all commands share: their common options, and what becomes of an error."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import Outcome
from ragpg.errors import RagpgError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ragpg.config import Config
    from ragpg.display.terminal import Terminal

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Configuration to use.")
]
TableOption = Annotated[
    str | None, typer.Option("--table", metavar="NAME", help="Table that holds the documents.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is going on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
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

OPTIONS = {
    "config": (ConfigOption, None),
    "table": (TableOption, None),
    "quiet": (QuietOption, False),
    "verbose": (VerboseOption, False),
}


@dataclass
class Session:
    """One run of a command: its configuration and its output."""

    explicit: Path | None = None
    table: str | None = None
    quiet: bool = False
    verbose: bool = False
    as_json: bool = False
    overrides: dict[str, Any] = field(default_factory=dict)

    def override(self, **values: Any) -> None:
        """Take options of the command line for keys, `llm__model` for `llm.model`; None is none."""
        given = {key.replace("__", "."): v for key, v in values.items() if v is not None}
        for key, value in given.items():
            if value == "":
                raise UsageError(f"the option for {key} is empty")
        self.overrides.update(given)

    @cached_property
    def config(self) -> Config:
        """The configuration; raises ConfigurationError."""
        from ragpg.cli.factories import refuse_unsupported
        from ragpg.config import load

        self.override(tableName=self.table)
        config = load(
            explicit=self.explicit,
            overrides=self.overrides,
            environ=os.environ,
            directory=Path.cwd(),
        )
        refuse_unsupported(config)
        self.warn_of_embedded(config)
        return config

    def warn_of_embedded(self, config: Config) -> None:
        """Say so where somebody seems to have meant a server and named none."""
        from ragpg.config import names_a_server

        keys = [key for key in ("dbUser", "dbPassword", "dbPort") if key in config.given]
        if keys and not names_a_server(config, os.environ):
            self.terminal.warn(f"{keys[0]} is set, but no dbHost: this is the embedded PostgreSQL")

    @cached_property
    def terminal(self) -> Terminal:
        """Where people read."""
        from ragpg.display.terminal import Terminal

        return Terminal(quiet=self.quiet)

    def emit(self, shape: Mapping[str, Any]) -> None:
        """Print one JSON document on one line, at once."""
        from ragpg.display.json_shapes import dumps

        sys.stdout.write(dumps(shape) + "\n")
        sys.stdout.flush()

    def fail(self, failure: RagpgError) -> Outcome:
        """Report a failure where it is looked for."""
        if self.as_json:
            from ragpg.display import json_shapes

            with suppress(OSError):  # perhaps that is the failure
                self.emit({"error": json_shapes.error(failure)})
        self.terminal.error(failure)
        return exit_codes.of(failure)


def command(function: Callable[..., Outcome]) -> Callable[..., None]:
    """Make a command of a function of a session.

    The shared options are added to its own, and what it raises becomes a message and an exit code.
    """

    @functools.wraps(function)
    def run(
        context: typer.Context,
        config: Path | None,
        table: str | None,
        quiet: bool,  # noqa: FBT001 - the options' values, passed on by name
        verbose: bool,  # noqa: FBT001
        **arguments: Any,
    ) -> None:
        before: Session = context.obj
        session = Session(
            explicit=config or before.explicit,
            table=before.table if table is None else table,
            quiet=quiet or before.quiet,
            verbose=verbose or before.verbose,
            as_json=arguments.get("as_json", False),
        )
        raise typer.Exit(guarded(function, session, arguments))

    parameters = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    context = inspect.Parameter(
        "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, (kind, default) in OPTIONS.items()
    ]
    own = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    signature = inspect.Signature([context, *own, *shared])
    run.__signature__ = signature  # type: ignore[attr-defined] # read by inspect
    run.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    del run.__wrapped__  # or the function's own signature would win
    return run


def guarded(
    function: Callable[..., Outcome], session: Session, arguments: Mapping[str, Any]
) -> Outcome:
    """Run a command; whatever goes wrong ends as one line."""
    listen(session)
    try:
        result = function(session, **arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        return leave_quietly()
    except (KeyboardInterrupt, typer.Abort):
        return Outcome.INTERRUPTED
    except RagpgError as failure:
        return session.fail(failure)
    except Exception as error:  # noqa: BLE001 - the last resort: no user ever sees a traceback unasked
        if session.verbose:
            traceback.print_exc()
        return session.fail(unexpected(error))
    return result


def leave_quietly() -> Outcome:
    """Whoever read our output has seen enough; nothing is left to flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Outcome.DONE


def unexpected(error: Exception) -> RagpgError:
    """Describe an error that nobody foresaw; what the system refuses is no fault of ours."""
    if isinstance(error, OSError) and error.strerror:
        file = f" {error.filename!r}" if error.filename else ""
        return RagpgError(f"cannot read or write{file}: {error.strerror}")
    reason = str(error).strip().partition("\n")[0]
    hint = "this is a fault of ragpg: run the command again with -v and report what it prints"
    return RagpgError(f"{type(error).__name__}: {reason}", hint=hint)


def listen(session: Session) -> None:
    """Show what the parts log: with -v what goes on, otherwise warnings only."""
    import logging

    level = logging.INFO if session.verbose else logging.WARNING
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("ragpg")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
