"""Where the configuration is looked for, and what wins."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragpg.config import SETTINGS, Config
from tests.support.config_loading import DEFAULTS, load, loading_error, user_file, write


def test_defaults(project: Path) -> None:
    """Without any file every key has its documented default, and nothing counts as given."""
    config = load(project)

    assert {key: config[key] for key in SETTINGS} == DEFAULTS
    assert (config.set_keys, config.path, config.found_keys) == (frozenset(), None, frozenset())
    assert config == Config()


def test_attributes(project: Path) -> None:
    """Keys are attributes of their section, in Python's spelling."""
    config = load(
        project, overrides={"dbHost": "db", "llm.apiBase": "http://localhost", "tableName": "t"}
    )

    assert (config.database.host, config.llm.api_base, config.table_name) == (
        "db",
        "http://localhost",
        "t",
    )


def test_first_file_wins(project: Path, tmp_path: Path) -> None:
    """--config beats $RAGPG_CONFIG beats the project's file beats the user's own."""
    user = write(user_file(), 'tableName = "from_user"')
    assert load(project).table_name == "from_user"
    assert (load(project).path, load(project).found_keys) == (user, frozenset())

    own = write(project / "Config.toml", 'tableName = "from_project"')
    assert load(project).table_name == "from_project"
    assert (load(project).path, load(project).found_keys) == (own, frozenset({"tableName"}))

    named = write(tmp_path / "named.toml", 'tableName = "from_variable"')
    environ = {"RAGPG_CONFIG": str(named)}
    assert load(project, environ=environ).table_name == "from_variable"
    assert load(project, environ=environ).path == named
    assert not load(project, environ=environ).found_keys

    explicit = write(tmp_path / "explicit.toml", 'tableName = "from_option"')
    config = load(project, environ=environ, explicit=explicit)
    assert (config.table_name, config.path) == ("from_option", explicit)
    assert not config.found_keys


def test_first_file_wins_as_a_whole(project: Path) -> None:
    """Nothing of a file further back shows through."""
    write(user_file(), "[retrieval]\ntopK = 9")
    write(project / "Config.toml", 'tableName = "t"')

    assert load(project).retrieval.top_k == 5


def test_file_of_the_project_is_found_from_below(project: Path) -> None:
    """The project's file counts in all its directories."""
    write(project / "Config.toml", 'tableName = "t"')
    below = project / "docs" / "more"
    below.mkdir(parents=True)

    assert load(below).table_name == "t"


def test_project_without_a_file_hides_an_outer_one(project: Path, tmp_path: Path) -> None:
    """The nearest project counts, even if only an outer one has a Config.toml."""
    write(tmp_path / "Config.toml", 'tableName = "outer"')

    assert load(project).table_name == "ragpg"


def test_empty_variable_names_no_file(project: Path) -> None:
    """An empty RAGPG_CONFIG counts as unset."""
    assert load(project, environ={"RAGPG_CONFIG": ""}).path is None


def test_relative_file_counts_from_the_current_directory(project: Path) -> None:
    """--config FILE is relative to where the command is run."""
    write(project / "sub" / "my.toml", 'tableName = "t"')

    assert load(project / "sub", explicit=Path("my.toml")).table_name == "t"


def test_named_file_must_exist(project: Path) -> None:
    """A file that was named but is not there is an error, wherever it was named."""
    missing = project / "missing.toml"
    for error in (
        loading_error(project, explicit=missing),
        loading_error(project, environ={"RAGPG_CONFIG": str(missing)}),
    ):
        assert error.message == f"the configuration file {missing} does not exist"
        assert error.hint == "--config or RAGPG_CONFIG names it; `ragpg init` writes one"


def test_directory_is_no_file(project: Path) -> None:
    """A directory in the place of the file is named as such."""
    error = loading_error(project, explicit=project)

    assert error.message == f"the configuration file {project} is a directory"
    assert error.hint == f"did you mean {project / 'Config.toml'}?"


def test_unreadable_file(project: Path) -> None:
    """The system's reason is given."""
    path = write(project / "file", "") / "Config.toml"

    message = f"the configuration file {path} cannot be read: Not a directory"
    assert loading_error(project, explicit=path).message == message


