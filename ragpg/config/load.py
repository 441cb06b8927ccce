"""Finds the configuration file and merges it with the environment and the command line."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ragpg.config.settings import SETTINGS, Config
from ragpg.config.trust import refuse_unconfirmed
from ragpg.config.values import from_environment, from_file, from_options, refuse_contradictions
from ragpg.errors import ConfigurationError
from ragpg.project import find_project
from ragpg.text import utf8

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE_NAME = "Config.toml"
FILE_VARIABLE = "RAGPG_CONFIG"


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
    path, from_project = _locate(explicit, environ, directory)
    in_file = from_file(_parse(path), path) if path else {}
    environment = from_environment(environ, directory)
    options = from_options(overrides, directory)
    if path and from_project:
        refuse_unconfirmed(in_file, confirmations=(environment, options), path=path)
    values = in_file | environment | options
    refuse_contradictions(values)
    plain = {key: value.value for key, value in values.items()}
    return _build(plain, path=path, from_project=from_project)


def _locate(
    explicit: Path | None, environ: Mapping[str, str], directory: Path
) -> tuple[Path | None, bool]:
    """Return the file to use, and whether it is a project's file that nobody named."""
    if named := explicit or environ.get(FILE_VARIABLE):
        return directory / named, False
    if in_project := _find_in(find_project(directory)):
        return in_project, True
    return _find_in(_user_directory()), False


def _find_in(directory: Path | None) -> Path | None:
    if directory is None:
        return None
    path = directory / FILE_NAME
    try:
        return path if path.is_file() else None
    except PermissionError:
        return None


def _user_directory() -> Path:
    from platformdirs import user_config_path

    return user_config_path("ragpg", appauthor=False)


def _parse(path: Path) -> dict[str, Any]:
    import tomllib

    text = _decode(_read(path), path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, place = _explain(error, text)
        raise ConfigurationError(f"{path}, {place}: {problem}") from error
    except (ValueError, RecursionError) as error:  # a number or a nesting beyond Python's limits
        raise ConfigurationError(f"{path} holds a number or a nesting that is too large") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"the configuration file {path} does not exist",
            hint=f"--config or {FILE_VARIABLE} names it; `ragpg init` writes one",
        ) from error
    except IsADirectoryError as error:
        raise ConfigurationError(
            f"the configuration file {path} is a directory",
            hint=f"did you mean {path / FILE_NAME}?",
        ) from error
    except OSError as error:
        message = f"the configuration file {path} cannot be read: {error.strerror}"
        raise ConfigurationError(message) from error


def _decode(content: bytes, path: Path) -> str:
    try:
        return utf8.decode(content)
    except utf8.NotUtf8Error as error:
        raise ConfigurationError(
            f"{path}, line {error.line}: not UTF-8 (byte 0x{error.byte:02x})",
            hint="save the file as UTF-8",
        ) from error


def _explain(error: ValueError, text: str) -> tuple[str, str]:
    """Split tomllib's message, "Problem (at line 1, column 2)", into problem and place."""
    problem, _, place = str(error).removesuffix(")").rpartition(" (at ")
    if not place.startswith("line"):
        lines = text.splitlines() or [""]
        place = f"line {len(lines)}, column {len(lines[-1]) + 1}"
    return problem[:1].lower() + problem[1:], place


def _build(values: dict[str, Any], *, path: Path | None, from_project: bool) -> Config:
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
    return Config(
        **sections, **parts[""], set_keys=frozenset(present), path=path, from_project=from_project
    )


def _derive_defaults(present: dict[str, Any]) -> dict[str, Any]:
    """Return defaults that follow from another value."""
    max_tokens = present.get("chunking.maxTokens", SETTINGS["chunking.maxTokens"].default)
    return {"chunking.minTokens": min(SETTINGS["chunking.minTokens"].default, max_tokens // 2)}
