"""Token sequences in padded batches, for libraries that compute with rectangles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.types import ignore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

    from ragpg.types import Report, Vectors

    Integers = npt.NDArray[np.int64]
    Run = Callable[[Integers, Integers], Vectors]


def encode_in_batches(
    run: Run,
    sequences: Sequence[Sequence[int]],
    *,
    max_tokens: int,
    max_sequences: int | None = None,
    report: Report = ignore,
) -> list[Vectors]:
    """Return the states, shape (hidden, tokens), of each token sequence.

    `run` takes the tokens of a batch, shape (sequences, tokens), padded with 0, and the lengths; it
    returns states, shape (sequences, tokens, hidden). A batch has `max_tokens` with padding, or one
    sequence.
    """
    import numpy as np

    encoded: dict[int, Vectors] = {}
    for batch in divide(
        sequences, max_tokens=max_tokens, max_sequences=max_sequences or len(sequences)
    ):
        lengths = np.array([len(sequences[index]) for index in batch])
        tokens = np.zeros((len(batch), lengths[0]), np.int64)
        for row, index in zip(tokens, batch, strict=True):
            row[: len(sequences[index])] = sequences[index]
        for index, states, length in zip(batch, run(tokens, lengths), lengths, strict=True):
            encoded[index] = states[:length].T
        report(len(batch))
    return [encoded[index] for index in range(len(sequences))]


def divide(
    sequences: Sequence[Sequence[int]], *, max_tokens: int, max_sequences: int
) -> Iterator[list[int]]:
    """Yield batches of indices: sequences of similar length together, the longest first."""
    batch: list[int] = []
    for index in sorted(range(len(sequences)), key=lambda index: -len(sequences[index])):
        tokens = (len(batch) + 1) * len(sequences[batch[0] if batch else index])
        if batch and (tokens > max_tokens or len(batch) == max_sequences):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
