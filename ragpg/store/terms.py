"""The terms of chunks are weighed, written and counted.

PostgreSQL takes the words out of a text and stems them. The rest is done here: most words of a text
have been seen before, and hashing them anew in SQL took longer than finding them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from ragpg.store.binary_format import pack_array, pack_sparsevec, unpack_tsvector
from ragpg.store.bm25 import DIMENSIONS, K1, B, hash_lexeme
from ragpg.text.languages import AUTO, DEFAULT, find_language
from ragpg.text.terms import separate_marks, split_terms
from ragpg.types import TermWeights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from ragpg.store.table import Table
    from ragpg.types import Chunk

    Counts: TypeAlias = npt.NDArray[np.int32]

MAX_CHUNK_LENGTH = 60_000
"""Characters of a chunk that terms are taken from: a tsvector is limited to 1 MB."""

MAX_WEIGHTS = 16_000
"""The most entries of a sparsevec."""

LEAST_WEIGHT = np.float32(1e-6)
"""A sparsevec has no entries of 0."""

REMEMBERED_TERMS = 50_000
"""Words whose hash is remembered: 10 MB at most."""

PARSE_TEXTS = """
SELECT to_tsvector(language::regconfig, text)
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS given (language, text, place)
ORDER BY place
"""
COPY_TERMS = "COPY {lexical} (doc_id, ordinal, terms, weights) FROM STDIN (FORMAT binary)"
TERM_TYPES = ("int8", "int4", "bytea", "bytea")

DELETE_TERMS = """
WITH deleted AS (DELETE FROM {lexical} WHERE doc_id = ANY(%s) RETURNING terms)
SELECT term, count(*) AS chunks FROM (SELECT unnest(terms || 0) AS term FROM deleted) AS terms
GROUP BY term
"""

# All writers update the terms in the same order, so that they do not deadlock.
COUNT_TERMS = """
INSERT INTO {term} AS known (term, frequency)
SELECT * FROM unnest(%s::integer[], %s::integer[])
ON CONFLICT (term) DO UPDATE SET frequency = known.frequency + excluded.frequency
"""
FORGET_TERMS = "DELETE FROM {term}"
DELETE_UNUSED_TERMS = "DELETE FROM {term} WHERE term = ANY(%s) AND frequency <= 0"
COUNT_ALL_TERMS = """
INSERT INTO {term} (term, frequency)
SELECT term, count(*) FROM (SELECT unnest(terms || 0) AS term FROM {lexical}) AS terms
GROUP BY term
"""


class TermCount(NamedTuple):
    """A term by its dimension, and in how many chunks it is; 0 stands for all chunks."""

    term: int
    chunks: int


remember_hash = lru_cache(maxsize=REMEMBERED_TERMS)(hash_lexeme)


def weigh_terms(table: Table, documents: Iterable[Sequence[Chunk]]) -> list[TermWeights]:
    """Return the terms of the chunks of documents, with their weights in BM25."""
    groups = [(choose_language(table, chunks), chunks) for chunks in documents]
    languages = [language for language, chunks in groups for _ in chunks]
    texts = [to_text(c, language)[:MAX_CHUNK_LENGTH] for language, chunks in groups for c in chunks]
    with table.connection.cursor(binary=True) as cursor:
        parsed = cursor.execute(PARSE_TEXTS, [languages, texts]).fetchall()
    words = [unpack_tsvector(vector) for (vector,) in parsed]
    if table.language == AUTO:
        pairs = zip(words, languages, strict=True)
        words = [{**each, to_marker(language): 0} for each, language in pairs]
    return weigh(words, average_length=table.average_length)


def choose_language(table: Table, chunks: Sequence[Chunk]) -> str:
    """Return the text search configuration for a document: the table's, or by its text."""
    if table.language != AUTO:
        return table.language
    return "pg_catalog." + find_language("\n".join(chunk.embedded_text for chunk in chunks))


def to_text(chunk: Chunk, language: str) -> str:
    """Return what PostgreSQL reads of a chunk in a language."""
    return split_terms(separate_marks(chunk.embedded_text, is_english=is_english(language)))


