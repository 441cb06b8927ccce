"""What `ragpg search --table-as-is` finds in tables that other programs made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragpg.api import factories
from ragpg.cli.session import Session
from tests.contract.test_adopt import COLUMNS, altered, made_by_ddl, rows
from tests.support.postgres import PASSWORD, shared

if TYPE_CHECKING:
    from tests.support.command_line import Project

QUERY = "encash unused leave"
OBJECTS = "SELECT oid FROM pg_class UNION SELECT oid FROM pg_namespace"


def nearest_texts() -> list[str]:
    """The texts of all rows, the nearest to the query first."""
    query = factories.make_embedder(Session().config).embed_query(QUERY).vector
    scored = [(float(np.array(row["vector"]) @ query), row["text"]) for row in rows()]
    return [text for _, text in sorted(scored, reverse=True)]


@pytest.mark.parametrize(
    ("layout", "vector_type"),
    [
        ("LangChain PGVector", "vector"),
        ("LlamaIndex", "halfvec(384)"),
        ("Supabase", "vector(384)"),
        ("Ballerina", "sparsevec(384)"),
    ],
)
def test_the_nearest_rows(project: Project, layout: str, vector_type: str) -> None:
    """They are found exactly, best first, and nothing is made or changed."""
    url = made_by_ddl(layout)
    table, _, column, _ = COLUMNS[layout]
    if layout == "Ballerina":
        altered(url, "ALTER TABLE vector_store ALTER embedding TYPE sparsevec(384)")
    with shared().connect(url.rpartition("/")[2]) as connection:
        found_type = connection.execute(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attname = %s",
            [table, column],
        ).fetchone()
    assert found_type == (vector_type,)
    name = url.rpartition("/")[2]
    before = shared().execute(OBJECTS, dbname=name)
    there = project.within({"RAGPG_DB_URL": url})
    shape = there.ok("search", QUERY, "--table-as-is", table, "-k", "3", "--json").json
    assert list(shape) == ["query", "mode", "hits"]
    assert shape["mode"] == "dense"
    assert [hit["text"] for hit in shape["hits"]] == nearest_texts()[:3]
    assert [hit["rank"] for hit in shape["hits"]] == [1, 2, 3]
    [first, *_] = shape["hits"]
    assert (first["source"], first["heading"], first["start"]) == ("docs/leave_policy.md", [], 0)
    assert first["end"] == len(first["text"])
    shown = there.ok("search", QUERY, "--table-as-is", f"public.{table}", "-k", "1").out
    assert nearest_texts()[0] in shown
    assert shared().execute(OBJECTS, dbname=name) == before


def test_columns_and_batches(project: Project) -> None:
    """Any table can be searched, many questions in one run."""
    there = project.within({"RAGPG_DB_URL": made_by_ddl("your own")})
    name = COLUMNS["your own"][0]
    options = ("--table-as-is", name, "--columns", "text=Body; DROP TABLE x", "-k", "1", "--json")
    lines = there.run("search", "--batch", "-", *options, stdin=f"{QUERY}\n\n".encode()).lines
    assert lines[0]["hits"][0]["text"] == nearest_texts()[0]
    assert lines[1]["error"]["message"] == "line 2 is blank"


def test_vectors_of_another_model(project: Project) -> None:
    """They are refused: nearest in another space means nothing."""
    url = made_by_ddl("Supabase")
    altered(url, "UPDATE documents SET embedding = (embedding::real[])[2:384] || 0.5::real")
    there = project.within({"RAGPG_DB_URL": url})
    result = there.run("search", QUERY, "--table-as-is", "documents", "--json")
    assert result.code == 2
    assert result.json["error"]["type"] == "model_mismatch"
    assert "their cosine is as low as" in result.json["error"]["message"]
    assert PASSWORD not in result.out + result.err


def test_usage(project: Project) -> None:
    """Options that a table as it is has no answer to are refused."""
    for options in (
        ("--table-as-is", "t", "--source", "a.md"),
        ("--table-as-is", "t", "--filter", "a == 1"),
        ("--table-as-is", "t", "--explain"),
        ("--table-as-is", "t", "--mode", "hybrid"),
        ("--columns", "text=a"),
        ("--collection", "a"),
    ):
        result = project.run("search", QUERY, *options)
        assert (result.code, result.out) == (2, "")
        assert "--table-as-is" in result.err
    hosted = project.run("search", QUERY, "--table-as-is", "t", RAGPG_EMBEDDING_PROVIDER="litellm")
    assert "--table-as-is needs a model on this machine" in hosted.err
