"""The state of a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ragpg.types.embeddings import EmbeddingModel


class Level(StrEnum):
    """How serious the result of a health check is: only a fault makes search results wrong."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of one health check, and what to do about it."""

    name: str
    level: Level
    message: str
    action: str | None = None


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """The state of a table.

    `server` names the database and the versions, `counts` has rows ("documents", "chunks",
    "terms", "embeddings") and `sizes` bytes ("table", "index", "total").
    """

    server: Mapping[str, str | int]
    table: str
    model: EmbeddingModel
    language: str
    counts: Mapping[str, int]
    sizes: Mapping[str, int]
    checks: tuple[HealthCheck, ...]
