"""Embedding with any model that sentence-transformers loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.types import Vectors

BATCH_SIZE = 8
"""Batches are sorted by length; small ones are faster on a CPU than the usual 32."""


class SentenceTransformerEncoder:
    """A model of any architecture, on a device and in a precision of PyTorch's."""

    def __init__(
        self,
        directory: Path,
        *,
        device: str,
        precision: str,
        batch_size: int | None = None,
        trust_remote_code: bool = False,
    ) -> None:
        import torch
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        from sentence_transformers import SentenceTransformer

        self._batch_size = batch_size or BATCH_SIZE
        self._model = SentenceTransformer(
            str(directory),
            device=device,
            trust_remote_code=trust_remote_code,
            model_kwargs={"dtype": getattr(torch, precision)},
            # Prompts are ours to add: those of the model's settings are for other uses.
            prompts={},
            local_files_only=not trust_remote_code,
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; shape (len(texts), hidden)."""
        vectors: Vectors = self._model.encode(
            list(texts),
            batch_size=self._batch_size,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return vectors
