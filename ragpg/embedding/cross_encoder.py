"""A cross-encoder: a model that reads two texts together and scores the pair.

Humeau et al., Poly-encoders, ICLR 2020, compare it with embedding each text by itself.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragpg.embedding import model_files
from ragpg.embedding.sentence_transformer import BATCH_SIZE, import_sentence_transformers
from ragpg.errors import ConfigurationError, ProviderError
from ragpg.uninterrupted import run_uninterrupted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.types import Vectors

logger = logging.getLogger("ragpg")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a cross-encoder is used for: `kind` and `key`, the setting, are for error messages."""

    kind: str
    key: str
    hint: str


@dataclass(frozen=True)
class CrossEncoder:
    """A cross-encoder, loaded by sentence-transformers when it is first used."""

    name: str
    directory: Path
    purpose: Purpose
    device: str | None = None

    @classmethod
    def from_name(cls, name: str, purpose: Purpose, *, device: str | None = None) -> CrossEncoder:
        """Return the cross-encoder in a directory, or of the hub, from where it is downloaded.

        Raises ConfigurationError for a model of another kind, ProviderError for a missing one.
        """
        path = Path(name).expanduser()
        if not path.is_dir():
            path = model_files.find_on_hub(name, kind=purpose.kind, key=purpose.key)
        if not is_cross_encoder(path):
            message = f"{purpose.key}: {name!r} is no cross-encoder"
            raise ConfigurationError(message, hint=purpose.hint)
        return cls(name, path, purpose, device)

    @property
    def labels(self) -> list[str]:
        """The names of its outputs in lower case; empty if the model does not name them."""
        names = model_files.read_json(self.directory / "config.json").get("id2label") or {}
        try:
            return [str(names[key]).lower() for key in sorted(names, key=int)]
        except (ValueError, TypeError):
            return []

    def predict(self, pairs: Sequence[tuple[str, str]], **options: Any) -> Vectors:
        """Score pairs of texts; shape (pairs,) or (pairs, outputs). Raises ProviderError."""
        import numpy as np

        options |= {"batch_size": BATCH_SIZE, "show_progress_bar": False}
        try:
            scores: Vectors = self.model.predict(pairs, **options)
        except RuntimeError as error:  # such as too little memory
            reason = str(error).strip().partition("\n")[0]
            raise self._error(f"failed: {reason}") from error
        if not np.isfinite(scores).all():
            raise self._error("returned scores that are not finite")
        return scores

    def _error(self, predicate: str) -> ProviderError:
        return ProviderError(
            f"the {self.purpose.kind} {self.name!r} {predicate}",
            hint=f"choose another model, or leave {self.purpose.key} out",
        )

    @cached_property
    def model(self) -> Any:
        """The sentence-transformers model; raises ProviderError if it cannot be loaded."""
        logger.info("loading the %s %s with PyTorch", self.purpose.kind, self.name)
        return run_uninterrupted(self._load)

    def _load(self) -> Any:
        # By default PyTorch's threads spin while they wait for each other, and it keeps a kernel,
        # with its memory, for each of the last 1,024 shapes of a batch.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
        sentence_transformers = import_sentence_transformers()
        try:
            return sentence_transformers.CrossEncoder(
                str(self.directory), device=self.device, local_files_only=True
            )
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ProviderError(
                f"the {self.purpose.kind} {self.name!r} could not be loaded: {reason}",
                hint=f"it is read from {str(self.directory)!r}",
            ) from error


def is_cross_encoder(directory: Path) -> bool:
    """Return whether a model was trained as one: sentence-transformers would load any other too."""
    settings = model_files.read_json(directory / "config_sentence_transformers.json")
    architectures = model_files.read_json(directory / "config.json").get("architectures") or ()
    classifies = any(name.endswith("ForSequenceClassification") for name in architectures)
    return bool(settings.get("model_type") == "CrossEncoder" or (classifies and not settings))
