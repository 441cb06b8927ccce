"""Roles that may do what they were granted, and nothing else."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.support.postgres import Server, shared

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project

numbers = count(1)
SEARCHES = (("search", "apples"), ("ask", "Are apples red?"), ("list",), ("status", "--check"))
TABLES = ("table", "document", "chunk", "lexical", "term", "embedding")


@pytest.fixture
def server() -> Server:
    """The server that all tests share."""
    return shared()


@pytest.fixture
def owner(project: Project, tiny: Path, server: Server) -> Project:
    """A project whose table in a schema of its own holds a document."""
    parameters = server.new_database()
    owner = project.within(
        {
            "RAGPG_EMBEDDING_MODEL": str(tiny),
            "RAGPG_TABLE_NAME": "fruit.docs",
            "RAGPG_DB_HOST": str(parameters["host"]),
            "RAGPG_DB_PORT": str(parameters["port"]),
            "RAGPG_DB_USER": str(parameters["user"]),
            "RAGPG_DB_PASSWORD": str(parameters["password"]),
            "RAGPG_DB_NAME": str(parameters["dbname"]),
        }
    )
    owner.write("apples.md", "# Apples\n\nApples are red.\n")
    owner.ok("ingest", "apples.md")
    return owner


def new_role(server: Server) -> str:
    """Make a role without any right, whose name has to be quoted."""
    name = f'Role "{next(numbers)}"'
    server.execute("DROP ROLE IF EXISTS {}", name)
    server.execute("CREATE ROLE {} LOGIN PASSWORD 'weak-one'", name)
    return name


def acting_as(owner: Project, role: str) -> Project:
    """The same project, used by another role."""
    return owner.within({"RAGPG_DB_USER": role, "RAGPG_DB_PASSWORD": "weak-one"})


def test_what_is_printed_is_what_is_needed(owner: Project, server: Server) -> None:
    """The statements, given to psql, are all that a reader needs."""
    role = new_role(server)
    printed = owner.ok("init", "--grant", role, "--read-only").out.splitlines()
    assert len(printed) == 2 + 6
    assert not any("ALL" in line or "INSERT" in line for line in printed)
    assert not (owner.directory / "Config.toml").exists()

    reader = acting_as(owner, role)
    assert reader.run("search", "apples").code == 1
    for line in printed:
        server.execute(line, dbname=owner.environment["RAGPG_DB_NAME"])
    for command in SEARCHES:
        assert reader.ok(*command).err == ""
    assert reader.run("remove", "apples.md").code == 1
    assert reader.run("ingest", "--rebuild").code == 1
    assert len(owner.ok("list", "--json").json["documents"]) == 1


def test_a_role_that_writes(owner: Project, server: Server) -> None:
    """Who may write may ingest, remove and vacuum, but not replace the table."""
    role = new_role(server)
    assert owner.ok("init", "--grant", role, "--apply").out == ""
    writer = acting_as(owner, role)
    writer.write("pears.md", "# Pears\n\nPears are green.\n")
    assert writer.ok("ingest", "pears.md").err == ""
    assert writer.ok("remove", "apples.md").err == ""
    assert writer.ok("search", "pears", "--json").json["hits"][0]["source"] == "pears.md"
    assert writer.ok("status", "--check").err == ""
    assert writer.run("ingest", "--rebuild").code == 1


def test_rights_outlive_a_rebuild(owner: Project, server: Server) -> None:
    """A table that replaces another is open to whom the old one was open to."""
    reader, writer = new_role(server), new_role(server)
    owner.ok("init", "--grant", reader, "--read-only", "--apply")
    owner.ok("init", "--grant", writer, "--apply")
    owner.ok("ingest", "--rebuild")
    acting_as(owner, reader).ok("search", "apples")
    assert acting_as(owner, reader).run("remove", "apples.md").code == 1
    acting_as(owner, writer).ok("remove", "apples.md")


def test_the_log_of_questions(owner: Project, server: Server) -> None:
    """Who asks may add to the log and not read it, and is told what else it takes."""
    role, outsider = new_role(server), new_role(server)
    refusing = {"RAGPG_EMBEDDING_MODEL": "all-MiniLM-L6-v2", "RAGPG_TABLE_NAME": "fruit.asked"}
    owner = owner.within(refusing)
    owner.ok("ingest", "apples.md")
    owner.ok("init", "--grant", outsider, "--read-only", "--apply")
    owner.ok("gaps", "--enable")
    owner.ok("init", "--grant", role, "--read-only", "--apply")
    question = "Who is the chief executive of the company?"

    asking = acting_as(owner, role)
    assert "is not kept" not in asking.run("ask", question).err
    for arguments in ((), ("--clear", "--yes"), ("--disable", "--yes")):
        assert asking.run("gaps", *arguments).code == 1
    assert "run: GRANT SELECT, DELETE ON TABLE" in asking.run("gaps").err

    refused = acting_as(owner, outsider).run("ask", question)
    assert refused.code == 3
    assert refused.err.count("is not kept") == 1
    assert "run: GRANT INSERT ON TABLE" in refused.err
    [gap] = owner.ok("gaps", "--json").json["gaps"]
    assert gap["count"] == 1


def test_tenants_read_nothing_of_each_other(owner: Project, server: Server) -> None:
    """A schema's grants open neither the registry, the vectors nor the terms of another one."""
    tenant = owner.within({"RAGPG_TABLE_NAME": "nuts.docs"})
    tenant.ok("ingest", "apples.md")
    role = new_role(server)
    tenant.ok("init", "--grant", role, "--apply")
    acting_as(tenant, role).ok("search", "apples")
    result = acting_as(owner, role).run("search", "apples")
    assert (result.code, result.out) == (1, "")
    rights = server.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = 'fruit' AND relkind = 'r' AND pg_catalog.has_any_column_privilege("
        "(SELECT oid FROM pg_roles WHERE rolname = {}), pg_class.oid, 'SELECT')".replace(
            "{}", "'" + role.replace("'", "''") + "'"
        ),
        dbname=owner.environment["RAGPG_DB_NAME"],
    )
    assert rights == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--read-only",),
        ("--apply",),
        ("--grant", ""),
        ("--grant", "reader", "--db-host", "db"),
    ],
)
def test_options_that_do_not_fit(owner: Project, arguments: tuple[str, ...]) -> None:
    """Options that only make sense with others are wrong usage without them."""
    result = owner.run("init", *arguments)
    assert (result.code, result.out) == (2, "")
    assert not (owner.directory / "Config.toml").exists()


def test_an_unknown_role(owner: Project) -> None:
    """Nothing is granted to nobody."""
    result = owner.run("init", "--grant", "nobody there", "--apply")
    assert (result.code, result.out) == (1, "")
    assert 'role "nobody there" does not exist' in result.err


@pytest.mark.parametrize("name", ["information_schema.docs", "pg_catalog.docs", "pg_toast.docs"])
def test_schemas_of_postgresql_are_left_alone(owner: Project, name: str) -> None:
    """A table is never looked for, nor made, in the system's schemas."""
    for command in (("ingest", "apples.md"), ("list",), ("search", "apples")):
        result = owner.run("--table", name, *command)
        assert (result.code, result.out) == (2, "")
        assert name in result.err
