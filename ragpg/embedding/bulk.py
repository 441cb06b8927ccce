"""Embedding many texts, with any model that sentence-transformers loads."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragpg.errors import ProviderError
from ragpg.undisturbed import undisturbed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.types import Vectors

# Batches sorted by length; small ones are faster on a CPU than the usual 32.
BATCH_SIZE = 8

logger = logging.getLogger("ragpg")


@dataclass(frozen=True)
class BulkEncoder:
    """A model of any architecture; it is loaded, with PyTorch, when it is first used.

    `precision` is a type of PyTorch's, or "auto": bfloat16 where the processor has instructions for
    it, which are twice as fast and change a vector by a cosine of 0.0001; float32 elsewhere.
    """

    name: str
    directory: Path
    device: str | None = None
    precision: str = "auto"
    batch_size: int = BATCH_SIZE
    trust_remote_code: bool = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; shape (len(texts), hidden)."""
        vectors: Vectors = self._model.encode(
            list(texts),
            batch_size=self.batch_size,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return vectors

    @property
    def is_loaded(self) -> bool:
        """Whether the model is there already."""
        return "_model" in self.__dict__

    @cached_property
    def _model(self) -> Any:
        logger.info("loading the embedding model %s with PyTorch", self.name)
        return undisturbed(self._load)

    def _load(self) -> Any:
        prepare()
        import torch
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                str(self.directory),
                device=self.device,
                trust_remote_code=self.trust_remote_code,
                model_kwargs={"dtype": getattr(torch, self._precision())},
                # Prompts are ours to add: those of the model's settings are for other uses.
                prompts={},
                local_files_only=not self.trust_remote_code,
            )
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ProviderError(
                f"the embedding model {self.name!r} could not be loaded: {reason}",
                hint=f"it is read from {str(self.directory)!r}",
            ) from error

    def _precision(self) -> str:
        import torch

        if self.precision != "auto":
            return self.precision
        elsewhere = torch.cuda.is_available() or torch.backends.mps.is_available()
        on_processor = self.device == "cpu" or (self.device is None and not elsewhere)
        return "bfloat16" if on_processor and has_bfloat16() else "float32"


def prepare() -> None:
    """Import transformers, and PyTorch with it, the one silent, the other modest."""
    # By default PyTorch's threads spin while they wait for each other: on a busy machine that
    # halves the speed and doubles the time that others lose.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # And it keeps a kernel with its memory for each of the last 1,024 shapes of a batch.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()


def has_bfloat16() -> bool:
    """Whether the processor multiplies matrices of bfloat16, as Linux tells it."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    except OSError:
        return False
    return not {"amx_bf16", "avx512_bf16"}.isdisjoint(flags)
