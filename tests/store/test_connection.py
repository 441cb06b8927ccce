"""Connections to real servers, and what is said where there is none."""

from __future__ import annotations

import signal
import socket
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from ragpg import patience
from ragpg.errors import ConfigurationError, DatabaseError, RagpgError
from ragpg.store import pgvector, retrying
from ragpg.store.connection import (
    Target,
    check_version,
    connect,
    database_exists,
    ensure_database,
)
from ragpg.store.postgres import PostgresStore
from ragpg.store.statements import transaction, translate_errors
from ragpg.types import EmbeddingModel, Level, SearchRequest
from tests.support import tls
from tests.support.documents import axis
from tests.support.postgres import (
    PASSWORD,
    USER,
    Server,
    as_other_user,
    at_once,
    free_port,
    shared,
    start,
    wait,
)
from tests.support.store import new_store, put, read_documents

if TYPE_CHECKING:
    from pathlib import Path

MODEL = EmbeddingModel("tiny", 3, b"tiny")


@pytest.fixture
def server() -> Server:
    """The server that all tests share."""
    return shared()


def refusal(target: Target) -> tuple[str, str | None]:
    """What is said when there is no connection, after a look for the password in all of it."""
    with pytest.raises(RagpgError) as caught:
        connect(target).close()
    said = "".join(traceback.format_exception(caught.value)) + repr(target) + str(caught.value.hint)
    assert PASSWORD not in said
    assert "\n" not in caught.value.message
    return caught.value.message, caught.value.hint


def create(parameters: dict[str, str | int], table: str = "ragpg") -> PostgresStore:
    """Connect and make a table."""
    with connect(Target(parameters)) as connection:
        return PostgresStore.create(connection, table, model=MODEL, language="english")


def create_refused(
    parameters: dict[str, str | int], table: str = "ragpg"
) -> tuple[str, str | None]:
    """What is said when a table cannot be made."""
    with pytest.raises(RagpgError) as caught:
        create(parameters, table)
    return caught.value.message, caught.value.hint


def new_user(server: Server, name: str) -> dict[str, str]:
    """Make a user without any right; gives what connects as them."""
    server.execute("DROP ROLE IF EXISTS {}", name)
    server.execute("CREATE ROLE {} LOGIN PASSWORD 'weak'", name)
    return {"user": name, "password": "weak"}


# --- no connection --------------------------------------------------


def test_connects_over_tcp(server: Server) -> None:
    """The parameters reach the server, and each statement is a transaction of its own."""
    with connect(Target(server.parameters())) as connection:
        query = "SELECT current_user::text, current_setting('application_name')"
        assert connection.execute(query).fetchone() == (USER, "ragpg")
        assert connection.autocommit


def test_connects_through_a_socket(server: Server) -> None:
    """A host that begins with a slash is the directory of a socket."""
    target = Target(server.parameters(host=str(server.sockets)))
    with connect(target) as connection:
        assert connection.info.host == str(server.sockets)
    assert str(target) == f'{server.sockets}/.s.PGSQL.{server.port}, database "postgres"'


def test_connects_by_url(server: Server) -> None:
    """A URL is as good as its parts, and a password may stand beside it."""
    url = f"postgresql://{USER}@127.0.0.1:{server.port}/postgres"
    with connect(Target({"conninfo": url, "password": PASSWORD})) as connection:
        assert connection.info.dbname == "postgres"


