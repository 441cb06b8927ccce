"""Dumps of the layouts that releases made: `python -m tests.support.layouts` makes a new one."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.pipeline.ingest import ingest
from ragpg.store.connection import Target, connect
from ragpg.store.postgres import PostgresStore
from ragpg.store.table import LAYOUT_VERSION
from tests.support.pipeline import CHUNKER, MODEL, HashingEmbedder, file, measure
from tests.support.postgres import PASSWORD, binaries, shared

if TYPE_CHECKING:
    from ragpg.store.statements import Connection
    from ragpg.types import File

LAYOUTS = Path(__file__).parents[1] / "store" / "layouts"
TEXTS = {
    "apples.md": "---\ntitle: On apples\ntags: [fruit]\n---\n# Apples\n\nApples are red.\n\n"
    "## Storage\n\nThey keep for months in a cool cellar, when no pears are beside them.\n",
    "pears.md": "# Pears\n\nPears are green.\n\n| pear | ripe |\n|---|---|\n| Abate | October |\n",
    "empty.md": "",
}


def files() -> list[File]:
    """The documents that are in each dump."""
    return [file(source, text, origin=f"/docs/{source}") for source, text in TEXTS.items()]


def fill(connection: Connection, table: str) -> PostgresStore:
    """Bring a table up to date with the documents; one of an older layout is migrated."""
    store = PostgresStore.create(connection, table, model=MODEL, language="english")
    list(
        ingest(
            files(), work=measure(files()), store=store, embedder=HashingEmbedder(), chunker=CHUNKER
        )
    )
    return store


def dump() -> None:
    """Write the present layout, with documents in it, as statements."""
    server = shared()
    target = server.new_database()
    with closing(connect(Target(target))) as connection:
        fill(connection, "ragpg")
    command = [str(binaries(18) / "pg_dump"), "--inserts", "--no-owner", "--no-privileges"]
    command += ["--host=127.0.0.1", f"--port={server.port}", f"--username={target['user']}"]
    environment = {**os.environ, "PGPASSWORD": PASSWORD}
    dumped = subprocess.run(
        [*command, str(target["dbname"])], check=True, capture_output=True, env=environment
    )
    # Settings, and psql's own commands, are not those of every version.
    unwanted = r"(?m)^(-- |SET |SELECT pg_catalog\.set_config|\\|COMMENT ON EXTENSION).*\n|^--\n"
    kept = re.sub(unwanted, "", dumped.stdout.decode()).strip() + "\n"
    LAYOUTS.mkdir(exist_ok=True)
    (LAYOUTS / f"{LAYOUT_VERSION}.sql").write_text(kept)


if __name__ == "__main__":
    dump()
