"""Merges the configuration file with the environment and the command line."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ragpg.config.file import find_file
from ragpg.config.settings import SETTINGS, Config
from ragpg.config.trust import refuse_untrusted
from ragpg.config.values import from_environment, from_options, refuse_contradictions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ragpg.config.file import ConfigFile


def load(
    *,
    explicit: Path | None,
    overrides: Mapping[str, object],
    environ: Mapping[str, str],
    directory: Path,
) -> Config:
    """Read the configuration of one run; raises ConfigurationError.

    `explicit` is the file named by --config, `overrides` what the command line gave by dotted key
    (None: not given), `directory` the current directory.
    """
    file = find_file(explicit, environ, directory)
    environment = from_environment(environ, directory)
    options = from_options(overrides, directory)
    if file:
        refuse_untrusted(file, confirmations=(environment, options))
    named = environment | options
    values = {**(file.values if file else {}), **named}
    refuse_contradictions(values)
    return _build({key: value.value for key, value in values.items()}, file, named=set(named))


def _build(values: dict[str, Any], file: ConfigFile | None, *, named: set[str]) -> Config:
    present = {key: value for key, value in values.items() if value is not None}
    parts: dict[str, dict[str, Any]] = {"": {}}
    for key, value in (_derive_defaults(present) | present).items():
        setting = SETTINGS[key]
        parts.setdefault(setting.section, {})[setting.attribute] = value
    sections = {
        part.name: part.metadata["values"](**parts.get(part.name, {}))
        for part in fields(Config)
        if "values" in part.metadata
    }
    found = file.values.keys() - named if file and file.from_project else set()
    return Config(
        **sections,
        **parts[""],
        set_keys=frozenset(present),
        found_keys=frozenset(found),
        path=file.path if file else None,
    )


def _derive_defaults(present: dict[str, Any]) -> dict[str, Any]:
    """Return defaults that follow from another value."""
    max_tokens = present.get("chunking.maxTokens", SETTINGS["chunking.maxTokens"].default)
    return {"chunking.minTokens": min(SETTINGS["chunking.minTokens"].default, max_tokens // 2)}
