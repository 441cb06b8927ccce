"""The words of chunks: parsed, weighed, and counted in the table of terms.

A term is known by its place in the sparse vectors. The term 0 stands for the chunks themselves:
its frequency is their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ragpg.store.bm25 import K1, B

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table
    from ragpg.types import Chunk

Counts: TypeAlias = "list[tuple[int, int]]"
"""Terms, and how many chunks have them."""

LONGEST_INDEXED = 60_000
"""Characters of a chunk that words are taken from: a tsvector ends at 1 MB."""

MOST_WEIGHTS = 16_000
"""What a sparsevec holds."""

INDEX_WORDS = """
WITH counted AS (
    SELECT ordinal, ('x' || left(md5(lexeme), 7))::bit(28)::integer + 1 AS term,
        sum(cardinality(positions))::float8 AS count
    FROM unnest(%(ordinals)s::integer[], %(texts)s::text[]) AS chunk (ordinal, text)
    CROSS JOIN LATERAL unnest(to_tsvector(%(language)s::regconfig, left(text, %(longest)s)))
    GROUP BY ordinal, term
), weighed AS (
    SELECT ordinal, term, count * (%(k1)s + 1) / (
        count + %(k1)s * (1 - %(b)s + %(b)s * sum(count) OVER chunk / %(average_length)s)
    ) AS weight, row_number() OVER (PARTITION BY ordinal ORDER BY count DESC, term) AS place
    FROM counted WINDOW chunk AS (PARTITION BY ordinal)
)
INSERT INTO {lexical} (doc_id, ordinal, terms, weights)
SELECT %(document)s, ordinal,
    coalesce(array_agg(term ORDER BY term) FILTER (WHERE term > 0), '{{}}'),
    ('{{' || coalesce(string_agg(term || ':' || weight, ','), '') || '}}/268435456')::sparsevec
FROM unnest(%(ordinals)s::integer[]) AS chunk (ordinal)
LEFT JOIN weighed USING (ordinal)
WHERE place IS NULL OR place <= %(most)s
GROUP BY ordinal
"""

FORGET_WORDS = """
WITH gone AS (DELETE FROM {lexical} WHERE doc_id = ANY(%s) RETURNING terms)
SELECT term, count(*) FROM (SELECT unnest(terms || 0) AS term FROM gone) AS terms GROUP BY term
"""

# Two writers take the terms in the same order, lest they wait for each other.
COUNT_TERMS = """
WITH changes AS (
    SELECT unnest(terms || 0) AS term, 1 AS change FROM {lexical} WHERE doc_id = ANY(%s)
    UNION ALL
    SELECT term, -chunks FROM unnest(%s::integer[], %s::bigint[]) AS gone (term, chunks)
)
INSERT INTO {term} AS known (term, frequency)
SELECT term, sum(change) FROM changes GROUP BY term HAVING sum(change) <> 0 ORDER BY term
ON CONFLICT (term) DO UPDATE SET frequency = known.frequency + excluded.frequency
"""

DROP_TERMS = "DELETE FROM {term} WHERE term = ANY(%s) AND frequency <= 0"


def index_words(
    connection: Connection, table: Table, document: int, chunks: Sequence[Chunk]
) -> None:
    """Index the words of a document's chunks; `count_terms` counts them."""
    parameters = {
        "document": document,
        "ordinals": [chunk.ordinal for chunk in chunks],
        "texts": [chunk.embedded_text for chunk in chunks],
        "language": table.language,
        "longest": LONGEST_INDEXED,
        "most": MOST_WEIGHTS,
        "k1": K1,
        "b": B,
        "average_length": table.average_length,
    }
    connection.execute(table.statement(INDEX_WORDS), parameters)


def forget_words(connection: Connection, table: Table, documents: Sequence[int]) -> Counts:
    """Remove the words of documents; what they counted for is left to `count_terms`."""
    rows: Any = connection.execute(table.statement(FORGET_WORDS), [list(documents)]).fetchall()
    return list(rows)


def count_terms(
    connection: Connection, table: Table, *, added: Sequence[int], gone: Counts
) -> None:
    """Count the terms of documents that were added up, and what is `gone` down."""
    terms = [term for term, _ in gone]
    counts = [count for _, count in gone]
    connection.execute(table.statement(COUNT_TERMS), [list(added), terms, counts])
    if terms:
        connection.execute(table.statement(DROP_TERMS), [terms])
