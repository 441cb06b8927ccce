"""A table spread over the nodes of a Citus cluster, by document.

All rows of a document lie on one node, so that joins and foreign keys need no other one. The
registry and the terms stay on the coordinator: every document counts terms, and a copy on each node
would make that the slowest step of a write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.errors import DatabaseError
from ragpg.store.error_messages import format_address, quote_identifier

if TYPE_CHECKING:
    from ragpg.store.table import Table

SHARDS_PER_WORKER = 2
"""Each shard more costs a search time on the coordinator, each less a core on a worker."""

FIND_CITUS = "SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus'"

# A cluster's administrator, or the user with PGOPTIONS, may choose another number of shards.
DISTRIBUTE_DOCUMENT = """
SELECT create_distributed_table(%s::regclass, 'doc_id', colocate_with => 'none', shard_count => (
    SELECT CASE source
        WHEN 'default' THEN %s * greatest(1, (SELECT count(*) FROM citus_get_active_worker_nodes()))
        ELSE setting::bigint
    END FROM pg_settings WHERE name = 'citus.shard_count'
)::integer)
"""
DISTRIBUTE_COLOCATED = """
SELECT create_distributed_table(%s::regclass, 'doc_id', colocate_with => %s)
"""

IS_DISTRIBUTED = "SELECT FROM pg_dist_partition WHERE logicalrelid = %s::regclass"


def distribute(table: Table) -> None:
    """Spread the empty relations of a table over the cluster, inside the caller's transaction.

    Raises DatabaseError where the server is no coordinator of a cluster.
    """
    check_citus(table)
    document = table.regclass("document")
    table.execute(DISTRIBUTE_DOCUMENT, [document, SHARDS_PER_WORKER])
    for relation in ("chunk", "lexical", "embedding"):
        table.execute(DISTRIBUTE_COLOCATED, [table.regclass(relation), document])


def check_citus(table: Table) -> None:
    """Refuse a database without Citus; raises DatabaseError."""
    if table.execute(FIND_CITUS).rowcount == 0:
        info = table.connection.info
        at = format_address(info.host, str(info.port))
        raise DatabaseError(
            "dbDistributed is true, and the database "
            f"{quote_identifier(info.dbname)} at {at} has no Citus",
            hint="leave dbDistributed out; or name a cluster's coordinator in dbHost, and an "
            f'administrator runs: psql -d {quote_identifier(info.dbname)} -c "CREATE EXTENSION '
            'citus;"',
        )


def is_distributed(table: Table) -> bool:
    """Return whether a table is spread over a cluster."""
    if not table.is_on_citus:
        return False
    return table.execute(IS_DISTRIBUTED, [table.regclass("document")]).rowcount == 1
