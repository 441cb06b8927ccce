"""Whose table it is: a layout for each program, and what a user says of any other table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.errors import UsageError
from ragpg.types import ColumnMapping

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ragpg.types import ForeignTable

SOURCE_KEYS = (
    *("source", "file_path", "filePath", "path", "fileName", "file_name", "filename"),
    *("url", "ref_doc_id", "source_id", "document_id", "doc_id"),
)
"""Under these keys metadata have the name of a document: the first that is there counts."""

TEXT = ("text", "character varying")
VECTOR = ("vector", "halfvec", "sparsevec")
JSON = ("json", "jsonb")
KINDS = ("id", "text", "vector", "metadata", "source")
"""What --columns assigns columns to."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A layout: the columns that a table must have, by what they are.

    `id_types` are the types of the key that tell apart layouts whose columns have the same names.
    `others` are columns by which a layout is known, and which are nothing to us.
    """

    layout: str
    id: str
    text: str
    vector: str
    metadata: str
    id_types: Collection[str] = ()
    others: Collection[str] = ()
    collection: str | None = None
    collections: str | None = None
    has_more: bool = False
    is_altered: bool = False

    def matches(self, columns: Mapping[str, str]) -> bool:
        """Return whether a table has this layout."""
        id_type = base_type(columns.get(self.id))
        return (
            bool(id_type)
            and (not self.id_types or id_type in self.id_types)
            and base_type(columns.get(self.text)) in TEXT
            and base_type(columns.get(self.vector)) in VECTOR
            and base_type(columns.get(self.metadata)) in JSON
            and all(name in columns for name in self.others)
            and (self.collection is None or self.collection in columns)
        )

    def map(self, table: ForeignTable) -> ColumnMapping:
        """Return what the columns of a table are."""
        own = {self.id, self.text, self.vector, self.metadata, *self.others}
        return ColumnMapping(
            self.layout,
            self.id,
            self.text,
            self.vector,
            self.metadata,
            source_keys=SOURCE_KEYS,
            more=tuple(find_more(table, own)) if self.has_more else (),
            collection=self.collection,
            collections=self.collections,
            is_altered=self.is_altered,
        )


# Those that are told apart by the type of the key alone come last.
PRESETS = (
    Preset(
        "LangChain PGVector",
        *("id", "document", "embedding", "cmetadata"),
        collection="collection_id",
        collections="langchain_pg_collection",
    ),
    Preset(
        "LangChain PGVector before 0.0.10",
        *("uuid", "document", "embedding", "cmetadata"),
        collection="collection_id",
        collections="langchain_pg_collection",
    ),
    Preset(
        "LangChain PGVectorStore",
        *("langchain_id", "content", "embedding", "langchain_metadata"),
        has_more=True,
    ),
    Preset("LlamaIndex", *("id", "text", "embedding", "metadata_"), others=("node_id",)),
    Preset("Haystack", *("id", "content", "embedding", "meta")),
    Preset("LangChain4j", *("embedding_id", "text", "embedding", "metadata")),
    Preset(
        "Ballerina",
        *("id", "content", "embedding", "metadata"),
        id_types=("character varying",),
        is_altered=True,
    ),
    Preset("Spring AI", *("id", "content", "embedding", "metadata"), id_types=("uuid", "text")),
    Preset(
        "Supabase",
        *("id", "content", "embedding", "metadata"),
        id_types=("bigint", "integer"),
    ),
)


def base_type(full: str | None) -> str | None:
    """Return a type without its modifier and its schema: `vector(384)` is a `vector`."""
    return full.partition("(")[0].rpartition(".")[2].strip('" ') if full else None


def find_more(table: ForeignTable, own: Collection[str]) -> list[str]:
    """Return the columns that users have added, and that are no vectors or search terms."""
    skipped = (*VECTOR, "bit", "bytea", "tsvector")
    return [
        name
        for name, full in table.columns.items()
        if name not in own and base_type(full) not in skipped
    ]


def map_columns(table: ForeignTable, chosen: Mapping[str, str]) -> ColumnMapping:
    """Return what the columns of a table are: as its layout has them, and as a user has chosen.

    Raises UsageError where neither says in which column the text is.
    """
    preset = next((preset for preset in PRESETS if preset.matches(table.columns)), None)
    mapping = preset.map(table) if preset else guess(table, chosen)
    source = chosen.get("source")
    for kind, column in chosen.items():
        if column not in table.columns and (kind != "source" or mapping.metadata is None):
            raise UsageError(
                f'{str(table)!r} has no column "{column}"',
                hint=f"it has {list_columns(table)}",
            )
    mapping = replace(
        mapping,
        id=chosen.get("id", mapping.id),
        text=chosen.get("text", mapping.text),
        vector=chosen.get("vector", mapping.vector),
        metadata=chosen.get("metadata", mapping.metadata),
    )
    if source is not None and source in table.columns:
        mapping = replace(mapping, source=source)
    elif source is not None:
        mapping = replace(mapping, source_keys=(source, *mapping.source_keys))
    return mapping


def guess(table: ForeignTable, chosen: Mapping[str, str]) -> ColumnMapping:
    """Take a table for one whose text a user has pointed to."""
    if "text" not in chosen:
        raise UsageError(
            f"{str(table)!r} has no layout that is known here",
            hint="--columns text=NAME,vector=NAME,metadata=NAME,source=NAME says what its columns "
            f"are; it has {list_columns(table)}",
        )
    types = {name: base_type(full) for name, full in table.columns.items()}
    vectors = [name for name, kind in types.items() if kind in VECTOR]
    metadata = [name for name, kind in types.items() if kind in JSON]
    keys = [name for name in ("id", "uuid") if name in types]
    return ColumnMapping(
        "your own",
        keys[0] if keys else None,
        chosen["text"],
        vectors[0] if len(vectors) == 1 else None,
        metadata[0] if len(metadata) == 1 else None,
        source_keys=SOURCE_KEYS,
    )


def require_vector(table: ForeignTable, mapping: ColumnMapping) -> None:
    """Raise UsageError unless a column of vectors is known."""
    full = table.columns[mapping.vector] if mapping.vector else None
    if base_type(full) not in VECTOR:
        found = f'"{mapping.vector}" is {full}' if full else f"it has {list_columns(table)}"
        raise UsageError(
            f"{str(table)!r} has no column of vectors that is known here",
            hint=f"--columns text=NAME,vector=NAME says which it is; {found}",
        )


def parse_columns(text: str | None) -> dict[str, str]:
    """Parse the value of --columns, such as `text=body,source=url`; raises UsageError."""
    chosen: dict[str, str] = {}
    for part in text.split(",") if text else ():
        kind, equals, column = part.partition("=")
        kind, column = kind.strip(), column.strip()
        if not equals or kind not in KINDS or not column or kind in chosen:
            raise UsageError(
                f"--columns {text!r} cannot be read at {part!r}",
                hint="such as text=body,vector=embedding,metadata=meta,source=url",
            )
        chosen[kind] = column
    return chosen


def list_columns(table: ForeignTable) -> str:
    """Write the columns of a table with their types."""
    return ", ".join(f"{name} {kind}" for name, kind in table.columns.items())


def describe(table: ForeignTable, mapping: ColumnMapping) -> str:
    """Say what a table and its columns are taken for."""
    found = {"text": mapping.text, "vector": mapping.vector, "metadata": mapping.metadata}
    if mapping.source:
        found["source"] = mapping.source
    columns = ", ".join(f"{kind}={column}" for kind, column in found.items() if column)
    return f"{str(table)!r} is read as a table of {mapping.layout}: {columns}"
