"""The chunks that the retrievers found, with their scores by both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from psycopg.rows import args_row

from ragpg.types import Candidate, Chunk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ragpg.store.table import Table
    from ragpg.types import Scan

Key: TypeAlias = tuple[int, int]
"""A chunk's document and its ordinal in it."""

FETCH = """
SELECT chunk.doc_id, chunk.ordinal, heading, body, start_at, end_at, start_line, end_line,
    source, title,
    1 - (vector <=> %(vector)s) AS cosine, 0 - (weights <#> %(weights)s::sparsevec) AS bm25,
    (
        SELECT avg(1 - (neighbour.vector <=> %(vector)s)) FROM {embedding} AS neighbour
        WHERE neighbour.doc_id = chunk.doc_id
            AND neighbour.ordinal IN (chunk.ordinal - 1, chunk.ordinal + 1)
    ) AS neighbour_cosine,
    ARRAY(
        SELECT term FROM unnest(%(terms)s::integer[]) AS term WHERE term = ANY(terms)
    ) AS matched_terms,
    embedding.words AS word_codes,
    CASE WHEN origin IS NULL THEN metadata ->> 'commit' END AS commit
FROM unnest(%(doc_ids)s::bigint[], %(ordinals)s::integer[]) AS found (doc_id, ordinal)
JOIN {chunk} AS chunk ON chunk.doc_id = found.doc_id AND chunk.ordinal = found.ordinal
JOIN {document} AS document ON document.doc_id = chunk.doc_id
LEFT JOIN {lexical} AS lexical
    ON lexical.doc_id = chunk.doc_id AND lexical.ordinal = chunk.ordinal
LEFT JOIN {embedding} AS embedding
    ON embedding.doc_id = chunk.doc_id AND embedding.ordinal = chunk.ordinal
"""


class Keys(NamedTuple):
    """The chunks that each retriever found, best first, and how vectors were compared."""

    from_vectors: Sequence[Key]
    from_keywords: Sequence[Key]
    scan: Scan | None


def fetch_candidates(
    table: Table, keys: Keys, parameters: Mapping[str, Any], term_names: Mapping[int, str]
) -> list[Candidate]:
    """Return the chunks with these keys; `term_names` are the query's terms by dimension.

    `parameters` has the query's `vector`, `weights` and `terms`; None is a part that is missing.
    """
    in_dense, in_keyword = set(keys.from_vectors), set(keys.from_keywords)
    found = [*dict.fromkeys((*keys.from_vectors, *keys.from_keywords))]
    if not found:
        return []

    # In the order of the columns of FETCH. A search has a hundred of these rows, and to pass
    # arguments by their names costs it time.
    def make(  # noqa: PLR0917 - the columns of a row
        doc_id: int,
        ordinal: int,
        heading: list[str],
        text: str,
        start: int,
        end: int,
        start_line: int,
        end_line: int,
        source: str,
        title: str,
        cosine: float | None,
        bm25: float | None,
        neighbour_cosine: float | None,
        matched_terms: list[int],
        word_codes: bytes | None,
        commit: str | None,
    ) -> Candidate:
        key = (doc_id, ordinal)
        return Candidate(
            source,
            title,
            Chunk(ordinal, tuple(heading), text, start, end, start_line, end_line),
            key in in_dense,
            key in in_keyword,
            cosine,
            bm25,
            neighbour_cosine,
            frozenset(term_names[term] for term in matched_terms),
            word_codes or b"",
            commit,
        )

    doc_ids, ordinals = zip(*found, strict=True)
    listed = {**parameters, "doc_ids": list(doc_ids), "ordinals": list(ordinals)}
    cursor = table.connection.cursor(row_factory=args_row(make))
    # Long rows are read faster in the binary format.
    return cursor.execute(table.statement(FETCH), listed, binary=True, prepare=True).fetchall()
