"""Haystack, as its documentation shows it: DocumentSplitter by words and PgvectorDocumentStore.

Its pieces are of 150 words, 50 of them shared, as its tutorial for several kinds of files cuts them
for the same model: 200 words, the default, are more than the model reads. It is told to show no
progress and not to send usage statistics.

    python haystack_pgvector.py MODEL URL ingest DIRECTORY
    python haystack_pgvector.py MODEL URL search QUESTION
    python haystack_pgvector.py MODEL URL warm < QUESTIONS
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # it is read when haystack is imported

from haystack import Pipeline
from haystack.components.converters import TextFileToDocument
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.writers import DocumentWriter
from haystack.utils import Secret
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.retrievers.pgvector import PgvectorEmbeddingRetriever
from haystack_integrations.document_stores.pgvector import PgvectorDocumentStore

model, url, action, *rest = sys.argv[1:]
store = PgvectorDocumentStore(
    connection_string=Secret.from_token(url.replace("+psycopg", "")),
    embedding_dimension=384,
    search_strategy="hnsw",
)
pipeline = Pipeline()
if action == "ingest":
    pipeline.add_component("converter", TextFileToDocument(store_full_path=True))
    pipeline.add_component("splitter", DocumentSplitter(split_length=150, split_overlap=50))
    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    pipeline.add_component("embedder", embedder)
    pipeline.add_component("writer", DocumentWriter(store))
    pipeline.connect("converter", "splitter")
    pipeline.connect("splitter", "embedder")
    pipeline.connect("embedder", "writer")
    written = pipeline.run({"converter": {"sources": sorted(Path(rest[0]).rglob("*.md"))}})
    print(written["writer"]["documents_written"])
else:
    embedder = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    pipeline.add_component("embedder", embedder)
    pipeline.add_component("retriever", PgvectorEmbeddingRetriever(document_store=store, top_k=5))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    for question in rest or sys.stdin:
        found = pipeline.run({"embedder": {"text": question.strip()}})
        print([hit.meta["file_path"] for hit in found["retriever"]["documents"]], flush=True)
