"""What the driver gets, and what nobody gets to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.config import database_parameters, example, names_a_server, redact_url
from tests.support.config_loading import load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("overrides", "environ", "expected"),
    [
        ({}, {}, False),
        ({"dbName": "wiki", "dbUser": "ada", "dbPassword": "x", "dbPort": 1}, {}, False),
        ({"dbHost": "localhost"}, {}, True),
        ({"dbHost": "/run/postgresql"}, {}, True),
        ({"dbUrl": "postgresql://db"}, {}, True),
        ({}, {"PGHOST": "db"}, True),
        ({}, {"PGHOSTADDR": "10.0.0.1"}, True),
        ({}, {"PGSERVICE": "wiki"}, True),
        ({}, {"PGHOST": "", "PGSERVICE": ""}, False),
        ({}, {"PGUSER": "ada", "PGDATABASE": "wiki"}, False),
    ],
)
def test_names_a_server(
    project: Path, overrides: dict[str, object], environ: dict[str, str], expected: bool
) -> None:
    """A host, a URL or a service makes a server; the rest does not."""
    assert names_a_server(load(project, overrides=overrides), environ) is expected


@pytest.mark.parametrize(
    ("overrides", "environ", "expected"),
    [
        ({}, {}, {"connect_timeout": 10}),
        ({}, {"PGCONNECT_TIMEOUT": "3"}, {}),
        ({}, {"PGSERVICE": "wiki"}, {}),
        ({"dbConnectTimeout": 10}, {"PGCONNECT_TIMEOUT": "3"}, {"connect_timeout": 10}),
        (
            {
                "dbHost": "/run/postgresql",
                "dbPort": 5432,
                "dbUser": "ada",
                "dbPassword": "s3cret",
                "dbName": "wiki",
                "dbSslMode": "prefer",
                "dbSslRootCert": "system",
                "dbConnectTimeout": 3,
                "dbDistributed": True,
                "tableName": "t",
            },
            {},
            {
                "host": "/run/postgresql",
                "port": 5432,
                "user": "ada",
                "password": "s3cret",
                "dbname": "wiki",
                "sslmode": "prefer",
                "sslrootcert": "system",
                "connect_timeout": 3,
            },
        ),
        (
            {"dbUrl": "postgresql://ada@db", "dbPassword": "s3cret"},
            {},
            {"conninfo": "postgresql://ada@db", "password": "s3cret", "connect_timeout": 10},
        ),
        (
            {"dbUrl": "postgresql://db/?connect_timeout=3"},
            {},
            {"conninfo": "postgresql://db/?connect_timeout=3"},
        ),
        (
            {"dbHost": "db"},
            {"PGHOSTADDR": "10.0.0.1"},
            {"host": "db", "hostaddr": "", "connect_timeout": 10},
        ),
        (
            {"dbUrl": "postgresql://ada@db"},
            {"PGHOSTADDR": "10.0.0.1"},
            {"conninfo": "postgresql://ada@db", "hostaddr": "", "connect_timeout": 10},
        ),
        (
            {"dbUrl": "postgresql:///wiki"},
            {"PGHOSTADDR": "10.0.0.1"},
            {"conninfo": "postgresql:///wiki", "connect_timeout": 10},
        ),
        (
            {"dbUrl": "postgresql://db?hostaddr=10.0.0.2"},
            {"PGHOSTADDR": "10.0.0.1"},
            {"conninfo": "postgresql://db?hostaddr=10.0.0.2", "connect_timeout": 10},
        ),
    ],
)
def test_database_parameters(
    project: Path,
    overrides: dict[str, object],
    environ: dict[str, str],
    expected: dict[str, object],
) -> None:
    """The driver gets what was given and nothing else, so that libpq's own settings hold."""
    config = load(project, overrides=overrides)

    assert database_parameters(config, environ) == expected


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://db/wiki", "postgresql://db/wiki"),
        ("postgresql://db:5432/wiki", "postgresql://db:5432/wiki"),
        ("postgresql://ada@db/wiki", "postgresql://ada@db/wiki"),
        ("postgresql://ada:s3cret@db/wiki", "postgresql://ada:***@db/wiki"),
        ("postgresql://ada:s3@cret@db/wiki", "postgresql://ada:***@db/wiki"),
        ("postgresql://ada:s3/c?r#et@db/wiki", "postgresql://ada:***@db/wiki"),
        ("postgresql://:s3cret@db", "postgresql://:***@db"),
        (
            "postgresql://db/x?user=a&password=s3cret&a=1",
            "postgresql://db/x?user=a&password=***&a=1",
        ),
        ("postgresql://db?sslpassword=s3cret", "postgresql://db?sslpassword=***"),
        ("postgresql://db?%70assword=s3cret", "postgresql://db?%70assword=***"),
        ("https://example.com/v1?api_key=s3cret", "https://example.com/v1?api_key=***"),
    ],
)
def test_redact_url(url: str, shown: str) -> None:
    """A URL is shown without its passwords, also where it is not well-formed."""
    assert redact_url(url) == shown


def test_passwords_are_not_shown(project: Path) -> None:
    """Neither str nor repr of a configuration holds a password."""
    apart = load(
        project,
        overrides={"dbPassword": "s3cret", "llm.apiBase": "https://ada:s3cret@example.com"},
    )
    url = load(project, overrides={"dbUrl": "postgresql://ada:s3cret@db"})

    for config in (apart, url):
        assert "s3cret" not in f"{config} {config!r} {config.database!r} {config.llm}"
        assert "s3cret" in example.dump(config)
