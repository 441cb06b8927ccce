"""Tables of other programs are found in the catalog, read in order, and searched by their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg.adoption.presets import map_columns
from ragpg.errors import DatabaseError, UsageError
from ragpg.store.foreign import find_foreign_table, parse_vector, read_rows, reading, select_rows
from ragpg.store.foreign_search import nearest, search_foreign, set_search_path
from ragpg.store.pgvector import install_pgvector

if TYPE_CHECKING:
    from ragpg.store.statements import Connection

ROWS = 6_000
MAKE = f"""
CREATE TABLE documents (
    id bigserial PRIMARY KEY, content text, metadata jsonb, embedding vector(8)
);
INSERT INTO documents (content, metadata, embedding)
SELECT 'row ' || n, json_build_object('source', n || '.md'),
    ARRAY(SELECT random() - 0.5 + 0 * n FROM generate_series(1, 8))::real[]::vector
FROM generate_series(1, {ROWS}) AS n;
CREATE INDEX ON documents USING hnsw (embedding vector_cosine_ops);
ANALYZE documents
"""


@pytest.fixture(scope="module", autouse=True)
def _documents(connection: Connection) -> None:
    """A table as the Supabase guide makes it, with an index."""
    install_pgvector(connection)
    connection.execute(MAKE.encode())


def test_rows_in_order(connection: Connection) -> None:
    """By their key where it counts them, though they lie otherwise in the table."""
    connection.execute("UPDATE documents SET content = content WHERE id < 10")
    table = find_foreign_table(connection, "documents")
    rows = list(read_rows(connection, table, map_columns(table, {})))
    assert [row.id for row in rows] == [str(n) for n in range(1, ROWS + 1)]
    assert (rows[6].text, rows[6].metadata) == ("row 7", {"source": "7.md"})
    assert rows[0].vector is None


def test_a_search_goes_through_the_index(connection: Connection) -> None:
    """As PostgreSQL plans it, and finds what an exact comparison does."""
    table = find_foreign_table(connection, "public.documents")
    mapping = map_columns(table, {})
    query = np.eye(8, dtype=np.float32)[0]
    statement = select_rows(table, mapping, with_vectors=True)
    statement += nearest(table, mapping, query, limit=5)
    with reading(connection):
        set_search_path(connection)
        explained = b"EXPLAIN " + statement.as_bytes(connection)
        plan = "\n".join(line for (line,) in connection.execute(explained))
    assert "Index Scan using documents_embedding_idx" in plan
    hits = search_foreign(connection, table, mapping, query, collection=None, limit=5)
    vectors = [row.vector for row in read_rows(connection, table, mapping, with_vectors=True)]
    cosines = sorted(
        (float(v @ query / np.linalg.norm(v)) for v in vectors if v is not None), reverse=True
    )
    assert [hit.cosine for hit in hits] == pytest.approx(cosines[:5], abs=1e-4)


def test_reading_cannot_write(connection: Connection) -> None:
    """Not even where a view has a function that would."""
    with pytest.raises(DatabaseError, match="may only read there"), reading(connection):
        connection.execute("DELETE FROM documents")


def test_names(connection: Connection) -> None:
    """One may have a dot; one in several schemas off the search path needs its schema."""
    connection.execute('CREATE TABLE "with.dot" (content text)')
    assert find_foreign_table(connection, "with.dot").columns == {"content": "text"}
    for schema in ("one", "two"):
        connection.execute(f"CREATE SCHEMA {schema}".encode())
        connection.execute(f"CREATE TABLE {schema}.hidden (content text)".encode())
    with pytest.raises(UsageError, match=r"may be one of one\.hidden, two\.hidden"):
        find_foreign_table(connection, "hidden")
    assert str(find_foreign_table(connection, "two.hidden")) == "two.hidden"
    with pytest.raises(DatabaseError, match="has no table 'x; DROP TABLE documents'") as caught:
        find_foreign_table(connection, "x; DROP TABLE documents")
    assert caught.value.hint == "tables with vectors: public.documents"


def test_vectors_as_they_are_written() -> None:
    """Dense ones and sparse ones."""
    assert parse_vector("[1,-0.5]").tolist() == [1.0, -0.5]
    assert parse_vector("{1:2,3:-1}/4").tolist() == [2.0, 0.0, -1.0, 0.0]
    assert parse_vector("{}/2").tolist() == [0.0, 0.0]
