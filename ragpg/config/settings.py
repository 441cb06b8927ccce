"""Every key of the configuration, declared once with its type, default, rule and description."""
# ruff: noqa: RUF009 -- `section` returns a dataclass field

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ragpg.config.declaration import Setting, list_settings, section, setting
from ragpg.config.rules import (
    ADDRESS,
    DAY,
    FLAG,
    MODEL,
    SECRET,
    SERVER_URL,
    STRING,
    STRINGS,
    Auto,
    Certificate,
    Choice,
    Directory,
    LinkTemplate,
    Number,
    TableName,
    Whole,
)

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Database:
    """The PostgreSQL server; `Config.set_keys` tells which of its keys were set."""

    host: str | None = setting(
        "dbHost", STRING, default=None, about="Host name, address or socket directory."
    )
    port: int = setting("dbPort", Whole(1, 65_535), default=5432, about="Port.")
    user: str | None = setting("dbUser", STRING, default=None, about="Role to connect as.")
    password: str | None = setting(
        "dbPassword",
        SECRET,
        default=None,
        about="Password; in a file that others read, prefer RAGPG_DB_PASSWORD or ~/.pgpass.",
    )
    name: str | None = setting("dbName", STRING, default=None, about="Database.")
    ssl_mode: str = setting(
        "dbSslMode",
        Choice("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
        default="prefer",
        about="disable, allow, prefer, require, verify-ca or verify-full.",
    )
    ssl_root_cert: str | None = setting(
        "dbSslRootCert",
        Certificate(),
        default=None,
        about='File of the authorities that vouch for the server\'s certificate, or "system".',
    )
    connect_timeout: int = setting(
        "dbConnectTimeout", Whole(1, DAY), default=10, about="Seconds to wait for a connection."
    )
    url: str | None = setting(
        "dbUrl",
        SERVER_URL,
        default=None,
        about="postgresql://user@host:port/database, instead of dbHost, dbPort, dbUser and dbName.",
    )
    distributed: bool = setting(
        "dbDistributed",
        FLAG,
        default=False,
        about="Spread the table over a Citus cluster, whose coordinator is dbHost.",
    )


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
        "confirmed, by `ragpg trust` or RAGPG_EMBEDDING_API_BASE.",
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
        about="Run code that comes with the model. In a project's file, true must be confirmed, by "
        "`ragpg trust` or RAGPG_EMBEDDING_TRUST_REMOTE_CODE.",
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
        "confirmed, by `ragpg trust` or RAGPG_LLM_API_BASE.",
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
        about="Seconds without a byte; five times as many with nothing but keep-alives.",
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
        about="PostgreSQL's text search configuration: english, german, ..., simple (words as they "
        "are), or auto: each document in its own language. A change is for the next ingest.",
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
        default=("*.md", "*.markdown", "*.mdx"),
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


@dataclass(frozen=True, slots=True)
class Links:
    """Where readers find the documents."""

    url: str | None = setting(
        "url",
        LinkTemplate(),
        default=None,
        about="Address of a document on the web, such as "
        "https://example.org/blob/main/{path}#L{start}-L{end}. In a project's file it must be "
        "confirmed, by `ragpg trust` or RAGPG_LINKS_URL.",
    )


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one run.

    `set_keys` holds the dotted keys that a file, the environment or the command line set;
    `found_keys` those of them whose values come from a file that nobody named: the program found it
    in the project's directory. `path` is the file that was used.
    """

    database: Database = section(
        Database,
        table="",
        about="The PostgreSQL server. Without dbHost or dbUrl (or PGHOST, PGSERVICE), ragpg "
        "runs its own. What is left out here follows libpq's variables and files: PGUSER, "
        "~/.pgpass, ...",
    )
    table_name: str = setting(
        "tableName", TableName(), default="ragpg", about="Table of the documents, or schema.table."
    )
    data_dir: Path | None = setting(
        "dataDir",
        Directory(),
        default=None,
        about="Where ragpg's own PostgreSQL lives. Absent: in the user's data directory. In a "
        "project's file it must be confirmed, by `ragpg trust` or RAGPG_DATA_DIR.",
    )
    embedding: Embedding = section(Embedding, table="embedding", about="How text becomes vectors.")
    llm: Llm = section(Llm, table="llm", about="The language model that words answers.")
    retrieval: Retrieval = section(Retrieval, table="retrieval", about="How passages are found.")
    chunking: Chunking = section(
        Chunking, table="chunking", about="How documents are cut into passages."
    )
    verify: Verify = section(Verify, table="verify", about="How claims are checked.")
    ingest: Ingest = section(Ingest, table="ingest", about="Which files are read.")
    links: Links = section(Links, table="links", about="Where readers find the documents.")
    set_keys: frozenset[str] = frozenset()
    found_keys: frozenset[str] = field(default=frozenset(), compare=False)
    path: Path | None = field(default=None, compare=False)

    def __getitem__(self, key: str) -> Any:
        """Return the value of a dotted key."""
        setting = SETTINGS[key]
        holder = getattr(self, setting.section) if setting.section else self
        return getattr(holder, setting.attribute)


SETTINGS: dict[str, Setting] = {declared.name: declared for declared in list_settings(Config)}
"""Every key by its dotted name, in the order of the file."""
TABLES = tuple(dict.fromkeys(setting.table for setting in SETTINGS.values() if setting.table))
"""The tables of the file, in its order."""
