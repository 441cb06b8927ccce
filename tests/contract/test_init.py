"""`ragpg init` writes a configuration and never overwrites one."""

from __future__ import annotations

import os
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from ragpg.config import SETTINGS, example
from tests.support.command_line import Project, new_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project; files are made for everybody to read."""
    mask = os.umask(0o022)
    yield new_project(tmp_path, data_dir=tmp_path / "none")
    os.umask(mask)


def read_written_file(project: Project) -> dict[str, Any]:
    """Return the keys that the file sets."""
    return tomllib.loads((project.directory / "Config.toml").read_text())


def test_without_options(project: Project) -> None:
    """Without a terminal the file has every key as a comment, and nothing is asked."""
    result = project.ok("init")
    assert (result.out, result.err) == ("", "wrote Config.toml\n")
    path = project.directory / "Config.toml"
    assert path.read_text() == example.example()
    assert path.stat().st_mode & 0o777 == 0o644
    assert sorted(file.name for file in project.directory.iterdir()) == [".git", "Config.toml"]
    assert project.ok("init", "--force", "-q").err == ""


def test_options(project: Project) -> None:
    """Options are named after the keys, with the section in front."""
    project.ok(
        "init",
        *("--db-host", "db.example.com", "--db-port", "6432", "--db-ssl-mode", "verify-full"),
        *("--table-name", "wiki.pages", "--llm-model", "openai/gpt-4o-mini"),
        *("--retrieval-top-k", "7", "--ingest-include", "*.md,*.txt"),
        *("--embedding-trust-remote-code", "false", "--chunking-max-tokens", "200"),
    )
    config = read_written_file(project)
    assert {key: value for key, value in config.items() if not isinstance(value, dict)} == {
        "dbHost": "db.example.com",
        "dbPort": 6432,
        "dbSslMode": "verify-full",
        "tableName": "wiki.pages",
    }
    assert config["llm"] == {"model": "openai/gpt-4o-mini"}
    assert config["retrieval"] == {"topK": 7}
    assert config["ingest"] == {"include": ["*.md", "*.txt"]}
    assert config["embedding"] == {"trustRemoteCode": False}
    assert config["chunking"] == {"maxTokens": 200}


def test_every_key_but_the_password_is_an_option(project: Project) -> None:
    """A password on the command line could be read by others."""
    shown = project.ok("init", "--help").out
    for setting in SETTINGS.values():
        option = "--" + setting.variable.removeprefix("RAGPG_").lower().replace("_", "-")
        assert (f"{option} " in shown) is (setting.name != "dbPassword")
    result = project.run("init", "--db-password", "secret")
    assert (result.code, result.out) == (2, "")


def test_a_password_in_the_address(project: Project) -> None:
    """Nor may it be hidden in dbUrl; without one dbUrl is taken."""
    result = project.run("init", "--db-url", "postgresql://ada:secret@db/wiki")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "error: --db-url holds a password, which does not belong on the command line\n"
        "hint: leave it out there, and set RAGPG_DB_PASSWORD\n"
    )
    assert not (project.directory / "Config.toml").exists()
    project.ok("init", "--db-url", "postgresql://ada@db/wiki")
    assert read_written_file(project)["dbUrl"] == "postgresql://ada@db/wiki"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--db-port", "many"),
            "dbPort on the command line must be a whole number from 1 to 65535",
        ),
        (("--db-host", "a", "--db-url", "postgresql://b/c"), "exclude each other"),
        (("--llm-api-base", "localhost"), "must be an address that begins with http(s)://"),
    ],
)
def test_values_that_do_not_fit(project: Project, options: tuple[str, ...], message: str) -> None:
    """Values that the program would refuse to read are not written."""
    result = project.run("init", *options)
    assert result.code == 2
    assert message in result.err
    assert not (project.directory / "Config.toml").exists()


def test_an_existing_file_stays(project: Project) -> None:
    """Only --force overwrites."""
    path = project.write("Config.toml", "# mine\n")
    result = project.run("init")
    assert (result.code, result.out) == (2, "")
    assert result.err == ("error: 'Config.toml' exists already\nhint: --force overwrites it\n")
    assert path.read_text() == "# mine\n"
    path.unlink()
    path.symlink_to("elsewhere.toml")
    assert project.run("init").code == 2
    project.ok("init", "--force", "--db-host", "db")
    assert read_written_file(project)["dbHost"] == "db"


def test_another_place(project: Project) -> None:
    """--config says where the file goes; a directory that is not there is an error."""
    project.ok("init", "--config", "other.toml", "--table", "wiki")
    assert tomllib.loads((project.directory / "other.toml").read_text())["tableName"] == "wiki"
    result = project.run("--config", "no/where.toml", "init")
    assert (result.code, result.out) == (1, "")
    assert result.err == "error: 'no/where.toml' cannot be written: No such file or directory\n"


def terminal(project: Project) -> pexpect.spawn[str]:
    """Run `ragpg init` on a terminal of its own."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "ragpg", "init"],
        cwd=str(project.directory),
        env={**os.environ, **project.environment},
        encoding="utf-8",
        timeout=60,
    )


