"""Ranking passages anew with a cross-encoder, which reads each together with the question."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragpg.embedding import model
from ragpg.embedding.sentence_transformer import BATCH_SIZE
from ragpg.errors import ConfigurationError, ProviderError
from ragpg.undisturbed import undisturbed

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND, KEY = "reranker", "retrieval.reranker"
HINT = "name a cross-encoder for ranking, such as cross-encoder/ms-marco-MiniLM-L6-v2"

logger = logging.getLogger("ragpg")


def locate(name: str) -> Path:
    """Find the directory that holds a cross-encoder's files: a path, or fetched from the hub."""
    path = Path(name).expanduser()
    directory = path if path.is_dir() else model.fetch(name, kind=KIND, key=KEY)
    if not is_cross_encoder(directory):
        raise ConfigurationError(f"{KEY}: {name!r} is no cross-encoder", hint=HINT)
    return directory


def is_cross_encoder(directory: Path) -> bool:
    """Whether a model has learnt to judge pairs; sentence-transformers makes one of any other."""
    settings = model.read_json(directory / "config_sentence_transformers.json")
    architectures = model.read_json(directory / "config.json").get("architectures") or ()
    classifies = any(name.endswith("ForSequenceClassification") for name in architectures)
    return bool(settings.get("model_type") == "CrossEncoder" or (classifies and not settings))


@dataclass(frozen=True)
class CrossEncoderReranker:
    """A cross-encoder that sentence-transformers loads, with PyTorch, when it is first used."""

    name: str
    directory: Path
    device: str | None = None

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers the question: higher is better; raises ProviderError."""
        import numpy as np

        if not passages:
            return []
        pairs = [(question, passage) for passage in passages]
        scores = self._model.predict(pairs, batch_size=BATCH_SIZE, show_progress_bar=False)
        if not np.isfinite(scores).all():
            raise ProviderError(
                f"the reranker {self.name!r} returned scores that are not finite",
                hint="choose another model, or leave retrieval.reranker out",
            )
        return [float(score) for score in scores]

    @cached_property
    def _model(self) -> Any:
        logger.info("loading the reranker %s with PyTorch", self.name)
        return undisturbed(self._load)

    def _load(self) -> Any:
        # PyTorch's threads would spin while they wait for each other, and it would keep a kernel
        # with its memory for each of the last 1,024 shapes of a batch.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        from sentence_transformers import CrossEncoder

        try:
            loaded = CrossEncoder(str(self.directory), device=self.device, local_files_only=True)
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ProviderError(
                f"the reranker {self.name!r} could not be loaded: {reason}",
                hint=f"it is read from {str(self.directory)!r}",
            ) from error
        if loaded.num_labels != 1:
            raise ConfigurationError(
                f"{KEY}: {self.name!r} gives {loaded.num_labels} figures for a passage, not one",
                hint=HINT,
            )
        return loaded
