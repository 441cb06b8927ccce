"""`ragpg init`: a commented Config.toml."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.files import write_atomically
from ragpg.cli.session import Session
from ragpg.config import SETTINGS
from ragpg.errors import ConfigurationError, UsageError
from ragpg.interrupts import raise_on_signal

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS = {
    setting.variable.removeprefix("RAGPG_").lower(): setting
    for setting in SETTINGS.values()
    if setting.name != "dbPassword"
}
"""The keys that are options, by the name of the parameter."""


def init(
    session: Session,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    grant: Annotated[
        str | None,
        typer.Option(
            "--grant",
            metavar="ROLE",
            help="Write no file: print what grants a role the use of the table, and no more.",
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="With --grant: to search and ask, not to ingest.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="With --grant: execute it, as the table's owner.")
    ] = False,
    **options: str | None,
) -> ExitCode:
    """Write a commented Config.toml into the current directory.

    Asks on a terminal when no option is given. A password is asked for, or left to the variable
    RAGPG_DB_PASSWORD; it is never an option.
    """
    if grant is not None or read_only or apply:
        return run_grant(session, grant, options, read_only=read_only, apply=apply)

    from ragpg.config.example import render
    from ragpg.config.trust import list_sensitive
    from ragpg.config.values import read_options

    path = session.config_file or Path("Config.toml")
    if os.path.lexists(path) and not force:
        raise ConfigurationError(f"{str(path)!r} exists already", hint="--force overwrites it")
    options["table_name"] = options["table_name"] or session.table
    values: Mapping[str, Any]
    values = {OPTIONS[name].name: value for name, value in options.items() if value is not None}
    refuse_password(values)
    with raise_on_signal():
        if not values and sys.stdin.isatty():
            values = prompt()
        mode = 0o600 if "dbPassword" in values else 0o666
        write_atomically(path, render(values).encode(), mode=mode)
    session.terminal.note(f"wrote {path}")
    if sensitive := list_sensitive(read_options(values)):
        keys = " and ".join(sensitive)
        session.terminal.hint(f"to use {keys} from this file, confirm it with `ragpg trust`")
    return ExitCode.OK


def run_grant(
    session: Session,
    role: str | None,
    options: Mapping[str, str | None],
    *,
    read_only: bool,
    apply: bool,
) -> ExitCode:
    """Do `ragpg init --grant`; raises UsageError where other options don't fit it."""
    from ragpg.cli.commands.grant import grant

    if not role:
        raise UsageError("--read-only and --apply are for --grant ROLE")
    if any(value is not None for value in options.values()):
        raise UsageError("--grant writes no file: it takes no keys of one")
    return grant(session, role, read_only=read_only, apply=apply)


def make_signature() -> inspect.Signature:
    """Return the signature of `init` with an option for every key."""
    *own, _ = inspect.signature(init, eval_str=True).parameters.values()
    keys = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None,
                typer.Option(f"--{name.replace('_', '-')}", metavar="VALUE", help=setting.about),
            ],
        )
        for name, setting in OPTIONS.items()
    ]
    return inspect.Signature([*own, *keys])


init.__signature__ = make_signature()  # type: ignore[attr-defined] # read by inspect


def refuse_password(values: Mapping[str, Any]) -> None:
    """Raise ConfigurationError for a password that other users see in the list of processes."""
    from ragpg.config.database import may_contain_password

    if may_contain_password(values.get("dbUrl", "")):
        raise ConfigurationError(
            "--db-url holds a password, which does not belong on the command line",
            hint="leave it out there, and set RAGPG_DB_PASSWORD",
        )


def prompt() -> dict[str, Any]:
    """Ask for the keys that most people set; an empty answer keeps the default."""
    answers: dict[str, Any] = {}
    if host := prompt_text("PostgreSQL server (empty: an embedded one)"):
        answers["dbHost"] = host
        answers["dbPort"] = typer.prompt("Port", default=5432, type=int, err=True)
        answers["dbUser"] = prompt_text("User")
        answers["dbPassword"] = prompt_text("Password (empty: from RAGPG_DB_PASSWORD)", hidden=True)
        answers["dbName"] = prompt_text("Database")
    if model := prompt_text("Language model, such as ollama_chat/llama3.2 (empty: quotes only)"):
        answers["llm.model"] = model
        answers["llm.apiBase"] = prompt_text("Where it is served (empty: the provider's address)")
    return {key: value for key, value in answers.items() if value != ""}


def prompt_text(text: str, *, hidden: bool = False) -> str:
    """Ask for a text on the terminal; Enter alone answers with an empty one."""
    answer = typer.prompt(text, default="", show_default=False, hide_input=hidden, err=True)
    return str(answer).strip()