def test_libpq_fills_in_the_rest(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user did not give comes from libpq's variables; none of it is overridden."""
    for name, value in {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": USER,
        "PGPASSWORD": PASSWORD,
        "PGDATABASE": "template1",
        "PGAPPNAME": "mine",
        "PGCLIENTENCODING": "LATIN1",
    }.items():
        monkeypatch.setenv(name, value)
    target = Target({})
    with connect(target) as connection:
        assert connection.execute("SELECT current_setting('application_name')").fetchone() == (
            "mine",
        )
        assert connection.execute("SELECT '€😀'").fetchone() == ("€😀",)
    assert str(target) == f'127.0.0.1:{server.port}, database "template1"'


def test_nobody_listens() -> None:
    """A port without a server is named."""
    port = free_port()
    assert refusal(Target({"host": "127.0.0.1", "port": port})) == (
        f"no PostgreSQL server answers at 127.0.0.1:{port}",
        "start the server, or correct dbHost and dbPort",
    )


def test_unknown_host() -> None:
    """A host that no name server knows is named."""
    assert refusal(Target({"host": "nowhere.invalid"})) == (
        'the host "nowhere.invalid" is unknown',
        "correct dbHost",
    )


def test_no_answer_in_time() -> None:
    """A host that accepts and then says nothing is given up after the configured time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert refusal(Target({"host": "127.0.0.1", "port": port, "connect_timeout": 2})) == (
            f"127.0.0.1:{port} did not answer within 2 seconds",
            "check dbHost and dbPort, or raise dbConnectTimeout",
        )


def test_no_socket() -> None:
    """A directory without a socket is named."""
    assert refusal(Target({"host": "/nonexistent", "port": 5433})) == (
        "there is no PostgreSQL socket /nonexistent/.s.PGSQL.5433",
        "start the server, or correct dbHost and dbPort",
    )


def test_wrong_password(server: Server) -> None:
    """A refused password names user and host, and is not shown."""
    user = new_user(server, "wrong_password")["user"]
    assert refusal(Target(server.parameters(user=user))) == (
        f'127.0.0.1:{server.port} refuses the password of the user "wrong_password"',
        "correct RAGPG_DB_PASSWORD, or dbPassword in Config.toml; or dbUser",
    )


def test_no_password(server: Server) -> None:
    """Where a password is wanted and none was given, its setting is named."""
    parameters = server.parameters(passfile="/dev/null")
    del parameters["password"]
    assert refusal(Target(parameters)) == (
        f'127.0.0.1:{server.port} wants a password for the user "{USER}"',
        "set RAGPG_DB_PASSWORD, or dbPassword in Config.toml",
    )


def test_unknown_database(server: Server) -> None:
    """A database that is not there comes with the command that makes it."""
    command = f"""createdb -h 127.0.0.1 -p {server.port} -U {USER} 'no'"'"'such db'"""
    assert refusal(Target(server.parameters(dbname="no'such db"))) == (
        f'there is no database "no\'such db" at 127.0.0.1:{server.port}',
        f"correct dbName, or create it: {command}",
    )


def test_anything_else_the_server_says(server: Server) -> None:
    """Another refusal is quoted as the server said it."""
    parameters = server.new_database()
    name = str(parameters["dbname"])
    server.execute("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    message = f'database "{name}" is not currently accepting connections'
    assert refusal(Target(parameters)) == (f"127.0.0.1:{server.port}: {message}", None)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{PASSWORD} x@host",
        f"postgresql://u:{PASSWORD}%zz@host/x",
        f"u:{PASSWORD}@host",
        f"postgresql://u:{PASSWORD}@host/x?{PASSWORD}=1",
    ],
)
def test_malformed_url(url: str) -> None:
    """A URL that cannot be read is refused without a word of it, as it may hold a password."""
    expected = (
        "the connection's URL or parameters are not what PostgreSQL understands",
        "dbUrl is postgresql://user@host:5432/database, special characters as %20",
    )
    assert refusal(Target({"conninfo": url})) == expected
    with pytest.raises(ConfigurationError) as caught:
        str(Target({"conninfo": url}))
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


# --- TLS --------------------------------------------------


def test_server_without_tls(server: Server) -> None:
    """`require` is not talked out of TLS."""
    assert refusal(Target(server.parameters(sslmode="require"))) == (
        f'127.0.0.1:{server.port} has no TLS, but dbSslMode is "require"',
        'turn TLS on at the server, or set dbSslMode to "prefer"',
    )


def test_require_uses_tls(server: Server, front: int) -> None:
    """`require` talks TLS to whoever answers."""
    with connect(Target(server.parameters(port=front, sslmode="require"))) as connection:
        assert connection.pgconn.ssl_in_use
        assert connection.execute("SELECT repeat('x', 100000)").fetchone() == ("x" * 100_000,)


def test_verify_full(server: Server, front: int, certificates: tls.Authority) -> None:
    """`verify-full` is content with the right name, signed by the right authority."""
    parameters = server.parameters(
        host="localhost", port=front, sslmode="verify-full", sslrootcert=str(certificates.root)
    )
    with connect(Target(parameters)) as connection:
        assert connection.pgconn.ssl_in_use


def test_wrong_authority(server: Server, front: int, tmp_path: Path) -> None:
    """A certificate of another authority is refused."""
    other = tls.authority(tmp_path)
    parameters = server.parameters(
        host="localhost", port=front, sslmode="verify-full", sslrootcert=str(other.root)
    )
    assert refusal(Target(parameters)) == (
        f"the certificate of localhost:{front} is signed by no authority that is trusted here",
        "name the certificate of the server's authority in dbSslRootCert",
    )


def test_wrong_name(server: Server, front: int, certificates: tls.Authority) -> None:
    """A certificate for another name is refused."""
    parameters = server.parameters(
        port=front, sslmode="verify-full", sslrootcert=str(certificates.root)
    )
    assert refusal(Target(parameters)) == (
        f'the certificate of 127.0.0.1:{front} was issued for "localhost", not for "127.0.0.1"',
        "set dbHost to a name that the certificate was issued for",
    )


def test_missing_root_certificate(server: Server, front: int) -> None:
    """A root certificate that is not there is named."""
    parameters = server.parameters(port=front, sslmode="verify-ca", sslrootcert="/no/root.pem")
    assert refusal(Target(parameters)) == (
        'the root certificate "/no/root.pem" does not exist',
        "name the certificate of the server's authority in dbSslRootCert",
    )


# --- a server that does not fit --------------------------------------------------


def test_old_server() -> None:
    """PostgreSQL 13 is too old, 14 is not."""
    check_version(140_000, at="db:5432")
    with pytest.raises(DatabaseError) as caught:
        check_version(130_014, at="db:5432")
    assert caught.value.message == "db:5432 runs PostgreSQL 13, which is too old"
    assert caught.value.hint == "ragpg needs PostgreSQL 14 or newer"


def test_encoding(server: Server) -> None:
    """A database that cannot hold every character is refused."""
    server.execute("DROP DATABASE IF EXISTS latin")
    server.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    assert refusal(Target(server.parameters(dbname="latin"))) == (
        f'the database "latin" at 127.0.0.1:{server.port} has the encoding LATIN1, not UTF8',
        "create one for ragpg: createdb -T template0 -E UTF8 NAME, and set dbName",
    )


def test_pgvector_not_installed(server: Server) -> None:
    """Where pgvector's files are missing, the package and the line to run are named."""
    parameters = server.new_database()
    name = str(parameters["dbname"])
    server.execute("ALTER DATABASE {} SET extension_control_path = '/nonexistent'", name)
    message, hint = create_refused(parameters)
    at = f'127.0.0.1:{server.port}, database "{name}"'
    assert message == f"pgvector is not installed on the server of {at}"
    assert hint == (
        "an administrator installs it (Debian, Ubuntu: postgresql-18-pgvector; Red Hat: "
        f'pgvector_18) and runs: psql -d "{name}" -c "CREATE EXTENSION vector;"'
    )


def test_no_right_to_create_the_extension(server: Server) -> None:
    """A user without the right gets the line for the administrator."""
    parameters = server.new_database()
    name, user = str(parameters["dbname"]), new_user(server, "plain")
    at = f'127.0.0.1:{server.port}, database "{name}"'
    assert create_refused({**parameters, **user}) == (
        f'{at} lacks pgvector, and the user "plain" may not create the extension',
        f'an administrator runs: psql -d "{name}" -c "CREATE EXTENSION vector;"',
    )


def test_old_pgvector(server: Server) -> None:
    """A pgvector without half precision is refused, when a table is made and when it is read."""
    parameters = server.new_database()
    name = str(parameters["dbname"])
    create(parameters)
    server.execute("UPDATE pg_extension SET extversion = '0.6.2'", dbname=name)
    expected = (
        f'pgvector 0.6.2 in the database "{name}" is too old: ragpg needs 0.7 or newer',
        "an administrator installs a newer one and runs: ALTER EXTENSION vector UPDATE;",
    )
    assert create_refused(parameters) == expected
    assert create_refused(parameters, "another") == expected
    with connect(Target(parameters)) as connection, pytest.raises(DatabaseError) as caught:
        PostgresStore.open(connection, "ragpg")
    assert (caught.value.message, caught.value.hint) == expected


@pytest.mark.parametrize(
    ("version", "numbers"), [("0.7.0", (0, 7, 0)), ("0.10.1", (0, 10, 1)), ("1.0", (1, 0))]
)
def test_versions_are_numbers(version: str, numbers: tuple[int, ...]) -> None:
    """0.10 is newer than 0.7."""
    assert pgvector.check_version(version, "public", database="d").version == numbers


def test_dropped_pgvector(server: Server) -> None:
    """A table whose vectors went with the extension is refused."""
    parameters = server.new_database()
    name = str(parameters["dbname"])
    create(parameters)
    server.execute("DROP EXTENSION vector CASCADE", dbname=name)
    with connect(Target(parameters)) as connection, pytest.raises(DatabaseError) as caught:
        PostgresStore.open(connection, "ragpg")
    assert caught.value.message == (
        f'the database "{name}" has lost the extension pgvector, and the vectors with it'
    )


def test_extension_in_another_schema(server: Server) -> None:
    """A user without any right to pgvector's schema but its use works there."""
    parameters = server.new_database()
    name, user = str(parameters["dbname"]), new_user(server, "hosted")
    server.execute("CREATE SCHEMA extensions", dbname=name)
    server.execute("CREATE EXTENSION vector SCHEMA extensions", dbname=name)
    server.execute("GRANT USAGE ON SCHEMA extensions TO hosted", dbname=name)
    server.execute("GRANT CREATE ON DATABASE {} TO hosted", name, dbname=name)
    store = create({**parameters, **user}, "docs.pages")
    assert (store.table.schema, store.table.pgvector.schema) == ("docs", "extensions")


def test_no_right_to_use_the_extension(server: Server) -> None:
    """Types and operators would be missing, whatever the rights to the table."""
    parameters = server.new_database()
    name, user = str(parameters["dbname"]), new_user(server, "shut_out")
    server.execute("CREATE SCHEMA hidden", dbname=name)
    server.execute("CREATE EXTENSION vector SCHEMA hidden", dbname=name)
    create(parameters)
    expected = (
        'pgvector is in the schema "hidden", which the user "shut_out" may not use',
        'as its owner, run: GRANT USAGE ON SCHEMA "hidden" TO "shut_out";',
    )
    server.execute("GRANT CREATE ON DATABASE {} TO shut_out", name, dbname=name)
    assert create_refused({**parameters, **user}, "docs.pages") == expected
    server.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO shut_out", dbname=name)
    with connect(Target({**parameters, **user})) as connection:
        with pytest.raises(DatabaseError) as caught:
            PostgresStore.open(connection, "ragpg")
        assert (caught.value.message, caught.value.hint) == expected


def test_no_right_to_the_schema(server: Server) -> None:
    """Where the schema is closed, the line for its owner is named."""
    parameters = server.new_database()
    name, user = str(parameters["dbname"]), new_user(server, "stranger")
    server.execute("CREATE EXTENSION vector", dbname=name)
    at = f'127.0.0.1:{server.port}, database "{name}"'
    assert create_refused({**parameters, **user}) == (
        f"{at}: permission denied for schema public",
        'as its owner, run: GRANT USAGE, CREATE ON SCHEMA "public" TO "stranger";',
    )
    assert create_refused({**parameters, **user}, "docs.pages") == (
        f"{at}: permission denied for database {name}",
        f'as its owner, run: GRANT CREATE ON DATABASE "{name}" TO "stranger";',
    )


def test_no_right_to_the_table(server: Server) -> None:
    """A table that may not be read names the right that is missing."""
    parameters = server.new_database()
    name, user = str(parameters["dbname"]), new_user(server, "reader")
    create(parameters)
    target = Target({**parameters, **user})
    with connect(target) as connection, pytest.raises(DatabaseError) as caught:
        PostgresStore.open(connection, "ragpg")
    assert (caught.value.message, caught.value.hint) == (
        f'127.0.0.1:{server.port}, database "{name}": permission denied for table ragpg_table',
        (
            'as its owner, run: GRANT SELECT ON TABLE "ragpg_table" TO "reader"; '
            "(`ragpg init --grant reader --read-only` prints all that is needed)"
        ),
    )


def test_reading_takes_the_right_to_read(server: Server) -> None:
    """A user who may only read can do all that reads, and no more."""
    parameters = server.new_database()
    name, user = str(parameters["dbname"]), new_user(server, "visitor")
    create(parameters)
    server.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor", dbname=name)
    with connect(Target({**parameters, **user})) as connection:
        store = PostgresStore.open(connection, "ragpg")
        assert store.search(SearchRequest("alpha", axis(0)[:3], 5)).items == ()
        assert store.list_documents() == []
        assert read_documents(store) == []
        assert {check.level for check in store.status().checks} == {Level.OK}
        with pytest.raises(DatabaseError) as caught:
            store.remove(["a.md"])
    assert caught.value.hint == (
        "as its owner, run: GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "
        '"ragpg_lexical" TO "visitor"; (`ragpg init --grant visitor` prints all that is needed)'
    )


def test_read_only_server(server: Server) -> None:
    """A server that only answers reads is no place for an ingest."""
    parameters = server.new_database()
    name = str(parameters["dbname"])
    server.execute("ALTER DATABASE {} SET default_transaction_read_only = on", name)
    at = f'127.0.0.1:{server.port}, database "{name}"'
    assert create_refused(parameters) == (
        f'{at}: the user "{USER}" may only read there, since default_transaction_read_only is on',
        "turn that off for the user, the database or the server, or in PGOPTIONS",
    )


def test_a_standby_only_answers_questions() -> None:
    """A server that follows another one is told from one whose users may only read."""
    primary = start()
    parameters = primary.new_database()
    create(parameters)
    primary.process.send_signal(signal.SIGINT)
    primary.process.wait(30)
    signal_file = primary.sockets / "data" / "standby.signal"
    signal_file.touch()
    with Popen(primary.process.args, stdout=PIPE, stderr=PIPE, **as_other_user()) as p:
        standby = replace(primary, process=p)
        try:
            wait(standby)
            with closing(connect(Target(parameters))) as connection:
                store = PostgresStore.open(connection, "ragpg")
                assert store.list_documents() == []
                with pytest.raises(DatabaseError) as caught:
                    store.remove(["a.md"])
        finally:
            standby.stop()
    assert (caught.value.message, caught.value.hint) == (
        f"127.0.0.1:{primary.port} is a standby: nothing can be written there",
        "name its primary in dbHost",
    )


@pytest.mark.parametrize("style", ["German", "SQL, DMY", "Postgres, MDY"])
def test_times_are_read_whatever_the_style_of_dates(server: Server, style: str) -> None:
    """It may be set for a role, a database, in PGOPTIONS or in PGDATESTYLE."""
    parameters = server.new_database()
    name = str(parameters["dbname"])
    with server.connect(name) as connection:
        setting = sql.SQL("ALTER DATABASE {} SET datestyle = {}")
        connection.execute(setting.format(sql.Identifier(name), sql.Literal(style)))
    with closing(connect(Target(parameters))) as connection:
        store = new_store(connection, "ragpg")
        put(store, "a.md", "apples")
        assert [document.source for document in store.list_documents()] == ["a.md"]


def test_a_server_without_a_free_connection_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is waited for a little, then the error says what to do."""
    monkeypatch.setattr(patience, "FIRST_REMARK", 0.2)
    monkeypatch.setattr(retrying, "TIMEOUT", 1.0)
    small = start("max_connections=2", "superuser_reserved_connections=0", "max_wal_senders=0")
    try:
        target = Target(small.parameters())
        with closing(connect(target)) as one, closing(connect(target)):
            assert refusal(target) == (
                f"127.0.0.1:{small.port} has no connection left: sorry, too many clients already",
                "close other programs that use the server, or raise its max_connections",
            )
            with ThreadPoolExecutor() as pool:
                third = pool.submit(connect, target)
                time.sleep(0.3)
                one.close()
                third.result().close()
    finally:
        small.stop()
    assert caplog.messages[0] == "waiting for a connection to PostgreSQL: too many clients"


def test_lost_connection(server: Server) -> None:
    """A connection that breaks in the middle is one line."""
    parameters = server.new_database()
    with closing(connect(Target(parameters))) as connection:
        server.execute("DROP DATABASE {} WITH (FORCE)", str(parameters["dbname"]))
        with pytest.raises(DatabaseError) as caught, transaction(connection):
            connection.execute("SELECT 1")
    assert (caught.value.message, caught.value.hint) == (
        f"the connection to 127.0.0.1:{server.port} was lost",
        "once the server is back, run the command again",
    )


def test_lost_connection_leaves_no_other_trace(server: Server) -> None:
    """Where something else has failed by then, psycopg's log adds nothing to it."""
    parameters = server.new_database()
    program = f"""
from ragpg.errors import DatabaseError
from ragpg.store.connection import Target, connect
from ragpg.store.statements import transaction
connection = connect(Target({parameters!r}))
try:
    with transaction(connection):
        connection.execute("SELECT 1")
        print("ready", flush=True)
        raise DatabaseError(input())
except DatabaseError as error:
    print(error.message)
connection.close()
"""
    command = [sys.executable, "-c", program]
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        server.execute("DROP DATABASE {} WITH (FORCE)", str(parameters["dbname"]))
        assert process.communicate("the first failure\n") == ("the first failure\n", "")


def test_broken_statement(server: Server) -> None:
    """What PostgreSQL says of a statement is one line, with the database that said it."""
    with connect(Target(server.parameters())) as connection:
        with pytest.raises(DatabaseError) as caught, translate_errors(connection):
            connection.execute("SELECT 1 / 0")
        assert caught.value.message == (
            f'127.0.0.1:{server.port}, database "postgres": division by zero'
        )


# --- databases of the embedded server --------------------------------------------------


def test_ensure_database(server: Server) -> None:
    """Processes that make one database at once all find it, and it folds every alphabet."""
    target, name = Target(server.parameters()), "Ensured 'it'"
    server.execute("DROP DATABASE IF EXISTS {}", name)
    at_once(*[partial(ensure_database, target, name)] * 4)
    with connect(Target(server.parameters(dbname=name))) as connection:
        assert database_exists(connection, name)
        assert not database_exists(connection, "Ensured it")
        folded = "SELECT to_tsvector('simple', 'ÄPFEL ЖУК')::text"
        assert connection.execute(folded).fetchone() == ("'äpfel':1 'жук':2",)
