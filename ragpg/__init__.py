"""Ask questions of your own Markdown documents, with PostgreSQL and pgvector as the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragpg.api.client import Ragpg

__all__ = ["Ragpg", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the Python interface when it is first asked for: the command line does without."""
    if name != "Ragpg":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ragpg.api.client import Ragpg

    return Ragpg
