"""Stored embeddings, which spare the embedding of text that has been embedded before."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ragpg.store.statements import translate_errors
from ragpg.store.table import RELATIONS, REPLACEMENT
from ragpg.types import Embedding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pgvector import HalfVector

    from ragpg.store.table import Table

FIND_EMBEDDINGS = """
SELECT DISTINCT ON (passage_digest) passage_digest AS digest, vector, words AS word_codes
FROM {embedding} WHERE passage_digest = ANY(%s)
"""

FIND_TABLES_OF_MODEL = """
SELECT registry.name FROM {registry} AS registry
JOIN pg_catalog.pg_class AS home ON home.oid = registry.tableoid
JOIN pg_catalog.pg_class AS embedding ON embedding.relnamespace = home.relnamespace
WHERE registry.fingerprint = %s AND registry.name <> %s AND NOT starts_with(registry.name, %s)
    AND embedding.relname = registry.name || %s AND has_table_privilege(embedding.oid, 'SELECT')
ORDER BY registry.name
"""


class EmbeddingRow(NamedTuple):
    """A row of FIND_EMBEDDINGS."""

    digest: bytes
    vector: HalfVector
    word_codes: bytes


def find_embeddings(table: Table, digests: Iterable[bytes]) -> Mapping[bytes, Embedding]:
    """Return stored embeddings by `Chunk.digest`; their vectors have the precision of 16 bits.

    What the table lacks is looked up in the other tables of the same model.
    """
    missing = set(digests)
    embeddings: dict[bytes, Embedding] = {}
    with translate_errors(table.connection):
        for place in chain([table], tables_of_model(table)):
            if not missing:
                break
            for row in place.select(EmbeddingRow, FIND_EMBEDDINGS, [list(missing)]):
                vector = row.vector.to_numpy().astype(np.float32)
                embeddings[row.digest] = Embedding(vector, row.word_codes)
            missing -= embeddings.keys()
    return embeddings


def tables_of_model(table: Table) -> Iterator[Table]:
    """Yield the schema's other tables of the same model that the role may read.

    Those of a rebuild, which may vanish at any moment, are not among them.
    """
    key = (table.model.fingerprint, table.name, REPLACEMENT, RELATIONS["embedding"])
    for name in table.select_column(str, FIND_TABLES_OF_MODEL, key):
        yield replace(table, name=name)
