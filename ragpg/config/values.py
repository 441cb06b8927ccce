"""Reads values strictly and says what is wrong with one; a password is never quoted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ragpg.config.connection import holds_a_password, redacted_url
from ragpg.config.keys import walk
from ragpg.config.literal import literal
from ragpg.config.rules import Address, Secret
from ragpg.config.settings import SETTINGS
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ragpg.config.declaration import Setting

QUOTED_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Given:
    """A value, and the words for where it was given; None: explicitly absent."""

    value: Any
    place: str


def from_file(document: Mapping[str, object], path: Path) -> dict[str, Given]:
    """Read a parsed file; relative paths count from its directory."""
    directory = path.absolute().parent
    given: dict[str, Given] = {}
    for key, value in walk(document, path):
        setting = SETTINGS[key]
        found = _read(setting, value, place=f"{key} in {path}")
        if found.value is not None:
            given[key] = _resolved(setting, found, directory)
    return given


def from_environment(environ: Mapping[str, str], directory: Path) -> dict[str, Given]:
    """Read the variables of all keys; an empty one counts as unset."""
    given: dict[str, Given] = {}
    for key, setting in SETTINGS.items():
        if text := environ.get(setting.variable):
            place = f"{setting.variable} ({key})"
            given[key] = _resolved(setting, from_text(setting, text, place=place), directory)
    return given


def from_options(options: Mapping[str, object], directory: Path) -> dict[str, Given]:
    """Read what the command line gave, by dotted key; None: the option was left out."""
    given = read_options(options)
    return {key: _resolved(SETTINGS[key], found, directory) for key, found in given.items()}


def read_options(options: Mapping[str, object]) -> dict[str, Given]:
    """Read what the command line gave and leave relative paths as they are."""
    return {
        key: from_text(SETTINGS[key], value, place=f"{key} on the command line")
        for key, value in options.items()
        if value is not None
    }


def from_text(setting: Setting, value: object, *, place: str) -> Given:
    """Read a value that may be text for something else."""
    parsed = setting.rule.parse(value) if isinstance(value, str) and value else value
    return _read(setting, parsed, place=place)


def refuse_contradictions(given: Mapping[str, Given]) -> None:
    """Raise ConfigurationError where two settings exclude each other."""
    present = {key: found for key, found in given.items() if found.value is not None}
    if url := present.get("dbUrl"):
        parts = ["dbHost", "dbPort", "dbUser", "dbName"]
        if holds_a_password(url.value):
            parts.append("dbPassword")
        for key in parts:
            if part := present.get(key):
                message = f"{url.place} and {part.place} exclude each other"
                raise ConfigurationError(message, hint=f"keep dbUrl or {key}")
    low, high = present.get("chunking.minTokens"), present.get("chunking.maxTokens")
    most = high.value if high else SETTINGS["chunking.maxTokens"].default
    if low and low.value > most:
        message = f"{low.place} is {low.value}, above chunking.maxTokens, which is {most}"
        raise ConfigurationError(message, hint="lower minTokens or raise maxTokens")


def _read(setting: Setting, value: object, *, place: str) -> Given:
    if value == "" and setting.default is None:
        return Given(None, place)
    try:
        return Given(setting.rule.read(value), place)
    except ValueError:
        message = f"{place} must be {setting.rule.wants}{_but_is(setting, value)}"
        raise ConfigurationError(message) from None


def _resolved(setting: Setting, found: Given, directory: Path) -> Given:
    if found.value is None:
        return found
    return Given(setting.rule.resolve(found.value, directory), found.place)


def _but_is(setting: Setting, value: object) -> str:
    if isinstance(value, dict):
        return ", not a table"
    if isinstance(setting.rule, Secret):
        return ""
    text = literal(value)
    if isinstance(setting.rule, Address):
        text = redacted_url(text)
    return f", not {text if len(text) <= QUOTED_LENGTH else text[:QUOTED_LENGTH] + '…'}"
