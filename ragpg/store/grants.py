"""The rights that a role needs to read a table or to write it, and no more.

A tenant is a schema with grants of its own: its registry, vectors and term frequencies lie in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from ragpg.store import gap_log
from ragpg.store.table import REGISTRY, RELATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ragpg.store.statements import Connection
    from ragpg.store.table import Table

READ = sql.SQL("SELECT")
WRITE = sql.SQL("SELECT, INSERT, UPDATE, DELETE")
MAINTAIN = sql.SQL("SELECT, INSERT, UPDATE, DELETE, MAINTAIN")
"""With the right to VACUUM, which is one of its own from PostgreSQL 17 on."""
KEEP_FAILURES = sql.SQL("INSERT")
"""On the log of questions that failed: who asks adds to it, and reads nobody else's questions."""

GRANT = sql.SQL("GRANT {rights} ON TABLE {relation} TO {role}")
GRANT_USAGE = sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {role}")

FIND_PRIVILEGES = """
SELECT privilege_type AS privilege, is_grantable AS with_grant_option,
    CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS grantee
FROM pg_catalog.pg_class, aclexplode(relacl)
WHERE pg_class.oid = %s::regclass AND grantee <> relowner
"""


def make_grants(table: Table, role: str, *, read_only: bool) -> list[sql.Composed]:
    """Return the statements that let a role read a table, or also write it.

    They give no right to create, rebuild or drop anything. Where there is a log of questions that
    failed, either may add to it.
    """
    named = {"role": sql.Identifier(role)}
    rights = READ if read_only else choose_write(table.connection)
    schemas = dict.fromkeys((table.schema, table.pgvector.schema))
    statements = [GRANT_USAGE.format(schema=sql.Identifier(name), **named) for name in schemas]
    registry = sql.Identifier(table.schema, REGISTRY)
    statements.append(GRANT.format(rights=READ, relation=registry, **named))
    statements += [
        GRANT.format(rights=rights, relation=table.identifier(suffix), **named)
        for suffix in RELATIONS.values()
    ]
    if gap_log.has_log(table):
        log = table.identifier(gap_log.SUFFIX)
        statements.append(GRANT.format(rights=KEEP_FAILURES, relation=log, **named))
    return statements


def execute_all(table: Table, statements: Iterable[sql.Composed]) -> None:
    """Execute statements, all or none; raises DatabaseError."""
    with table.transaction():
        for statement in statements:
            table.connection.execute(statement)


def choose_write(connection: Connection) -> sql.SQL:
    """Return the rights of a role that writes, as the server's version knows them."""
    return MAINTAIN if connection.info.server_version >= 170_000 else WRITE


def copy_privileges(old: Table, new: Table) -> None:
    """Grant on a new table what is granted on the old one."""
    for relation, suffix in RELATIONS.items():
        for privilege, grantable, grantee in old.execute(
            FIND_PRIVILEGES, [old.regclass(relation)]
        ).fetchall():
            statement = sql.SQL("GRANT {} ON TABLE {} TO {}{}").format(
                sql.SQL(privilege),
                new.identifier(suffix),
                sql.SQL(grantee),
                sql.SQL(" WITH GRANT OPTION" if grantable else ""),
            )
            old.connection.execute(statement)
