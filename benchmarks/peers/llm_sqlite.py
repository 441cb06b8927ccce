"""llm, as its documentation shows it: a collection of embeddings, compared one by one.

It knows no PostgreSQL: its store is a SQLite file, embeddings.db in the directory where it is
started, and the URL is not used. It has no splitter either: documents are cut at blank lines, for
of a whole one the model would read the beginning.

    python llm_sqlite.py MODEL URL ingest DIRECTORY
    python llm_sqlite.py MODEL URL search QUESTION
    python llm_sqlite.py MODEL URL warm < QUESTIONS
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import llm
import sqlite_utils
from llm_sentence_transformers import SentenceTransformerModel

model, url, action, *rest = sys.argv[1:]
database = sqlite_utils.Database("embeddings.db")
name = f"sentence-transformers/{Path(model).name}"
embedding = SentenceTransformerModel(name, model, trust_remote_code=False)
if action == "ingest":
    if llm.Collection.exists(database, "documents"):
        llm.Collection("documents", database).delete()
    collection = llm.Collection("documents", database, model=embedding)
    collection.embed_multi(
        (
            (f"{path}#{number}", paragraph)
            for path in sorted(Path(rest[0]).rglob("*.md"))
            for number, paragraph in enumerate(re.split(r"\n\s*\n", path.read_text("utf-8")))
            if paragraph.strip()
        ),
        store=True,
    )
    print(collection.count())
else:
    collection = llm.Collection("documents", database, model=embedding)
    for question in rest or sys.stdin:
        hits = collection.similar(question.strip(), number=5)
        print([hit.id.rpartition("#")[0] for hit in hits], flush=True)
