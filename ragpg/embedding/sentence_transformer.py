"""Embedding with any model that sentence-transformers loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragpg.types import ignore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.types import Report, Vectors

BATCH_SIZE = 8
"""Texts in a forward pass: batches are sorted by length, and those of 8 to 16 texts are faster on
a CPU than the usual 32 (measured in November 2026, benchmarks/bare_encoder.py)."""


class SentenceTransformerEncoder:
    """Embeds texts with a model of any architecture, on a device and in a precision of PyTorch."""

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

        self._batch_size = batch_size or BATCH_SIZE
        self._model = import_sentence_transformers().SentenceTransformer(
            str(directory),
            device=device,
            trust_remote_code=trust_remote_code,
            model_kwargs={"dtype": getattr(torch, precision)},
            # Prompts come from the configuration; those in the model's files are for other uses.
            prompts={},
            local_files_only=not trust_remote_code,
        )

    def encode(self, texts: Sequence[str], report: Report = ignore) -> Vectors:
        """Embed texts; shape (len(texts), hidden)."""
        import numpy as np

        # As the library does with all of them at once, of which it tells nothing.
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        batches: list[Vectors] = []
        for start in range(0, len(order), self._batch_size):
            batch = [texts[index] for index in order[start : start + self._batch_size]]
            batches.append(self._encode(batch))
            report(len(batch))
        vectors: Vectors = np.concatenate(batches)[np.argsort(order)]
        return vectors

    def _encode(self, texts: list[str]) -> Vectors:
        vectors: Vectors = self._model.encode(
            texts,
            batch_size=self._batch_size,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return vectors


def import_sentence_transformers() -> Any:
    """Import sentence-transformers without the warnings and progress bars of transformers."""
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    import sentence_transformers

    return sentence_transformers
