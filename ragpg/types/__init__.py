"""The values that the packages exchange: frozen, and free of numpy at run time."""

from __future__ import annotations

from ragpg.types.answers import (
    Answer,
    Citation,
    CitedBy,
    Claim,
    Completion,
    Finding,
    LocatedClaim,
    Message,
    Sentence,
    Timings,
    Verdict,
    Verification,
)
from ragpg.types.documents import (
    Chunk,
    Document,
    DocumentStatus,
    File,
    Receipt,
    StoredDocument,
    UnreadableFile,
)
from ragpg.types.embeddings import (
    Embedding,
    EmbeddingModel,
    NliScores,
    QueryEmbedding,
    Vector,
    Vectors,
)
from ragpg.types.search import (
    Candidate,
    Candidates,
    Hit,
    Mode,
    Scan,
    SearchPlan,
    SearchRequest,
)
from ragpg.types.store import HealthCheck, Level, StoreStatus, TableName

__all__ = [
    "Answer",
    "Candidate",
    "Candidates",
    "Chunk",
    "Citation",
    "CitedBy",
    "Claim",
    "Completion",
    "Document",
    "DocumentStatus",
    "Embedding",
    "EmbeddingModel",
    "File",
    "Finding",
    "HealthCheck",
    "Hit",
    "Level",
    "LocatedClaim",
    "Message",
    "Mode",
    "NliScores",
    "QueryEmbedding",
    "Receipt",
    "Scan",
    "SearchPlan",
    "SearchRequest",
    "Sentence",
    "StoreStatus",
    "StoredDocument",
    "TableName",
    "Timings",
    "UnreadableFile",
    "Vector",
    "Vectors",
    "Verdict",
    "Verification",
]
