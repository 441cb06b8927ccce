"""`ragpg status`: which store is in use, what it holds, and whether it is sound."""

from __future__ import annotations

from typing import Annotated

import typer

from ragpg.cli.outcome import Outcome
from ragpg.cli.shared import JsonOption, Session


def status(
    session: Session,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 4 when something is wrong.")
    ] = False,
    as_json: JsonOption = False,
) -> Outcome:
    """Say which store is in use, what it holds, and whether it is sound."""
    from ragpg.cli import stores

    shape = stores.status(session.config)
    if as_json:
        session.emit(shape)
    else:
        from ragpg.display import render

        session.terminal.print(render.status(shape))
    faults = any(result["level"] == "fault" for result in shape["checks"])
    return Outcome.CHECK_FAILED if check and faults else Outcome.DONE
