"""Values as a binary COPY takes them and a binary query returns them.

psycopg leaves bytes as they are, and does not know these types, or is slow with them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from ragpg.store.bm25 import DIMENSIONS
from ragpg.types import TermWeights

if TYPE_CHECKING:
    import numpy.typing as npt

VECTOR_HEAD = struct.Struct(">HH")
SPARSE_HEAD = struct.Struct(">iii")
ARRAY_HEAD = struct.Struct(">iiiii")
INT4 = 23
"""The OID of the type."""
EMPTY_ARRAY = struct.pack(">iii", 0, 0, INT4)


def pack_halfvec(vector: npt.NDArray[np.floating]) -> bytes:
    """Write a vector as a halfvec."""
    return VECTOR_HEAD.pack(len(vector), 0) + vector.astype(">f2").tobytes()


def pack_array(numbers: npt.NDArray[np.int32]) -> bytes:
    """Write numbers as an integer[]: each after its size."""
    count = len(numbers)
    if not count:
        return EMPTY_ARRAY
    values = np.full((count, 2), 4, ">i4")
    values[:, 1] = numbers
    return ARRAY_HEAD.pack(1, 0, INT4, count, 1) + values.tobytes()


def pack_sparsevec(terms: TermWeights) -> bytes:
    """Write terms as a sparsevec: three integers, the indices from 0, the values."""
    head = SPARSE_HEAD.pack(DIMENSIONS, len(terms.dimensions), 0)
    indices = (terms.dimensions - 1).astype(">i4").tobytes()
    return head + indices + terms.weights.astype(">f4").tobytes()


def unpack_sparsevec(data: bytes) -> TermWeights:
    """Read what `pack_sparsevec` writes."""
    count = int.from_bytes(data[4:8])
    indices = np.frombuffer(data, ">i4", count, 12)
    values = np.frombuffer(data, ">f4", count, 12 + 4 * count)
    return TermWeights((indices + 1).astype(np.int32), values.astype(np.float32))


def unpack_tsvector(data: bytes) -> dict[bytes, int]:
    """Return the lexemes of a tsvector, and how often each occurs.

    It is their number, and for each its UTF-8, a zero, the number of its places, and these.
    """
    counts = {}
    at = 4
    for _ in range(int.from_bytes(data[:4])):
        end = data.index(0, at)
        count = int.from_bytes(data[end + 1 : end + 3])
        counts[data[at:end]] = count
        at = end + 3 + 2 * count
    return counts
