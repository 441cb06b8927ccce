"""Projects of one user, each with documents of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import Project
from tests.support.postgres import PASSWORD, USER, shared

if TYPE_CHECKING:
    from pathlib import Path

README = "# {0}\n\nThe {0} project is about {0}.\n"


@pytest.fixture
def user(project: Project, tiny: Path) -> Project:
    """A user who embeds fast; the directory above the projects belongs to none."""
    directory = project.directory.parent / "work"
    directory.mkdir()
    return Project(directory, {**project.environment, "RAGPG_EMBEDDING_MODEL": str(tiny)})


def make_project(user: Project, name: str, *, marker: str = ".git/HEAD") -> Project:
    """Make a project of a user with a README."""
    project = Project(user.directory / name, user.environment)
    project.write(marker, "")
    project.write("README.md", README.format(name.rpartition("/")[2]))
    return project


def list_all(project: Project, *options: str) -> list[str]:
    """The sources that a project has."""
    return [
        document["source"] for document in project.ok("list", "--json", *options).json["documents"]
    ]


def search(project: Project, word: str, *options: str) -> list[str]:
    """The texts that a search for a word finds."""
    result = project.run("search", "--mode", "keyword", "--json", *options, word)
    assert result.code == (0 if result.json["hits"] else 3)
    return [hit["text"] for hit in result.json["hits"]]


def test_projects_do_not_see_each_other(user: Project) -> None:
    """The same source in two projects is two documents, each found in its own project alone."""
    apples, pears = make_project(user, "apples"), make_project(user, "pears")
    for project in (apples, pears):
        [document] = project.ok("ingest", ".", "--json").json["documents"]
        assert (document["source"], document["status"]) == ("README.md", "added")
    for project, own, other in ((apples, "apples", "pears"), (pears, "pears", "apples")):
        assert list_all(project) == ["README.md"]
        assert search(project, own) == [README.format(own).strip()]
        assert search(project, other) == []


def test_projects_do_not_replace_or_prune_each_other(user: Project) -> None:
    """What is ingested, pruned, removed or rebuilt in one project leaves the others alone."""
    apples, pears = make_project(user, "apples"), make_project(user, "pears")
    for project in (apples, pears):
        project.ok("ingest", ".")
    before = pears.ok("list", "--json").out
    (apples.directory / "README.md").rename(apples.directory / "NOTES.md")
    (pears.directory / "README.md").rename(pears.directory / "NOTES.md")
    assert apples.ok("ingest", ".", "--prune", "--json").json["documents"][0]["status"] == "renamed"
    (apples.directory / "NOTES.md").unlink()
    apples.write("other.md", "# Other\n")
    apples.ok("ingest", "--rebuild", ".", "--prune")
    apples.ok("remove", "other.md")
    assert list_all(apples) == []
    assert pears.ok("list", "--json").out == before


def test_projects_of_the_same_name_are_apart(user: Project) -> None:
    """Two projects whose directories have the same name are different."""
    one, other = make_project(user, "a/wiki"), make_project(user, "b/wiki", marker="Config.toml")
    one.ok("ingest", "README.md")
    assert other.run("search", "wiki").code == 1
    assert list_all(other) == []
    assert list_all(one) == ["README.md"]


def test_a_project_is_the_same_from_all_its_directories(user: Project) -> None:
    """Sources are relative to the project, wherever a command is run in it."""
    project = make_project(user, "apples")
    project.write("docs/guide/start.md", "# Start\n\nHow to start.\n")
    below = Project(project.directory / "docs", project.environment)
    below.ok("ingest", "guide", "../README.md")
    assert list_all(project) == list_all(below) == ["README.md", "docs/guide/start.md"]
    assert "guide/start.md:L1-L3" in below.ok("search", "start").out
    assert "docs/guide/start.md:L1-L3" in project.ok("search", "start").out
    assert below.ok("remove", "guide/start.md").out == "removed guide/start.md\n"
    assert list_all(project) == ["README.md"]


def test_outside_of_any_project_documents_are_personal(user: Project) -> None:
    """One personal database for all other directories; sources are absolute there."""
    one, other = (Project(user.directory / name, user.environment) for name in ("one", "two"))
    for project in (one, other):
        project.write("notes.md", README.format(project.directory.name))
        project.ok("ingest", "notes.md", "--table", "mine")
    sources = [str(project.directory / "notes.md") for project in (one, other)]
    assert list_all(one, "--table", "mine") == list_all(other, "--table", "mine") == sources
    store = one.ok("status", "--json", "--table", "mine").json["store"]
    assert (store["database"], store["project"]) == (
        "ragpg_personal",
        "none: the personal database",
    )
    assert "notes.md:L1-L3" in one.ok("search", "one", "--table", "mine").out
    (one.directory / "notes.md").unlink()
    other.ok("ingest", ".", "--prune", "--table", "mine")
    assert list_all(one, "--table", "mine") == sources


def test_a_project_does_not_see_the_personal_documents(user: Project) -> None:
    """Documents of a project and the personal ones are separate."""
    user.write("notes.md", README.format("personal"))
    user.ok("ingest", "notes.md", "--table", "apart")
    project = make_project(user, "apples")
    project.ok("ingest", "README.md", "--table", "apart")
    assert list_all(project, "--table", "apart") == ["README.md"]
    assert list_all(user, "--table", "apart") == [str(user.directory / "notes.md")]


BALLERINA = """\
dbHost = "127.0.0.1"
dbPort = {port}
dbUser = "{user}"
dbPassword = "{password}"
dbName = "{name}"

[ballerina.ai.wso2ProviderConfig]
serviceUrl = "https://example.com/v1"
accessToken = "not-a-real-token"

[ballerinax.ai]
unknown = {{ to = "us" }}
"""


def test_the_configuration_of_a_ballerina_project_works_as_it_is(user: Project) -> None:
    """The keys for the server are used; the tables of Ballerina are ignored."""
    server = shared()
    name = str(server.new_database()["dbname"])
    project = make_project(user, "ballerina")
    file = BALLERINA.format(port=server.port, user=USER, password=PASSWORD, name=name)
    project.write("Config.toml", file)
    project.ok("ingest", "README.md")
    assert search(project, "ballerina") == [README.format("ballerina").strip()]
    assert server.execute("SELECT source FROM ragpg_document", dbname=name) == [("README.md",)]
    result = project.ok("status", "-v", "--json")
    assert result.json["store"]["at"] == f'127.0.0.1:{server.port}, database "{name}"'
    assert PASSWORD not in result.out + result.err


def test_tables_of_one_database_are_apart(user: Project) -> None:
    """Two tables, one of them in a schema of its own, share nothing but the database."""
    project = make_project(user, "apples")
    project.write("other.md", README.format("pears"))
    project.ok("ingest", "README.md", "--table", "first")
    project.ok("--table", "wiki.pages", "ingest", "other.md")
    assert (
        list_all(project, "--table", "first"),
        search(project, "pears", "--table", "first"),
    ) == (
        ["README.md"],
        [],
    )
    within = {"RAGPG_TABLE_NAME": "wiki.pages"}
    assert list_all(Project(project.directory, {**project.environment, **within})) == ["other.md"]
    assert project.ok("status", "--table", "wiki.pages", "--json").json["table"] == "wiki.pages"
    project.ok("ingest", "--rebuild", "--table", "wiki.pages")
    project.ok("remove", "README.md", "--table", "first")
    assert search(project, "pears", "--table", "wiki.pages") == [README.format("pears").strip()]
    assert list_all(project) == []
