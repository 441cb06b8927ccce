"""The terms of a query, in the language of the table, or in those of its documents.

A table whose language is `auto` has documents in several. Each of their chunks has a term that
stands for its language, so that the frequencies tell which languages there are. A query is read in
one of them, its own; words that no chunk has so are read in the others, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ragpg.errors import DatabaseError
from ragpg.store.bm25 import hash_lexeme
from ragpg.store.statements import select
from ragpg.store.terms import is_english, to_marker
from ragpg.text.languages import AUTO, LANGUAGES, drop_function_words, find_language
from ragpg.text.scripts import is_spelled, normalize
from ragpg.text.terms import find_older_terms, separate_marks, split_query_terms
from ragpg.types import EmbeddingModel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ragpg.store.table import Table

MAX_QUERY_LENGTH = 20_000
"""Characters that terms are taken from: the weights of more might not fit into a sparsevec."""

QUERY_TERMS = """
SELECT fingerprint, dimension, lexeme, coalesce(frequency, 0) AS frequency
FROM {registry} AS registry CROSS JOIN LATERAL (
    SELECT '', 0
    UNION ALL
    SELECT lexeme, ('x' || left(md5(lexeme), 7))::bit(28)::integer + 1
    FROM unnest(tsvector_to_array(to_tsvector(language::regconfig, %(text)s))) AS lexeme
) AS query (lexeme, query_term)
LEFT JOIN {term} ON term = query_term
WHERE name = %(name)s
"""

# Parsers agree on where the words are, so that the same word has the same position.
QUERY_TERMS_BY_LANGUAGE = """
SELECT fingerprint, dimension, query.language, chunks, positions, lexeme,
    coalesce(known.frequency, 0) AS frequency
FROM {registry} AS registry CROSS JOIN LATERAL (
    SELECT '' AS language, 0 AS chunks, '{{}}'::smallint[] AS positions, '' AS lexeme, 0 AS term
    UNION ALL
    SELECT known.language, marked.frequency, positions, lexeme,
        ('x' || left(md5(lexeme), 7))::bit(28)::integer + 1
    FROM unnest(%(languages)s::text[], %(markers)s::integer[]) AS known (language, marker)
    JOIN {term} AS marked ON marked.term = marker
    CROSS JOIN LATERAL unnest(
        to_tsvector(('pg_catalog.' || known.language)::regconfig, %(text)s)
    )
) AS query
LEFT JOIN {term} AS known ON known.term = query.term
WHERE name = %(name)s
"""


class QueryTerm(NamedTuple):
    """A row of QUERY_TERMS: a term, the number of its chunks, and the table's model."""

    fingerprint: bytes
    dimension: int
    lexeme: str
    frequency: int


class ReadTerm(NamedTuple):
    """A row of QUERY_TERMS_BY_LANGUAGE: a term also has its language and its places.

    `chunks` is how many chunks are in the language.
    """

    fingerprint: bytes
    dimension: int
    language: str
    chunks: int
    positions: list[int]
    lexeme: str
    frequency: int


def find_frequencies(table: Table, text: str) -> dict[str, int]:
    """Return the terms of a query with their document frequency; under "" the number of chunks.

    Raises ModelMismatchError if the table holds another model's vectors by now.
    """
    text = normalize(text[:MAX_QUERY_LENGTH])
    older = find_older_terms(text)
    language = find_language(text) if table.language == AUTO else table.language
    words = separate_marks(text, is_english=is_english(language))
    words = drop_function_words(words) if table.language == AUTO else words
    parameters = {"text": " ".join((split_query_terms(words), *older)), "name": table.name}
    if table.language == AUTO:
        found = find_in_languages(table, text, parameters)
    else:
        query = table.statement(QUERY_TERMS)
        rows = select(table.connection, QueryTerm, query, parameters, prepared=True)
        check(table, rows)
        found = {row.lexeme: row.frequency for row in rows}
    return drop_older_terms(found, older) if older else found


def drop_older_terms(frequencies: Mapping[str, int], older: Collection[str]) -> dict[str, int]:
    """Leave out the older terms of a query, unless there are chunks that still have such."""
    has_new = any(n and is_spelled(t) for t, n in frequencies.items() if t not in older)
    return {
        term: frequency
        for term, frequency in frequencies.items()
        if term not in older or (frequency and not (has_new and is_spelled(term)))
    }


def find_in_languages(table: Table, text: str, parameters: Mapping[str, object]) -> dict[str, int]:
    """Return what `find_frequencies` does for a table with documents in several languages."""
    parameters = {
        **parameters,
        "languages": [*LANGUAGES],
        "markers": [hash_lexeme(to_marker(language)) for language in LANGUAGES],
    }
    query = table.statement(QUERY_TERMS_BY_LANGUAGE)
    rows = select(table.connection, ReadTerm, query, parameters, prepared=True)
    check(table, rows)
    return choose_terms(text, rows)


def check(table: Table, rows: Sequence[QueryTerm | ReadTerm]) -> None:
    """Raise an error if the table is gone, or has another model."""
    if not rows:
        raise DatabaseError(f'the table "{table}" is gone', hint="run `ragpg ingest PATH`")
    table.check_model(EmbeddingModel(table.model.name, rows[0].dimension, rows[0].fingerprint))


def choose_terms(text: str, rows: Sequence[ReadTerm]) -> dict[str, int]:
    """Read each word of a query in one language, and return its terms with their frequencies.

    It is that of the query, or, where no chunk has the word then, one in which some have. What is
    a stop word in the query's language has no term.
    """
    language = choose_language(text, {row.language: row.chunks for row in rows if row.language})
    own = [row for row in rows if row.language == language]
    lacking = {position for row in own if not row.frequency for position in row.positions}
    others = [
        row
        for row in rows
        if row.language != language and row.frequency and not lacking.isdisjoint(row.positions)
    ]
    found = {position for row in others for position in row.positions}
    own = [row for row in own if row.frequency or not found.issuperset(row.positions)]
    chunks = next(row.frequency for row in rows if not row.language)
    return {"": chunks} | {row.lexeme: row.frequency for row in (*others, *own)}


def choose_language(text: str, chunks: Mapping[str, int]) -> str:
    """Return the language in which a query is read, given the `chunks` in each.

    A query that does not tell, or is in none of them, is read in that of most chunks.
    """
    most = max(chunks, key=lambda language: (chunks[language], language), default="")
    return find_language(text, chunks, default=most)
