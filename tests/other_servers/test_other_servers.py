"""The main job on every PostgreSQL that is installed here, with the same hits on all of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.support.command_line import Project, new_project
from tests.support.embedded import await_that
from tests.support.pgbouncer import find_pgbouncer, pooled
from tests.support.postgres import Server, binaries, start, start_standby

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEBIAN = Path("/usr/lib/postgresql")
MAJORS = (14, 15, 16, 17, 18)
EMBEDDED = {16, 18}
"""The majors that come with the embedded PostgreSQL."""
DOCUMENTS = {
    "apples.md": "# Apples\n\nApples are red.\n\n## Storage\n\nThey keep for months in a cellar.\n",
    "pears.md": "# Birnen\n\nBirnen sind grün. Die ÄPFEL sind es nicht.\n\n| pear | ripe |\n"
    "|---|---|\n| Abate | October |\n| Williams | August |\n",
    "figs.md": "---\ntags: [fruit, soft]\n---\n# Figs\n\nFigs are soft, and do not keep.\n",
}
QUERIES = (
    ("When is Abate ripe?",),
    ("apples", "--mode", "keyword"),
    ("What keeps in a cellar?", "--mode", "dense"),
    ("What does not keep?", "--filter", "tags == soft"),
    ("What is red?", "--source", "a*.md"),
)


def find_servers() -> Iterator[Any]:
    """The programs of each major version; those that are missing are skipped with a word."""
    for major in MAJORS:
        programs = DEBIAN / str(major) / "bin"
        if programs.is_dir():
            yield pytest.param((major, programs), id=f"debian-{major}")
        elif major not in EMBEDDED:
            skip = pytest.mark.skip(reason=f"{programs} is not there: apt-get brings it")
            yield pytest.param((major, programs), id=f"debian-{major}", marks=skip)
        if major in EMBEDDED:
            yield pytest.param((major, binaries(major)), id=f"embedded-{major}")


@pytest.fixture(scope="module", params=find_servers())
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of each version that is installed with pgvector."""
    major, programs = request.param
    server = start(major=major, programs=programs)
    try:
        query = "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
        if not server.execute(query):
            pytest.skip(f"pgvector is not installed for {programs}")
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path, tiny: Path) -> Project:
    """A project with documents that no server holds yet."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    for source, text in DOCUMENTS.items():
        project.write(source, text)
    return project.within({"RAGPG_EMBEDDING_MODEL": str(tiny)})


def at(project: Project, place: Mapping[str, object]) -> Project:
    """The project, with its documents in a database of a server."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    variables = {f"RAGPG_DB_{names.get(key, 'NAME')}": str(value) for key, value in place.items()}
    return project.within(variables)


def do_everything(project: Project) -> list[Any]:
    """Do the main job, from the first ingest to the last removal; returns all hits."""
    first = project.ok("ingest", ".", "--json").json["totals"]
    assert (first["documents"], first["embedded"]) == (3, first["chunks"])
    assert project.ok("ingest", "--plan", "--check", ".").err == ""
    hits = find(project)
    answer = project.ok("ask", "What colour are apples?", "--json").json
    assert answer["answer"].startswith("Apples are red.")
    rebuilt = project.ok("ingest", "--rebuild", "--json").json["totals"]
    assert (rebuilt["documents"], rebuilt["embedded"]) == (3, first["chunks"])
    assert find(project) == hits
    german = project.within({"RAGPG_RETRIEVAL_LANGUAGE": "german"})
    assert german.ok("ingest", ".", "--json").json["totals"]["embedded"] == 0
    assert german.ok("search", "Birne", "--mode", "keyword").code == 0
    project.ok("ingest", ".")
    assert find(project) == hits
    status = project.ok("status", "--check", "--json").json
    assert {check["level"] for check in status["checks"]} <= {"ok", "warning"}
    project.ok("remove", "figs.md")
    assert [row["source"] for row in project.ok("list", "--json").json["documents"]] == [
        "apples.md",
        "pears.md",
    ]
    project.ok("remove", "*", "--yes")
    return hits


