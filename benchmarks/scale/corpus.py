"""Documents, vectors and questions of any number, always the same, made without a model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from ragpg.types import Chunk, Document, EmbeddedDocument, Embedding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from ragpg.types import Vector, Vectors

    Numbers = NDArray[np.int64]

DIMENSION = 384
CHUNKS_OF_DOCUMENT = 20
TOPICS = 1_000
DECAY = 0.7
NOISE = 1.2
"""Chosen so that signs alone find as many of the nearest vectors as they do of real passages: of
50, 98% among 400 candidates out of 22,000, and 83% out of a million."""

WORDS = 60_000
SHIFT = 20
"""Of Zipf's law: the most frequent word is in a fifth of the chunks, as in documentation."""
REPEATED = 0.3
"""The share of words that the chunk has had before: a text comes back to its subject."""
SYLLABLES = [a + b for a in "bdfgklmnprtvz" for b in "aeiou"]


@dataclass(frozen=True, slots=True)
class Written:
    """A document with its chunks and embeddings, and the ranks of the chunks' content words."""

    embedded: EmbeddedDocument
    ranks: list[Numbers]


class Corpus:
    """An endless row of documents."""

    @cached_property
    def topics(self) -> Vectors:
        """The middles of the topics; the first dimensions vary most."""
        made: Vectors = np.random.default_rng(1).standard_normal((TOPICS, DIMENSION), np.float32)
        return made * self.spread

    @cached_property
    def spread(self) -> Vector:
        """How much each dimension varies, before all are turned."""
        made = np.arange(1, DIMENSION + 1, dtype=np.float32) ** -DECAY
        return made / np.linalg.norm(made)

    @cached_property
    def turn(self) -> Vectors:
        """A rotation, so that all components vary alike."""
        drawn = np.random.default_rng(2).standard_normal((DIMENSION, DIMENSION))
        made: Vectors = np.linalg.qr(drawn)[0].astype(np.float32)
        return made

    @cached_property
    def words(self) -> list[str]:
        """The words, the most frequent ones first."""
        numbers = np.random.default_rng(3).permutation(len(SYLLABLES) ** 3)[:WORDS]
        base = len(SYLLABLES)
        return [
            SYLLABLES[n % base] + SYLLABLES[n // base % base] + SYLLABLES[n // base**2] + "x"
            for n in numbers
        ]

    @cached_property
    def frequencies(self) -> Vector:
        """The frequencies of the words, added up."""
        summed = np.cumsum(1 / (np.arange(WORDS) + SHIFT))
        made: Vector = summed / summed[-1]
        return made

    def draw_vectors(self, generator: np.random.Generator, topics: Sequence[int]) -> Vectors:
        """Draw a vector of each topic."""
        noise = generator.standard_normal((len(topics), DIMENSION), np.float32) * self.spread
        drawn = (self.topics[list(topics)] + NOISE * noise) @ self.turn
        made: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return made

    def draw_words(self, generator: np.random.Generator, count: int) -> Numbers:
        """Draw the content words of a chunk, as their ranks."""
        drawn = np.searchsorted(self.frequencies, generator.random(count))
        repeated = generator.random(count) < REPEATED
        earlier = (generator.random(count) * np.arange(count)).astype(int)
        for place in np.flatnonzero(repeated):
            drawn[place] = drawn[earlier[place]]
        return drawn

    def write(self, number: int, *, version: int = 0) -> Written:
        """Write a document; another version has other words and vectors."""
        generator = np.random.default_rng([number, version])
        bodies, ranks = [], []
        for count in generator.integers(20, 100, CHUNKS_OF_DOCUMENT):
            ranks.append(self.draw_words(generator, count))
            words = [self.words[rank] for rank in ranks[-1]]
            bodies.append("The " + " the ".join(words) + ".\n\n")
        topic = int(generator.integers(TOPICS))
        vectors = self.draw_vectors(generator, [topic] * CHUNKS_OF_DOCUMENT)
        codes = [generator.bytes(7 * len(drawn)) for drawn in ranks]
        embeddings = [Embedding(*both) for both in zip(vectors, codes, strict=True)]
        return Written(assemble(number, bodies, embeddings), ranks)

    def edit(self, number: int) -> EmbeddedDocument:
        """Change the middle chunk of version 1 of a document."""
        made, other = (self.write(number, version=version).embedded for version in (1, 2))
        middle = CHUNKS_OF_DOCUMENT // 2
        bodies, embeddings = [chunk.text for chunk in made.chunks], list(made.embeddings)
        bodies[middle] = other.chunks[middle].text
        embeddings[middle] = other.embeddings[middle]
        return assemble(number, bodies, embeddings)

    def questions(self, count: int, *, ranks: tuple[int, int] | None) -> list[tuple[str, Vector]]:
        """Draw questions of three to six words; without `ranks` they are as frequent as in texts.

        Each comes with a vector of some topic.
        """
        generator = np.random.default_rng(4)
        vectors = self.draw_vectors(generator, generator.integers(TOPICS, size=count).tolist())
        made = []
        for vector in vectors:
            length = int(generator.integers(3, 7))
            numbers = (
                generator.integers(*ranks, size=length)
                if ranks
                else np.searchsorted(self.frequencies, generator.random(length))
            )
            made.append((" ".join(self.words[n] for n in numbers), vector))
        return made


def assemble(
    number: int, bodies: Sequence[str], embeddings: Sequence[Embedding]
) -> EmbeddedDocument:
    """Make a document of the texts of its chunks."""
    text = "".join(bodies)
    document = Document(
        source=f"part{number % 100:02}/{number:06}.md",
        origin=None,
        text=text,
        digest=hashlib.sha256(text.encode()).digest(),
        size=len(text),
        title=f"Document {number}",
        metadata={},
        body_start=0,
    )
    return EmbeddedDocument(document, [*cut(bodies)], embeddings, b"f")


def cut(bodies: Sequence[str]) -> Iterator[Chunk]:
    """Yield the chunks that follow each other."""
    start = line = 0
    for ordinal, body in enumerate(bodies):
        end = start + len(body)
        yield Chunk(ordinal, (), body, start, end, line + 1, line + 1, "", body.strip())
        start, line = end, line + 2
