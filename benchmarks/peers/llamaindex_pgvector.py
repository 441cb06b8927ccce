"""LlamaIndex, as its documentation shows it: SentenceSplitter and PGVectorStore with HNSW.

Its chunks are given the size of the model's window: by default they are four times as long, and the
model would read a quarter of each.

    python llamaindex_pgvector.py MODEL URL ingest DIRECTORY
    python llamaindex_pgvector.py MODEL URL search QUESTION
    python llamaindex_pgvector.py MODEL URL warm < QUESTIONS
"""

from __future__ import annotations

import sys

from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.postgres import PGVectorStore

model, url, action, *rest = sys.argv[1:]
embedding = HuggingFaceEmbedding(model_name=model)
store = PGVectorStore.from_params(
    connection_string=url.replace("+psycopg", "+psycopg2"),  # its SET statements need it
    async_connection_string=url.replace("+psycopg", "+asyncpg"),
    table_name="documents",
    embed_dim=384,
    hnsw_kwargs={"hnsw_m": 16, "hnsw_ef_construction": 64, "hnsw_ef_search": 40},
)
if action == "ingest":
    documents = SimpleDirectoryReader(rest[0], recursive=True, required_exts=[".md"]).load_data()
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=embedding,
        transformations=[SentenceSplitter(chunk_size=256, chunk_overlap=50)],
    )
    print(len(documents))
else:
    index = VectorStoreIndex.from_vector_store(store, embed_model=embedding)
    retriever = index.as_retriever(similarity_top_k=5)
    for question in rest or sys.stdin:
        hits = retriever.retrieve(question.strip())
        print([hit.node.metadata["file_path"] for hit in hits], flush=True)
