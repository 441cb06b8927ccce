"""Writes a commented Config.toml."""

from __future__ import annotations

from dataclasses import fields
from textwrap import wrap
from typing import TYPE_CHECKING

from ragpg.config.settings import SETTINGS, Config
from ragpg.config.values import read_options, refuse_contradictions, to_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ragpg.config.declaration import Setting

HEAD = """\
# Configuration of ragpg. Every key stands here with its default; uncomment what you change.
# "" stands for a value that is absent, and relative paths count from this file.
#
# Each key has an environment variable, which wins over this file (dbPassword: RAGPG_DB_PASSWORD,
# apiBase in [llm]: RAGPG_LLM_API_BASE); options of the command line win over both. Keys of model
# providers, such as OPENAI_API_KEY, come from the environment only.
"""


def example() -> str:
    """Return the file with every key commented out."""
    return _write({})


def render(values: Mapping[str, object]) -> str:
    """Return the file with the given values, by dotted key, in their places.

    Values may be text as on the command line; None and "" leave a key commented out. Raises
    ConfigurationError where a value does not fit.
    """
    checked = read_options(values)
    refuse_contradictions(checked)
    return _write({key: value.value for key, value in checked.items() if value.value is not None})


def dump(config: Config) -> str:
    """Return a file with the values of a configuration, its passwords included."""
    return _write({key: config[key] for key in config.set_keys})


def _write(values: Mapping[str, object]) -> str:
    return HEAD + "".join(_blocks(values))


def _blocks(values: Mapping[str, object]) -> Iterator[str]:
    for part in fields(Config):
        settings = [s for s in SETTINGS.values() if (s.section or s.attribute) == part.name]
        if settings and "values" in part.metadata:
            yield "\n" + _comment(part.metadata["about"])
        if settings and settings[0].table:
            yield f"[{settings[0].table}]\n"
        for setting in settings:
            yield "\n" + _entry(setting, values)


def _entry(setting: Setting, values: Mapping[str, object]) -> str:
    about = _comment(setting.about)
    if setting.name in values:
        return f"{about}{setting.key} = {to_toml(values[setting.name])}\n"
    default = "" if setting.default is None else setting.default
    return f"{about}#{setting.key} = {to_toml(default)}\n"


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in wrap(text, width=98, break_on_hyphens=False))