def find(project: Project) -> list[Any]:
    """The hits of all queries, without the digits that differ with the processor."""
    found = [project.ok("search", *query, "--json").json["hits"] for query in QUERIES]
    return [
        (hit["source"], hit["start"], hit["end"], round(hit["score"], 4))
        for hits in found
        for hit in hits
    ]


@cache
def expect(project: tuple[Path, tuple[tuple[str, str], ...]]) -> list[Any]:
    """The hits on the embedded PostgreSQL."""
    directory, environment = project
    return do_everything(Project(directory, dict(environment)).with_own_table())


def expected(project: Project) -> list[Any]:
    """The hits on the embedded PostgreSQL, found once."""
    return expect((project.directory, tuple(project.environment.items())))


def test_the_main_job(library: Project, server: Server) -> None:
    """Everything that ragpg does, as the server's superuser."""
    assert do_everything(at(library, server.new_database())) == expected(library)


def test_an_extension_in_a_schema_of_its_own(library: Project, server: Server) -> None:
    """As an ordinary role, as hosted services have it: schemas for the extension and the table."""
    place = server.new_database()
    name, role = str(place["dbname"]), f"owner_{place['dbname']}"
    for statement in (
        "CREATE SCHEMA extensions",
        "CREATE EXTENSION vector SCHEMA extensions",
        "CREATE ROLE {} LOGIN PASSWORD 'owner'",
        "CREATE SCHEMA docs AUTHORIZATION {}",
        "GRANT USAGE ON SCHEMA extensions TO {}",
    ):
        names = [role] if "{}" in statement else []
        server.execute(statement, *names, dbname=name)
    owner = at(library, {**place, "user": role, "password": "owner"})
    assert do_everything(owner.within({"RAGPG_TABLE_NAME": "docs.pages"})) == expected(library)


@pytest.mark.skipif(not find_pgbouncer(), reason="pgbouncer is not there: apt-get brings it")
@pytest.mark.parametrize("pool", [2, 20])
def test_pgbouncer(library: Project, server: Server, pool: int) -> None:
    """In transaction mode, where no two transactions need run on the same connection."""
    with pooled(server, pool=pool) as pooler:
        place = {**server.new_database(), "port": pooler.port}
        assert do_everything(at(library, place)) == expected(library)


def test_a_standby_and_a_role_that_reads(library: Project, server: Server) -> None:
    """They give the same hits; what would write is refused in a sentence, and changes nothing."""
    place = server.new_database()
    writer = at(library, place)
    writer.ok("ingest", ".")
    server.execute("CREATE ROLE reader LOGIN PASSWORD 'reader'")
    writer.ok("init", "--grant", "reader", "--read-only", "--apply")
    standby = start_standby(server)
    try:
        copied = {**place, "port": standby.port}
        await_that(lambda: has_documents(standby, str(place["dbname"])))
        as_reader = {"user": "reader", "password": "reader"}
        for reader in (at(library, copied), at(library, {**place, **as_reader})):
            assert find(reader) == expected(library)
            assert reader.ok("ask", "What colour are apples?").err == ""
            for command in (("list",), ("status", "--check"), ("ingest", "--plan", ".")):
                assert reader.ok(*command).err == ""
            for command in (("remove", "figs.md"), ("ingest", "--rebuild"), ("ingest", "new.md")):
                reader.write("new.md", "# New\n")
                result = reader.run(*command)
                (reader.directory / "new.md").unlink()
                assert (result.code, result.out) == (1, "")
                assert result.err.startswith("error: ")
                assert "hint: " in result.err
                assert result.err.count("\n") == 2
        assert find(writer) == expected(library)
    finally:
        standby.stop()
        server.execute("DROP OWNED BY reader", dbname=str(place["dbname"]))
        server.execute("DROP ROLE reader")


def has_documents(server: Server, database: str) -> bool:
    """Whether a standby has caught up."""
    try:
        query = "SELECT count(*) FROM ragpg_document"
        return server.execute(query, dbname=database) == [(len(DOCUMENTS),)]
    except psycopg.Error:
        return False
