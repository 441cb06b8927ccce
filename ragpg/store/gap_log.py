"""The log of questions that failed: a table of its own, there only where it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from ragpg.errors import DatabaseError
from ragpg.store.error_messages import Access
from ragpg.store.statements import translate_errors
from ragpg.types.gaps import FailedQuestion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ragpg.store.table import Table
    from ragpg.types import Answer

SUFFIX = "_gap"
MARK = "ragpg: questions that failed"
"""The comment by which the log is told from another table of its name, such as documents."""

FIND = """
SELECT obj_description(to_regclass(%s), 'pg_class') IS NOT DISTINCT FROM %s
"""
CREATE = """
CREATE TABLE {log} (
    question text NOT NULL,
    asked timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL,
    missing text[] NOT NULL,
    source text,
    start_line integer,
    end_line integer
)
"""
COMMENT = "COMMENT ON TABLE {log} IS {mark}"
INSERT = """
INSERT INTO {log} (question, reason, missing, source, start_line, end_line)
VALUES (%s, %s, %s, %s, %s, %s)
"""
READ = """
SELECT question, asked, reason, missing, source, start_line, end_line FROM {log} ORDER BY asked
"""


def has_log(table: Table) -> bool:
    """Return whether failed questions are kept."""
    with translate_errors(table.connection):
        [(found,)] = table.connection.execute(FIND, [log_name(table), MARK]).fetchall()
    return bool(found)


def create_log(table: Table) -> None:
    """Create the log, if it is not there; raises DatabaseError."""
    if has_log(table):
        return
    with table.writing(access=Access.CREATE):
        _execute(table, CREATE)
        _execute(table, COMMENT, mark=sql.Literal(MARK))


def keep_failure(table: Table, answer: Answer, *, reason: str) -> None:
    """Keep a question that failed, where there is a log; raises DatabaseError."""
    if not has_log(table):
        return
    missing = list(answer.refusal.missing) if answer.refusal else []
    best = answer.hits[0] if answer.hits else None
    place = (best.source, best.start_line, best.end_line) if best else (None, None, None)
    with translate_errors(table.connection, access=Access.KEEP_FAILURES):
        _execute(table, INSERT, [answer.question, reason, missing, *place])


def read_log(table: Table) -> list[FailedQuestion]:
    """Return the failed questions, the oldest first."""
    with translate_errors(table.connection, access=Access.READ_FAILURES):
        return table.select(_make, READ, log=table.identifier(SUFFIX))


def clear_log(table: Table) -> None:
    """Forget the questions; raises DatabaseError."""
    _check(table)
    with table.writing(access=Access.READ_FAILURES):
        _execute(table, "DELETE FROM {log}")


def drop_log(table: Table) -> None:
    """Drop the log with its questions; raises DatabaseError."""
    _check(table)
    with table.writing(access=Access.CREATE):
        _execute(table, "DROP TABLE {log}")


def log_name(table: Table) -> str:
    """Return the log's qualified name, quoted."""
    return table.identifier(SUFFIX).as_string()


def _check(table: Table) -> None:
    if not has_log(table):
        raise DatabaseError(
            "no questions are kept: there is no log", hint="`ragpg gaps --enable` makes one"
        )


def _execute(
    table: Table, query: Any, parameters: Sequence[object] | None = None, **parts: sql.Composable
) -> None:
    table.execute(query, parameters, log=table.identifier(SUFFIX), **parts)


def _make(*, missing: list[str], asked: datetime, **columns: Any) -> FailedQuestion:
    return FailedQuestion(missing=tuple(missing), asked=asked, **columns)
