"""What a file that nobody named may not decide alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.config.trust import is_loopback
from tests.support.config_loading import load, loading_error, user_file, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost",
        "http://localhost:11434/v1",
        "https://LOCALHOST/v1/",
        "HTTP://Localhost",
        "http://ollama.localhost:80",
        "http://127.0.0.1:8080/v1?x=1",
        "http://127.255.0.9",
        "http://[::1]:8080/v1",
    ],
)
def test_loopback(address: str) -> None:
    """The usual names of this machine."""
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/v1",
        "http://localhost@evil.example",
        "http://localhost:80@evil.example/",
        "http://127.0.0.1:80#@evil.example/",
        "http://127.0.0.1?@evil.example/",
        "http://localhost/@evil.example",
        "http://evil.example\\@localhost",
        "http://localhost\\.evil.example",
        "http://evil.example\\localhost",
        "http://localhost/\\evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://evil-localhost",
        "http://notlocalhost",
        "http://.localhost",
        "http://localhost.",
        "http://localhost:",
        "http://localhost:80:90",
        "http://localhost:port",
        "http://localhost%2eevil.example",
        "http://localhost\t.evil.example",
        "http://localhost\n",
        " http://localhost",
        "http://local host",
        "http://2130706433",
        "http://0x7f000001",
        "http://0x7f.0.0.1",
        "http://0177.0.0.1",
        "http://127.1",
        "http://127.0.0.256",
        "http://127.0.0.01",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "http://0",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://[0:0:0:0:0:0:0:1]",
        "http://[::1%25eth0]",
        "http://[::1].evil.example",
        "http://[::1",
        "http://::1",
        "http://\uff11\uff12\uff17.0.0.1",
        "http://ⓛocalhost",
        "http://loca\u200blhost",
        "http://evil\u3002localhost",
        "http://\u017flocal.localhost",
        "localhost:11434",
        "//localhost",
        "http:localhost",
        "http:/localhost",
        "http:///localhost",
        "ftp://localhost",
        "file:///etc/passwd",
        "unix://localhost",
        "",
    ],
)
def test_not_loopback(address: str) -> None:
    """Other machines, and addresses that two programs may understand differently."""
    assert not is_loopback(address)


@pytest.mark.parametrize("section", ["llm", "embedding"])
def test_found_file_may_not_send_documents_away(project: Path, section: str) -> None:
    """An address on another machine in a file that nobody named must be confirmed."""
    address = "https://api.example.com/v1"
    path = write(project / "Config.toml", f'[{section}]\napiBase = "{address}"')
    key, variable = f"{section}.apiBase", f"RAGPG_{section.upper()}_API_BASE"

    error = loading_error(project)
    assert error.message == f'{key} = "{address}" in {path} is not trusted: nobody named that file'
    assert error.hint == (
        f"to confirm it, set {variable} to the same value, or name the file with --config"
    )

    assert load(project, environ={variable: address})[key] == address
    assert load(project, overrides={key: address})[key] == address
    assert load(project, explicit=path)[key] == address
    assert load(project, environ={"RAGPG_CONFIG": str(path)})[key] == address


def test_another_value_confirms_nothing(project: Path) -> None:
    """The confirming value must be equal to the one in the file."""
    write(project / "Config.toml", '[llm]\napiBase = "https://api.example.com/v1"')

    for other in ("https://api.example.com", "http://localhost", ""):
        loading_error(project, environ={"RAGPG_LLM_API_BASE": other})
        loading_error(project, overrides={"llm.apiBase": other})
    loading_error(project, environ={"RAGPG_EMBEDDING_API_BASE": "https://api.example.com/v1"})


def test_found_file_may_name_this_machine(project: Path) -> None:
    """A local server needs no confirmation."""
    write(project / "Config.toml", '[llm]\napiBase = "http://localhost:11434"')

    assert load(project).llm.api_base == "http://localhost:11434"


def test_found_file_may_not_run_code(project: Path) -> None:
    """A model's own code in a file that nobody named must be confirmed."""
    path = write(project / "Config.toml", "[embedding]\ntrustRemoteCode = true")
    variable = "RAGPG_EMBEDDING_TRUST_REMOTE_CODE"

    error = loading_error(project)
    assert error.message == (
        f"embedding.trustRemoteCode = true in {path} is not trusted: nobody named that file"
    )
    assert error.hint == (
        f"to confirm it, set {variable} to the same value, or name the file with --config"
    )
    loading_error(project, environ={variable: "false"})

    assert load(project, environ={variable: "true"}).embedding.trust_remote_code
    assert load(project, overrides={"embedding.trustRemoteCode": True}).embedding.trust_remote_code
    assert load(project, explicit=path).embedding.trust_remote_code
    write(project / "Config.toml", "[embedding]\ntrustRemoteCode = false")
    assert not load(project).embedding.trust_remote_code


def test_users_own_file_is_trusted(project: Path) -> None:
    """The file in the user's configuration directory needs no confirmation."""
    write(
        user_file(),
        '[llm]\napiBase = "https://api.example.com"\n[embedding]\ntrustRemoteCode = true',
    )

    config = load(project)

    assert config.llm.api_base == "https://api.example.com"
    assert config.embedding.trust_remote_code


@pytest.mark.parametrize("written", ["data", "./data", "/var/lib/elsewhere", "~/data"])
def test_found_file_may_not_choose_a_cluster(project: Path, written: str) -> None:
    """A prepared cluster runs commands: cloning a repository must not be enough to start one."""
    path = write(project / "Config.toml", f'dataDir = "{written}"')
    meant = load(project, explicit=path).data_dir

    error = loading_error(project)
    assert error.message == f'dataDir = "{meant}" in {path} is not trusted: nobody named that file'
    assert error.hint == (
        "to confirm it, set RAGPG_DATA_DIR to the same value, or name the file with --config"
    )
    loading_error(project, environ={"RAGPG_DATA_DIR": f"{meant}/other"})

    assert load(project, environ={"RAGPG_DATA_DIR": str(meant)}).data_dir == meant
    assert load(project, environ={"RAGPG_CONFIG": str(path)}).data_dir == meant


def test_another_spelling_of_the_same_directory_confirms(project: Path) -> None:
    """Paths of the file count from its directory, those of the environment from the current one."""
    write(project / "Config.toml", 'dataDir = "data"')
    (project / "docs").mkdir()

    assert load(project, environ={"RAGPG_DATA_DIR": "data"}).data_dir == project / "data"
    loading_error(project / "docs", environ={"RAGPG_DATA_DIR": "data"})
    below = {"RAGPG_DATA_DIR": str(project / "data")}
    assert load(project / "docs", environ=below).data_dir == project / "data"


def test_the_user_s_own_file_chooses_the_cluster(project: Path) -> None:
    """A file in the user's configuration directory does not come from a repository."""
    write(user_file(), 'dataDir = "/srv/ragpg"')

    assert str(load(project).data_dir) == "/srv/ragpg"
