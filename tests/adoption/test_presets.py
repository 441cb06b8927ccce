"""Each program's table is known by its columns."""

from __future__ import annotations

import pytest

from ragpg.adoption.presets import map_columns, parse_columns
from ragpg.errors import UsageError
from ragpg.types import ForeignTable

LAYOUTS = {
    "LangChain PGVector": {
        "id": "character varying",
        "collection_id": "uuid",
        "embedding": "vector",
        "document": "character varying",
        "cmetadata": "jsonb",
    },
    "LangChain PGVectorStore": {
        "langchain_id": "uuid",
        "content": "text",
        "embedding": "vector(384)",
        "team": "text",
        "content_tsv": "tsvector",
        "langchain_metadata": "json",
    },
    "LlamaIndex": {
        "id": "bigint",
        "text": "character varying",
        "metadata_": "jsonb",
        "node_id": "character varying",
        "embedding": "ext.halfvec(384)",
    },
    "Haystack": {
        "id": "character varying(128)",
        "embedding": "vector(384)",
        "content": "text",
        "blob_data": "bytea",
        "blob_meta": "jsonb",
        "blob_mime_type": "character varying(255)",
        "meta": "jsonb",
    },
    "LangChain4j": {
        "embedding_id": "uuid",
        "embedding": "vector(384)",
        "text": "text",
        "metadata": "json",
    },
    "Ballerina": {
        "id": "character varying",
        "content": "text",
        "embedding": "sparsevec(1000)",
        "metadata": "jsonb",
    },
    "Spring AI": {
        "id": "uuid",
        "content": "text",
        "metadata": "json",
        "embedding": "vector(1536)",
    },
    "Supabase": {
        "id": "bigint",
        "content": "text",
        "metadata": "jsonb",
        "embedding": "vector(1536)",
        "fts": "tsvector",
    },
}


def table(columns: dict[str, str]) -> ForeignTable:
    """A table of these columns."""
    return ForeignTable("public", "t", columns)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout(layout: str) -> None:
    """Its columns are taken for what they are."""
    mapping = map_columns(table(LAYOUTS[layout]), {})
    assert mapping.layout == layout
    columns = LAYOUTS[layout]
    assert columns[mapping.text].startswith(("text", "character varying"))
    assert "vec" in columns[mapping.vector or ""]
    assert columns[mapping.metadata or ""].startswith("json")
    assert mapping.more == (("team",) if layout == "LangChain PGVectorStore" else ())
    assert mapping.is_altered is (layout == "Ballerina")


def test_a_table_of_no_known_layout() -> None:
    """The text has to be pointed to; vector and metadata are taken where there is one of each."""
    unknown = table({"uuid": "uuid", "body": "text", "emb": "vector(3)", "info": "json"})
    with pytest.raises(UsageError, match="has no layout that is known here") as caught:
        map_columns(unknown, {})
    assert "uuid uuid, body text, emb vector(3), info json" in (caught.value.hint or "")
    mapping = map_columns(unknown, {"text": "body"})
    found = (mapping.id, mapping.text, mapping.vector, mapping.metadata, mapping.source)
    assert found == ("uuid", "body", "emb", "info", None)


def test_chosen_columns() -> None:
    """They win over a layout's; a source that is no column is a key of the metadata."""
    known = table({**LAYOUTS["Supabase"], "url": "text"})
    mapping = map_columns(known, {"source": "url", "text": "fts"})
    assert (mapping.layout, mapping.text, mapping.source) == ("Supabase", "fts", "url")
    mapping = map_columns(known, {"source": "place"})
    assert (mapping.source, mapping.source_keys[0]) == (None, "place")
    with pytest.raises(UsageError, match='has no column "body"'):
        map_columns(known, {"text": "body"})


def test_the_value_of_columns() -> None:
    """Kinds and names, each once."""
    chosen = parse_columns('text=My Text, source = "odd"')
    assert chosen == {"text": "My Text", "source": '"odd"'}
    assert parse_columns(None) == {}
    for wrong in ("text", "text=", "body=a", "text=a,text=b", "text=a,"):
        with pytest.raises(UsageError, match="cannot be read at"):
            parse_columns(wrong)
