"""`ragpg mcp`: the documents for agents, over the Model Context Protocol."""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from ragpg.mcp_server.worker import Worker

OLDEST_LIBRARY = 2
"""The major version whose server this is; pyproject.toml says more exactly which one it takes."""
TOKEN_VARIABLE = "RAGPG_MCP_TOKEN"  # noqa: S105 - the name of the variable


def mcp(
    session: Session,
    *,
    http: Annotated[
        str | None,
        typer.Option(
            "--http",
            metavar="[HOST:]PORT",
            help="Listen here, at /mcp, instead of standard input; HOST is 127.0.0.1.",
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"With --http: the token that requests must have; otherwise ${TOKEN_VARIABLE}.",
        ),
    ] = None,
    directory: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Serve the project there, as if started in DIR."),
    ] = None,
    idle: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=1,
            max=86400,
            help="Let the embedded PostgreSQL go after so long without a request.",
        ),
    ] = 300,
) -> ExitCode:
    """Serve the documents to agents, over the Model Context Protocol.

    An agent starts it and speaks to it on standard input and output. Its tools search, ask, verify,
    read and list; nothing is created or changed.
    """
    require_library()
    if token_file and http is None:
        raise UsageError("--token-file is for --http alone")
    token = read_token(token_file)
    worker = make_worker(session, directory=directory, idle=idle)
    send_logs_to_stderr()
    if http is None:
        serve_stdio(session, worker)
    else:
        serve_http(session, worker, address=http, token=token)
    return ExitCode.OK


def require_library() -> None:
    """Raise ConfigurationError unless the protocol's library is installed, and new enough."""
    from importlib.metadata import version

    from ragpg.optional import MCP

    MCP.require("ragpg mcp")
    installed = version("mcp")
    if int(installed.partition(".")[0]) < OLDEST_LIBRARY:
        raise ConfigurationError(
            f"ragpg mcp needs mcp {OLDEST_LIBRARY} or newer, and {installed} is installed",
            hint=MCP.describe_installation(),
        )


def make_worker(session: Session, *, directory: Path | None, idle: float) -> Worker:
    """Read the configuration, in another directory if one is given; raises UsageError."""
    from ragpg import Ragpg
    from ragpg.mcp_server.worker import Worker

    session.override(tableName=session.table)
    config_file = session.config_file and session.config_file.absolute()
    if directory is not None:
        try:
            os.chdir(directory)
        except OSError as error:
            raise UsageError(f"--directory {str(directory)!r}: {error.strerror}") from error
    return Worker(Ragpg(session.overrides, config_file=config_file), idle_timeout=idle)


def read_token(file: Path | None) -> str | None:
    """Return the token from a file or else from the environment; raises UsageError."""
    if file is None:
        return os.environ.get(TOKEN_VARIABLE) or None
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--token-file {str(file)!r} cannot be read: {error}") from error


def send_logs_to_stderr() -> None:
    """Let the libraries log where, and as much as, ragpg does: stdout carries the protocol."""
    logging.getLogger().addHandler(logging.NullHandler())  # or mcp would set up its own
    own = logging.getLogger("ragpg")
    for name in ("mcp", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers[:] = own.handlers
        logger.setLevel(own.level)


def serve_stdio(session: Session, worker: Worker) -> None:
    """Serve the one client that has started this process, until it closes standard input."""
    from ragpg.mcp_server.server import make_server
    from ragpg.mcp_server.serving import serve

    if sys.stdin.isatty():
        session.terminal.note("an agent starts this command, and speaks JSON on standard input")
    serve(worker, make_server(worker).run_stdio_async)


def serve_http(session: Session, worker: Worker, *, address: str, token: str | None) -> None:
    """Serve every client that is allowed to ask, until a signal ends the process."""
    from ragpg.mcp_server import http
    from ragpg.mcp_server.server import make_server
    from ragpg.mcp_server.serving import serve

    place = http.Address.parse(address)
    secret = http.check_token(token, place)
    with place.listen() as listener:
        port = listener.getsockname()[1]
        session.terminal.note(f"listening on http://{place.in_url}:{port}{http.PATH}")
        speak = partial(
            http.serve_http,
            make_server(worker),
            listener,
            is_loopback=place.is_loopback,
            token=secret,
        )
        serve(worker, speak)
