"""How statements are written, for every server that they are sent to."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

import ragpg.store

if TYPE_CHECKING:
    from collections.abc import Iterator

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "ALTER", "DROP", "COPY", "LOCK",
         "SET", "VACUUM", "GRANT")  # fmt: skip


def statements() -> Iterator[tuple[str, str]]:
    """Yield every constant of the store that is a statement, with its name."""
    for module in pkgutil.iter_modules(ragpg.store.__path__, "ragpg.store."):
        for name, value in vars(import_module(module.name)).items():
            texts = value if isinstance(value, tuple) else (value,)
            for text in texts:
                written = text.as_string(None) if isinstance(text, sql.SQL) else text
                if isinstance(written, str) and written.strip().startswith(VERBS):
                    yield f"{module.name}.{name}", written


@pytest.mark.parametrize(("name", "text"), list(statements()))
def test_a_string_holds_one_statement(name: str, text: str) -> None:
    """Citus sends a string with several statements to every node, which send it on."""
    assert ";" not in text.strip().removesuffix(";"), name


def test_statements_are_found() -> None:
    """The test above looks at most of what the store sends."""
    assert len(dict(statements())) > 30
