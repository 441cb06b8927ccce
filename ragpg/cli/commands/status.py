"""`ragpg status`: which store is in use, what it holds, and whether it is sound."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ragpg import optional
from ragpg.cli import exit_codes
from ragpg.cli.exit_codes import ExitCode
from ragpg.cli.session import Session
from ragpg.cli.shared_options import JsonOption
from ragpg.errors import NothingIngestedError, ProviderError, RagpgError
from ragpg.types import HealthCheck, Level

if TYPE_CHECKING:
    from ragpg.config import Config
    from ragpg.store.postgres import PostgresStore
    from ragpg.types import StoreStatus


def status(
    session: Session,
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Measure the index, too; exit with 4 when something is wrong."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> ExitCode:
    """Say which store is in use, what it holds, and whether it is sound."""
    from ragpg.api import database, location
    from ragpg.display import json_shapes, render

    warn_of_two_distributions(session)
    config = session.config
    place, table = location.describe_location(config), config.table_name
    state: StoreStatus | None = None
    try:
        with database.open_store(config) as store:
            state = store.status()
            checks = [check_configuration(config, store)]
            if checks[0].level is Level.OK:
                checks.append(check_chunking(config, store))
            if check and not any(made.name == "tables" for made in state.checks):
                checks += [check_files(store), *store.measure()]
            state = replace(state, checks=(*state.checks, *checks))
    except NothingIngestedError as error:
        session.terminal.note(error.message)
    if as_json:
        session.print_json(json_shapes.shape_status(place, table=table, status=state))
    else:
        session.terminal.print(render.render_status(place, table=table, status=state))
        session.terminal.print(*render.render_checks(state.checks if state else ()))
    return exit_codes.of_status(state) if check else ExitCode.OK


def warn_of_two_distributions(session: Session) -> None:
    """Warn if both distributions of this program are installed: their files are the same."""
    names = (optional.FULL, optional.SLIM)
    if all(map(optional.is_distributed_as, names)):
        session.terminal.warn(
            f"{' and '.join(names)} are both installed, each over the other's files: "
            f"run `pip uninstall -y {' '.join(names)}`, and install one of them"
        )


def check_chunking(config: Config, store: PostgresStore) -> HealthCheck:
    """Warn of documents that other settings, or another version of the program, divided."""
    from ragpg.api import factories
    from ragpg.chunking import compute_fingerprint
    from ragpg.pipeline.ingest import find_outdated

    fingerprint = compute_fingerprint(factories.make_limits(config), config.retrieval.language)
    if outdated := find_outdated(store, chunking_fingerprint=fingerprint):
        return HealthCheck(
            "chunking",
            Level.WARNING,
            f"documents of an older chunking: {len(outdated)}",
            "run `ragpg ingest PATH` for what is below PATH, `ragpg ingest --rebuild` for all",
        )
    return HealthCheck("chunking", Level.OK, "every document is divided as the settings ask for")


def check_files(store: PostgresStore) -> HealthCheck:
    """Warn of documents whose file is gone."""
    gone = [d.source for d in store.list_documents() if d.origin and not os.path.lexists(d.origin)]
    if gone:
        names = ", ".join(map(repr, gone[:3])) + (", …" if len(gone) > 3 else "")
        return HealthCheck(
            "files",
            Level.WARNING,
            f"documents whose file is gone: {len(gone)} ({names})",
            "`ragpg ingest DIRECTORY --prune` removes what a directory brought, "
            "`ragpg remove SOURCE` anything",
        )
    return HealthCheck("files", Level.OK, "every document's file is there")


def check_configuration(config: Config, store: PostgresStore) -> HealthCheck:
    """Check that the table has the model and the language that the configuration names."""
    from ragpg.api import factories

    try:
        store.check_model(factories.find_model_offline(config, dimension=store.model.dimension))
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
