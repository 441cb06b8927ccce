"""Late interaction over words, with a few bytes a word. Pure.

Of each word vector of a passage only the signs are kept. Each word of a query is compared with all
of them, and its best match counts: MaxSim, after Khattab & Zaharia, ColBERT, SIGIR 2020. Signs
instead of numbers: Charikar, Similarity Estimation Techniques from Rounding Algorithms, STOC 2002.
"""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ragpg.lexicon import stop_words
from ragpg.text.scripts import is_unspaced, normalize
from ragpg.text.terms import is_divided

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from ragpg.types import Vectors

DIMENSIONS = 40
"""Components of a word vector."""
CODE_SIZE = 2 + DIMENSIONS // 8
"""Bytes of a word's code: a checksum that identifies it, then the signs of its vector."""
NO_WORDS_SIMILARITY = -0.2
"""The similarity of a text without content words: lower than that of most texts with some."""
SAME_WORD = 0.8
"""About the similarity of a word to its own code."""
UNKNOWN_WEIGHT = 0.05
"""The weight of a query word that has no term, such as a stop word of the table's language."""


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Content words, each once, and their vectors, shape (words, DIMENSIONS)."""

    words: tuple[str, ...]
    vectors: Vectors


def is_content_word(word: str) -> bool:
    """Return whether a word is neither punctuation nor a stop word."""
    return word[:1].isalnum() and word not in stop_words.LATE_INTERACTION


def encode(words: WordVectors) -> bytes:
    """Encode words in CODE_SIZE bytes each: first all checksums, then all signs."""
    import numpy as np

    checksums = np.array([checksum(word) for word in words.words], "<u2")
    return checksums.tobytes() + np.packbits(words.vectors > 0, axis=1).tobytes()


def checksum(word: str) -> int:
    """Return 16 bits that identify a word within a passage."""
    return zlib.crc32(normalize(word.casefold()).encode(errors="replace")) & 0xFFFF


def decode_checksums(code: bytes) -> list[int]:
    """Return the checksums of encoded words, in the order of `decode_signs`."""
    import numpy as np

    checksums: list[int] = np.frombuffer(code, "<u2", count=len(code) // CODE_SIZE).tolist()
    return checksums


def decode_signs(codes: Iterable[bytes]) -> npt.NDArray[np.float32]:
    """Return the signs of all encoded words as rows of unit length, shape (words, DIMENSIONS)."""
    import numpy as np

    packed = b"".join(code[2 * (len(code) // CODE_SIZE) :] for code in codes)
    bits = np.unpackbits(np.frombuffer(packed, np.uint8)).reshape(-1, DIMENSIONS)
    return (bits * np.float32(2) - 1) * np.float32(DIMENSIONS**-0.5)


def word_weights(words: Sequence[str], idf: Mapping[str, float]) -> list[float]:
    """Return the weight of each word of a query by the idf of its stem; they add up to 1."""
    weights = [
        max((idf[term] for term in idf if is_weighted_by(word, term)), default=UNKNOWN_WEIGHT)
        for word in words
    ]
    total = sum(weights)
    return [weight / total for weight in weights] if total else weights


def is_weighted_by(word: str, term: str) -> bool:
    """Return whether a word has a term; the model's words are single ideographs of a pair."""
    return has_stem(word, term.casefold()) or (is_unspaced(word) and word in term)


def has_stem(word: str, stem: str) -> bool:
    """Return whether a word starts with a stem; a final i also matches y (Snowball).

    Accents don't count, since stems of some languages have none: `haus` of "Häuser".
    In scripts whose words have several terms, one can be anywhere in a word.
    """
    if is_divided(stem):
        return stem in word
    if not word.isascii():
        word, stem = drop_accents(word), drop_accents(stem)
    return word.startswith(stem) or (stem.endswith("i") and word.startswith(f"{stem[:-1]}y"))


@lru_cache(maxsize=20_000)
def drop_accents(word: str) -> str:
    """Return a word in Latin, Greek or Cyrillic letters without accents: stems have lost some."""
    if word.isascii() or word[0] > "\u052f":
        return word
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def compare_words(query: WordVectors, codes: Sequence[bytes]) -> Vectors:
    """Return the cosine of each word of a query, a row, to each encoded word.

    The vectors of the query are of unit length. A word of a script without blanks, which is a
    single ideograph for the model and most often one that it does not know, is compared as it is
    written.
    """
    import numpy as np

    cosines: Vectors = query.vectors @ decode_signs(codes).T
    rows = [row for row, word in enumerate(query.words) if is_unspaced(word)]
    if rows:
        encoded = np.array([c for code in codes for c in decode_checksums(code)])
        own = np.array([checksum(query.words[row]) for row in rows])
        cosines[rows] = SAME_WORD * (own[:, None] == encoded)
    return cosines


def max_similarities(
    query: WordVectors, weights: Sequence[float], codes: Sequence[bytes]
) -> list[float]:
    """Return the MaxSim of a query to the words of each code, on the scale of the cosine.

    The best match of each word of the query counts by the word's weight; see `compare_words`.
    """
    import numpy as np

    sizes = np.array([len(code) // CODE_SIZE for code in codes])
    result = np.full(len(codes), NO_WORDS_SIMILARITY)
    if len(query.vectors) and sizes.any():
        compared = compare_words(query, codes)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])[sizes > 0]
        result[sizes > 0] = np.array(weights) @ np.maximum.reduceat(compared, starts, axis=1)
    similarities: list[float] = result.tolist()
    return similarities
