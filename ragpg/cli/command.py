"""Makes a command of a function of a session: shared options, exit code and error messages."""

from __future__ import annotations

import errno
import functools
import inspect
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

import typer

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import SHARED
from ragpg.errors import RagpgError
from ragpg.operating_system import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def make_command(function: Callable[..., ExitCode]) -> Callable[..., None]:
    """Return the function that typer calls: it has the shared options besides its own.

    A shared option may stand before the command's name or after it; the latter wins.
    """

    @functools.wraps(function)
    def run(
        context: typer.Context,
        config: Path | None,
        table: str | None,
        quiet: bool,  # noqa: FBT001 - typer passes the values of options by name
        verbose: bool,  # noqa: FBT001
        **arguments: Any,
    ) -> None:
        before: Session = context.obj
        session = Session(
            config_file=config or before.config_file,
            table=before.table if table is None else table,
            quiet=quiet or before.quiet,
            verbose=verbose or before.verbose,
            as_json=arguments.get("as_json", False),
        )
        raise typer.Exit(run_command(function, session, arguments))

    signature = add_shared_options(inspect.signature(function, eval_str=True))
    run.__signature__ = signature  # type: ignore[attr-defined] # read by inspect
    run.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    del run.__wrapped__  # or the function's own signature would win
    return run


def add_shared_options(signature: inspect.Signature) -> inspect.Signature:
    """Replace the session by typer's context, and append the shared options."""
    _, *own = signature.parameters.values()
    context = inspect.Parameter(
        "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for name, (kind, default) in SHARED.items()
    ]
    keywords = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    return inspect.Signature([context, *keywords, *shared])


def run_command(
    function: Callable[..., ExitCode], session: Session, arguments: Mapping[str, Any]
) -> ExitCode:
    """Run a command and return its exit code; every exception becomes one message."""
    configure_logging(session)
    try:
        code = function(session, **arguments)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except RagpgError as error:
        return session.report_error(error)
    except typer.BadParameter:
        raise  # an error in the command line itself, which typer prints as plain text
    except Exception as error:  # noqa: BLE001 - nobody sees a traceback without -v
        if is_closed_pipe(error):
            return silence_stdout()
        if session.verbose:
            traceback.print_exc()
        return session.report_error(describe_unexpected(error))
    return code


def is_closed_pipe(error: Exception) -> bool:
    """Return whether the program has ended that reads the output.

    Windows then reports an invalid argument, without the name of a file.
    """
    if WINDOWS and isinstance(error, OSError) and error.errno == errno.EINVAL:
        return error.filename is None
    return isinstance(error, BrokenPipeError)


def silence_stdout() -> ExitCode:
    """Discard all further output: the program that reads it has ended, which is no failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK


def describe_unexpected(error: Exception) -> RagpgError:
    """Describe an exception that no code handles: a refusal of the system, or a bug."""
    if isinstance(error, OSError) and error.strerror:
        file = f" {error.filename!r}" if error.filename else ""
        return RagpgError(f"cannot read or write{file}: {error.strerror}")
    reason = str(error).strip().partition("\n")[0]
    hint = "this is a fault of ragpg: run the command again with -v and report what it prints"
    return RagpgError(f"{type(error).__name__}: {reason}", hint=hint)


def configure_logging(session: Session) -> None:
    """Print log messages on standard error: with -v all of them, with -q none, else warnings."""
    import logging

    usual = logging.ERROR if session.quiet else logging.WARNING
    level = logging.INFO if session.verbose else usual
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("ragpg")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