def test_on_a_terminal(project: Project) -> None:
    """It asks; a password is not echoed, and only its owner may read the file."""
    child = terminal(project)
    for question, answer in (
        ("PostgreSQL server (empty: an embedded one): ", "db.example.com"),
        ("Port [5432]: ", "many"),
        ("Port [5432]: ", ""),
        ("User: ", "ada"),
        ("Password (empty: from RAGPG_DB_PASSWORD): ", 's3cret "'),
        ("Database: ", ""),
        ("Language model, such as ollama_chat/llama3.2 (empty: quotes only): ", ""),
    ):
        child.expect_exact(question)
        assert "s3cret" not in str(child.before)
        child.sendline(answer)
    child.expect_exact("wrote Config.toml")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert (project.directory / "Config.toml").stat().st_mode & 0o777 == 0o600
    config = read_written_file(project)
    assert config["dbPassword"] == 's3cret "'
    assert (config["dbHost"], config["dbPort"], config["dbUser"]) == ("db.example.com", 5432, "ada")
    assert "dbName" not in config


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_leaving_the_questions(project: Project, key: str) -> None:
    """Ctrl-C and Ctrl-D end it with 130, and nothing is written."""
    child = terminal(project)
    child.expect_exact("PostgreSQL server")
    child.send(key)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Traceback" not in str(child.before)
    assert not (project.directory / "Config.toml").exists()


def test_an_address_elsewhere_has_to_be_confirmed(project: Project) -> None:
    """The file is written, with a hint to the variable that the next command asks for."""
    written = project.ok(
        "init", "--llm-model", "openai/x", "--llm-api-base", "https://llm.example/v1"
    )
    assert written.err.splitlines()[-1] == (
        "hint: to use llm.apiBase from this file, confirm it with `ragpg trust`"
    )
    project.run("init", "--force", "--llm-api-base", "http://localhost:1/v1")
    assert "hint" not in project.run("init", "--force", "--llm-model", "openai/x").err


def test_a_data_directory_has_to_be_confirmed(project: Project) -> None:
    """What init has written is refused by the next command, which init says beforehand."""
    directory = str(project.directory / "data")
    written = project.ok("init", "--data-dir", directory)
    assert written.err.splitlines()[-1] == (
        "hint: to use dataDir from this file, confirm it with `ragpg trust`"
    )
    refused = project.run("list", RAGPG_DATA_DIR="")
    assert refused.code == 2
    assert "is not trusted" in refused.err
    assert not (project.directory / "data").exists()


def test_a_server_that_was_only_meant_is_told(project: Project) -> None:
    """Half of a server's description leads to the embedded one, and a warning."""
    result = project.ok("list", RAGPG_DB_USER="ada")
    assert result.err.splitlines()[0] == (
        "warning: dbUser is set, but no dbHost: this is the embedded PostgreSQL"
    )
