"""The configuration: frozen, parsed once, strictly."""

from __future__ import annotations

from ragpg.config.database import database_parameters, names_a_server, redact_url
from ragpg.config.load import load
from ragpg.config.settings import (
    SETTINGS,
    Chunking,
    Config,
    Database,
    Embedding,
    Ingest,
    Llm,
    Retrieval,
    Verify,
)

__all__ = [
    "SETTINGS",
    "Chunking",
    "Config",
    "Database",
    "Embedding",
    "Ingest",
    "Llm",
    "Retrieval",
    "Verify",
    "database_parameters",
    "load",
    "names_a_server",
    "redact_url",
]
