"""Loading the tokenizer of an embedding model, and counting tokens with it."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from ragpg.embedding import model_files
from ragpg.embedding.wordpiece import WordPieceTokenizer
from ragpg.errors import ConfigurationError
from ragpg.optional import TOKENIZERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tokenizers import AddedToken, Tokenizer

    Count: TypeAlias = Callable[[Sequence[str]], list[int]]

MAX_KNOWN_WORDS = 50_000
"""Words whose numbers of tokens are remembered, which bounds the memory. Chosen by hand."""
MAX_WORD_LENGTH = 50
"""Characters; longer words are not remembered. Chosen by hand."""
MAX_NEW_SHARE = 1 / 3
"""Share of new words beyond which texts are counted whole: by itself, a word takes three times as
long as in a text."""


_MARK, _NO_MARK = r"[!-/:-@\[-`{-~]", r"[^\n !-/:-@\[-`{-~]+"
"""A punctuation mark of ASCII, which is a token, and what stands between such marks and blanks."""


def load_tokenizer(
    directory: Path, *, max_tokens: int | None = None
) -> Tokenizer | WordPieceTokenizer:
    """Return a model's tokenizer, which does not pad, and truncates to `max_tokens` if given.

    It is that of the package tokenizers, which knows all kinds, or where this is missing our own;
    raises ConfigurationError where that does not know the kind either. Whoever asks for the same
    one in a process shares it and leaves it as it is: the file of a BERT takes longer to read than
    a query to be embedded.
    """
    path = directory / "tokenizer.json"
    file = path.stat()
    version = (file.st_ino, file.st_mtime_ns, file.st_size, TOKENIZERS.is_installed)
    return _load_tokenizer(path, max_tokens, version)


@lru_cache(maxsize=4)
def _load_tokenizer(
    path: Path, max_tokens: int | None, _version: tuple[int, ...]
) -> Tokenizer | WordPieceTokenizer:
    tokenizer = _read_tokenizer(path)
    if max_tokens is not None:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _read_tokenizer(path: Path) -> Tokenizer | WordPieceTokenizer:
    if not TOKENIZERS.is_installed and (own := WordPieceTokenizer.from_file(path)):
        return own
    TOKENIZERS.require(f"the tokenizer of the embedding model in {str(path.parent)!r}")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    # The file may set limits of its own: the default model's truncates and pads to 128 tokens.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


class ModelTokenizer:
    """The tokenizer in a model's directory, loaded when it is first used; fulfils `Tokenizer`.

    `prompt` is the text that precedes every passage: its tokens are taken off the window.
    """

    def __init__(self, directory: Path, *, prompt: str = "") -> None:
        if not (directory / "tokenizer.json").is_file():
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
        return self._words.counts(texts) if self._reads_words_alone else self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> list[int]:
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    @cached_property
    def _words(self) -> _PartCounts:
        tokenizer = self._tokenizer
        if isinstance(tokenizer, WordPieceTokenizer):
            return _count_by_words(self._encode, added=tokenizer.added)
        return _count_by_words(self._encode, added=[t.content for t in _find_added(tokenizer)])

    @cached_property
    def _reads_words_alone(self) -> bool:
        """Whether the tokens of a text are those of its words, as those of BERT's models are."""
        tokenizer = self._tokenizer
        if isinstance(tokenizer, WordPieceTokenizer):
            return True
        from tokenizers.normalizers import BertNormalizer
        from tokenizers.pre_tokenizers import BertPreTokenizer

        return (
            isinstance(tokenizer.normalizer, BertNormalizer)
            and isinstance(tokenizer.pre_tokenizer, BertPreTokenizer)
            and all(map(_is_part, _find_added(tokenizer)))
        )

    @cached_property
    def _tokenizer(self) -> Tokenizer | WordPieceTokenizer:
        return load_tokenizer(self._directory)


def _find_added(tokenizer: Tokenizer) -> list[AddedToken]:
    """Return the tokens that are found before a text is divided into words, such as [SEP]."""
    return list(tokenizer.get_added_tokens_decoder().values())


def _is_part(token: AddedToken) -> bool:
    """Return whether an added token is found in whatever word its text is."""
    content = token.content
    is_simple = not (token.normalized or token.single_word or re.search(r"\s", content))
    return content.isalnum() or (is_simple and re.match(_MARK, content) is not None)


def _count_by_words(count: Count, *, added: Iterable[str]) -> _PartCounts:
    """Make a counter of texts by their words, and of new words by what is between their marks."""
    marked = [re.escape(token) for token in added if not token.isalnum()]
    parts = re.compile("|".join([*marked, _MARK, _NO_MARK]))
    return _PartCounts(_PartCounts(count, split=parts.findall).counts, split=_split_words)


def _split_words(text: str) -> list[str]:
    return text.replace("\n", " ").split(" ")


class _PartCounts:
    """Counts the tokens of texts by their parts, each of which is counted only once.

    Chunking counts a text several times, and few words make up most of it.
    """

    def __init__(self, count: Count, *, split: Callable[[str], list[str]]) -> None:
        self._count = count
        self._split = split
        self._known: dict[str, int] = {}

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text."""
        split = list(map(self._split, texts))
        known = self._known
        new = list(set(chain.from_iterable(split)).difference(known))
        has_room = len(known) < MAX_KNOWN_WORDS
        if not has_room and sum(map(len, new)) > MAX_NEW_SHARE * sum(map(len, texts)):
            return self._count(texts)
        known |= zip(new, self._count(new), strict=True)
        counts = [sum(map(known.__getitem__, parts)) for parts in split]
        for part in new:
            if not has_room or len(part) > MAX_WORD_LENGTH:
                del known[part]
        return counts
