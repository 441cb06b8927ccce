"""`ragpg status`: which store is in use, what it holds, and whether it is sound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg.cli.exit_codes import Outcome
from ragpg.cli.session import JsonOption, Session
from ragpg.errors import NothingIngestedError, ProviderError, RagpgError
from ragpg.types import HealthCheck, Level

if TYPE_CHECKING:
    from ragpg.config import Config
    from ragpg.store.postgres import PostgresStore


def status(
    session: Session,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 4 when something is wrong.")
    ] = False,
    as_json: JsonOption = False,
) -> Outcome:
    """Say which store is in use, what it holds, and whether it is sound."""
    from ragpg.cli import database

    config = session.config
    place, table = database.place(config), config.table_name
    try:
        with database.reading(config) as store:
            found = store.status()
            fits = fitting(config, store)
            found = replace(found, checks=(*found.checks, fits))
    except NothingIngestedError as nothing:
        found = None
        session.terminal.note(nothing.message)
    if as_json:
        from ragpg.display import json_shapes

        session.emit(json_shapes.status(place, table=table, found=found))
    else:
        from ragpg.display import render

        session.terminal.print(render.status(place, table=table, found=found))
        session.terminal.print(*render.checks(found.checks if found else ()))
    faults = found is not None and any(result.level is Level.FAULT for result in found.checks)
    return Outcome.CHECK_FAILED if check and faults else Outcome.DONE


def fitting(config: Config, store: PostgresStore) -> HealthCheck:
    """Check that the table is what the configuration asks for."""
    from ragpg.cli import factories

    try:
        store.check_model(factories.model_at_hand(config, dimension=store.model.dimension))
        same_language = store.uses_language(config.retrieval.language)
    except ProviderError as error:
        return HealthCheck("configuration", Level.WARNING, error.message, error.hint)
    except RagpgError as error:
        return HealthCheck("configuration", Level.FAULT, error.message, error.hint)
    if not same_language:
        return HealthCheck(
            "configuration",
            Level.WARNING,
            f"the table's words are not read as {config.retrieval.language}",
            "run `ragpg ingest PATH`: it reads them anew",
        )
    return HealthCheck("configuration", Level.OK, "the table is what the configuration asks for")
