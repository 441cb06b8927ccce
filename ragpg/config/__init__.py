"""The configuration: frozen, parsed once, strictly."""

from __future__ import annotations

from ragpg.config.connection import (
    Database,
    database_parameters,
    names_a_server,
    redacted_url,
)
from ragpg.config.loading import load
from ragpg.config.sections import (
    Chunking,
    Embedding,
    Ingest,
    Llm,
    Retrieval,
    Verify,
)
from ragpg.config.settings import SETTINGS, Config
from ragpg.config.writing import dump, example, render

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
    "dump",
    "example",
    "load",
    "names_a_server",
    "redacted_url",
    "render",
]
