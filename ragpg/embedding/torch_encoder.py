"""Embedding many texts, with PyTorch."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

from ragpg.embedding import bert_encoder
from ragpg.embedding.precision import best_device, precision
from ragpg.errors import ProviderError
from ragpg.uninterrupted import undisturbed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.embedding.word_vectors import Axes
    from ragpg.retrieval.late_interaction import WordVectors
    from ragpg.types import Vectors

logger = logging.getLogger("ragpg")


class Encoder(Protocol):
    """What embeds texts; shape (len(texts), hidden)."""

    def encode(self, texts: Sequence[str]) -> Vectors: ...  # noqa: D102 - the class says it


@dataclass(frozen=True)
class BulkEncoder:
    """A model of any architecture; it is loaded, with PyTorch, when it is first used.

    `device`, `precision` and `batch_size` are chosen for this machine where they are None.
    """

    name: str
    directory: Path
    device: str | None = None
    precision: str | None = None
    batch_size: int | None = None
    trust_remote_code: bool = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; shape (len(texts), hidden)."""
        return self._encoder.encode(texts)

    def read(self, texts: Sequence[str], axes: Axes) -> tuple[Vectors, list[WordVectors]]:
        """Embed texts, and the words in them: only for models that `quick` supports."""
        return cast("bert_encoder.QuickEncoder", self._encoder).read(texts, axes)

    @property
    def is_loaded(self) -> bool:
        """Whether the model is there already."""
        return "_encoder" in self.__dict__

    @cached_property
    def _encoder(self) -> Encoder:
        return undisturbed(self._load)

    def _load(self) -> Encoder:
        # By default PyTorch's threads spin while they wait for each other: on a busy machine that
        # halves the speed and doubles the time that others lose.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        load = self._bert if bert_encoder.supports(self.directory) else self._sentence_transformer
        try:
            return load(self.device or best_device())
        except (OSError, ValueError, RuntimeError, KeyError, ImportError, AssertionError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ProviderError(
                f"the embedding model {self.name!r} could not be loaded: {reason}",
                hint=f"it is read from {str(self.directory)!r}",
            ) from error

    def _bert(self, device: str) -> Encoder:
        logger.info("loading the embedding model %s with PyTorch", self.name)
        from ragpg.embedding.bert_torch import TorchBert

        network = TorchBert(
            self.directory,
            device=device,
            precision=self.precision or precision(device),
            batch_size=self.batch_size,
        )
        return bert_encoder.QuickEncoder(self.directory, network)

    def _sentence_transformer(self, device: str) -> Encoder:
        logger.info(
            "loading the embedding model %s with sentence-transformers, which takes some seconds: "
            "its architecture is not BERT's",
            self.name,
        )
        from ragpg.embedding.sentence_transformer import SentenceTransformerEncoder

        return SentenceTransformerEncoder(
            self.directory,
            device=device,
            precision=self.precision or precision(device),
            batch_size=self.batch_size,
            trust_remote_code=self.trust_remote_code,
        )
