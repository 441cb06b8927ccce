"""Counting tokens as the embedding model does."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ragpg.embedding import model_files
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tokenizers import Tokenizer


class WordPieces:
    """The tokenizer of a model's directory, read when it is first used.

    `prompt` is what is put before every passage: it takes its share of the window.
    """

    def __init__(self, directory: Path, *, prompt: str = "") -> None:
        self._path = directory / "tokenizer.json"
        if not self._path.is_file():
            raise ConfigurationError(
                f"the embedding model in {str(directory)!r} has no tokenizer.json",
                hint="save it with a recent version of transformers, or choose another model",
            )
        self._directory = directory
        self._prompt = prompt

    @cached_property
    def window(self) -> int:
        """The longest passage that the model reads whole, in tokens."""
        special = int(self._tokenizer.num_special_tokens_to_add(is_pair=False))
        return model_files.window(self._directory) - special - sum(self.counts([self._prompt]))

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._path))
        # The file may come with limits of its own, for example 128 tokens, padded.
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer
