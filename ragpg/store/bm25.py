"""BM25 as an inner product of sparse vectors, with pgvector as the only extension.

A chunk's vector holds the weight of each of its terms, the query's vector each term's inverse
document frequency; their inner product is the BM25 score. A term's dimension comes from its hash,
here and in SQL alike, and stands for it in `terms` and `{term}`. Dimension 0 of `{term}` counts the
chunks.

Robertson & Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009, with the
inverse document frequency of Apache Lucene, which is never negative.
"""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, NamedTuple

from ragpg.errors import DatabaseError
from ragpg.store.statements import select
from ragpg.text.scripts import drop_stop_words, normalize, split_unspaced
from ragpg.types import EmbeddingModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.store.table import Table
    from ragpg.types import Chunk

K1 = 1.2
B = 0.75
"""The usual values, as in Lucene; not fitted."""

DIMENSIONS = 2**28
"""Of a sparse vector: two terms of a query collide with a probability of 1 in 268 million."""

MAX_QUERY_LENGTH = 20_000
"""Characters that terms are taken from: the weights of more might not fit into a sparsevec."""

MAX_CHUNK_LENGTH = 60_000
"""Characters of a chunk that terms are taken from: a tsvector is limited to 1 MB."""

MAX_WEIGHTS = 16_000
"""The most entries of a sparsevec."""

QUERY_TERMS = """
SELECT fingerprint, dimension, lexeme, coalesce(frequency, 0) AS frequency
FROM {registry} AS registry CROSS JOIN LATERAL (
    SELECT '', 0
    UNION ALL
    SELECT lexeme, ('x' || left(md5(lexeme), 7))::bit(28)::integer + 1
    FROM unnest(tsvector_to_array(to_tsvector(language::regconfig, %s))) AS lexeme
) AS query (lexeme, query_term)
LEFT JOIN {term} ON term = query_term
WHERE name = %s
"""

# Of more terms than a sparsevec holds the most frequent ones stay.
INDEX_TERMS = """
INSERT INTO {lexical} (doc_id, ordinal, terms, weights)
SELECT doc_id, ordinal, coalesce(terms, '{{}}'),
    ('{{' || coalesce(weights, '') || '}}/268435456')::sparsevec
FROM unnest(%(doc_ids)s::bigint[], %(ordinals)s::integer[], %(texts)s::text[])
    AS chunk (doc_id, ordinal, text)
CROSS JOIN LATERAL (
    SELECT array_agg(term ORDER BY term) AS terms,
        string_agg(term || ':' || (count * (%(k1)s + 1) / (
            count + %(k1)s * (1 - %(b)s + %(b)s * length / %(average_length)s)
        ))::real, ',') AS weights
    FROM (
        SELECT term, sum(count) AS count, sum(sum(count)) OVER () AS length
        FROM (
            SELECT ('x' || left(md5(lexeme), 7))::bit(28)::integer + 1 AS term,
                cardinality(positions)::float8 AS count
            FROM unnest(to_tsvector(%(language)s::regconfig, left(text, %(max_length)s)))
        ) AS lexemes
        GROUP BY term ORDER BY count DESC, term LIMIT %(max_weights)s
    ) AS counted
) AS weighted
"""

DELETE_TERMS = """
WITH deleted AS (DELETE FROM {lexical} WHERE doc_id = ANY(%s) RETURNING terms)
SELECT term, count(*) AS chunks FROM (SELECT unnest(terms || 0) AS term FROM deleted) AS terms
GROUP BY term
"""

# All writers update the terms in the same order, so that they do not deadlock.
COUNT_TERMS = """
WITH changes AS (
    SELECT unnest(terms || 0) AS term, 1 AS change FROM {lexical} WHERE doc_id = ANY(%s)
    UNION ALL
    SELECT term, -chunks FROM unnest(%s::integer[], %s::bigint[]) AS deleted (term, chunks)
)
INSERT INTO {term} AS known (term, frequency)
SELECT term, sum(change) FROM changes GROUP BY term HAVING sum(change) <> 0 ORDER BY term
ON CONFLICT (term) DO UPDATE SET frequency = known.frequency + excluded.frequency
"""

DELETE_UNUSED_TERMS = "DELETE FROM {term} WHERE term = ANY(%s) AND frequency <= 0"


class QueryTerm(NamedTuple):
    """A row of QUERY_TERMS: a term, the number of its chunks, and the table's model."""

    fingerprint: bytes
    dimension: int
    lexeme: str
    frequency: int


class TermCount(NamedTuple):
    """A term by its dimension, and in how many chunks it is."""

    term: int
    chunks: int


def find_frequencies(table: Table, text: str) -> dict[str, int]:
    """Return the terms of a query with their document frequency; under "" the number of chunks.

    Raises ModelMismatchError if the table holds another model's vectors by now.
    """
    words = split_unspaced(drop_stop_words(normalize(text[:MAX_QUERY_LENGTH])))
    query = table.statement(QUERY_TERMS)
    rows = select(table.connection, QueryTerm, query, [words, table.name], prepared=True)
    if not rows:
        raise DatabaseError(f'the table "{table}" is gone', hint="run `ragpg ingest PATH`")
    table.check_model(EmbeddingModel(table.model.name, rows[0].dimension, rows[0].fingerprint))
    return {row.lexeme: row.frequency for row in rows}


def inverse_document_frequency(frequency: int, *, chunks: int) -> float:
    """Return the weight of a term that is in `frequency` of `chunks` chunks."""
    chunks = max(chunks, frequency)
    return math.log1p((chunks - frequency + 0.5) / (frequency + 0.5))


def to_dimension(term: str) -> int:
    """Return the dimension of a term in a sparse vector, from 1."""
    digest = hashlib.md5(term.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:7], 16) + 1


def to_dimensions(terms: Iterable[str]) -> list[int]:
    """Return the dimensions of terms."""
    return [to_dimension(term) for term in terms]


def to_sparsevec(weights: Mapping[str, float]) -> str:
    """Write the weights of terms as a sparsevec; those of colliding terms are added."""
    summed: dict[int, float] = {}
    for term, weight in weights.items():
        dimension = to_dimension(term)
        summed[dimension] = summed.get(dimension, 0.0) + weight
    entries = ",".join(f"{dimension}:{weight!r}" for dimension, weight in sorted(summed.items()))
    return f"{{{entries}}}/{DIMENSIONS}"


def index_terms(table: Table, chunks: Sequence[tuple[int, Chunk]]) -> None:
    """Index the terms of chunks, each given with its document's key; `count_terms` counts them."""
    parameters = {
        "doc_ids": [doc_id for doc_id, _ in chunks],
        "ordinals": [chunk.ordinal for _, chunk in chunks],
        "texts": [split_unspaced(chunk.embedded_text) for _, chunk in chunks],
        "language": table.language,
        "max_length": MAX_CHUNK_LENGTH,
        "max_weights": MAX_WEIGHTS,
        "k1": K1,
        "b": B,
        "average_length": table.average_length,
    }
    table.execute(INDEX_TERMS, parameters)


def delete_terms(table: Table, doc_ids: Sequence[int]) -> list[TermCount]:
    """Delete the terms of documents and return them for `count_terms`."""
    return table.select(TermCount, DELETE_TERMS, [list(doc_ids)])


def count_terms(table: Table, *, added: Sequence[int], deleted: Sequence[TermCount]) -> None:
    """Add the terms of documents that were added to the frequencies, and subtract deleted ones."""
    terms = [count.term for count in deleted]
    chunks = [count.chunks for count in deleted]
    table.execute(COUNT_TERMS, [list(added), terms, chunks])
    if terms:
        table.execute(DELETE_UNUSED_TERMS, [terms])
