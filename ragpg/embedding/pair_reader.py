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

from ragpg.embedding.bert_numpy import NumpyBert, map_safetensors
from ragpg.text.languages import is_english

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from ragpg.types import Vectors

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
        self, question: str, passages: Sequence[tuple[str, Sequence[str]]]
    ) -> float | None:
        """Return the log-odds that the best segment of some passages answers a question.

        A passage is its headings and its segments. None for another language.
        """
        passages = [(heading, segments) for heading, segments in passages if segments]
        text = " ".join(segment for _, segments in passages for segment in segments)
        if not passages or not is_english(text):
            return None
        return max(self._score_segments(question, passages))

    def _score_claim(self, claim: str, texts: Sequence[tuple[str, str]]) -> list[float]:
        import numpy as np

        first = [START, *self._tokenize(claim)[:MAX_CLAIM_TOKENS], END]
        pairs = []
        for heading, text in texts:
            head = self._tokenize(heading)[:MAX_CLAIM_HEADING_TOKENS]
            second = [*head, COLON, *self._tokenize(text)]
            pairs.append((first, [*second[: MAX_CLAIM_PAIR_TOKENS - len(first) - 1], END]))
        states = [
            np.concatenate([s[:, : len(first)].mean(axis=1), s[:, len(first) :].mean(axis=1)])
            for s in self._read(pairs)
        ]
        return self._apply("claim", np.stack(states))

    def _score_segments(
        self, question: str, passages: Sequence[tuple[str, Sequence[str]]]
    ) -> list[float]:
        import numpy as np

        first = [START, *self._tokenize(question)[:MAX_QUESTION_TOKENS], END]
        pairs: list[tuple[list[int], list[int]]] = []
        places: list[tuple[int, slice]] = []
        for heading, segments in passages:
            second = [*self._tokenize(heading)[:MAX_HEADING_TOKENS], COLON]
            for segment in segments:
                start = len(first) + len(second)
                second += self._tokenize(segment)[: max(MAX_PASSAGE_TOKENS - start - 1, 0)]
                places.append((len(pairs), slice(start, len(first) + len(second))))
            pairs.append((first, [*second, END]))
        states = self._read(pairs)
        read = [(pair, place) for pair, place in places if place.start < place.stop]
        means = [states[pair][:, place].mean(axis=1) for pair, place in read]
        return self._apply("segment", np.stack(means))

    def _read(self, pairs: Sequence[tuple[list[int], list[int]]]) -> list[Vectors]:
        """Return the states, shape (hidden, tokens), of pairs of texts."""
        ids = [first + second for first, second in pairs]
        types = [[0] * len(first) + [1] * len(second) for first, second in pairs]
        return self._layers.encode(ids, types)

    def _apply(self, output: str, states: Vectors) -> list[float]:
        """Apply a linear output, shape (states, inputs), to a log-odds for each state."""
        weight, bias = self._tensors[f"{output}.weight"][0], self._tensors[f"{output}.bias"]
        scores: list[float] = (states @ weight + bias).tolist()
        return scores

    def _tokenize(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.directory / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _tensors(self) -> dict[str, Vectors]:
        return dequantize(map_safetensors(WEIGHTS))

    @cached_property
    def _layers(self) -> NumpyBert:
        return NumpyBert(self.directory, self._tensors)


def dequantize(tensors: dict[str, Vectors]) -> dict[str, Vectors]:
    """Multiply the tensors that were stored as bytes by the scales of their rows, in place."""
    for name in [name for name in tensors if name.endswith(SCALE)]:
        tensors[name.removesuffix(SCALE)] *= tensors.pop(name)[:, None]
    return tensors
