"""The tables of the configuration: each key declared once, with its type, default and rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ragpg.config.declaration import setting
from ragpg.config.paths import Model
from ragpg.config.rules import ADDRESS, DAY, FLAG, STRING, STRINGS, Auto, Choice, Number, Whole

MODEL = Model()


@dataclass(frozen=True, slots=True)
class Embedding:
    """How text becomes vectors."""

    provider: str = setting(
        "provider",
        Choice("sentence-transformers", "litellm"),
        default="sentence-transformers",
        about="sentence-transformers (runs on this machine) or litellm (asks a service).",
    )
    model: str = setting(
        "model",
        MODEL,
        default="all-MiniLM-L6-v2",
        about="all-MiniLM-L6-v2 is built in; otherwise a directory, a name on the Hugging Face "
        "hub, or what the service calls it.",
    )
    api_base: str | None = setting(
        "apiBase",
        ADDRESS,
        default=None,
        about="Address of the service. In a project's file, one on another machine must be "
        "confirmed by RAGPG_EMBEDDING_API_BASE.",
    )
    dimensions: int | None = setting(
        "dimensions",
        Whole(1, 4000),
        default=None,
        about="Dimensions that vectors are shortened to, where the model can.",
    )
    query_prompt: str | None = setting(
        "queryPrompt",
        STRING,
        default=None,
        about="Text that the model wants in front of a question.",
    )
    passage_prompt: str | None = setting(
        "passagePrompt",
        STRING,
        default=None,
        about="Text that the model wants in front of a passage.",
    )
    device: str = setting(
        "device", STRING, default="auto", about="auto, cpu, cuda, cuda:1, mps, ..."
    )
    batch_size: int | Literal["auto"] = setting(
        "batchSize",
        Auto(1),
        default="auto",
        about="Passages that are embedded at once: auto or a number.",
    )
    trust_remote_code: bool = setting(
        "trustRemoteCode",
        FLAG,
        default=False,
        about="Run code that comes with the model. In a project's file, true must be confirmed by "
        "RAGPG_EMBEDDING_TRUST_REMOTE_CODE.",
    )


@dataclass(frozen=True, slots=True)
class Llm:
    """The language model that words answers."""

    model: str | None = setting(
        "model",
        STRING,
        default=None,
        about="As litellm names it, such as openai/gpt-4o-mini or ollama/llama3.2; without one, "
        "answers are quotations.",
    )
    api_base: str | None = setting(
        "apiBase",
        ADDRESS,
        default=None,
        about="Address of the provider. In a project's file, one on another machine must be "
        "confirmed by RAGPG_LLM_API_BASE.",
    )
    temperature: float = setting(
        "temperature", Number(0, 2), default=0, about="From 0 (steady) to 2 (inventive)."
    )
    max_tokens: int = setting(
        "maxTokens", Whole(1), default=1024, about="Longest answer, in tokens."
    )
    context_tokens: int | Literal["auto"] = setting(
        "contextTokens",
        Auto(1),
        default="auto",
        about="What the model can read, in tokens: auto or a number.",
    )
    timeout: float = setting(
        "timeout",
        Number(0.001, DAY),
        default=60,
        about="Seconds to wait while the provider sends nothing.",
    )
    retries: int = setting(
        "retries", Whole(0, 100), default=2, about="Further attempts after one that failed."
    )


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How passages are found."""

    top_k: int = setting("topK", Whole(1, 1000), default=5, about="Passages for a question.")
    mode: str = setting(
        "mode",
        Choice("hybrid", "dense", "keyword"),
        default="hybrid",
        about="hybrid, dense (by meaning) or keyword (by words).",
    )
    candidates: int = setting(
        "candidates",
        Whole(1, 1000),
        default=50,
        about="Candidates that each kind of search offers before they are ranked together.",
    )
    ef_search: int = setting(
        "efSearch",
        Whole(1, 1000),
        default=100,
        about="Effort of the search by meaning: more finds more and takes longer.",
    )
    language: str = setting(
        "language",
        STRING,
        default="english",
        about="PostgreSQL's text search configuration: english, german, ..., or simple (words as "
        "they are).",
    )
    word_vectors: bool = setting(
        "wordVectors",
        FLAG,
        default=True,
        about="Store seven bytes for each word of a passage: larger, and finds more. A change "
        "needs ragpg ingest --rebuild; only the default model has them.",
    )
    reranker: str | None = setting(
        "reranker",
        MODEL,
        default=None,
        about="Cross-encoder that ranks the best candidates anew: a directory or a name on the "
        "Hugging Face hub.",
    )
    refusal: str = setting(
        "refusal",
        Choice("auto", "off"),
        default="auto",
        about="auto (say so when the documents don't answer) or off (answer anyway).",
    )


@dataclass(frozen=True, slots=True)
class Chunking:
    """How documents are cut into passages."""

    max_tokens: int = setting(
        "maxTokens",
        Whole(16),
        default=160,
        about="Longest passage, in tokens of the embedding model.",
    )
    min_tokens: int = setting(
        "minTokens",
        Whole(0),
        default=80,
        about="Passages shorter than this are joined with a neighbour; at most half of maxTokens "
        "unless set.",
    )


@dataclass(frozen=True, slots=True)
class Verify:
    """How claims are checked."""

    model: str | None = setting(
        "model",
        MODEL,
        default=None,
        about="NLI cross-encoder that has a say besides the built-in check.",
    )


@dataclass(frozen=True, slots=True)
class Ingest:
    """Which files are read."""

    include: tuple[str, ...] = setting(
        "include",
        STRINGS,
        default=("*.md", "*.markdown"),
        about="Files that are read below a directory.",
    )
    exclude: tuple[str, ...] = setting(
        "exclude",
        STRINGS,
        default=(),
        about="Files and directories that are left out all the same.",
    )
    follow_symlinks: bool = setting(
        "followSymlinks", FLAG, default=False, about="Follow symbolic links below a directory."
    )
    max_file_bytes: int = setting(
        "maxFileBytes",
        Whole(1, 2**63 - 1),
        default=20 * 2**20,
        about="Largest file that is read, in bytes.",
    )
