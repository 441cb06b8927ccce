"""The state of a table: what is counted, and what is found when something was broken."""

from __future__ import annotations

import re
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, LiteralString

import pytest

from ragpg.store import vector_index
from ragpg.store.connection import Target, connect
from ragpg.store.health import check_pgvector
from ragpg.store.pgvector import Pgvector
from ragpg.store.postgres import PostgresStore
from ragpg.types import HealthCheck, Level
from tests.support.documents import FINGERPRINT, MODEL, chunks, document, embeddings
from tests.support.postgres import USER, shared
from tests.support.store import read_documents, replaced, sound, upsert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.store.statements import Connection

REBUILD = "run `ragpg ingest --rebuild`"
LAST_TERM: LiteralString = "(SELECT max(term) FROM {term})"
REPAIR = "run `ragpg repair`"

names = (f"table_{number}" for number in count(1))


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A database that the tests of this module share."""
    with closing(connect(Target(shared().new_database()))) as connection:
        yield connection


@pytest.fixture
def store(connection: Connection) -> PostgresStore:
    """A table with two documents of two chunks each."""
    store = PostgresStore.create(connection, next(names), model=MODEL, language="english")
    for source in ("a.md", "b.md"):
        bodies = (f"alpha {source} ", "beta")
        upsert(
            store,
            document(source, *bodies),
            chunks(*bodies),
            embeddings(2),
            chunking_fingerprint=FINGERPRINT,
        )
    return store


def spoil(store: PostgresStore, statement: LiteralString) -> list[HealthCheck]:
    """Break something and return what is found wrong."""
    store.table.execute(statement)
    return [check for check in store.status().checks if check.level is not Level.OK]


def test_status(store: PostgresStore) -> None:
    """Where the table is, what it holds, how large it is, and that all is well."""
    status = store.status()
    info = store.table.connection.info
    assert status.server == {
        "host": "127.0.0.1",
        "port": info.port,
        "database": info.dbname,
        "user": USER,
        "version": "18.4",
        "pgvector": "0.8.5",
    }
    assert (status.table, status.language) == (f"public.{store.table.name}", "english")
    assert status.model == MODEL
    assert status.counts == {"documents": 2, "chunks": 4, "terms": 4, "embeddings": 4}
    assert status.sizes["total"] == status.sizes["table"] + status.sizes["index"]
    assert status.sizes["table"] > 5 * 8192
    assert status.checks == (
        HealthCheck("pgvector", Level.OK, "pgvector 0.8.5 has no known faults"),
        HealthCheck("indexes", Level.OK, "every index is there and valid"),
        HealthCheck("vector index", Level.OK, "the index over vectors suits their number"),
        HealthCheck("documents", Level.OK, "every document has its chunks"),
        HealthCheck("vectors", Level.OK, "every chunk has its vector"),
        HealthCheck("keywords", Level.OK, "every chunk has its keywords"),
        HealthCheck("terms", Level.OK, "the frequencies of the terms add up"),
        HealthCheck("dead rows", Level.OK, "few dead rows"),
    )


@pytest.mark.parametrize(
    ("statement", "name", "message"),
    [
        (
            "DELETE FROM {embedding} WHERE ordinal = 0",
            "vectors",
            "chunks without a vector: 2",
        ),
        (
            "UPDATE {document} SET chunks = 3 WHERE source = 'a.md'",
            "documents",
            "documents with chunks missing: 1",
        ),
        (
            "UPDATE {term} SET frequency = frequency + 1 WHERE term = " + LAST_TERM,
            "terms",
            "the frequencies of the terms are wrong by 1",
        ),
        (
            "UPDATE {term} SET frequency = 3 WHERE term = 0",
            "terms",
            "the frequencies of the terms are wrong by 1",
        ),
        (
            "DELETE FROM {term} WHERE term = (SELECT max(term) FROM {term} WHERE frequency = 2)",
            "terms",
            "the frequencies of the terms are wrong by 2",
        ),
    ],
)
def test_broken_rows(
    store: PostgresStore, statement: LiteralString, name: str, message: str
) -> None:
    """Rows that do not fit together are counted, and a rebuild puts them right."""
    action = REPAIR if name == "terms" else REBUILD
    assert spoil(store, statement) == [HealthCheck(name, Level.FAULT, message, action)]
    if name == "terms":
        assert list(store.repair(store.status().checks)) == ["counted the terms"]
        assert sound(store)
    with replaced(store, model=MODEL, language="english") as fresh:
        for made in read_documents(store):
            parts = chunks(made.text)
            upsert(fresh, made, parts, embeddings(1), chunking_fingerprint=FINGERPRINT)
    assert {check.level for check in store.status().checks} == {Level.OK}


def test_chunks_without_keywords(store: PostgresStore) -> None:
    """Chunks that lost their words are counted, and so are the words."""
    assert spoil(store, "DELETE FROM {lexical} WHERE ordinal = 1") == [
        HealthCheck("keywords", Level.FAULT, "chunks without keywords: 2", REBUILD),
        HealthCheck("terms", Level.FAULT, "the frequencies of the terms are wrong by 4", REPAIR),
    ]


def test_chunks_gone(store: PostgresStore) -> None:
    """What is deleted by hand takes its vectors and words along, and leaves the counts."""
    assert spoil(store, "DELETE FROM {chunk} WHERE ordinal = 1") == [
        HealthCheck("documents", Level.FAULT, "documents with chunks missing: 2", REBUILD),
        HealthCheck("terms", Level.FAULT, "the frequencies of the terms are wrong by 4", REPAIR),
    ]


def make_large(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the table count as large, and build the index that it then needs."""
    monkeypatch.setattr(vector_index, "SMALL_TABLE_CHUNKS", 1)
    list(store.build_vector_index())


@pytest.mark.parametrize(
    ("index", "relation", "description"),
    [
        ("vectors", "embedding", "hnsw on {}_embedding (vector)"),
        ("terms", "lexical", "gin on {}_lexical (terms)"),
        ("digests", "embedding", "btree on {}_embedding (passage_digest)"),
    ],
)
def test_missing_index(
    store: PostgresStore,
    monkeypatch: pytest.MonkeyPatch,
    index: str,
    relation: str,
    description: str,
) -> None:
    """An index that was dropped is named; one under another name is as good."""
    make_large(store, monkeypatch)
    table = store.table.name
    shown = description.format(table)
    connection = store.table.connection
    renamed = f"ALTER INDEX {table}_{index}_idx RENAME TO {table}_other"
    connection.execute(renamed)
    assert {check.level for check in store.status().checks} == {Level.OK}
    connection.execute(f"DROP INDEX {table}_other")
    [found] = [check for check in store.status().checks if check.level is not Level.OK]
    message = f"missing or invalid indexes: {shown}"
    assert found == HealthCheck("indexes", Level.FAULT, message, REPAIR)
    assert list(store.repair(store.status().checks)) in (
        [f"built the index {shown}"],
        ["built the index over the vectors"],
    )
    assert {check.level for check in store.status().checks} == {Level.OK}


def test_invalid_index(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index whose concurrent build failed is no index."""
    make_large(store, monkeypatch)
    name = f"{store.table.name}_vectors_idx"
    update = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass"
    store.table.connection.execute(update, [name])
    [found] = [check for check in store.status().checks if check.level is not Level.OK]
    assert found.name == "indexes"
    assert list(store.repair(store.status().checks)) == ["built the index over the vectors"]
    assert {check.level for check in store.status().checks} == {Level.OK}


def test_missing_primary_key(store: PostgresStore) -> None:
    """The index of a primary key is missed as well."""
    key = f"{store.table.name}_term_pkey"
    store.table.connection.execute(f"ALTER TABLE {store.table.name}_term DROP CONSTRAINT {key}")
    [found] = [check for check in store.status().checks if check.level is not Level.OK]
    assert found.message == (f"missing or invalid indexes: btree on {store.table.name}_term (term)")


def test_missing_tables(store: PostgresStore) -> None:
    """Tables that were dropped are named, and the rest is left unlooked at."""
    table = store.table.name
    found = spoil(store, "DROP TABLE {term}, {embedding}")
    assert found == [
        HealthCheck(
            "tables",
            Level.FAULT,
            f'missing: "public"."{table}_term", "public"."{table}_embedding"',
            f"restore them from a backup, or drop what is left of public.{table}, "
            "take it out of ragpg_table, and ingest again",
        )
    ]
    assert store.status().counts == {}


def test_dead_rows(store: PostgresStore) -> None:
    """Many rows that were replaced and not cleared are a warning, until they are cleared."""
    connection = store.table.connection
    many = "INSERT INTO {term} SELECT n, 1 FROM generate_series(1, 2000) AS n"
    connection.execute(store.table.statement(many))
    connection.execute(store.table.statement("DELETE FROM {term} WHERE term BETWEEN 1 AND 2000"))
    connection.execute("SELECT pg_stat_force_next_flush()")
    [found] = [check for check in store.status().checks if check.level is not Level.OK]
    assert (found.name, found.level) == ("dead rows", Level.WARNING)
    assert re.fullmatch(r"20\d\d dead rows besides \d\d", found.message)
    assert found.action == REPAIR
    done = list(store.repair([found]))
    assert done == ["removed dead rows and renewed the statistics"]
    connection.execute("SELECT pg_stat_force_next_flush()")
    assert {check.level for check in store.status().checks} == {Level.OK}


def test_terms_that_were_counted_anew(store: PostgresStore) -> None:
    """The rows that had the old counts are not left for another repair."""
    connection = store.table.connection
    unknown = "INSERT INTO {term} SELECT n, 1 FROM generate_series(1, 2000) AS n"
    connection.execute(store.table.statement(unknown))
    assert list(store.repair(store.status().checks)) == ["counted the terms"]
    connection.execute("SELECT pg_stat_force_next_flush()")
    assert {check.level for check in store.status().checks} == {Level.OK}


@pytest.mark.parametrize(
    ("version", "fault", "fixed"),
    [
        ((0, 8, 1), "can be made to read and write beyond its memory (CVE-2026-3172)", "0.8.2"),
        ((0, 8, 3), "can corrupt an HNSW index", "0.8.4"),
    ],
)
def test_known_faults_of_pgvector(version: tuple[int, ...], fault: str, fixed: str) -> None:
    """An old pgvector that works all the same is a warning."""
    extension = Pgvector(version, "public")
    assert check_pgvector(extension) == HealthCheck(
        "pgvector",
        Level.WARNING,
        f"pgvector {extension} {fault}",
        f"install {fixed} or newer and run: ALTER EXTENSION vector UPDATE;",
    )


def test_missing_table_elsewhere(store: PostgresStore) -> None:
    """Where a part of the table is gone, a search says how to find out which."""
    from ragpg.errors import DatabaseError
    from ragpg.types import SearchRequest

    spoil(store, "DROP TABLE {term}")
    with pytest.raises(DatabaseError) as caught:
        store.search(SearchRequest("alpha", None, 5))
    assert caught.value.message.endswith(
        f'relation "public.{store.table.name}_term" does not exist'
    )
    assert caught.value.hint == "a part of the table is missing: `ragpg status --check` says which"


def test_letters() -> None:
    """A database with the locale C finds capitals beyond A to Z only as they are written."""
    name = str(shared().new_database()["dbname"]) + "_c"
    shared().execute("CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'", name)
    with closing(connect(Target(shared().parameters(dbname=name)))) as connection:
        store = PostgresStore.create(connection, "pages", model=MODEL, language="english")
        [warning] = [check for check in store.status().checks if check.level is not Level.OK]
    assert (warning.name, warning.level) == ("letters", Level.WARNING)
    assert warning.message == (
        "keywords with capitals such as Ä are not found by ä: the database's locale is C"
    )
