"""The commented file, and writing a configuration so that it can be read again."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.config import SETTINGS, Config, example
from ragpg.config.rules import Auto, Choice, Flag, Number, Strings, TableName, Whole
from ragpg.errors import ConfigurationError
from tests.support.config_loading import DEFAULTS, load, write

if TYPE_CHECKING:
    from ragpg.config.declaration import Setting

EXAMPLE = Path(__file__).parents[2] / "Config.toml.example"


def test_example_is_up_to_date() -> None:
    """Config.toml.example is what the program writes."""
    assert EXAMPLE.read_text(encoding="utf-8") == example.example()


def test_example_as_it_stands(project: Path) -> None:
    """The example changes nothing."""
    write(project / "Config.toml", example.example())

    assert load(project) == Config()


def test_example_uncommented(project: Path) -> None:
    """The example's commented keys are all keys, and its values are the defaults."""
    text, count = re.subn(r"(?m)^#(?=\w+ = )", "", example.example())
    write(project / "Config.toml", text)

    config = load(project)

    assert count == len(DEFAULTS)
    assert {key: config[key] for key in SETTINGS} == DEFAULTS
    assert config.set_keys == {key for key, default in DEFAULTS.items() if default is not None}


def test_example_fits_a_screen() -> None:
    """No line of the example is longer than 100 characters."""
    assert max(map(len, example.example().splitlines())) <= 100


def test_render(project: Path) -> None:
    """Given values stand in the places of their defaults, and nothing else changes."""
    values = {
        "dbHost": "db",
        "dbPort": "6432",
        "dbUser": None,
        "dbName": "",
        "dataDir": "data",
        "llm.temperature": 0.5,
        "ingest.include": ["*.md", 'say "hi"\n'],
    }

    text = example.render(values)

    changed = {
        '#dbHost = ""': 'dbHost = "db"',
        "#dbPort = 5432": "dbPort = 6432",
        '#dataDir = ""': 'dataDir = "data"',
        "#temperature = 0": "temperature = 0.5",
        '#include = ["*.md", "*.markdown", "*.mdx"]': 'include = ["*.md", "say \\"hi\\"\\n"]',
    }
    lines = example.example().splitlines()
    assert text.splitlines() == [changed.get(line, line) for line in lines]
    assert load(project, explicit=write(project / "x.toml", text)).database.port == 6432


def test_render_is_strict() -> None:
    """What could not be read is not written."""
    with pytest.raises(ConfigurationError) as caught:
        example.render({"dbPort": "many"})
    assert caught.value.message == (
        'dbPort on the command line must be a whole number from 1 to 65535, not "many"'
    )
    with pytest.raises(ConfigurationError, match=r"^dbUrl .* and dbHost .* exclude each other$"):
        example.render({"dbUrl": "postgresql://db", "dbHost": "db"})


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
NAME = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10)
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "dbUrl": NAME.map(lambda name: f"postgresql://{name}@db"),
    "embedding.apiBase": NAME.map(lambda name: f"https://{name}/v1"),
    "llm.apiBase": NAME.map(lambda name: f"http://{name}:1"),
    "links.url": st.integers().map(lambda number: f"https://example.org/{number}/{{path}}"),
    "dataDir": NAME.map(lambda name: f"/data/{name}"),
    "dbSslRootCert": NAME.map(lambda name: f"/etc/{name}"),
    "chunking.minTokens": st.integers(0, 16),
}


def strategy(setting: Setting) -> st.SearchStrategy[Any]:
    """Everything that a key accepts, or a good part of it."""
    rule = setting.rule
    if setting.name in SPECIAL:
        return SPECIAL[setting.name]
    if isinstance(rule, Auto):
        return st.just("auto") | st.integers(1, rule._high)
    if isinstance(rule, Whole):
        return st.integers(rule._low, rule._high)
    if isinstance(rule, Number):
        return st.floats(rule._low, rule._high)
    by_rule: dict[type, st.SearchStrategy[Any]] = {
        Choice: st.sampled_from(getattr(rule, "_choices", ("",))),
        Flag: st.booleans(),
        Strings: st.lists(TEXT),
        TableName: NAME | st.tuples(NAME, NAME).map(".".join),
    }
    return by_rule.get(type(rule), TEXT)


VALUES = st.fixed_dictionaries(
    {}, optional={key: strategy(setting) for key, setting in SETTINGS.items()}
)


@given(values=VALUES)
def test_dump_and_load(values: dict[str, object]) -> None:
    """A configuration that is written and read again is the same."""
    if "dbUrl" in values:
        values = {k: v for k, v in values.items() if not re.match(r"db(Host|Port|User|Name)", k)}
    with tempfile.TemporaryDirectory() as directory:
        config = load(Path(directory), overrides=values)
        again = load(
            Path(directory), explicit=write(Path(directory, "x.toml"), example.dump(config))
        )

    assert again == config
    assert again.set_keys == values.keys()


@given(text=TEXT)
def test_wrong_values_make_one_line(text: str) -> None:
    """Whatever a value holds, the error is one line."""
    with pytest.raises(ConfigurationError) as caught:
        example.render({"retrieval.mode": text})

    assert "\n" not in caught.value.message
