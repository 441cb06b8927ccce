"""The words of a text as a model sees them in their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragpg.retrieval.late_interaction import WordVectors, is_content_word

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


def read(text: str, encoding: Encoding, states: Vectors, axes: Axes) -> WordVectors:
    """Take a text's words from its tokens' states, shape (hidden, tokens).

    A word's vector is the mean of its pieces' states, or the sum over its places in the text.
    """
    import numpy as np

    spans = spelled(encoding)
    offsets = encoding.offsets
    spelling = [text[offsets[a][0] : offsets[b - 1][1]].casefold() for a, b in spans]
    kept = [number for number, word in enumerate(spelling) if is_content_word(word)]
    texts = tuple(dict.fromkeys(spelling[number] for number in kept))
    if not kept:
        return WordVectors((), np.empty((0, axes.turn.shape[1]), np.float32))
    starts = [start for start, _ in spans]
    means: Vectors = np.add.reduceat(states.T[: spans[-1][1]], starts, axis=0)[kept]
    means /= np.array([stop - start for start, stop in spans], np.float32)[kept, None]
    turned = axes.turned(means)
    numbers = {word: number for number, word in enumerate(texts)}
    places = np.array([numbers[spelling[number]] for number in kept])
    order = np.argsort(places, kind="stable")
    firsts = np.flatnonzero(np.diff(places[order], prepend=-1))
    return WordVectors(texts, np.add.reduceat(turned[order], firsts, axis=0))


def spelled(encoding: Encoding) -> list[tuple[int, int]]:
    """The words that the tokenizer saw in a text: from which token to before which."""
    spans: list[tuple[int, int]] = []
    before = None
    for token, word in enumerate(encoding.word_ids):
        if word is None:
            continue
        if word == before:
            spans[-1] = spans[-1][0], token + 1
        else:
            spans.append((token, token + 1))
        before = word
    return spans


def unit(vectors: Vectors) -> Vectors:
    """Bring rows to unit length."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
    return result
