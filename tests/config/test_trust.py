"""What a file that nobody named may not decide alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.config.file import ConfigFile
from ragpg.config.trust import is_loopback, revoke, trust
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
        f"to confirm it, run `ragpg trust`, set {variable} to the same value, "
        "or name the file with --config"
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
        f"to confirm it, run `ragpg trust`, set {variable} to the same value, "
        "or name the file with --config"
    )
    loading_error(project, environ={variable: "false"})

    assert load(project, environ={variable: "true"}).embedding.trust_remote_code
    assert load(project, overrides={"embedding.trustRemoteCode": True}).embedding.trust_remote_code
    assert load(project, explicit=path).embedding.trust_remote_code
    write(project / "Config.toml", "[embedding]\ntrustRemoteCode = false")
    assert not load(project).embedding.trust_remote_code


def test_found_file_may_not_lead_readers_elsewhere(project: Path) -> None:
    """Links to a site in a file that nobody named must be confirmed."""
    template = "https://example.org/{path}#L{start}"
    write(project / "Config.toml", f'[links]\nurl = "{template}"')

    error = loading_error(project)
    assert error.message.startswith(f'links.url = "{template}" in ')
    assert load(project, environ={"RAGPG_LINKS_URL": template}).links.url == template


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
        "to confirm it, run `ragpg trust`, set RAGPG_DATA_DIR to the same value, "
        "or name the file with --config"
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


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[llm]\nmodel = "huggingface/https://evil.example/"', "llm.model"),
        ('[embedding]\nmodel = "huggingface/https://evil.example/"', "embedding.model"),
    ],
)
def test_found_file_may_not_hide_an_address_in_a_model(project: Path, text: str, key: str) -> None:
    """A model's name that is an address is as good as an apiBase."""
    write(project / "Config.toml", text)

    assert loading_error(project).message.startswith(f"{key} = ")
    write(project / "Config.toml", '[llm]\nmodel = "openai/gpt-4o-mini"')
    assert load(project).llm.model == "openai/gpt-4o-mini"


def test_trust_holds_until_the_file_changes(project: Path) -> None:
    """What was confirmed is this very content, at this path."""
    text = '[llm]\napiBase = "https://api.example.com/v1"\n'
    path = write(project / "Config.toml", text)
    trust(ConfigFile.read(path))
    assert load(project).llm.api_base == "https://api.example.com/v1"

    write(path, text + "# more\n")
    loading_error(project)
    write(path, text)
    assert load(project).llm.api_base == "https://api.example.com/v1"

    other = project.parent / "other"
    (other / ".git").mkdir(parents=True)
    write(other / "Config.toml", text)
    loading_error(other)

    assert revoke(path)
    assert not revoke(path)
    loading_error(project)


def test_the_last_trust_counts(project: Path) -> None:
    """An earlier content, such as one with a rogue address, does not stay trusted."""
    earlier = '[llm]\napiBase = "https://old.example.com/v1"\n'
    path = write(project / "Config.toml", earlier)
    trust(ConfigFile.read(path))
    write(path, '[llm]\napiBase = "https://new.example.com/v1"\n')
    trust(ConfigFile.read(path))
    assert load(project).llm.api_base == "https://new.example.com/v1"

    write(path, earlier)
    loading_error(project)


def test_a_link_and_its_target_are_one_file(project: Path, tmp_path: Path) -> None:
    """A project that is reached by another way stays trusted."""
    path = write(project / "Config.toml", 'dataDir = "/srv/ragpg"')
    trust(ConfigFile.read(path))
    (tmp_path / "link").symlink_to(project)

    assert str(load(tmp_path / "link").data_dir) == "/srv/ragpg"
