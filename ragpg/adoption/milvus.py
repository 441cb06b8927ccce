"""Collections of Milvus, read through its own client."""

from __future__ import annotations

import logging
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from ragpg.errors import DatabaseError, UsageError
from ragpg.optional import MILVUS
from ragpg.types import ForeignRow, ForeignTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.types import ColumnMapping

SCHEME = "milvus://"
TEXT_NAMES = ("text", "content", "page_content", "document", "body")
BATCH_ROWS = 1_000
TIMEOUT = 10.0
"""Seconds to connect."""
EXAMPLE = "such as milvus://localhost:19530/COLLECTION, or milvus:///home/me/file.db/COLLECTION"


class Address(NamedTuple):
    """Where a collection is: a server's address with what opens it, or a file of Milvus Lite."""

    uri: str
    token: str
    collection: str


def parse_address(address: str) -> Address:
    """Parse `milvus://USER:PASSWORD@HOST:PORT/COLLECTION`, or `milvus:///FILE/COLLECTION`.

    Raises UsageError, which does not show a password.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or 19530
    except ValueError as error:
        raise UsageError("the address of Milvus cannot be read", hint=EXAMPLE) from error
    place, _, collection = unquote(parts.path).rpartition("/")
    if not collection or (host is not None) == bool(place):
        raise UsageError("the address of Milvus names no collection", hint=EXAMPLE)
    if host is None:
        return Address(place, "", collection)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Address(f"http://{host}:{port}", f"{user}:{password}" if user else "", collection)


@dataclass(frozen=True, slots=True)
class MilvusCollection:
    """An open collection, as a table."""

    client: Any
    table: ForeignTable

    def read_rows(
        self, mapping: ColumnMapping, *, with_vectors: bool = False
    ) -> Iterator[ForeignRow]:
        """Yield all rows; raises DatabaseError."""
        with translate_errors(self.table):
            rows = self.client.query_iterator(
                self.table.name, batch_size=BATCH_ROWS, output_fields=["*"]
            )
            with closing(rows):
                number = 0
                while batch := rows.next():
                    for row in batch:
                        number += 1
                        yield make_row(row, number, mapping, with_vectors=with_vectors)


@contextmanager
def open_collection(address: Address) -> Iterator[MilvusCollection]:
    """Connect to Milvus and find a collection; raises DatabaseError."""
    MILVUS.require("adopting from Milvus")
    # It warns of what is none of a reader's business.
    logging.getLogger("pymilvus").setLevel(logging.ERROR)
    from pymilvus import MilvusClient

    is_file = not address.uri.startswith("http://")
    if is_file and not Path(address.uri).exists():
        raise DatabaseError(f"there is no file {address.uri!r} of Milvus Lite", hint=EXAMPLE)
    place = ForeignTable(address.uri, address.collection, {})
    with translate_errors(place):
        client = MilvusClient(address.uri, token=address.token, timeout=TIMEOUT)
    with closing(client):
        with translate_errors(place):
            names = client.list_collections()
            if address.collection not in names:
                hint = f"it has {', '.join(names)}" if names else "it has no collection"
                raise DatabaseError(
                    f"Milvus at {address.uri} has no collection {address.collection!r}", hint=hint
                )
            fields = client.describe_collection(address.collection)["fields"]
        columns = {field["name"]: describe_type(field) for field in fields}
        yield MilvusCollection(client, ForeignTable(address.uri, address.collection, columns))


@contextmanager
def translate_errors(table: ForeignTable) -> Iterator[None]:
    """Turn Milvus's errors into DatabaseError."""
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        reason = " ".join(str(error.message).split())
        raise DatabaseError(f"Milvus at {table.schema}: {reason}", hint=EXAMPLE) from error


def describe_type(field: dict[str, Any]) -> str:
    """Return the type of PostgreSQL that a field is most like."""
    name = str(field["type"].name)
    if name == "FLOAT_VECTOR":
        return f"vector({field['params']['dim']})"
    same = {"VARCHAR": "text", "JSON": "jsonb", "INT64": "bigint"}
    key = " key" if field.get("is_primary") else ""
    return same.get(name, name.lower()) + key


def choose_columns(table: ForeignTable, chosen: dict[str, str]) -> dict[str, str]:
    """Add what a collection's columns are by their names to what a user has chosen."""
    texts = [name for name, kind in table.columns.items() if kind == "text"]
    named = [name for name in TEXT_NAMES if name in texts]
    keys = [name for name, kind in table.columns.items() if kind.endswith(" key")]
    found = {}
    if named or len(texts) == 1:
        found["text"] = (named or texts)[0]
    if keys:
        found["id"] = keys[0]
    return {**found, **chosen}


def make_row(
    row: dict[str, Any], number: int, mapping: ColumnMapping, *, with_vectors: bool
) -> ForeignRow:
    """Make a row of what the client gives; whatever is neither text nor vector is metadata."""
    import numpy as np

    own = {mapping.id, mapping.text, mapping.vector, mapping.metadata}
    more = {
        name: value
        for name, value in row.items()
        if name not in own and isinstance(value, str | int | float | list | dict | None)
    }
    text, metadata = row.get(mapping.text), row.get(mapping.metadata or "")
    source = row.get(mapping.source or "")
    vector = row.get(mapping.vector or "") if with_vectors else None
    return ForeignRow(
        id=str(row.get(mapping.id or "", number)),
        text=text if isinstance(text, str) else "",
        metadata={**more, **(metadata if isinstance(metadata, dict) else {})},
        source=source if isinstance(source, str) else None,
        vector=np.array(vector, np.float32) if vector is not None else None,
    )