def test_large_file(project: Path) -> None:
    """A file that cannot be a configuration is not read to its end, nor is a key without end."""
    path = write(project / "Config.toml", "#" * 1_000_001)
    message = f"the configuration file {path} has more than 1000000 bytes"
    assert loading_error(project, explicit=path).message == message

    write(path, f"a{'.a' * 50_000} = 1")
    begun = time.process_time()
    message = f"{path} holds a number or a nesting that is too large"
    assert loading_error(project, explicit=path).message == message
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    ("in_file", "in_environment", "in_option", "expected"),
    [
        (None, None, None, 5),
        (6, None, None, 6),
        (None, "7", None, 7),
        (None, None, 8, 8),
        (6, "7", None, 7),
        (6, None, 8, 8),
        (None, "7", 8, 8),
        (6, "7", 8, 8),
        (6, "", None, 6),
    ],
)
def test_priority(
    project: Path,
    in_file: int | None,
    in_environment: str | None,
    in_option: int | None,
    expected: int,
) -> None:
    """Command line beats environment beats file beats default; an empty variable is unset."""
    if in_file is not None:
        write(project / "Config.toml", f"[retrieval]\ntopK = {in_file}")
    environ = {} if in_environment is None else {"RAGPG_RETRIEVAL_TOP_K": in_environment}

    config = load(project, environ=environ, overrides={"retrieval.topK": in_option})

    assert config.retrieval.top_k == expected
    assert ("retrieval.topK" in config.set_keys) == (expected != 5)


def test_given_default_counts_as_given(project: Path) -> None:
    """A value is given even where it equals the default: libpq's must not replace it."""
    write(project / "Config.toml", "dbPort = 5432")

    assert load(project).set_keys == {"dbPort"}


def test_empty_string_is_absent(project: Path) -> None:
    """An empty string for a key without a default is like no key at all."""
    write(project / "Config.toml", 'dbHost = ""\n[embedding]\ndimensions = ""')

    assert load(project) == Config()


def test_empty_option_takes_a_value_away(project: Path) -> None:
    """An empty option for a key without a default undoes what file and environment say."""
    write(project / "Config.toml", '[llm]\nmodel = "openai/x"')

    config = load(project, overrides={"llm.model": ""})

    assert (config.llm.model, config.set_keys) == (None, frozenset())


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("RAGPG_DB_PASSWORD", " s3cret,= ", "dbPassword", " s3cret,= "),
        ("RAGPG_DB_SSL_ROOT_CERT", "system", "dbSslRootCert", "system"),
        ("RAGPG_TABLE_NAME", "docs.wiki", "tableName", "docs.wiki"),
        (
            "RAGPG_LLM_API_BASE",
            "https://api.example.com/v1",
            "llm.apiBase",
            "https://api.example.com/v1",
        ),
        ("RAGPG_CHUNKING_MAX_TOKENS", "96", "chunking.maxTokens", 96),
        ("RAGPG_RETRIEVAL_EF_SEARCH", " 40 ", "retrieval.efSearch", 40),
        ("RAGPG_LLM_TEMPERATURE", "0.7", "llm.temperature", 0.7),
        ("RAGPG_LLM_TIMEOUT", "5", "llm.timeout", 5.0),
        ("RAGPG_LLM_CONTEXT_TOKENS", "auto", "llm.contextTokens", "auto"),
        ("RAGPG_EMBEDDING_BATCH_SIZE", "16", "embedding.batchSize", 16),
        ("RAGPG_EMBEDDING_TRUST_REMOTE_CODE", "Yes", "embedding.trustRemoteCode", True),
        ("RAGPG_INGEST_FOLLOW_SYMLINKS", "1", "ingest.followSymlinks", True),
        ("RAGPG_DB_DISTRIBUTED", "false", "dbDistributed", False),
        ("RAGPG_INGEST_INCLUDE", "*.md, *.txt,", "ingest.include", ("*.md", "*.txt")),
        ("RAGPG_INGEST_MAX_FILE_BYTES", "1000", "ingest.maxFileBytes", 1000),
    ],
)
def test_environment(project: Path, variable: str, text: str, key: str, value: object) -> None:
    """Each key has a variable, whose text becomes the key's type; lists are split at commas."""
    config = load(project, environ={variable: text})

    assert (config[key], set(config.set_keys)) == (value, {key})
    assert SETTINGS[key].variable == variable


