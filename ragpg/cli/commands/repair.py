"""`ragpg repair`: what `ragpg status --check` advises is done."""

from __future__ import annotations

from dataclasses import replace

from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption, LockTimeoutOption
from ragpg.display.escape import line
from ragpg.types import Level


def repair(
    session: Session, *, lock_timeout: LockTimeoutOption = None, as_json: JsonOption = False
) -> ExitCode:
    """Do what `ragpg status --check` advises about indexes and rows.

    Nothing is embedded and no document is changed. Searches go on meanwhile, writers wait. Exits
    with 1 when something is left that has to be done by hand.
    """
    from ragpg.api import database
    from ragpg.display import json_shapes, render

    with database.open_store(session.config, lock_timeout=lock_timeout) as store:
        before = store.status()
        done: list[str] = []
        for repaired in store.repair((*before.checks, *store.measure())):
            done.append(repaired)
            if not as_json and not session.quiet:
                session.terminal.print(line(repaired))
        after = store.status()
        after = replace(after, checks=(*after.checks, *store.measure()))
    if as_json:
        session.print_json(json_shapes.shape_repair(done, after.checks))
    else:
        if not done and not session.quiet:
            session.terminal.print("nothing to repair")
        wrong = [check for check in after.checks if check.level is not Level.OK]
        session.terminal.print(*render.render_checks(wrong))
    return exit_codes.of_repair(after)
