"""`ragpg init`: a commented Config.toml."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ragpg.cli.outcome import Outcome
from ragpg.cli.shared import Session
from ragpg.errors import ConfigurationError, RagpgError


def init(
    session: Session,
    *,
    db_host: Annotated[str | None, typer.Option(help="PostgreSQL server.")] = None,
    db_port: Annotated[int | None, typer.Option(help="Its port.")] = None,
    db_user: Annotated[str | None, typer.Option(help="The role to connect as.")] = None,
    db_name: Annotated[str | None, typer.Option(help="The database.")] = None,
    db_ssl_mode: Annotated[str | None, typer.Option(help="How to use TLS.")] = None,
    table_name: Annotated[str | None, typer.Option(help="Table that holds the documents.")] = None,
    llm_model: Annotated[str | None, typer.Option(help="Language model to answer with.")] = None,
    llm_api_base: Annotated[str | None, typer.Option(help="Where that model is served.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> Outcome:
    """Write a commented Config.toml into the current directory.

    Asks on a terminal when no option is given. A password is asked for, or left to the variable
    RAGPG_DB_PASSWORD; it is never an option.
    """
    from ragpg.config import render

    path = session.explicit or Path("Config.toml")
    if path.exists() and not force:
        raise ConfigurationError(f"{str(path)!r} exists already", hint="--force overwrites it")
    options = {
        "dbHost": db_host,
        "dbPort": db_port,
        "dbUser": db_user,
        "dbName": db_name,
        "dbSslMode": db_ssl_mode,
        "tableName": table_name or session.table,
        "llm.model": llm_model,
        "llm.apiBase": llm_api_base,
    }
    given = {key: value for key, value in options.items() if value is not None}
    values = given if given or not sys.stdin.isatty() else ask()
    write(path, render(values), private="dbPassword" in values)
    session.terminal.note(f"wrote {path}")
    return Outcome.DONE


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
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        if not private:
            temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RagpgError(f"{str(path)!r} cannot be written: {error.strerror}") from error
