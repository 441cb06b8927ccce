"""Loads configurations from files that a test writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import platformdirs
import pytest

from ragpg import config as configuration
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ragpg.config import Config


DEFAULTS = {
    "dbHost": None,
    "dbPort": 5432,
    "dbUser": None,
    "dbPassword": None,
    "dbName": None,
    "dbSslMode": "prefer",
    "dbSslRootCert": None,
    "dbConnectTimeout": 10,
    "dbUrl": None,
    "dbDistributed": False,
    "tableName": "ragpg",
    "dataDir": None,
    "embedding.provider": "sentence-transformers",
    "embedding.model": "all-MiniLM-L6-v2",
    "embedding.apiBase": None,
    "embedding.dimensions": None,
    "embedding.queryPrompt": None,
    "embedding.passagePrompt": None,
    "embedding.device": "auto",
    "embedding.batchSize": "auto",
    "embedding.trustRemoteCode": False,
    "llm.model": None,
    "llm.apiBase": None,
    "llm.temperature": 0,
    "llm.maxTokens": 1024,
    "llm.contextTokens": "auto",
    "llm.timeout": 60,
    "llm.retries": 2,
    "retrieval.topK": 5,
    "retrieval.mode": "hybrid",
    "retrieval.candidates": 50,
    "retrieval.efSearch": 100,
    "retrieval.language": "english",
    "retrieval.wordVectors": True,
    "retrieval.reranker": None,
    "retrieval.refusal": "auto",
    "chunking.maxTokens": 160,
    "chunking.minTokens": 80,
    "verify.model": None,
    "ingest.include": ("*.md", "*.markdown", "*.mdx"),
    "ingest.exclude": (),
    "ingest.followSymlinks": False,
    "ingest.maxFileBytes": 20 * 1024 * 1024,
    "links.url": None,
}


def write(path: Path, text: str) -> Path:
    """Write a file, its directory included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def user_file() -> Path:
    """The Config.toml of the user's own configuration directory."""
    return platformdirs.user_config_path("ragpg", appauthor=False) / "Config.toml"


def load(
    directory: Path,
    *,
    explicit: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Config:
    """Load the configuration for a command that is run in a directory."""
    return configuration.load(
        explicit=explicit, overrides=overrides or {}, environ=environ or {}, directory=directory
    )


def loading_error(
    directory: Path,
    *,
    explicit: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> ConfigurationError:
    """Return the error that loading raises."""
    with pytest.raises(ConfigurationError) as caught:
        load(directory, explicit=explicit, overrides=overrides, environ=environ)
    return caught.value
