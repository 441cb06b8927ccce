"""LangChain, as its documentation shows it: RecursiveCharacterTextSplitter and PGVector.

python langchain_pgvector.py MODEL URL ingest DIRECTORY
python langchain_pgvector.py MODEL URL search QUESTION
python langchain_pgvector.py MODEL URL warm < QUESTIONS
"""

from __future__ import annotations

import sys
from pathlib import Path

from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_postgres import PGVector
from langchain_text_splitters import RecursiveCharacterTextSplitter

model, url, action, *rest = sys.argv[1:]
store = PGVector(
    embeddings=HuggingFaceEmbeddings(model_name=model),
    connection=url,
    collection_name="documents",
)
if action == "ingest":
    documents = [
        Document(path.read_text("utf-8"), metadata={"source": str(path)})
        for path in sorted(Path(rest[0]).rglob("*.md"))
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_documents(documents)
    store.add_documents(chunks)
    print(len(chunks))
elif action == "search":
    print([hit.metadata["source"] for hit in store.similarity_search(rest[0], k=5)])
else:
    for line in sys.stdin:
        hits = store.similarity_search(line.strip(), k=5)
        print([hit.metadata["source"] for hit in hits], flush=True)
