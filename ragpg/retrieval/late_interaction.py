"""Words and their vectors, those of a passage in a few bytes each. Pure.

Of a passage's word the signs of its vector's components are kept. A question's words are compared
with these codes, each with the one that is most similar to it (Khattab & Zaharia: ColBERT, SIGIR
2020; signs in place of numbers: Charikar, Similarity Estimation Techniques from Rounding
Algorithms, STOC 2002).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from ragpg.types import Vectors

DIMENSIONS = 40
"""Components of a word's vector."""
SIZE = 2 + DIMENSIONS // 8
"""Bytes of a coded word: what tells it from others, then its signs."""
WORDLESS = -0.2
"""The similarity of what has no words: lower than that of most texts that have some."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words that say something, each once, and their vectors, shape (words, DIMENSIONS)."""

    texts: tuple[str, ...]
    vectors: Vectors


def is_telling(word: str) -> bool:
    """Whether a word is neither a mark nor one that stands in every text."""
    return word[:1].isalnum() and word not in FUNCTION_WORDS


def pack(words: Words) -> bytes:
    """Code words, SIZE bytes each: first all names, then all signs."""
    import numpy as np

    names = np.array([name(word) for word in words.texts], "<u2")
    return names.tobytes() + np.packbits(words.vectors > 0, axis=1).tobytes()


def name(word: str) -> int:
    """What tells a word from the others of a passage: 16 bits of a checksum."""
    return zlib.crc32(word.casefold().encode(errors="replace")) & 0xFFFF


def names_of(code: bytes) -> list[int]:
    """The names of coded words, in the order of their signs."""
    import numpy as np

    found: list[int] = np.frombuffer(code, "<u2", count=len(code) // SIZE).tolist()
    return found


def signs_of(codes: Iterable[bytes]) -> npt.NDArray[np.float32]:
    """The signs of coded words, one below the other, as rows of unit length."""
    import numpy as np

    packed = b"".join(code[2 * (len(code) // SIZE) :] for code in codes)
    bits = np.unpackbits(np.frombuffer(packed, np.uint8)).reshape(-1, DIMENSIONS)
    return (bits * np.float32(2) - 1) * np.float32(DIMENSIONS**-0.5)


def weights_of(words: Sequence[str], terms: Mapping[str, float]) -> list[float]:
    """How much each word of a question counts, 1 in all: by the rarity of its stem in `terms`.

    What has no stem there is a word that says little in the documents' language.
    """
    weights = [
        max((terms[term] for term in terms if stands_for(term, word)), default=0.05)
        for word in words
    ]
    total = sum(weights)
    return [weight / total for weight in weights] if total else weights


def stands_for(stem: str, word: str) -> bool:
    """Whether a word has a stem: it begins with it, but for an i that was a y."""
    return word.startswith(stem) or (stem.endswith("i") and word.startswith(f"{stem[:-1]}y"))


def similarities(
    question: Vectors, weights: Sequence[float], codes: Sequence[bytes]
) -> list[float]:
    """How near the words of each code are to those of the question, on the scale of the cosine.

    `question` has the shape (words, DIMENSIONS), rows of unit length. Of every word of the question
    the similarity to the nearest coded word counts.
    """
    import numpy as np

    sizes = np.array([len(code) // SIZE for code in codes])
    found = np.full(len(codes), WORDLESS)
    if len(question) and sizes.any():
        compared = question @ signs_of(codes).T
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])[sizes > 0]
        found[sizes > 0] = np.array(weights) @ np.maximum.reduceat(compared, starts, axis=1)
    nearest: list[float] = found.tolist()
    return nearest


FUNCTION_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can could did do does doing don down during each few for from further had
    has have having he her here hers herself him himself his how i if in into is it its itself just
    may me might more most must my myself no nor not now of off on once only or other our ours
    ourselves out over own s same shall she should so some such t than that the their theirs them
    themselves then there these they this those through to too under until up very was we were what
    when where which while who whom whose why will with would you your yours yourself yourselves
    """.split()  # noqa: SIM905 - far easier to read
)
