"""Makes tables with the libraries themselves, in an environment that has them.

    python other_programs.py LIBRARY URL < ROWS

ROWS are lines of JSON: a text, its metadata and its vector. The libraries get the vectors ready
made, and do all else as they always do.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # it is read when haystack is imported


def make_langchain_pgvector(url: str, rows: list[dict[str, Any]]) -> None:
    """Two collections of LangChain's PGVector."""
    from langchain_postgres import PGVector

    for name in ("handbook", "other"):
        store = PGVector(
            embeddings=ready_made(rows),
            connection=url.replace("postgresql://", "postgresql+psycopg://"),
            collection_name=name,
        )
        texts = [row["text"] for row in rows] if name == "handbook" else ["Something else."]
        metadata = [row["metadata"] for row in rows] if name == "handbook" else [{}]
        store.add_texts(texts, metadatas=metadata)


def make_langchain_pgvectorstore(url: str, rows: list[dict[str, Any]]) -> None:
    """LangChain's PGVectorStore, with a column of its user's."""
    from langchain_core.documents import Document
    from langchain_postgres import Column, PGEngine, PGVectorStore

    engine = PGEngine.from_connection_string(url.replace("postgresql://", "postgresql+psycopg://"))
    engine.init_vectorstore_table(
        "my docs", len(rows[0]["vector"]), metadata_columns=[Column("team", "TEXT")]
    )
    store = PGVectorStore.create_sync(
        engine, ready_made(rows), "my docs", metadata_columns=["team"]
    )
    store.add_documents(
        [Document(row["text"], metadata={**row["metadata"], "team": "hr"}) for row in rows]
    )


def make_llamaindex(url: str, rows: list[dict[str, Any]]) -> None:
    """LlamaIndex's PGVectorStore, with nodes as its splitters make them."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
    from llama_index.vector_stores.postgres import PGVectorStore

    store = PGVectorStore.from_params(
        connection_string=url,
        async_connection_string=url.replace("postgresql://", "postgresql+asyncpg://"),
        table_name="handbook",
        embed_dim=len(rows[0]["vector"]),
        use_jsonb=True,
    )
    nodes = []
    for row in rows:
        metadata = dict(row["metadata"])
        source, start = metadata.pop("source"), metadata.pop("start_index")
        node = TextNode(
            text=row["text"],
            metadata={**metadata, "file_path": source},
            start_char_idx=start,
            end_char_idx=start + len(row["text"]),
            embedding=row["vector"],
        )
        node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=f"id of {source}")
        nodes.append(node)
    store.add(nodes)


def make_haystack(url: str, rows: list[dict[str, Any]]) -> None:
    """Haystack's store, with what its splitter says of a document's parts."""
    from haystack import Document
    from haystack.utils import Secret
    from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore

    store = PgvectorDocumentStore(
        connection_string=Secret.from_token(url), embedding_dimension=len(rows[0]["vector"])
    )
    documents = []
    for row in rows:
        meta = dict(row["metadata"])
        meta = {"file_path": meta.pop("source"), "split_idx_start": meta.pop("start_index"), **meta}
        documents.append(Document(content=row["text"], meta=meta, embedding=row["vector"]))
    store.write_documents(documents)


def ready_made(rows: list[dict[str, Any]]) -> Any:
    """Embeddings that are known already."""
    from langchain_core.embeddings import Embeddings

    known = {row["text"]: row["vector"] for row in rows}

    class ReadyMade(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [known.get(text, rows[0]["vector"]) for text in texts]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    return ReadyMade()


MAKERS = {
    "langchain-pgvector": make_langchain_pgvector,
    "langchain-pgvectorstore": make_langchain_pgvectorstore,
    "llamaindex": make_llamaindex,
    "haystack": make_haystack,
}

if __name__ == "__main__":
    library, address = sys.argv[1:]
    MAKERS[library](address, [json.loads(line) for line in sys.stdin])
