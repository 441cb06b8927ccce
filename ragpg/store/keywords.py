"""The words of chunks: parsed, weighed, and counted in the table of terms.

The term '' stands for the chunks themselves: its frequency is their number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ragpg.store.bm25 import K1, B

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.store.connection import Connection
    from ragpg.store.names import Table

Counts: TypeAlias = "list[tuple[str, int]]"
"""Terms, and how many chunks have them."""

LONGEST_INDEXED = 60_000
"""Characters of a chunk that words are taken from: a tsvector ends at 1 MB."""

MOST_WEIGHTS = 16_000
"""What a sparsevec holds."""

# Words are parsed once, for the index, for the weights and for the frequencies. Two writers take
# the terms in the same order, lest they wait for each other.
INDEX_WORDS = """
WITH parsed AS MATERIALIZED (
    SELECT doc_id, ordinal, to_tsvector(
        %(language)s::regconfig, left(concat_ws(E'\\n', context, content), %(longest)s)
    ) AS words
    FROM {chunk} WHERE doc_id = ANY(%(documents)s)
), stored AS (
    INSERT INTO {lexical} (doc_id, ordinal, words, weights)
    SELECT doc_id, ordinal, strip(words),
        ('{{' || coalesce(entries, '') || '}}/268435456')::sparsevec
    FROM parsed CROSS JOIN LATERAL (
        SELECT sum(cardinality(positions)) AS length FROM unnest(words)
    ) AS measured CROSS JOIN LATERAL (
        SELECT string_agg(dimension || ':' || weight, ',') AS entries
        FROM (
            SELECT dimension, sum(
                count * (%(k1)s + 1)
                / (count + %(k1)s * (1 - %(b)s + %(b)s * length / %(average_length)s))
            ) AS weight
            FROM (
                SELECT ('x' || left(md5(lexeme), 7))::bit(28)::integer + 1 AS dimension,
                    cardinality(positions)::float8 AS count
                FROM unnest(words)
            ) AS counted
            GROUP BY dimension ORDER BY weight DESC LIMIT %(most)s
        ) AS weighed
    ) AS written
    RETURNING words
)
INSERT INTO {term} AS known (term, frequency)
SELECT term, sum(change) FROM (
    SELECT unnest(tsvector_to_array(words)) AS term, 1 AS change FROM stored
    UNION ALL
    SELECT '', 1 FROM stored
    UNION ALL
    SELECT term, -chunks FROM unnest(%(terms)s::text[], %(counts)s::bigint[]) AS gone (term, chunks)
) AS changes
GROUP BY term HAVING sum(change) <> 0
ORDER BY term
ON CONFLICT (term) DO UPDATE SET frequency = known.frequency + excluded.frequency
"""

FORGET_WORDS = """
WITH gone AS (DELETE FROM {lexical} WHERE doc_id = ANY(%s) RETURNING words)
SELECT term, count(*) FROM (
    SELECT unnest(tsvector_to_array(words)) AS term FROM gone
    UNION ALL
    SELECT '' FROM gone
) AS terms
GROUP BY term
"""

DROP_TERMS = "DELETE FROM {term} WHERE term = ANY(%s) AND frequency <= 0"


def forget_words(connection: Connection, table: Table, documents: Sequence[int]) -> Counts:
    """Remove the words of documents; what they counted for is left to `index_words`."""
    rows: Any = connection.execute(table.statement(FORGET_WORDS), [list(documents)]).fetchall()
    return list(rows)


def index_words(
    connection: Connection, table: Table, *, documents: Sequence[int], gone: Counts
) -> None:
    """Index the words of documents, and count them up and what is `gone` down."""
    terms = [term for term, _ in gone]
    parameters = {
        "language": table.language,
        "longest": LONGEST_INDEXED,
        "most": MOST_WEIGHTS,
        "documents": list(documents),
        "k1": K1,
        "b": B,
        "average_length": table.average_length,
        "terms": terms,
        "counts": [count for _, count in gone],
    }
    connection.execute(table.statement(INDEX_WORDS), parameters)
    if terms:
        connection.execute(table.statement(DROP_TERMS), [terms])
