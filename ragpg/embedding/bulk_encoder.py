"""Embedding of many texts: with an engine that takes long to load, and is the fastest then."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

from ragpg.embedding import bert_encoder
from ragpg.embedding.bert_numpy import NumpyBert
from ragpg.embedding.engine import Engine, choose_engine
from ragpg.embedding.precision import choose_device, choose_precision
from ragpg.errors import ProviderError
from ragpg.types import ignore
from ragpg.uninterrupted import run_uninterrupted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.embedding.word_vectors import Projection
    from ragpg.retrieval.late_interaction import WordVectors
    from ragpg.types import Report, Vectors

logger = logging.getLogger("ragpg")

ENGINE_NAMES = {Engine.NUMPY: "numpy", Engine.OPENVINO: "OpenVINO", Engine.TORCH: "PyTorch"}


class Encoder(Protocol):
    """Embeds texts."""

    def encode(self, texts: Sequence[str], report: Report = ignore) -> Vectors:
        """Embed texts; shape (len(texts), hidden)."""
        ...


@dataclass(frozen=True)
class BulkEncoder:
    """Embeds texts with a model of any architecture, which is loaded when it is first used.

    None for `engine`, `device`, `precision` or `batch_size` means: choose what suits this machine.
    The engine is for a BERT; PyTorch loads other architectures.
    """

    name: str
    directory: Path
    engine: Engine | None = None
    device: str | None = None
    precision: str | None = None
    batch_size: int | None = None
    trust_remote_code: bool = False

    def encode(self, texts: Sequence[str], report: Report = ignore) -> Vectors:
        """Embed texts; shape (len(texts), hidden)."""
        return self._encoder.encode(texts, report)

    def encode_with_words(
        self, texts: Sequence[str], projection: Projection, report: Report = ignore
    ) -> tuple[Vectors, list[WordVectors]]:
        """Embed texts and their words; only for models that `bert_encoder` supports."""
        encoder = cast("bert_encoder.BertEncoder", self._encoder)
        return encoder.encode_with_words(texts, projection, report)

    @property
    def is_loaded(self) -> bool:
        """Whether the model has been loaded."""
        return "_encoder" in self.__dict__

    @cached_property
    def _encoder(self) -> Encoder:
        return run_uninterrupted(self._load)

    def _load(self) -> Encoder:
        # By default PyTorch's threads spin while they wait for each other. On a busy machine that
        # halves their speed and takes twice the time from other processes.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        is_bert = bert_encoder.is_supported(self.directory)
        load = self._load_bert if is_bert else self._load_sentence_transformer
        try:
            return load()
        except (OSError, ValueError, RuntimeError, KeyError, ImportError, AssertionError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ProviderError(
                f"the embedding model {self.name!r} could not be loaded: {reason}",
                hint=f"it is read from {str(self.directory)!r}",
            ) from error

    def _load_bert(self) -> Encoder:
        engine = self.engine or choose_engine(self.device)
        logger.info("loading the embedding model %s with %s", self.name, ENGINE_NAMES[engine])
        return bert_encoder.BertEncoder(self.directory, self._make_layers(engine))

    def _make_layers(self, engine: Engine) -> bert_encoder.BertLayers:
        if engine is Engine.NUMPY:
            return NumpyBert(self.directory)
        if engine is Engine.OPENVINO:
            from ragpg.embedding.bert_openvino import OpenVinoBert

            return OpenVinoBert(
                self.directory,
                precision=self.precision or choose_precision("cpu"),
                batch_size=self.batch_size,
            )
        from ragpg.embedding.bert_torch import TorchBert

        device = self.device or choose_device()
        return TorchBert(
            self.directory,
            device=device,
            precision=self.precision or choose_precision(device),
            batch_size=self.batch_size,
        )

    def _load_sentence_transformer(self) -> Encoder:
        logger.info(
            "loading the embedding model %s with sentence-transformers, which takes some seconds: "
            "its architecture is not BERT's",
            self.name,
        )
        from ragpg.embedding.sentence_transformer import SentenceTransformerEncoder

        device = self.device or choose_device()
        return SentenceTransformerEncoder(
            self.directory,
            device=device,
            precision=self.precision or choose_precision(device),
            batch_size=self.batch_size,
            trust_remote_code=self.trust_remote_code,
        )
