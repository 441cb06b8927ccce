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


class ModelTokenizer:
    """The tokenizer in a model's directory, loaded when it is first used; fulfils `Tokenizer`.

    `prompt` is the text that precedes every passage: its tokens are taken off the window.
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
        window = model_files.read_window(self._directory)
        return window - special - sum(self.counts([self._prompt]))

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens not counted."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._path))
        # The file may set limits of its own: the default model's truncates and pads to 128 tokens.
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer
