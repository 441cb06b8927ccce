"""What `ragpg adopt` makes of tables that other programs made.

Those of Python libraries are made by the libraries where an environment has them: that of
`make bench`, or the one whose Python PEERS_PYTHON names.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import quote

import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from ragpg.api import factories
from ragpg.cli.session import Session
from tests.support.database_state import assert_sound, opened
from tests.support.postgres import PASSWORD, shared
from tests.support.store import read_documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.command_line import Project

ROOT = Path(__file__).parents[2]
POLICY = (ROOT / "leave_policy.md").read_text()
PYTHON = Path(os.environ.get("PEERS_PYTHON", ROOT / "benchmarks" / ".venv" / "bin" / "python"))
MAKER = ROOT / "tests" / "adoption" / "other_programs.py"
QUESTION = "Can I encash leave at year end?"

needs_libraries = pytest.mark.skipif(not PYTHON.exists(), reason="`make bench` installs them")

# As the programs make them; the tables of the Python libraries are those of the versions in
# benchmarks/peers/requirements.txt.
DDL: dict[str, LiteralString] = {
    "Spring AI": """
        CREATE TABLE vector_store (
            id uuid DEFAULT gen_random_uuid() PRIMARY KEY, content text, metadata json,
            embedding vector(384)
        );
        CREATE INDEX spring_ai_vector_index ON vector_store
        USING hnsw (embedding vector_cosine_ops)
    """,
    "Ballerina": """
        CREATE TABLE vector_store (
            id VARCHAR PRIMARY KEY DEFAULT gen_random_uuid()::text, content TEXT,
            embedding vector(384), metadata JSONB
        )
    """,
    "Supabase": """
        CREATE TABLE documents (
            id bigserial PRIMARY KEY, content text, metadata jsonb, embedding vector(384)
        )
    """,
    "LangChain PGVector": """
        CREATE TABLE langchain_pg_collection (
            uuid UUID PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, cmetadata JSON
        );
        INSERT INTO langchain_pg_collection
        VALUES ('6a1f1f0e-5d30-4d68-9f3b-6bd0b86a7a3e', 'handbook', NULL);
        CREATE TABLE langchain_pg_embedding (
            id VARCHAR PRIMARY KEY DEFAULT gen_random_uuid()::text,
            collection_id UUID DEFAULT '6a1f1f0e-5d30-4d68-9f3b-6bd0b86a7a3e'
                REFERENCES langchain_pg_collection (uuid) ON DELETE CASCADE,
            embedding vector, document VARCHAR, cmetadata JSONB
        )
    """,
    "LlamaIndex": """
        CREATE TABLE data_handbook (
            id BIGSERIAL PRIMARY KEY, text VARCHAR NOT NULL, metadata_ JSONB,
            node_id VARCHAR, embedding halfvec(384)
        )
    """,
    "Haystack": """
        CREATE TABLE haystack_documents (
            id VARCHAR(128) PRIMARY KEY DEFAULT gen_random_uuid()::text, embedding vector(384),
            content TEXT, blob_data BYTEA, blob_meta JSONB, blob_mime_type VARCHAR(255), meta JSONB
        )
    """,
    "your own": """
        CREATE TABLE "Odd ""Table"" %s" (
            "The Key" int, "Body; DROP TABLE x" text, "v%" vector(384), m jsonb, "From" text
        )
    """,
}
COLUMNS = {
    "Spring AI": ("vector_store", "content", "embedding", "metadata"),
    "Ballerina": ("vector_store", "content", "embedding", "metadata"),
    "Supabase": ("documents", "content", "embedding", "metadata"),
    "LangChain PGVector": ("langchain_pg_embedding", "document", "embedding", "cmetadata"),
    "LlamaIndex": ("data_handbook", "text", "embedding", "metadata_"),
    "Haystack": ("haystack_documents", "content", "embedding", "meta"),
    "your own": ('Odd "Table" %s', "Body; DROP TABLE x", "v%", "m"),
}
LIBRARIES = {
    "langchain-pgvector": ("langchain_pg_embedding", "LangChain PGVector"),
    "langchain-pgvectorstore": ("my docs", "LangChain PGVectorStore"),
    "llamaindex": ("data_handbook", "LlamaIndex"),
    "haystack": ("haystack_documents", "Haystack"),
}


@cache
def rows() -> list[dict[str, Any]]:
    """The policy as a splitter cuts it, with the default model's vectors."""
    pieces = []
    for start in range(0, len(POLICY), 500):
        piece = POLICY[start : start + 700]
        at = start + len(piece) - len(piece.lstrip())
        pieces.append((piece.strip(), at))
    vectors = factories.make_embedder(Session().config).embed_passages([t for t, _ in pieces])
    return [
        {
            "text": text,
            "metadata": {"source": "docs/leave_policy.md", "start_index": at, "team": "hr"},
            "vector": vector.tolist(),
        }
        for (text, at), vector in zip(pieces, vectors, strict=True)
    ]


def new_database() -> tuple[str, str]:
    """A new database with pgvector: its name, and its URL with the password."""
    made = shared().new_database()
    name = str(made["dbname"])
    shared().execute("CREATE EXTENSION vector", dbname=name)
    at = f"127.0.0.1:{made['port']}/{name}"
    return name, f"postgresql://{made['user']}:{quote(PASSWORD)}@{at}"


def made_by_ddl(layout: str) -> str:
    """A database with the table of a layout: its URL."""
    name, url = new_database()
    table, text, vector, metadata = COLUMNS[layout]
    insert = sql.SQL("INSERT INTO {} ({}, {}, {}) VALUES ({}, {}, {})")
    names = [sql.Identifier(column) for column in (table, text, vector, metadata)]
    with shared().connect(name) as connection:
        connection.execute(DDL[layout])
        for row in rows():
            values = (row["text"], json.dumps(row["vector"]), Jsonb(row["metadata"]))
            # Without parameters, since psycopg takes a percent sign for one even in a name.
            connection.execute(insert.format(*names, *map(sql.Literal, values)))
    return url


def adopt(project: Project, *arguments: str) -> dict[str, Any]:
    """Adopt, and return what was done with the one document."""
    [receipt] = project.ok("adopt", *arguments, "--json").json["documents"]
    found: dict[str, Any] = receipt
    return found


def texts(project: Project) -> dict[str, str]:
    """The documents' texts without their front matter, as the table has them."""
    with opened(project) as store:
        return {d.source: d.text[d.body_start :] for d in read_documents(store)}


def assert_found(project: Project) -> None:
    """The table is sound, and what is asked for is found."""
    assert_sound(project)
    hits = project.ok("search", QUESTION, "--json").json["hits"]
    assert "At most 5 unused days" in hits[0]["text"]
    assert hits[0]["source"] == "docs/leave_policy.md"


@pytest.mark.parametrize("layout", [name for name in DDL if name != "your own"])
def test_a_layout(project: Project, layout: str) -> None:
    """Its rows become the document that they were cut out of, which is chunked and embedded."""
    url, project = made_by_ddl(layout), project.with_own_table()
    result = project.ok("adopt", COLUMNS[layout][0], "--from", url, "--json")
    assert f"is read as a table of {layout}: text=" in result.err
    assert ("its texts were altered" in result.err) is (layout == "Ballerina")
    [receipt] = result.json["documents"]
    assert (receipt["source"], receipt["status"]) == ("docs/leave_policy.md", "added")
    assert texts(project) == {"docs/leave_policy.md": POLICY.strip()}
    assert_found(project)
    listed = project.ok("search", "leave", "--filter", "team == hr", "--json").json
    assert listed["hits"] != []
    assert adopt(project, COLUMNS[layout][0], "--from", url)["status"] == "unchanged"


@pytest.mark.parametrize("layout", ["LangChain PGVector", "LlamaIndex", "Supabase"])
def test_kept_vectors(project: Project, layout: str) -> None:
    """Each row is a chunk with its own vector, and nothing is embedded."""
    url, project = made_by_ddl(layout), project.with_own_table()
    receipt = adopt(project, COLUMNS[layout][0], "--from", url, "--keep-vectors")
    assert (receipt["chunks"], receipt["embedded"]) == (len(rows()), 0)
    assert texts(project) == {"docs/leave_policy.md": "\n\n".join(r["text"] for r in rows())}
    with opened(project) as store:
        stored = store.table.execute(
            "SELECT vector FROM {embedding} ORDER BY doc_id, ordinal"
        ).fetchall()
    for (vector,), row in zip(stored, rows(), strict=True):
        assert vector.to_list() == pytest.approx(row["vector"], abs=1e-3)
    assert_found(project)


@needs_libraries
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_table_that_a_library_made(project: Project, library: str) -> None:
    """It is known, and read as what was put into it, with vectors or without."""
    _, url = new_database()
    lines = "\n".join(map(json.dumps, rows()))
    subprocess.run([PYTHON, MAKER, library, url], input=lines, text=True, check=True)
    table, layout = LIBRARIES[library]
    project = project.with_own_table()
    options = ["--from", url]
    if library == "langchain-pgvector":
        refused = project.run("adopt", table, "--from", url)
        assert refused.code == 2
        assert "has 2 collections" in refused.err
        assert "'handbook', 'other'" in refused.err
        options += ["--collection", "handbook"]
    result = project.ok("adopt", table, *options)
    assert f"table of {layout}: text=" in result.err
    assert texts(project) == {"docs/leave_policy.md": POLICY.strip()}
    assert_found(project)
    kept = project.with_own_table()
    assert adopt(kept, table, *options, "--keep-vectors")["embedded"] == 0
    assert_found(kept)


def test_columns_of_any_table(project: Project) -> None:
    """--columns says which is what, whatever they are called; names are never SQL."""
    url, project = made_by_ddl("your own"), project.with_own_table()
    name = COLUMNS["your own"][0]
    unknown = project.run("adopt", name, "--from", url)
    assert unknown.code == 2
    assert "has no layout that is known here" in unknown.err
    receipt = adopt(project, name, "--from", url, "--columns", "text=Body; DROP TABLE x")
    assert receipt["source"] == "docs/leave_policy.md"
    assert_found(project)
    kept = project.with_own_table()
    columns = "text=Body; DROP TABLE x,vector=v%,source=team"
    receipt = adopt(kept, name, "--from", url, "--columns", columns, "--keep-vectors")
    assert (receipt["source"], receipt["embedded"]) == ("hr", 0)


def test_the_configured_database(project: Project) -> None:
    """Without --from, TABLE is where our own tables are made."""
    url = made_by_ddl("Supabase")
    there = project.within({"RAGPG_DB_URL": url})
    before = there.ok("adopt", "documents", "--plan", "--json").json["documents"]
    assert [document["status"] for document in before] == ["added"]
    assert "nothing has been ingested" in there.ok("list").err
    assert adopt(there, "public.documents")["status"] == "added"
    assert_found(there)


def test_files_take_over(project: Project) -> None:
    """Answers cite what was adopted, until the file is ingested; that is then left alone."""
    url, project = made_by_ddl("Supabase"), project.with_own_table()
    adopt(project, "documents", "--from", url)
    answer = project.ok("ask", QUESTION, "--json").json
    assert "At most 5 unused days" in answer["answer"]
    assert answer["citations"][0]["source"] == "docs/leave_policy.md"
    project.write("docs/leave_policy.md", POLICY)
    [receipt] = project.ok("ingest", "docs", "--json").json["documents"]
    assert receipt["status"] == "changed"
    result = project.run("adopt", "documents", "--from", url, "--json")
    assert result.code == 1
    [receipt] = result.json["documents"]
    assert receipt["status"] == "failed"
    assert "is already the source of" in receipt["error"]
    assert texts(project) == {"docs/leave_policy.md": POLICY}


def refused(project: Project, *arguments: str, code: int) -> str:
    """What is said where nothing is adopted."""
    result = project.run("adopt", *arguments)
    assert (result.code, result.out) == (code, "")
    assert "nothing has been ingested" in project.ok("list").err
    assert PASSWORD not in result.err
    return result.err


def test_vectors_of_another_model(project: Project) -> None:
    """They are refused, with how far they are from the configured one's."""
    url, project = made_by_ddl("Supabase"), project.with_own_table()
    keep = ("documents", "--from", url, "--keep-vectors")
    altered(url, "UPDATE documents SET embedding = (embedding::real[])[2:384] || 0.5::real")
    assert "their cosine is as low as" in refused(project, *keep, code=2)
    altered(url, "ALTER TABLE documents ALTER embedding TYPE vector")
    altered(url, "UPDATE documents SET embedding = '[1, 2]'")
    assert "have 2 dimensions, and those of 'all-MiniLM-L6-v2' have 384" in refused(
        project, *keep, code=2
    )


def altered(url: str, statement: LiteralString) -> None:
    """Change a table of a database."""
    shared().execute(statement, dbname=url.rpartition("/")[2])


def test_what_cannot_be_adopted(project: Project) -> None:
    """Each is told in a line, or two."""
    url, project = made_by_ddl("Ballerina"), project.with_own_table()
    place = ("--from", url)
    kept = refused(project, "vector_store", *place, "--keep-vectors", code=2)
    assert "--keep-vectors is not for 'public.vector_store'" in kept
    gone = refused(project, "gone", *place, code=1)
    assert "has no table 'gone'" in gone
    assert "tables with vectors: public.vector_store" in gone
    collection = ("vector_store", *place, "--collection", "x")
    assert "has no collections" in refused(project, *collection, code=2)
    wrong = ("vector_store", *place, "--columns", "text=nothing")
    assert 'has no column "nothing"' in refused(project, *wrong, code=2)
    unreachable = url.replace(url.split(":")[-1].split("/")[0], "1")
    assert "127.0.0.1" in refused(project, "vector_store", "--from", unreachable, code=1)
    altered(url, "UPDATE vector_store SET content = NULL")
    assert "has no row with a text" in refused(project, "vector_store", *place, code=1)


def test_hostile_rows(project: Project) -> None:
    """Their texts and names are data: no SQL, no path outside, no escape sequence."""
    url, project = made_by_ddl("Supabase"), project.with_own_table()
    altered(url, "DELETE FROM documents")
    hostile: Sequence[tuple[str, dict[str, Any]]] = [
        ("'; DROP TABLE documents; --", {"source": "../../etc/passwd"}),
        ("---\n- [broken\n---\nText.", {"source": "a\x1b[2J.md"}),
        ("Text \x1b]8;;http://x\x07.", {"source": ["a"], "title": "\x1b[31mred"}),
        ("Deep.", {"source": "deep.md", "a": json.loads("[" * 200 + "]" * 200)}),
    ]
    with shared().connect(url.rpartition("/")[2]) as connection:
        for text, metadata in hostile:
            connection.execute(
                "INSERT INTO documents (content, metadata) VALUES (%s, %s)",
                [text, Jsonb(metadata)],
            )
    result = project.ok("adopt", "documents", "--from", url)
    assert "\x1b" not in result.out + result.err
    listed = project.ok("list")
    assert "\x1b" not in listed.out
    found = texts(project)
    assert len(found) == len(hostile)
    assert "../../etc/passwd" in found
    assert all(any(text in stored for stored in found.values()) for text, _ in hostile)
    assert_sound(project)
