"""Counting tokens as the embedding model does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.embedding import model
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class WordPieces:
    """The tokenizer of a model's directory.

    `prompt` is what is put before every passage: it takes its share of the window.
    """

    def __init__(self, directory: Path, *, prompt: str = "") -> None:
        from tokenizers import Tokenizer

        path = directory / "tokenizer.json"
        if not path.is_file():
            raise ConfigurationError(
                f"the embedding model in {str(directory)!r} has no tokenizer.json",
                hint="save it with a recent version of transformers, or choose another model",
            )
        self._tokenizer = Tokenizer.from_file(str(path))
        # The file may come with limits of its own, for example 128 tokens, padded.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        special = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self._window = model.window(directory) - special - sum(self.counts([prompt]))

    @property
    def window(self) -> int:
        """The longest passage that the model reads whole, in tokens."""
        return self._window

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]
