"""The passages that people's pipelines find: LangChain's splitter, one model, and BM25 beside it.

    python passages.py MODEL DOCUMENTS QUESTIONS RESULTS

Chunks are RecursiveCharacterTextSplitter's of 1,000 and 200 characters. `dense` ranks them by the
cosine of their vectors to the question's; `rrf` adds BM25 (k1 1.2, b 0.75, Snowball's stems) by
reciprocal rank fusion with k = 60. Both offer 50 candidates. A question's `source` restricts it to
that document. RESULTS has, for each, a list of [document, start, end] for each question's id.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from langchain_text_splitters import RecursiveCharacterTextSplitter
from nltk.stem import SnowballStemmer
from sentence_transformers import SentenceTransformer

CANDIDATES, RRF, K1, B = 50, 60, 1.2, 0.75


def main() -> None:
    """Find passages for all questions."""
    model, documents, questions, results = sys.argv[1:]
    chunks = list(split(Path(documents)))
    asked = [json.loads(line) for line in Path(questions).read_text("utf-8").splitlines()]
    texts = [text for *_, text in chunks]
    vectors, wanted = embed(model, texts, [case["question"] for case in asked])
    words = Words(texts)
    sources = np.array([source for source, *_ in chunks])
    found: dict[str, dict[str, list[list[str | int]]]] = {"dense": {}, "rrf": {}}
    for case, vector in zip(asked, wanted, strict=True):
        inside = sources == case["source"] if "source" in case else np.ones(len(chunks), bool)
        dense = best(np.where(inside, vectors @ vector, -np.inf))
        keyword = best(np.where(inside, words.scores(case["question"]), 0.0), above=0.0)
        for name, order in (("dense", dense), ("rrf", fused(dense, keyword))):
            found[name][case["id"]] = [list(chunks[index][:3]) for index in order]
    Path(results).write_text(json.dumps(found), "utf-8")
    print(len(chunks))


def split(directory: Path):
    """Cut every file into chunks."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=1000, chunk_overlap=200, add_start_index=True
    )
    for path in sorted(directory.rglob("*.md")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
        for chunk in splitter.create_documents([text]):
            start = chunk.metadata["start_index"]
            end = start + len(chunk.page_content)
            yield path.relative_to(directory).as_posix(), start, end, chunk.page_content


def embed(model: str, texts: list[str], questions: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of unit length, in bfloat16 where the processor multiplies it fast."""
    fast = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)()
    precision = torch.bfloat16 if fast else torch.float32
    encoder = SentenceTransformer(model, model_kwargs={"dtype": precision})
    passages, queries = (
        encoder.encode(some, batch_size=16, normalize_embeddings=True, convert_to_numpy=True)
        for some in (texts, questions)
    )
    return passages.astype(np.float32), queries.astype(np.float32)


class Words:
    """BM25 with Lucene's idf."""

    def __init__(self, texts: list[str]) -> None:
        self.stemmer, self.stems = SnowballStemmer("english"), {}
        counted = [Counter(self.terms(text)) for text in texts]
        lengths = np.array([count.total() for count in counted])
        norms = K1 * (1 - B + B * lengths / lengths.mean())
        postings = defaultdict(list)
        for index, count in enumerate(counted):
            for term, times in count.items():
                postings[term].append((index, times * (K1 + 1) / (times + norms[index])))
        self.count = len(texts)
        self.postings = {term: np.array(rows) for term, rows in postings.items()}

    def terms(self, text: str) -> list[str]:
        """Words, stemmed."""
        words = re.findall(r"\w+", text.casefold())
        for word in words:
            if word not in self.stems:
                self.stems[word] = self.stemmer.stem(word)
        return [self.stems[word] for word in words]

    def scores(self, question: str) -> np.ndarray:
        """The score of each text."""
        total = np.zeros(self.count)
        for term in set(self.terms(question)) & self.postings.keys():
            rows = self.postings[term]
            idf = math.log(1 + (self.count - len(rows) + 0.5) / (len(rows) + 0.5))
            total[rows[:, 0].astype(int)] += idf * rows[:, 1]
        return total


def best(scores: np.ndarray, *, above: float = -math.inf) -> list[int]:
    """The best candidates, in order."""
    order = np.argsort(-scores, kind="stable")[:CANDIDATES]
    return [int(index) for index in order if scores[index] > above]


def fused(*orders: list[int]) -> list[int]:
    """Candidates by the sum of their reciprocal ranks."""
    scores: Counter[int] = Counter()
    for order in orders:
        for rank, index in enumerate(order, start=1):
            scores[index] += 1 / (RRF + rank)
    return [index for index, _ in scores.most_common(CANDIDATES)]


if __name__ == "__main__":
    main()
