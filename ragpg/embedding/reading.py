"""The words of a text as a model sees them in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.words import Words, is_telling

if TYPE_CHECKING:
    from pathlib import Path

    from tokenizers import Encoding

    from ragpg.types import Vectors

VERSION = 1
"""Grows whenever the words of an unchanged text would get other vectors."""


@dataclass(frozen=True, slots=True)
class Axes:
    """What all words of a model have in common, shape (hidden,), and how their vectors are turned.

    Of the turned vectors the components that tell words apart come first. `turn` has the shape
    (hidden, ragpg.words.DIMENSIONS).
    """

    mean: Vectors
    turn: Vectors

    @classmethod
    def load(cls, path: Path) -> Axes:
        """Read them from a file: the mean, then one axis a row."""
        import numpy as np

        values = np.load(path).astype(np.float32)
        return cls(values[0], values[1:].T)

    def turned(self, states: Vectors) -> Vectors:
        """Words' states, shape (words, hidden), along the axes; shape (words, DIMENSIONS)."""
        turned: Vectors = unit(states - self.mean) @ self.turn
        return turned


def read(text: str, encoding: Encoding, states: Vectors, axes: Axes) -> Words:
    """Take a text's words from its tokens' states, shape (hidden, tokens).

    A word's vector is the mean of its pieces' states, or the sum over its places in the text.
    """
    import numpy as np

    words = [(word, tokens) for word, tokens in spelled(text, encoding) if is_telling(word)]
    texts = tuple(dict.fromkeys(word for word, _ in words))
    shares = np.zeros((len(words), states.shape[1]), np.float32)
    places = np.zeros((len(texts), len(words)), np.float32)
    numbers = {word: number for number, word in enumerate(texts)}
    for row, (word, tokens) in enumerate(words):
        shares[row, tokens] = 1 / len(tokens)
        places[numbers[word], row] = 1
    return Words(texts, places @ axes.turned(shares @ states.T))


def spelled(text: str, encoding: Encoding) -> list[tuple[str, list[int]]]:
    """The words that the tokenizer saw in a text, in lower case, and the tokens of each."""
    words: dict[int, list[int]] = {}
    for token, word in enumerate(encoding.word_ids):
        if word is not None:
            words.setdefault(word, []).append(token)
    offsets = encoding.offsets
    return [
        (text[offsets[tokens[0]][0] : offsets[tokens[-1]][1]].casefold(), tokens)
        for tokens in words.values()
    ]


def unit(vectors: Vectors) -> Vectors:
    """Bring rows to unit length."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
    return result
