"""A document to chunks that follow its sections, of even length, never over the model's window."""

from __future__ import annotations

from ragpg.chunking.chunker import CHUNKER_VERSION, chunk_document, compute_fingerprint
from ragpg.chunking.size_limits import Limits

__all__ = ["CHUNKER_VERSION", "Limits", "chunk_document", "compute_fingerprint"]
