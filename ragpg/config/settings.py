"""The whole configuration, and every key by its name."""
# ruff: noqa: RUF009 -- `section` returns a dataclass field

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ragpg.config.connection import Database
from ragpg.config.declaration import Setting, section, setting, settings_of
from ragpg.config.paths import Directory
from ragpg.config.rules import TableName
from ragpg.config.sections import Chunking, Embedding, Ingest, Llm, Retrieval, Verify

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one run.

    `given` holds the dotted keys that a file, the environment or the command line set; `path` is
    the file that was used, and `found` says that nobody named it.
    """

    database: Database = section(
        Database,
        table="",
        about="The PostgreSQL server. Without dbHost or dbUrl (or PGHOST, PGSERVICE), ragpg "
        "runs its own. What is left out here follows libpq's variables and files: PGUSER, "
        "~/.pgpass, ...",
    )
    table_name: str = setting(
        "tableName", TableName(), default="ragpg", about="Table of the documents, or schema.table."
    )
    data_dir: Path | None = setting(
        "dataDir",
        Directory(),
        default=None,
        about="Where ragpg's own PostgreSQL lives. Absent: in the user's data directory. In a "
        "project's Config.toml it counts only if RAGPG_DATA_DIR names the same directory.",
    )
    embedding: Embedding = section(Embedding, table="embedding", about="How text becomes vectors.")
    llm: Llm = section(Llm, table="llm", about="The language model that words answers.")
    retrieval: Retrieval = section(Retrieval, table="retrieval", about="How passages are found.")
    chunking: Chunking = section(
        Chunking, table="chunking", about="How documents are cut into passages."
    )
    verify: Verify = section(Verify, table="verify", about="How claims are checked.")
    ingest: Ingest = section(Ingest, table="ingest", about="Which files are read.")
    given: frozenset[str] = frozenset()
    path: Path | None = field(default=None, compare=False)
    found: bool = field(default=False, compare=False)

    def __getitem__(self, key: str) -> Any:
        """Return the value of a dotted key."""
        setting = SETTINGS[key]
        holder = getattr(self, setting.section) if setting.section else self
        return getattr(holder, setting.attribute)


SETTINGS: dict[str, Setting] = {declared.name: declared for declared in settings_of(Config)}
"""Every key by its dotted name, in the order of the file."""
