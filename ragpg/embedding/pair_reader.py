"""A small model that reads two texts together: a claim and a passage, a question and a passage.

It is the default embedding model, its layers trained to tell claims that follow from a text from
others, and segments that answer a question (tools/reader.py; tools/reader_data.md describes the
data). The weights are stored as bytes with a scale for each row; the embeddings of words are those
of the default model. It knows English alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.embedding import model_files
from ragpg.embedding.bert_numpy import NumpyBert, map_safetensors
from ragpg.embedding.tokenizer import load_tokenizer
from ragpg.text.languages import is_english

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tokenizers import Tokenizer

    from ragpg.embedding.wordpiece import WordPieceTokenizer
    from ragpg.types import Vectors

    Tokenize = Callable[[str], list[int]]
    """Splits a text into tokens of the default model, without [CLS] and [SEP]."""

WEIGHTS = Path(__file__).with_name("pair_reader.safetensors")
SCALE = ".scale"
"""What follows the name of a tensor of bytes in the name of its scales."""

START, END, COLON = 101, 102, 1024
"""Tokens of the default model: [CLS], [SEP] and a colon."""
# As in training.
MAX_CLAIM_TOKENS, MAX_CLAIM_HEADING_TOKENS, MAX_CLAIM_PAIR_TOKENS = 60, 24, 128
"""Tokens that are read of a claim, of the headings of what it is compared with, and of all."""
MAX_QUESTION_TOKENS, MAX_HEADING_TOKENS, MAX_PASSAGE_TOKENS = 48, 32, 288
"""Tokens that are read of a question, of the headings of a passage, and of all."""
CACHE_SIZE = 2_000
"""Judgements up to which the cache is kept. Chosen by hand."""


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """The tokens of two texts; `places` are those of the second one's segments among all.

    A segment that was cut off has an empty place.
    """

    first: list[int]
    second: list[int]
    places: tuple[range, ...] = ()

    @property
    def ids(self) -> list[int]:
        """The tokens of both."""
        return self.first + self.second

    @property
    def types(self) -> list[int]:
        """0 for each token of the first text, 1 for each of the second."""
        return [0] * len(self.first) + [1] * len(self.second)


def encode_claim(tokenize: Tokenize, claim: str, heading: str, text: str) -> EncodedPair:
    """Encode a claim and a text below its headings, in MAX_CLAIM_PAIR_TOKENS."""
    first = [START, *tokenize(claim)[:MAX_CLAIM_TOKENS], END]
    second = [*tokenize(heading)[:MAX_CLAIM_HEADING_TOKENS], COLON, *tokenize(text)]
    return EncodedPair(first, [*second[: MAX_CLAIM_PAIR_TOKENS - len(first) - 1], END])


def encode_question(
    tokenize: Tokenize, question: str, heading: str, segments: Sequence[str]
) -> EncodedPair:
    """Encode a question and the segments of a passage below its headings, in MAX_PASSAGE_TOKENS."""
    first = [START, *tokenize(question)[:MAX_QUESTION_TOKENS], END]
    second = [*tokenize(heading)[:MAX_HEADING_TOKENS], COLON]
    places = []
    for segment in segments:
        start = len(first) + len(second)
        second += tokenize(segment)[: max(MAX_PASSAGE_TOKENS - start - 1, 0)]
        places.append(range(start, len(first) + len(second)))
    return EncodedPair(first, [*second, END], tuple(places))


@dataclass(frozen=True)
class PairReader:
    """Fulfils `Reader`; `directory` is that of the default model.

    Judgements of claims are cached, since an answer is checked sentence by sentence and as a whole.
    """

    directory: Path
    cache: dict[tuple[str, str, str], float | None] = field(default_factory=dict)

    def read_claim(self, claim: str, texts: Sequence[tuple[str, str]]) -> list[float | None]:
        """Return for each pair of headings and a text the log-odds that the claim follows.

        None for another language.
        """
        if len(self.cache) > CACHE_SIZE:
            self.cache.clear()
        new = [text for text in dict.fromkeys(texts) if (claim, *text) not in self.cache]
        self.cache.update(((claim, *text), None) for text in new)
        new = [text for text in new if is_english(f"{claim} {text[1]}")]
        if new:
            for text, score in zip(new, self._score_claim(claim, new), strict=True):
                self.cache[claim, *text] = score
        return [self.cache[claim, *text] for text in texts]

    def read_question(
        self,
        question: str,
        passages: Sequence[tuple[str, Sequence[str]]],
        *,
        is_enough: Callable[[float], bool] | None = None,
    ) -> float | None:
        """Return the log-odds that the best segment of some passages answers a question.

        A passage is its headings and its segments. Where those of the first one are enough, the
        others are not read. None for another language.
        """
        passages = [(heading, segments) for heading, segments in passages if segments]
        text = " ".join(segment for _, segments in passages for segment in segments)
        if not passages or not is_english(text):
            return None
        scores = self._score_segments(question, passages[:1])
        is_settled = scores and is_enough and is_enough(max(scores))
        if passages[1:] and not is_settled:
            scores += self._score_segments(question, passages[1:])
        return max(scores, default=None)

    def _score_claim(self, claim: str, texts: Sequence[tuple[str, str]]) -> list[float]:
        import numpy as np

        pairs = [encode_claim(self._tokenize, claim, *text) for text in texts]
        states = []
        for read, pair in zip(self._read(pairs), pairs, strict=True):
            start = len(pair.first)
            parts = (read[:, :start], read[:, start:])
            states.append(np.concatenate([part.mean(axis=1) for part in parts]))
        return self._apply("claim", np.stack(states))

    def _score_segments(
        self, question: str, passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[float]:
        import numpy as np

        pairs = [encode_question(self._tokenize, question, *passage) for passage in passages]
        states = [
            read[:, place.start : place.stop].mean(axis=1)
            for read, pair in zip(self._read(pairs), pairs, strict=True)
            for place in pair.places
            if place
        ]
        return self._apply("segment", np.stack(states)) if states else []

    def _read(self, pairs: Sequence[EncodedPair]) -> list[Vectors]:
        """Return the states, shape (hidden, tokens), of pairs of texts."""
        return self._layers.encode([pair.ids for pair in pairs], [pair.types for pair in pairs])

    def _apply(self, output: str, states: Vectors) -> list[float]:
        """Apply a linear output, shape (states, inputs), to a log-odds for each state."""
        weight, bias = self._tensors[f"{output}.weight"][0], self._tensors[f"{output}.bias"]
        scores: list[float] = (states @ weight + bias).tolist()
        return scores

    def _tokenize(self, text: str) -> list[int]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return [token for part in (encoding, *encoding.overflowing) for token in part.ids]

    @cached_property
    def _tokenizer(self) -> Tokenizer | WordPieceTokenizer:
        # The one that embeds queries is loaded already. What it cuts off is taken back in.
        return load_tokenizer(self.directory, max_tokens=model_files.read_window(self.directory))

    @cached_property
    def _tensors(self) -> dict[str, Vectors]:
        return dequantize(map_safetensors(WEIGHTS))

    @cached_property
    def _layers(self) -> NumpyBert:
        return NumpyBert(self.directory, self._tensors)


def dequantize(tensors: dict[str, Vectors]) -> dict[str, Vectors]:
    """Replace the tensors that were stored as bytes by their products with the scales of rows."""
    import numpy as np

    scaled = [name.removesuffix(SCALE) for name in tensors if name.endswith(SCALE)]
    # One array for all: where large pages are to be had, it takes half the time.
    space = np.empty(sum(tensors[name].size for name in scaled), np.float32)
    for name in scaled:
        values, scales = tensors[name], tensors.pop(name + SCALE)[:, None]
        product, space = space[: values.size], space[values.size :]
        tensors[name] = np.multiply(values, scales, out=product.reshape(values.shape))
    return tensors
