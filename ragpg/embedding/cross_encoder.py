"""A cross-encoder: a model that reads two texts together and judges the pair."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragpg.embedding import model_files
from ragpg.embedding.sentence_transformer import BATCH_SIZE
from ragpg.errors import ConfigurationError, ProviderError
from ragpg.uninterrupted import undisturbed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.types import Vectors

logger = logging.getLogger("ragpg")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a cross-encoder is for: its kind, the setting that names it, and advice."""

    kind: str
    key: str
    hint: str


@dataclass(frozen=True)
class CrossEncoder:
    """Loaded by sentence-transformers, with PyTorch, when it is first used."""

    name: str
    directory: Path
    purpose: Purpose
    device: str | None = None

    @classmethod
    def find(cls, name: str, purpose: Purpose, *, device: str | None = None) -> CrossEncoder:
        """Find the directory of its files: a path, or fetched from the hub.

        Raises ConfigurationError where that is no cross-encoder, ProviderError where there is none.
        """
        path = Path(name).expanduser()
        if not path.is_dir():
            path = model_files.fetch(name, kind=purpose.kind, key=purpose.key)
        if not is_cross_encoder(path):
            message = f"{purpose.key}: {name!r} is no cross-encoder"
            raise ConfigurationError(message, hint=purpose.hint)
        return cls(name, path, purpose, device)

    @property
    def labels(self) -> list[str]:
        """What its figures are called, in lower case; none where nothing says so."""
        named = model_files.read_json(self.directory / "config.json").get("id2label") or {}
        try:
            return [str(named[key]).lower() for key in sorted(named, key=int)]
        except (ValueError, TypeError):
            return []

    def judge(self, pairs: Sequence[tuple[str, str]], **options: Any) -> Vectors:
        """Judge pairs of texts; shape (pairs,) or (pairs, figures). Raises ProviderError."""
        import numpy as np

        options |= {"batch_size": BATCH_SIZE, "show_progress_bar": False}
        try:
            found: Vectors = self.loaded.predict(pairs, **options)
        except RuntimeError as error:  # such as too little memory
            reason = str(error).strip().partition("\n")[0]
            raise self._failed(f"failed: {reason}") from error
        if not np.isfinite(found).all():
            raise self._failed("returned scores that are not finite")
        return found

    def _failed(self, how: str) -> ProviderError:
        return ProviderError(
            f"the {self.purpose.kind} {self.name!r} {how}",
            hint=f"choose another model, or leave {self.purpose.key} out",
        )

    @cached_property
    def loaded(self) -> Any:
        """The model itself."""
        logger.info("loading the %s %s with PyTorch", self.purpose.kind, self.name)
        return undisturbed(self._load)

    def _load(self) -> Any:
        # PyTorch's threads would spin while they wait for each other, and it would keep a kernel
        # with its memory for each of the last 1,024 shapes of a batch.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        import sentence_transformers

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
    """Whether a model has learnt to judge pairs; sentence-transformers makes one of any other."""
    settings = model_files.read_json(directory / "config_sentence_transformers.json")
    architectures = model_files.read_json(directory / "config.json").get("architectures") or ()
    classifies = any(name.endswith("ForSequenceClassification") for name in architectures)
    return bool(settings.get("model_type") == "CrossEncoder" or (classifies and not settings))
