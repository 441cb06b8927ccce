"""The tokenizer of BERT in Python, for where the package tokenizers is not installed.

It does what that package's BertNormalizer, BertPreTokenizer and WordPiece do, and differs only in
characters that are newer than its tables of Unicode. Wu et al., Google's Neural Machine Translation
System, 2016, describe wordpieces; Devlin et al., BERT, 2019, what is done to a text before.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Piece = tuple[int, int, int]
    """A token, and the span of characters that it was made of."""
    NumberedPiece = tuple[int, int, int, int]
    """The same after the number of its word."""

CONTINUES = "##"
"""What a token that continues a word begins with in the vocabulary."""
SPECIALS = ("[CLS]", "[SEP]", "[UNK]")
BLANK = "\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
IDEOGRAPHS = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df\U0002a700-\U0002b73f\U0002b740-\U0002b81f"
    "\U0002b920-\U0002ceaf\uf900-\ufaff\U0002f800-\U0002fa1f]"
)
MAX_KNOWN_RUNS = 50_000
"""Runs of characters without a blank whose tokens are remembered. Chosen by hand."""
MAX_RUN_LENGTH = 50
"""Characters; longer runs are not remembered. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The tokens of a text, the span of each, and its word, None for a special token.

    `overflowing` is the rest of a text that was cut.
    """

    ids: list[int]
    offsets: list[tuple[int, int]]
    word_ids: list[int | None]
    overflowing: tuple[Encoding, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


class Normaliser(dict[str, str]):
    """What BERT reads for a character: without accents, in lower case, ideographs apart."""

    def __init__(self, *, lowercase: bool, strip_accents: bool) -> None:
        super().__init__()
        self._lowercase = lowercase
        self._strip_accents = strip_accents

    def __missing__(self, character: str) -> str:
        self[character] = self._normalise(character)
        return self[character]

    def _normalise(self, character: str) -> str:
        if character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs"):
            return ""
        text = character
        if self._strip_accents:
            parts = unicodedata.normalize("NFD", character)
            text = "".join(part for part in parts if unicodedata.category(part) != "Mn")
        if self._lowercase:
            text = "".join(map(str.lower, text))
        return f" {text} " if IDEOGRAPHS.match(character) else text


class WordPieceTokenizer:
    """Splits texts into wordpieces; has the methods of `tokenizers.Tokenizer` that ragpg calls."""

    def __init__(self, settings: dict[str, Any]) -> None:
        model, normalizer = settings["model"], settings["normalizer"]
        self._vocabulary: dict[str, int] = model["vocab"]
        self._start, self._end, self._unknown = (self._vocabulary[name] for name in SPECIALS)
        self._longest_word: int = model["max_input_chars_per_word"]
        self._longest_piece = max(map(len, self._vocabulary))
        lowercase = normalizer["lowercase"]
        strips = normalizer["strip_accents"]
        self._normalised = Normaliser(
            lowercase=lowercase, strip_accents=lowercase if strips is None else strips
        )
        self._added = {token["content"]: token["id"] for token in settings["added_tokens"]}
        added = "|".join(map(re.escape, self._added)) or r"(?!)"
        self._runs = re.compile(f"({added})|(?:(?!{added})[^{BLANK}])+")
        self._known: dict[str, list[list[Piece]]] = {}
        self._limit: int | None = None

    @classmethod
    def from_file(cls, path: Path) -> WordPieceTokenizer | None:
        """Return the tokenizer of a tokenizer.json, None for one of another kind."""
        settings = json.loads(path.read_text("utf-8"))
        parts = ("normalizer", "pre_tokenizer", "model")
        kinds = [(settings.get(part) or {}).get("type") for part in parts]
        is_wordpiece = kinds == ["BertNormalizer", "BertPreTokenizer", "WordPiece"]
        return cls(settings) if is_wordpiece else None

    @property
    def added(self) -> list[str]:
        """The tokens that are found in a text before it is divided into words."""
        return list(self._added)

    def enable_truncation(self, max_length: int) -> None:
        """Let encodings end after some tokens, special ones included."""
        self._limit = max_length

    def num_special_tokens_to_add(self, *, is_pair: bool) -> int:
        """Return the number of special tokens around a text, or two."""
        return 3 if is_pair else 2

    def encode_batch(
        self, texts: Sequence[str], *, add_special_tokens: bool = True
    ) -> list[Encoding]:
        """Encode texts."""
        return [self.encode(text, add_special_tokens=add_special_tokens) for text in texts]

    encode_batch_fast = encode_batch

    def encode(self, text: str, *, add_special_tokens: bool = True) -> Encoding:
        """Encode a text, between [CLS] and [SEP] unless they are not wanted."""
        words = enumerate(self._words(text))
        pieces = [(number, *piece) for number, word in words for piece in word]
        length = len(pieces) if self._limit is None else self._limit - 2 * add_special_tokens
        encoding = self._enclose(pieces[:length], add_special_tokens=add_special_tokens)
        if length >= len(pieces):
            return encoding
        rest = self._enclose(pieces[length:], add_special_tokens=add_special_tokens)
        return replace(encoding, overflowing=(rest,))

    def _enclose(self, pieces: Sequence[NumberedPiece], *, add_special_tokens: bool) -> Encoding:
        """Return tokens, with the number of each's word, between [CLS] and [SEP]."""
        ids = [piece[1] for piece in pieces]
        offsets = [piece[2:] for piece in pieces]
        numbers: list[int | None] = [piece[0] for piece in pieces]
        if not add_special_tokens:
            return Encoding(ids, offsets, numbers)
        return Encoding(
            [self._start, *ids, self._end], [(0, 0), *offsets, (0, 0)], [None, *numbers, None]
        )

    def _words(self, text: str) -> Iterator[list[Piece]]:
        """Yield the tokens of each word, a punctuation mark being one."""
        for match in self._runs.finditer(text):
            if match[1]:
                yield [(self._added[match[1]], *match.span())]
                continue
            start = match.start()
            for word in self._split(match[0]):
                yield [(piece, start + a, start + b) for piece, a, b in word]

    def _split(self, run: str) -> list[list[Piece]]:
        words = self._known.get(run)
        if words is None:
            words = [self._divide(*word) for word in self._separate(run)]
            if len(run) <= MAX_RUN_LENGTH and len(self._known) < MAX_KNOWN_RUNS:
                self._known[run] = words
        return words

    def _separate(self, run: str) -> Iterator[tuple[str, list[int]]]:
        """Yield the words of a run, with the place that each character comes from."""
        word, places = "", list[int]()
        for place, character in enumerate(run):
            for letter in self._normalised[character]:
                is_mark = is_punctuation(letter)
                if (is_mark or letter == " ") and word:
                    yield word, places
                    word, places = "", []
                if is_mark:
                    yield letter, [place]
                elif letter != " ":
                    word += letter
                    places.append(place)
        if word:
            yield word, places

    def _divide(self, word: str, places: list[int]) -> list[Piece]:
        """Divide a word into the longest pieces of the vocabulary, from its beginning."""
        pieces: list[Piece] = []
        start = 0
        while start < len(word) <= self._longest_word:
            prefix = CONTINUES if start else ""
            for end in range(min(len(word), start + self._longest_piece), start, -1):
                piece = self._vocabulary.get(prefix + word[start:end])
                if piece is not None:
                    pieces.append((piece, places[start], places[end - 1] + 1))
                    start = end
                    break
            else:
                break
        if start < len(word):
            return [(self._unknown, places[0], places[-1] + 1)]
        return pieces


def is_punctuation(character: str) -> bool:
    """Return whether a character is a punctuation mark, or a symbol of ASCII."""
    if character.isascii():
        return not character.isalnum() and character.isprintable() and character != " "
    return unicodedata.category(character).startswith("P")