def test_every_key_has_a_variable_of_its_own() -> None:
    """No two keys share a variable, and none takes the one that names the file."""
    variables = {setting.variable for setting in SETTINGS.values()}

    assert len(variables) == len(SETTINGS)
    assert "RAGPG_CONFIG" not in variables


def test_empty_variables_are_unset(project: Path) -> None:
    """A variable that is empty changes nothing."""
    environ = {setting.variable: "" for setting in SETTINGS.values()}

    assert load(project, environ=environ) == Config()


def test_foreign_variables_are_left_alone(project: Path) -> None:
    """Variables that belong to no key are none of our business."""
    assert load(project, environ={"RAGPG_DB_HOTS": "x", "RAGPG_TEST": "1"}) == Config()


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        (
            "RAGPG_DB_PORT",
            "abc",
            'RAGPG_DB_PORT (dbPort) must be a whole number from 1 to 65535, not "abc"',
        ),
        (
            "RAGPG_LLM_TEMPERATURE",
            "warm",
            'RAGPG_LLM_TEMPERATURE (llm.temperature) must be a number from 0 to 2, not "warm"',
        ),
        (
            "RAGPG_INGEST_FOLLOW_SYMLINKS",
            "maybe",
            (
                "RAGPG_INGEST_FOLLOW_SYMLINKS (ingest.followSymlinks) must be true or false, "
                'not "maybe"'
            ),
        ),
        (
            "RAGPG_DB_USER",
            "\udcff",
            'RAGPG_DB_USER (dbUser) must be a non-empty string, not "\\\\udcff"',
        ),
        (
            "RAGPG_DB_URL",
            "jdbc:s3cret",
            "RAGPG_DB_URL (dbUrl) must be an address that begins with postgresql://",
        ),
        (
            "RAGPG_LLM_API_BASE",
            "ftp://ada:s3cret@example.com",
            (
                "RAGPG_LLM_API_BASE (llm.apiBase) must be an address that begins with http(s)://, "
                'not "ftp://ada:***@example.com"'
            ),
        ),
    ],
)
def test_wrong_variable(project: Path, variable: str, text: str, message: str) -> None:
    """A wrong value names its variable; a password in it is not shown."""
    assert loading_error(project, environ={variable: text}).message == message


def test_wrong_option(project: Path) -> None:
    """A wrong value on the command line names its key."""
    error = loading_error(project, overrides={"retrieval.topK": 0})

    message = "retrieval.topK on the command line must be a whole number from 1 to 1000, not 0"
    assert error.message == message


def test_relative_paths(project: Path, tmp_path: Path) -> None:
    """Paths count from the file that names them, otherwise from the current directory."""
    path = write(
        project / "Config.toml",
        'dataDir = "data"\ndbSslRootCert = "ca.pem"\n[embedding]\nmodel = "./mini"',
    )
    below = project / "docs"
    below.mkdir()

    config = load(below, explicit=path)
    assert config.data_dir == project / "data"
    assert config.database.ssl_root_cert == str(project / "ca.pem")
    assert config.embedding.model == str(project / "mini")

    path.unlink()
    assert load(below, environ={"RAGPG_DATA_DIR": "data"}).data_dir == below / "data"
    assert load(below, overrides={"dataDir": "~/x"}).data_dir == tmp_path / "home" / "x"
    assert (
        load(below, overrides={"dataDir": "~nobody-at-all/x"}).data_dir
        == below / "~nobody-at-all/x"
    )


def test_model_is_a_path_where_there_is_a_directory(project: Path) -> None:
    """A model's name stays a name, unless it leads to a directory."""
    write(project / "Config.toml", '[verify]\nmodel = "models/nli"')
    assert load(project).verify.model == "models/nli"

    (project / "models" / "nli").mkdir(parents=True)
    assert load(project).verify.model == str(project / "models" / "nli")


def test_importing_is_cheap() -> None:
    """What is needed to write, to suggest and to find directories is imported when it is needed."""
    late = {"platformdirs", "tomli_w", "tomllib", "difflib", "hashlib", "psycopg"}
    script = f"import sys, ragpg.config; print(sorted({late!r} & sys.modules.keys()))"

    output = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert output.stdout == "[]\n"
