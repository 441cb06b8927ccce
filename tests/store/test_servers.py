"""The main job on PostgreSQL servers, and what is said where it cannot be done."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support import tls
from tests.support.postgres import PASSWORD, USER, Server, free_port, shared

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project, Result

numbers = count(1)

COMMANDS = (
    ("ingest", "apples.md"),
    ("ingest", "--plan", "apples.md"),
    ("search", "apples"),
    ("ask", "What colour are apples?"),
    ("list",),
    ("status", "--check"),
    ("remove", "apples.md"),
)


@pytest.fixture
def server() -> Server:
    """A server that wants passwords."""
    return shared()


@pytest.fixture
def library(project: Project, tiny: Path) -> Project:
    """A project with a document, which embeds fast."""
    project.write("apples.md", "# Apples\n\nApples are red.\n")
    return project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


def configured(project: Project, **keys: str | int) -> Project:
    """The same project, with a Config.toml that holds these keys."""
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
    project.write("Config.toml", "".join(lines))
    return project


def keys(server: Server, **changes: str | int) -> dict[str, str | int]:
    """The keys that lead to a new database of a server."""
    given = server.new_database()
    keys = {"dbHost": given["host"], "dbPort": given["port"], "dbName": given["dbname"]}
    return {**keys, "dbUser": USER, "dbPassword": PASSWORD, **changes}


def variables(server: Server) -> dict[str, str]:
    """The variables of libpq that lead to a new database of a server, without a password."""
    given = server.new_database()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGDATABASE": "dbname"}
    return {name: str(given[key]) for name, key in names.items()}


def does_the_job(project: Project) -> str:
    """Do the whole main job; gives the database that `status` names."""
    results = [
        project.ok(*command, *form) for form in ((), ("-v", "--json")) for command in COMMANDS
    ]
    said = "".join(result.out + result.err for result in results)
    assert PASSWORD not in said
    assert quote(PASSWORD) not in said
    plain = dict(zip(COMMANDS, results, strict=False))
    assert "added" in plain["ingest", "apples.md"].out
    assert "unchanged" in plain["ingest", "--plan", "apples.md"].out
    assert "apples.md:L1-L3" in plain["search", "apples"].out
    assert plain["ask", "What colour are apples?"].out.startswith("Apples are red. [1]\n")
    assert plain["remove", "apples.md"].out == "removed apples.md\n"
    status = results[-2].json
    assert status["store"]["kind"] == "server"
    return str(status["server"]["database"])


# --- ways to name a server --------------------------------------------------


def test_configuration_file(library: Project, server: Server) -> None:
    """Host, port, user, password and database stand in Config.toml."""
    given = keys(server)
    assert does_the_job(configured(library, **given)) == given["dbName"]


def test_environment(library: Project, server: Server) -> None:
    """Every key has a variable, which beats the file; the rest of the file counts."""
    given = keys(server)
    library = configured(library, **{**given, "dbPassword": "outdated", "dbName": "outdated"})
    variables = {"RAGPG_DB_PASSWORD": PASSWORD, "RAGPG_DB_NAME": str(given["dbName"])}
    assert does_the_job(library.within(variables)) == given["dbName"]


def test_socket(library: Project, server: Server) -> None:
    """A host that is a directory is where the server's socket lies."""
    given = keys(server, dbHost=str(server.sockets))
    assert does_the_job(configured(library, **given)) == given["dbName"]


def test_url(library: Project, server: Server) -> None:
    """A URL with everything in it."""
    given = server.new_database()
    place = f"{USER}:{quote(PASSWORD)}@127.0.0.1:{server.port}/{given['dbname']}"
    assert does_the_job(configured(library, dbUrl=f"postgresql://{place}")) == given["dbname"]


def test_url_and_password_apart(library: Project, server: Server) -> None:
    """A URL in the file, and the password in the environment."""
    given = server.new_database()
    url = f"postgresql://{USER}@127.0.0.1:{server.port}/{given['dbname']}"
    library = configured(library, dbUrl=url).within({"RAGPG_DB_PASSWORD": PASSWORD})
    assert does_the_job(library) == given["dbname"]


def test_libpq_variables(library: Project, server: Server) -> None:
    """PGHOST alone makes it a server; PGPASSWORD and the others fill in the rest."""
    given = variables(server)
    assert does_the_job(library.within({**given, "PGPASSWORD": PASSWORD})) == given["PGDATABASE"]


