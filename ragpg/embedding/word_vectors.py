"""Contextual word vectors: a word's vector is made from the model's states of its tokens.

They are stored and compared by `retrieval.late_interaction`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ragpg.retrieval.late_interaction import WordVectors, is_content_word

if TYPE_CHECKING:
    from pathlib import Path

    from ragpg.types import Vectors

VERSION = 1
"""Part of the model's fingerprint: raised whenever an unchanged text would get other vectors."""


class Encoding(Protocol):
    """The tokens of a text, the span of each, and its word, None for a special token."""

    @property
    def ids(self) -> list[int]:  # noqa: D102
        ...

    @property
    def offsets(self) -> list[tuple[int, int]]:  # noqa: D102
        ...

    @property
    def word_ids(self) -> list[int | None]:  # noqa: D102
        ...


@dataclass(frozen=True, slots=True)
class Projection:
    """A principal component analysis (PCA) of word vectors: mean and principal axes.

    `mean` has the shape (hidden,), `axes` the shape (hidden, late_interaction.DIMENSIONS), the
    components with the largest variance first.
    """

    mean: Vectors
    axes: Vectors

    @classmethod
    def load(cls, path: Path) -> Projection:
        """Read a projection from a .npy file: the mean, then one axis per row."""
        import numpy as np

        rows = np.load(path).astype(np.float32)
        return cls(rows[0], rows[1:].T)

    def project(self, states: Vectors) -> Vectors:
        """Project word states, shape (words, hidden), on the axes; shape (words, DIMENSIONS)."""
        projected: Vectors = normalise_rows(states - self.mean) @ self.axes
        return projected


def embed_words(
    text: str, encoding: Encoding, *, states: Vectors, projection: Projection
) -> WordVectors:
    """Return the vectors of a text's content words from its tokens' states, (hidden, tokens).

    Each occurrence of a word has the mean of its tokens' states, projected; a word's vector is the
    sum over its occurrences.
    """
    import numpy as np

    spans = find_word_spans(encoding)
    offsets = encoding.offsets
    spellings = [text[offsets[a][0] : offsets[b - 1][1]].casefold() for a, b in spans]
    kept = [index for index, word in enumerate(spellings) if is_content_word(word)]
    words = tuple(dict.fromkeys(spellings[index] for index in kept))
    if not kept:
        return WordVectors((), np.empty((0, projection.axes.shape[1]), np.float32))
    starts = [start for start, _ in spans]
    means: Vectors = np.add.reduceat(states.T[: spans[-1][1]], starts, axis=0)[kept]
    means /= np.array([stop - start for start, stop in spans], np.float32)[kept, None]
    projected = projection.project(means)
    # Bring the occurrences of each word together, words in the order of `words`, and add them up.
    numbers = {word: number for number, word in enumerate(words)}
    occurrences = np.array([numbers[spellings[index]] for index in kept])
    order = np.argsort(occurrences, kind="stable")
    firsts = np.flatnonzero(np.diff(occurrences[order], prepend=-1))
    return WordVectors(words, np.add.reduceat(projected[order], firsts, axis=0))


def find_word_spans(encoding: Encoding) -> list[tuple[int, int]]:
    """Return, for each word that the tokenizer saw, its first token and the one after its last."""
    spans: list[tuple[int, int]] = []
    previous = None
    for token, word in enumerate(encoding.word_ids):
        if word is None:  # a special token
            continue
        if word == previous:
            spans[-1] = spans[-1][0], token + 1
        else:
            spans.append((token, token + 1))
        previous = word
    return spans


def normalise_rows(vectors: Vectors) -> Vectors:
    """Scale rows to unit length; a row of zeros stays one."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    normalised: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
    return normalised
