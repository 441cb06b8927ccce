"""`ragpg init --grant`: the rights of a role that uses a table which somebody else owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from ragpg.cli.session import Session


def grant(session: Session, role: str, *, read_only: bool, apply: bool) -> ExitCode:
    """Print the statements that grant the rights, or execute them."""
    from ragpg.api import database

    with database.open_store(session.config) as store:
        statements = store.grant(role, read_only=read_only, apply=apply)
    if apply:
        session.terminal.note(f"granted {len(statements)} rights to {role!r}")
    else:
        session.terminal.print(*(f"{statement};" for statement in statements))
    return ExitCode.OK