def test_libpq_password_file(library: Project, server: Server) -> None:
    """A password may stand in libpq's password file."""
    given = variables(server)
    passwords = library.write("passwords", f"127.0.0.1:{server.port}:*:{USER}:{PASSWORD}\n")
    passwords.chmod(0o600)
    assert (
        does_the_job(library.within({**given, "PGPASSFILE": str(passwords)})) == given["PGDATABASE"]
    )


def test_libpq_service(library: Project, server: Server) -> None:
    """A service of libpq names server, user, password and database at once."""
    given = server.new_database()
    lines = "".join(f"{key}={value}\n" for key, value in given.items())
    file = library.write("services.conf", f"[library]\n{lines}")
    within = library.within({"PGSERVICE": "library", "PGSERVICEFILE": str(file)})
    assert does_the_job(within) == given["dbname"]


def test_verified_tls(
    library: Project, server: Server, front: int, certificates: tls.Authority
) -> None:
    """Over TLS, to a server whose certificate is verified."""
    given = keys(server, dbHost="localhost", dbPort=front, dbSslMode="verify-full")
    library = configured(library, **given, dbSslRootCert=str(certificates.root))
    assert does_the_job(library) == given["dbName"]


# --- refusals --------------------------------------------------


def refused(
    project: Project, *, passwords: tuple[str, ...] = (PASSWORD,), code: int = 1
) -> tuple[str, str]:
    """What each command says that fails: the same error and hint, in text and in JSON."""
    said = set()
    for command in (("ingest", "apples.md"), ("search", "apples"), ("list",), ("status",)):
        for form in ((), ("-v",), ("--json",)):
            result = project.run(*command, *form)
            assert result.code == code, (command, result)
            assert not any(password in result.out + result.err for password in passwords)
            said.add(error(result))
            assert "--json" in form or result.out == ""
    [(message, hint)] = said
    return message, hint


def error(result: Result) -> tuple[str, str]:
    """The error and the hint that stand on standard error, each on one line."""
    first, second = [
        line for line in result.err.splitlines() if not line.startswith("documents are kept at ")
    ]
    message, hint = first.removeprefix("error: "), second.removeprefix("hint: ")
    if result.out:
        shape = result.json["error"]
        assert (shape["message"], shape["hint"]) == (message, hint)
    assert (first, second) == (f"error: {message}", f"hint: {hint}")
    return message, hint


def test_wrong_password(library: Project, server: Server) -> None:
    """Wherever the password stands, it is not shown."""
    configured(library, **keys(server, dbPassword="Wr0ng-password"))
    assert refused(library, passwords=("Wr0ng",)) == (
        f'127.0.0.1:{server.port} refuses the password of the user "{USER}"',
        "correct RAGPG_DB_PASSWORD, or dbPassword in Config.toml; or dbUser",
    )


def test_wrong_password_in_a_url(library: Project, server: Server) -> None:
    """Nor is it shown where it stands in a URL."""
    url = f"postgresql://{USER}:Wr0ng%20password@127.0.0.1:{server.port}/postgres"
    message, _ = refused(configured(library, dbUrl=url), passwords=("Wr0ng",))
    assert message == f'127.0.0.1:{server.port} refuses the password of the user "{USER}"'


def test_unreachable(library: Project, server: Server) -> None:
    """A port where nobody listens."""
    port = free_port()
    assert refused(configured(library, **keys(server, dbPort=port))) == (
        f"no PostgreSQL server answers at 127.0.0.1:{port}",
        "start the server, or correct dbHost and dbPort",
    )


def test_unknown_database(library: Project, server: Server) -> None:
    """A database that is not there, with the command that makes it."""
    assert refused(configured(library, **keys(server, dbName="nowhere"))) == (
        f'there is no database "nowhere" at 127.0.0.1:{server.port}',
        f"correct dbName, or create it: createdb -h 127.0.0.1 -p {server.port} -U {USER} nowhere",
    )


