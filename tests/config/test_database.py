"""What the driver gets, and what nobody gets to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from ragpg.config import database_parameters, example, names_a_server, redact_url
from ragpg.config.database import WITHHOLDING, contains_password
from tests.support.config_loading import load, write

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
    ("text", "environ", "required"),
    [
        ('dbHost = "db"', {}, "!password,!md5"),
        ('dbHost = "db"', {"RAGPG_DB_PASSWORD": "mine"}, "!password,!md5"),
        ('dbHost = "db"\ndbPassword = "its"', {}, None),
        ('dbHost = "db"\ndbPassword = "its"', {"RAGPG_DB_PASSWORD": "mine"}, "!password,!md5"),
        ('dbHost = "db"', {"RAGPG_DB_HOST": "db"}, None),
        ('dbHost = "db"', {"RAGPG_DB_HOST": "other"}, None),
        ('dbHost = "db"', {"PGHOST": "db"}, None),
        ('dbHost = "db"', {"PGHOST": "other"}, "!password,!md5"),
        ('dbHost = "db"', {"PGREQUIREAUTH": "password"}, "password"),
        ('dbUrl = "postgresql://db"', {}, "!password,!md5"),
        ('dbUrl = "postgresql://ada:its@db"', {}, None),
        ('dbUrl = "postgresql://db/x?password=its"', {}, None),
        ('dbUrl = "postgresql://ada@db"\ndbPassword = "its"', {}, None),
        ('dbUrl = "postgresql://db"', {"RAGPG_DB_URL": "postgresql://db"}, None),
        ('dbUrl = "postgresql://ada@db:6432/wiki"', {"PGHOST": "db"}, None),
        ('dbUrl = "postgresql://db:5432/wiki?application_name=x@y"', {}, "!password,!md5"),
        ('dbUrl = "postgresql:///wiki?host=evil"', {"PGHOST": ""}, "!password,!md5"),
        ('dbUrl = "postgresql://db/?host=evil"', {"PGHOST": "db"}, "!password,!md5"),
        ('dbUrl = "postgresql://db,evil/"', {"PGHOST": "db"}, "!password,!md5"),
        ('dbUrl = "postgresql://evil?service=wiki"', {}, "!password,!md5"),
        ('dbUrl = "postgresql://db?require_auth=password"', {}, "!password,!md5"),
        ('dbUrl = "postgresql://db?require_auth=none"', {"PGREQUIREAUTH": "gss"}, "gss"),
        ("dbPort = 6432", {"PGHOST": "db"}, None),
    ],
)
def test_a_found_file_gets_no_password_from_elsewhere(
    project: Path, text: str, environ: dict[str, str], required: str | None
) -> None:
    """A server that only such a file names may not ask for the user's password in clear."""
    path = write(project / "Config.toml", text)
    ours = {name: value for name, value in environ.items() if name.startswith("RAGPG")}

    found = database_parameters(load(project, environ=ours), environ)
    named = database_parameters(load(project, environ=ours, explicit=path), environ)

    assert found.get("require_auth") == required
    assert found.get("gssdelegation") == (WITHHOLDING["gssdelegation"] if required else None)
    assert "require_auth" not in named


PIECES = [
    "ada",
    "pw",
    ":",
    "@",
    "/",
    "?",
    "&",
    "=",
    "password",
    "p%61ssword",
    "db",
    "5432",
    "[::1]",
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_contains_password_reads_urls_as_libpq_does(rest: str) -> None:
    """A URL that only seems to bring its own password would open the user's to the server."""
    url = f"postgresql://{rest}"
    try:
        parsed = conninfo_to_dict(url)
    except ProgrammingError:
        return
    if contains_password(url):
        assert parsed.get("password")


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
