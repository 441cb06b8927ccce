"""`ragpg trust`, and what a cloned repository gets without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.hostile_server import hostile_server

if TYPE_CHECKING:
    from tests.support.command_line import Project

PASSWORD = "correct-horse-battery"


@pytest.fixture
def found(project: Project) -> Project:
    """A project whose file asks for a service on another machine."""
    project.write("Config.toml", '[llm]\nmodel = "openai/m"\napiBase = "https://llm.example/v1"\n')
    return project


def test_trust_until_the_file_changes(found: Project) -> None:
    """The keys are shown, and commands run until the file has another content."""
    refused = found.run("status")
    assert (refused.code, refused.out) == (2, "")
    assert "`ragpg trust`" in refused.err

    path = found.directory / "Config.toml"
    trusted = found.ok("trust")
    assert trusted.out.splitlines() == [
        f"trusted until it changes: {path}",
        '  llm.apiBase = "https://llm.example/v1"',
    ]
    found.ok("status")
    with path.open("a") as file:
        file.write("# more\n")
    assert found.run("status").code == 2

    found.ok("trust", str(path))
    found.ok("status")
    assert found.ok("trust", "--revoke").out == f"no longer trusted: {path}\n"
    assert found.run("status").code == 2


def test_nothing_to_confirm(project: Project) -> None:
    """A file that asks for nothing needs no trust; a missing one is a failure."""
    missing = project.run("trust")
    assert (missing.code, missing.out) == (1, "")
    assert "there is no configuration file" in missing.err

    project.write("Config.toml", 'tableName = "t"\n')
    assert project.ok("trust").out.startswith("nothing to confirm: ")
    project.write("Config.toml", "tableName =\n")
    assert project.run("trust").code == 2


def test_no_answer_is_waited_for_and_no_key_is_shown(project: Project) -> None:
    """What an address holds besides the host stays hidden."""
    project.write("Config.toml", '[llm]\napiBase = "https://ada:s3cret@llm.example/v1?key=k3y"\n')
    shown = project.ok("trust", stdin=b"")
    assert "https://ada:***@llm.example/v1?key=***" in shown.out
    assert "s3cret" not in shown.out + shown.err
    assert "k3y" not in shown.out + shown.err


@pytest.mark.parametrize("way", ["clear text", "MD5"])
@pytest.mark.parametrize("origin", ["RAGPG_DB_PASSWORD", "PGPASSWORD", "passfile"])
def test_a_server_of_a_found_file_does_not_learn_the_password(
    project: Project, way: str, origin: str
) -> None:
    """Wherever the user keeps it; the message names both ways to allow it."""
    with hostile_server(way) as server:
        project.write("Config.toml", f'dbHost = "127.0.0.1"\ndbPort = {server.port}\ndbUser = "a"')
        if origin == "passfile":
            path = project.write("passfile", f"*:*:*:*:{PASSWORD}\n")
            path.chmod(0o600)
            environment = {"PGPASSFILE": str(path)}
        else:
            environment = {origin: PASSWORD}
        result = project.within(environment).run("status")
        assert result.code == 1
        assert f"127.0.0.1:{server.port} wants the password" in result.err
        assert "RAGPG_DB_HOST or RAGPG_DB_URL" in result.err
        assert "PGREQUIREAUTH" in result.err
        assert not server.learned(PASSWORD)
        assert not server.got_an_answer

        if way == "clear text":
            project.within(environment).run("status", RAGPG_DB_HOST="127.0.0.1")
            assert server.learned(PASSWORD)
            server.received.clear()
            project.within(environment).run("status", PGREQUIREAUTH="password")
            assert server.learned(PASSWORD)


@pytest.mark.parametrize("way", ["clear text", "MD5", "SCRAM", "nothing"])
def test_the_password_of_the_file_itself_is_used_in_any_way(project: Project, way: str) -> None:
    """It is no secret from whoever wrote the file."""
    with hostile_server(way) as server:
        project.write(
            "Config.toml",
            f'dbHost = "127.0.0.1"\ndbPort = {server.port}\ndbUser = "a"\ndbPassword = "{PASSWORD}"'
            "\ndbConnectTimeout = 2",
        )
        result = project.run("status")
        assert result.code == 1
        assert "wants the password" not in result.err
        assert PASSWORD not in result.out + result.err
        assert server.learned(PASSWORD) is (way == "clear text")
        assert server.got_an_answer is (way != "nothing")


@pytest.mark.parametrize("way", ["SCRAM", "nothing"])
def test_ways_that_tell_nothing_work(project: Project, way: str) -> None:
    """SCRAM sends no password, and a server may let everybody in."""
    with hostile_server(way) as server:
        text = f'dbUrl = "postgresql://a@127.0.0.1:{server.port}/x"\ndbConnectTimeout = 2'
        project.write("Config.toml", text)
        result = project.run("status", RAGPG_DB_PASSWORD=PASSWORD)
        assert "wants the password" not in result.err
        assert server.got_an_answer is (way == "SCRAM")
        assert not server.learned(PASSWORD)


@pytest.mark.parametrize("named", [False, True])
def test_links_of_a_repository_lead_to_no_private_file(project: Project, named: bool) -> None:
    """Where only a found file has links followed, they stay within the project."""
    path = project.write("Config.toml", '[ingest]\nfollowSymlinks = true\ninclude = ["*"]\n')
    secret = project.directory.parent / "keys"
    secret.mkdir()
    (secret / "id.txt").write_text("private")
    (project.directory.parent / "token.txt").write_text("private, too")
    project.write("docs/a.md", "# A\n")
    project.write("other/b.md", "# B\n")
    (project.directory / "docs" / "within").symlink_to("../other")
    (project.directory / "docs" / "outside").symlink_to(secret)
    (project.directory / "docs" / "file").symlink_to("../../token.txt")
    options = ("--config", str(path)) if named else ()
    planned = project.ok("ingest", "--plan", "--json", "docs", *options).json["documents"]
    within = ["docs/a.md", "docs/within/b.md"]
    outside = ["docs/file", "docs/outside/id.txt"]
    assert sorted(each["source"] for each in planned) == sorted(within + outside * named)


def test_a_found_data_directory_is_used_once_it_is_trusted(project: Project) -> None:
    """One that is prepared is refused all the same."""
    project.write("Config.toml", 'dataDir = "data"')
    project.write("data/pg18/global/pg_control", b"prepared, and long enough")
    without = project.within({"RAGPG_DATA_DIR": ""})
    without.ok("trust")
    result = without.run("list")
    assert result.code == 1
    assert "holds files that ragpg did not make here" in result.err
