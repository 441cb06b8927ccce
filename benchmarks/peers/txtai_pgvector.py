"""txtai, as its documentation shows it: Segmentation by paragraphs, content and vectors in one URL.

Vectors are in a table of pgvector with HNSW, texts beside them; what it needs to find both again is
saved in the directory .txtai of the directory where it is started.

    python txtai_pgvector.py MODEL URL ingest DIRECTORY
    python txtai_pgvector.py MODEL URL search QUESTION
    python txtai_pgvector.py MODEL URL warm < QUESTIONS
"""

from __future__ import annotations

import sys
from pathlib import Path

from txtai import Embeddings
from txtai.pipeline import Segmentation

SAVED = ".txtai"

model, url, action, *rest = sys.argv[1:]
if action == "ingest":
    segment = Segmentation(paragraphs=True)
    embeddings = Embeddings(path=model, content=url, backend="pgvector", pgvector={"url": url})
    embeddings.index(
        (str(path), paragraph)
        for path in sorted(Path(rest[0]).rglob("*.md"))
        for paragraph in segment(path.read_text("utf-8"))
    )
    embeddings.save(SAVED)
    print(embeddings.count())
else:
    embeddings = Embeddings()
    embeddings.load(SAVED)
    for question in rest or sys.stdin:
        print([hit["id"] for hit in embeddings.search(question.strip(), 5)], flush=True)
