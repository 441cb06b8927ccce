"""Errors in a file are reported so that the user can correct them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.config import SETTINGS
from tests.support.config_loading import load, loading_error, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('dbHots = "x"', 'unknown key "dbHots" in {}: did you mean "dbHost"?'),
        ('db_host = "x"', 'unknown key "db_host" in {}: did you mean "dbHost"?'),
        ('DBHOST = "x"', 'unknown key "DBHOST" in {}: did you mean "dbHost"?'),
        ('password = "s3cret"', 'unknown key "password" in {}: did you mean "dbPassword"?'),
        ('dbPasword = "s3cret"', 'unknown key "dbPasword" in {}: did you mean "dbPassword"?'),
        ("[retreival]\ntopK = 3", 'unknown key "retreival" in {}: did you mean [retrieval]?'),
        ("[llm]\nmodle = 1", 'unknown key "llm.modle" in {}: did you mean "llm.model"?'),
        ("topK = 3", 'unknown key "topK" in {}: topK belongs in [retrieval]'),
        (
            "maxTokens = 3",
            'unknown key "maxTokens" in {}: maxTokens belongs in [llm] or in [chunking]',
        ),
        (
            '[llm]\ndbHost = "x"',
            (
                'unknown key "llm.dbHost" in {}: dbHost belongs at the top level, '
                "above the first [table]"
            ),
        ),
        ('"llm.model" = "x"', 'unknown key "llm.model" in {}: model belongs in [llm]'),
        ("[llm]\nxyz = 1", 'unknown key "llm.xyz" in {}: the nearest known key is "llm.maxTokens"'),
        (
            "[llm.timeout]\na = 1",
            "llm.timeout in {} must be a number from 0.001 to 86400, not a table",
        ),
        ('"a\\nb" = 1', 'unknown key "a\\nb" in {}: the nearest known key is "tableName"'),
        ('llm = "gpt"', 'llm in {} must be a table, [llm], not "gpt"'),
        ("[[llm]]\n", "llm in {} must be a table, [llm], not [{{…}}]"),
        ("dbHost = 5", "dbHost in {} must be a non-empty string, not 5"),
        ('dbUser = "a\\u0000b"', 'dbUser in {} must be a non-empty string, not "a\\u0000b"'),
        ('dbPort = "5432"', 'dbPort in {} must be a whole number from 1 to 65535, not "5432"'),
        ("dbPort = true", "dbPort in {} must be a whole number from 1 to 65535, not true"),
        ("dbPort = 5432.0", "dbPort in {} must be a whole number from 1 to 65535, not 5432.0"),
        ("dbPort = 0", "dbPort in {} must be a whole number from 1 to 65535, not 0"),
        ("dbPort = 65536", "dbPort in {} must be a whole number from 1 to 65535, not 65536"),
        (
            "dbConnectTimeout = 0",
            "dbConnectTimeout in {} must be a whole number from 1 to 86400, not 0",
        ),
        (
            'dbSslMode = "on"',
            (
                'dbSslMode in {} must be "disable", "allow", "prefer", "require", "verify-ca" '
                'or "verify-full", not "on"'
            ),
        ),
        ('dbDistributed = "no"', 'dbDistributed in {} must be true or false, not "no"'),
        ("dbDistributed = 0", "dbDistributed in {} must be true or false, not 0"),
        (
            'tableName = "a.b.c"',
            (
                'tableName in {} must be "table" or "schema.table", the table at most 48 bytes '
                'long, the schema none of PostgreSQL\'s own, not "a.b.c"'
            ),
        ),
        (
            'tableName = ""',
            (
                'tableName in {} must be "table" or "schema.table", the table at most 48 bytes '
                'long, the schema none of PostgreSQL\'s own, not ""'
            ),
        ),
        (
            '[llm]\napiBase = "localhost:11434"',
            (
                "llm.apiBase in {} must be an address that begins with http(s)://, "
                'not "localhost:11434"'
            ),
        ),
        ("[llm]\ntemperature = nan", "llm.temperature in {} must be a number from 0 to 2, not nan"),
        ("[llm]\ntimeout = 0", "llm.timeout in {} must be a number from 0.001 to 86400, not 0"),
        ("[llm]\ntimeout = inf", "llm.timeout in {} must be a number from 0.001 to 86400, not inf"),
        (
            "[llm]\ntimeout = true",
            "llm.timeout in {} must be a number from 0.001 to 86400, not true",
        ),
        ("[llm]\nretries = -1", "llm.retries in {} must be a whole number from 0 to 100, not -1"),
        (
            '[embedding]\nbatchSize = "all"',
            (
                'embedding.batchSize in {} must be "auto" or a whole number from 1 to 2147483647, '
                'not "all"'
            ),
        ),
        (
            '[retrieval]\nmode = "fast"',
            'retrieval.mode in {} must be "hybrid", "dense" or "keyword", not "fast"',
        ),
        (
            '[retrieval]\nrefusal = "on"',
            'retrieval.refusal in {} must be "auto" or "off", not "on"',
        ),
        (
            "[chunking]\nmaxTokens = 15",
            "chunking.maxTokens in {} must be a whole number from 16 to 2147483647, not 15",
        ),
        (
            '[ingest]\ninclude = "*.md"',
            'ingest.include in {} must be a list of non-empty strings, not "*.md"',
        ),
        (
            '[ingest]\nexclude = ["a", 1]',
            'ingest.exclude in {} must be a list of non-empty strings, not ["a", 1]',
        ),
        ("dbUser = 1979-05-27", "dbUser in {} must be a non-empty string, not 1979-05-27"),
        (
            f'dbPort = "{"x" * 90}"',
            'dbPort in {} must be a whole number from 1 to 65535, not "' + "x" * 79 + "…",
        ),
        ('dbPassword = ["s3cret"]', "dbPassword in {} must be a non-empty string"),
        (
            'dbUrl = "mysql://ada:s3cret@db"',
            "dbUrl in {} must be an address that begins with postgresql://",
        ),
    ],
)
def test_strictness(project: Path, text: str, message: str) -> None:
    """What is wrong in a file is said in one line that names file and key and quotes the value."""
    path = write(project / "Config.toml", text)

    error = loading_error(project)

    assert error.message == message.format(path)
    assert "s3cret" not in f"{error.message}{error.hint}"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/{path}",
        "https://example.org/{start}",
        "https://example.org/{path}{line}",
        "https://ada@example.org/{path}",
        "https://{path}/",
        "https://example.org",
        "https://example.org/{path} x",
        "https://example.org/\\u001b{path}",
        "javascript:alert(1)//{path}",
    ],
)
def test_links_lead_to_a_host_that_is_written_out(project: Path, url: str) -> None:
    """Only https, no user, and no place but those for the path and the lines."""
    write(project / "Config.toml", f'[links]\nurl = "{url}"')
    assert "links.url in" in loading_error(project).message


@pytest.mark.parametrize("key", SETTINGS)
def test_every_key_is_strict(project: Path, key: str) -> None:
    """No key accepts a date."""
    setting = SETTINGS[key]
    head = f"[{setting.table}]\n" if setting.table else ""
    path = write(project / "Config.toml", f"{head}{setting.key} = 2026-01-01")

    assert loading_error(project).message.startswith(
        f"{key} in {path} must be {setting.rule.wants}"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dbPort = 1\ndbHost = \n", "{}, line 2, column 10: invalid value"),
        ("dbHost = 'x", '{}, line 1, column 12: expected "\'"'),
        ("a = [\n1\n", "{}, line 2, column 2: unclosed array"),
        ("[llm]\n[llm]\n", "{}, line 2, column 5: cannot declare ('llm',) twice"),
        ("x = " + "[" * 20_000, "{} holds a number or a nesting that is too large"),
        ("dbPort = " + "9" * 5_000, "{} holds a number or a nesting that is too large"),
    ],
)
def test_broken_toml(project: Path, text: str, message: str) -> None:
    """A syntax error is located by file, line and column."""
    path = write(project / "Config.toml", text)

    assert loading_error(project).message == message.format(path)


def test_not_utf8(project: Path) -> None:
    """A file in another encoding is refused, with the line."""
    path = project / "Config.toml"
    path.write_bytes(b'dbPort = 1\ndbUser = "Ad\xe4"\n')

    error = loading_error(project)

    assert error.message == f"{path}, line 2: not UTF-8 (byte 0xe4)"
    assert error.hint == "save the file as UTF-8"


def test_byte_order_mark_and_carriage_returns(project: Path) -> None:
    """Files from Windows are read."""
    write(project / "Config.toml", '\ufeffdbUser = "Ada"\r\n[llm]\r\nretries = 0\r\n')

    assert (load(project).database.user, load(project).llm.retries) == ("Ada", 0)


def test_tables_of_ballerina_are_ignored(project: Path) -> None:
    """The file of a Ballerina project works as it is."""
    write(
        project / "Config.toml",
        """
        dbHost = "localhost"
        dbPassword = "s3cret"
        ballerina.log.level = "DEBUG"
        [ballerina.ai.wso2ProviderConfig]
        serviceUrl = "https://example.com"
        accessToken = "t0ken"
        [ballerinax.ai.pgvector]
        anything = 1
        [[ballerina.auth.users]]
        name = "ada"
        """,
    )

    assert load(project).set_keys == {"dbHost", "dbPassword"}


@pytest.mark.parametrize(
    ("key", "value"), [("dbHost", "db"), ("dbPort", 1), ("dbUser", "ada"), ("dbName", "wiki")]
)
def test_url_excludes_the_parts(project: Path, key: str, value: object) -> None:
    """A URL and a part of it contradict each other, wherever they come from."""
    path = write(project / "Config.toml", 'dbUrl = "postgresql://ada:s3cret@db/wiki"')

    error = loading_error(project, overrides={key: value})

    assert error.message == f"dbUrl in {path} and {key} on the command line exclude each other"
    assert error.hint == f"keep dbUrl or {key}"
    error = loading_error(project, environ={SETTINGS[key].variable: str(value)})
    assert (
        error.message == f"dbUrl in {path} and {SETTINGS[key].variable} ({key}) exclude each other"
    )


def test_url_excludes_a_second_password(project: Path) -> None:
    """A dbPassword completes a URL without a password and contradicts one with it."""
    environ = {"RAGPG_DB_PASSWORD": "0ther"}
    write(project / "Config.toml", 'dbUrl = "postgresql://ada@db/wiki"')
    assert load(project, environ=environ).database.password == "0ther"

    for url in ("postgresql://ada:s3cret@db/wiki", "postgresql://db/wiki?user=a&password=s3cret"):
        path = write(project / "Config.toml", f'dbUrl = "{url}"')
        error = loading_error(project, environ=environ)
        assert error.message == (
            f"dbUrl in {path} and RAGPG_DB_PASSWORD (dbPassword) exclude each other"
        )


def test_smallest_passage_exceeds_the_largest(project: Path) -> None:
    """A given minTokens may not exceed maxTokens."""
    path = write(project / "Config.toml", "[chunking]\nminTokens = 200")

    error = loading_error(project)

    assert error.message == (
        f"chunking.minTokens in {path} is 200, above chunking.maxTokens, which is 160"
    )
    assert error.hint == "lower minTokens or raise maxTokens"
    assert load(project, overrides={"chunking.maxTokens": 200}).chunking.min_tokens == 200


def test_default_of_the_smallest_passage_follows_the_largest(project: Path) -> None:
    """The default of minTokens is at most half of a given maxTokens."""
    config = load(project, environ={"RAGPG_CHUNKING_MAX_TOKENS": "64"})
    assert (config.chunking.min_tokens, set(config.set_keys)) == (32, {"chunking.maxTokens"})

    assert load(project, overrides={"chunking.maxTokens": 400}).chunking.min_tokens == 80


def test_table_name_with_a_percent_sign(project: Path) -> None:
    """It is refused with the configuration: the database's driver takes it for a parameter."""
    write(project / "Config.toml", 'tableName = "docs.50%"')
    error = loading_error(project)
    assert error.message == "tableName 'docs.50%' cannot be a table's name"
    assert error.hint == 'write table or schema.table, without "%" and control characters'
