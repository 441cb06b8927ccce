"""`ragpg init`: a commented Config.toml."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ragpg.cli.exit_codes import Outcome
from ragpg.cli.session import Session
from ragpg.cli.signals import unwinding
from ragpg.config import SETTINGS
from ragpg.errors import ConfigurationError, RagpgError

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS = {
    setting.variable.removeprefix("RAGPG_").lower(): setting
    for setting in SETTINGS.values()
    if setting.name != "dbPassword"
}
"""The keys that are options, each under its name in Python."""


def init(
    session: Session,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
    **options: str | None,
) -> Outcome:
    """Write a commented Config.toml into the current directory.

    Asks on a terminal when no option is given. A password is asked for, or left to the variable
    RAGPG_DB_PASSWORD; it is never an option.
    """
    from ragpg.config import render

    path = session.explicit or Path("Config.toml")
    if os.path.lexists(path) and not force:
        raise ConfigurationError(f"{str(path)!r} exists already", hint="--force overwrites it")
    options["table_name"] = options["table_name"] or session.table
    given = {OPTIONS[name].name: value for name, value in options.items() if value is not None}
    refuse_password(given)
    with unwinding():
        values = given if given or not sys.stdin.isatty() else ask()
        write(path, render(values), private="dbPassword" in values)
    session.terminal.note(f"wrote {path}")
    for variable in unconfirmed(values):
        session.terminal.hint(f"other machines are trusted only if {variable} says the same")
    if "dataDir" in values:
        variable = SETTINGS["dataDir"].variable
        session.terminal.hint(f"dataDir is trusted only if {variable} names the same directory")
    return Outcome.DONE


def signature() -> inspect.Signature:
    """Make an option of every key."""
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


init.__signature__ = signature()  # type: ignore[attr-defined] # read by inspect


def unconfirmed(values: Mapping[str, Any]) -> list[str]:
    """Variables that must confirm what a file that was merely found may not decide."""
    from ragpg.config.trust import is_loopback

    addresses = {key: str(values.get(key, "")) for key in ("llm.apiBase", "embedding.apiBase")}
    return [SETTINGS[key].variable for key, at in addresses.items() if at and not is_loopback(at)]


def refuse_password(given: dict[str, str]) -> None:
    """Refuse a password that other users could read in the list of processes."""
    from ragpg.config.connection import holds_a_password

    if holds_a_password(given.get("dbUrl", "")):
        raise ConfigurationError(
            "--db-url holds a password, which does not belong on the command line",
            hint="leave it out there, and set RAGPG_DB_PASSWORD",
        )


def ask() -> dict[str, Any]:
    """Ask for what most people set; an empty answer keeps the default."""
    answers: dict[str, Any] = {}
    if host := question("PostgreSQL server (empty: an embedded one)"):
        answers["dbHost"] = host
        answers["dbPort"] = typer.prompt("Port", default=5432, type=int, err=True)
        answers["dbUser"] = question("User")
        answers["dbPassword"] = question("Password (empty: from RAGPG_DB_PASSWORD)", hidden=True)
        answers["dbName"] = question("Database")
    if model := question("Language model, such as ollama_chat/llama3.2 (empty: quotes only)"):
        answers["llm.model"] = model
        answers["llm.apiBase"] = question("Where it is served (empty: the provider's address)")
    return {key: value for key, value in answers.items() if value != ""}


def question(text: str, *, hidden: bool = False) -> str:
    """Ask on the terminal; Enter alone answers with nothing."""
    answer = typer.prompt(text, default="", show_default=False, hide_input=hidden, err=True)
    return str(answer).strip()


def write(path: Path, text: str, *, private: bool) -> None:
    """Write a file as a whole, readable by its owner alone where it holds a password."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        mode = 0o600 if private else 0o666  # less what the user's mask takes away
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except OSError as error:
        raise RagpgError(f"{str(path)!r} cannot be written: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