def test_untrusted_certificate(
    library: Project, server: Server, front: int, tmp_path: Path
) -> None:
    """A server whose certificate another authority has signed."""
    given = keys(server, dbHost="localhost", dbPort=front, dbSslMode="verify-full")
    configured(library, **given, dbSslRootCert=str(tls.authority(tmp_path / "other").root))
    assert refused(library) == (
        f"the certificate of localhost:{front} is signed by no authority that is trusted here",
        "name the certificate of the server's authority in dbSslRootCert",
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"dbUrl": f"postgresql://{USER}:{PASSWORD}@127.0.0.1/x?nonsense=1"},
        {"dbUrl": f"mysql://{USER}:{PASSWORD}@127.0.0.1/x"},
        {"dbUrl": f"postgresql://{USER}:{PASSWORD}@127.0.0.1/x", "dbHost": "127.0.0.1"},
        {"dbHost": "127.0.0.1", "dbPassword": PASSWORD, "dbSslMode": PASSWORD[:3]},
        {"dbHost": "127.0.0.1", "dbPasword": PASSWORD},
    ],
)
def test_broken_configuration(library: Project, keys: dict[str, str]) -> None:
    """A configuration that cannot be used is told from a server that cannot: exit code 2."""
    for form in ((), ("-v",), ("--json",)):
        result = configured(library, **keys).run("list", *form)
        assert result.code == 2
        assert PASSWORD not in result.out + result.err
        assert result.err.count("\n") <= 2


# --- rights --------------------------------------------------


@pytest.fixture
def role(server: Server) -> dict[str, str | int]:
    """The keys of a role without any right."""
    name = f"reader_{next(numbers)}"
    server.execute("CREATE ROLE {} LOGIN PASSWORD 'weak-one'", name)
    return {"dbUser": name, "dbPassword": "weak-one"}


def test_no_right_to_create_pgvector(
    library: Project, server: Server, role: dict[str, str | int]
) -> None:
    """The administrator's line is there, and nothing has been made."""
    given = keys(server, **role)
    result = configured(library, **given).run("ingest", "apples.md")
    name, user = given["dbName"], role["dbUser"]
    at = f'127.0.0.1:{server.port}, database "{name}"'
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        f'error: {at} lacks pgvector, and the user "{user}" may not create the extension\n'
        f'hint: an administrator runs: psql -d "{name}" -c "CREATE EXTENSION vector;"\n'
    )
    assert library.run("search", "apples").code == 1
    assert library.ok("list").err == 'nothing has been ingested into the table "ragpg" yet\n'


def test_a_role_that_reads(library: Project, server: Server, role: dict[str, str | int]) -> None:
    """Who may only read can search, ask, list, plan and look at the status, and write nothing."""
    given = keys(server)
    configured(library, **given).ok("ingest", "apples.md")
    name, user = str(given["dbName"]), str(role["dbUser"])
    configured(library, **{**given, **role})
    message, hint = refused_at(library, "list")
    at = f'127.0.0.1:{server.port}, database "{name}"'
    assert message == f"{at}: permission denied for table ragpg_table"
    assert hint == (
        f'as its owner, run: GRANT SELECT ON TABLE "ragpg_table" TO "{user}"; '
        f"(`ragpg init --grant {user} --read-only` prints all that is needed)"
    )
    server.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}", user, dbname=name)
    for command in COMMANDS[:-1]:
        assert library.ok(*command).err == ""
    library.write("pears.md", "# Pears\n\nPears are green.\n")
    for command, table in (
        (("ingest", "pears.md"), "document"),
        (("remove", "apples.md"), "lexical"),
    ):
        message, hint = refused_at(library, *command)
        assert message == f"{at}: permission denied for table ragpg_{table}"
        assert "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE" in hint
    message, _ = refused_at(library, "ingest", "--rebuild")
    assert message == f"{at}: permission denied for schema public"
    assert [row["source"] for row in library.ok("list", "--json").json["documents"]] == [
        "apples.md"
    ]


def refused_at(project: Project, *command: str) -> tuple[str, str]:
    """What one command says that fails."""
    result = project.run(*command)
    assert (result.code, "weak-one" in result.err) == (1, False)
    return error(result)


def test_a_foreign_table(library: Project, server: Server) -> None:
    """A table of our name that is somebody else's is named by every command, and not touched."""
    given = keys(server)
    name = str(given["dbName"])
    server.execute("CREATE TABLE ragpg AS SELECT 'theirs' AS content", dbname=name)
    assert refused(configured(library, **given)) == (
        '"public"."ragpg" is there already, and was not made by ragpg',
        "choose another name with tableName or --table",
    )
    assert server.execute("SELECT content FROM ragpg", dbname=name) == [("theirs",)]
    library.ok("ingest", "apples.md", "--table", "ours")
