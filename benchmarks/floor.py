"""The bare floor: the least Python that finds the passages nearest to a question.

    python floor.py MODEL CONNINFO QUESTION
    python floor.py MODEL CONNINFO --warm < QUESTIONS

It embeds the question (in numpy, the fastest exact way we know), connects with psycopg and runs one
query on an HNSW index of a table that ragpg filled. With --warm it answers a question a line and
tells at the end how long it took, in milliseconds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psycopg
from ragpg.embedding.bert_encoder import BertEncoder

NEAREST = """
SELECT doc_id, ordinal FROM ragpg_embedding
ORDER BY binary_quantize(vector)::bit(384) <~> binary_quantize(%s::halfvec)::bit(384) LIMIT 5
"""

directory, conninfo, question = sys.argv[1:]
encoder = BertEncoder(Path(directory))
connection = psycopg.connect(conninfo, autocommit=True)


def nearest(text: str) -> list[tuple[int, int]]:
    """The keys of five passages, the nearest first."""
    vector = str(encoder.encode([text])[0].tolist())
    return connection.execute(NEAREST, [vector]).fetchall()


if question != "--warm":
    print(nearest(question))
    sys.exit()

times = []
for line in sys.stdin:
    start = time.perf_counter()
    print(nearest(line.strip()), flush=True)
    times.append(1000 * (time.perf_counter() - start))
times.sort()
p50, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms", file=sys.stderr)