def is_english(language: str) -> bool:
    """Return whether a text search configuration, with or without its schema, is that."""
    return language.rpartition(".")[2] == DEFAULT


def to_marker(language: str) -> bytes:
    """Return the word that all chunks in a language have in a table with several.

    It occurs 0 times, and weighs next to nothing.
    """
    return f"language: {language.rpartition('.')[2]}".encode()


def weigh(words: Sequence[Mapping[bytes, int]], *, average_length: float) -> list[TermWeights]:
    """Weigh the words of chunks by how often they occur; all at once, which is faster.

    Of more terms than a sparsevec holds the most frequent ones stay.
    """
    chunks = np.repeat(np.arange(len(words)), [len(each) for each in words])
    hashed = np.fromiter(map(remember_hash, chain.from_iterable(words)), np.int64, len(chunks))
    occurrences = chain.from_iterable(each.values() for each in words)
    counted = np.fromiter(occurrences, np.float64, len(chunks))
    # Words of a chunk whose hashes are equal are one term.
    keys, places = np.unique(chunks * (DIMENSIONS + 1) + hashed, return_inverse=True)
    counts = np.bincount(places, counted, len(keys))
    chunks, terms = np.divmod(keys, DIMENSIONS + 1)
    lengths = np.bincount(chunks, counts, len(words))
    norms = K1 * (1 - B + B * lengths / average_length)
    weights = (counts * (K1 + 1) / (counts + norms[chunks])).astype(np.float32)
    weights = np.maximum(weights, LEAST_WEIGHT)
    ends = np.searchsorted(chunks, np.arange(1, len(words)))
    split = (np.split(each, ends) for each in (terms.astype(np.int32), weights))
    return [limit_terms(TermWeights(*both)) for both in zip(*split, strict=True)][: len(words)]


def limit_terms(weighed: TermWeights) -> TermWeights:
    """Of more terms than a sparsevec holds keep those with the highest weights."""
    terms, weights = weighed
    if len(terms) <= MAX_WEIGHTS:
        return weighed
    kept = np.sort(np.lexsort((terms, -weights))[:MAX_WEIGHTS])
    return TermWeights(terms[kept], weights[kept])


def copy_terms(table: Table, keys: Sequence[tuple[int, int]], terms: Sequence[TermWeights]) -> None:
    """Write the terms of chunks, whose keys are a document's and an ordinal."""
    rows = (
        (*key, pack_array(weighed.dimensions), pack_sparsevec(weighed))
        for key, weighed in zip(keys, terms, strict=True)
    )
    table.copy_rows(COPY_TERMS, TERM_TYPES, rows)


def delete_terms(table: Table, doc_ids: Sequence[int]) -> list[TermCount]:
    """Delete the terms of documents and return them for `count_terms`."""
    return table.select(TermCount, DELETE_TERMS, [list(doc_ids)])


def count_terms(
    table: Table, *, added: Sequence[TermWeights], deleted: Sequence[TermCount]
) -> None:
    """Add the terms of chunks that were added to the frequencies, and subtract deleted ones."""
    terms, changes = sum_changes(added, deleted)
    table.execute(COUNT_TERMS, [terms.tolist(), changes.tolist()])
    if (fewer := terms[changes < 0]).size:
        table.execute(DELETE_UNUSED_TERMS, [fewer.tolist()])


def sum_changes(
    added: Sequence[TermWeights], deleted: Sequence[TermCount]
) -> tuple[Counts, Counts]:
    """Return the terms whose frequencies change, ascending, and by how much."""
    new = np.concatenate([np.zeros(len(added), np.int32), *(one.dimensions for one in added)])
    old = np.array(deleted, np.int32).reshape(-1, 2)
    terms, places = np.unique(np.concatenate([new, old[:, 0]]), return_inverse=True)
    change = np.concatenate([np.ones(len(new)), -old[:, 1]])
    changes = np.bincount(places, change, len(terms)).astype(np.int32)
    return terms[changes != 0], changes[changes != 0]
