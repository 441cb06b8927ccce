"""Reads a Config.toml: its bytes, what they say, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ragpg.config.values import from_file
from ragpg.errors import ConfigurationError
from ragpg.project import find_project
from ragpg.text import utf8
from ragpg.text.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ragpg.config.values import SetValue

FILE_NAME = "Config.toml"
FILE_VARIABLE = "RAGPG_CONFIG"
MAX_BYTES = 1_000_000
"""The largest configuration file; a cloned repository's may be anything."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration file; `values` has its settings by dotted key.

    `from_project` tells that nobody named it: the program found it in the project's directory.
    """

    path: Path
    content: bytes = field(repr=False)
    values: Mapping[str, SetValue] = field(repr=False)
    from_project: bool

    @classmethod
    def read(cls, path: Path, *, from_project: bool = False) -> ConfigFile:
        """Read and check a file; raises ConfigurationError."""
        content = _read(path)
        return cls(path, content, from_file(_parse(content, path), path), from_project)


def find_file(
    explicit: Path | None, environ: Mapping[str, str], directory: Path
) -> ConfigFile | None:
    """Return the file that counts in a directory, if any; raises ConfigurationError.

    That is the one named by --config (`explicit`) or by the environment, else the project's, else
    the user's own.
    """
    if named := explicit or environ.get(FILE_VARIABLE):
        return ConfigFile.read(directory / named)
    if in_project := find_in_project(directory):
        return ConfigFile.read(in_project, from_project=True)
    path = _find_in(user_directory())
    return ConfigFile.read(path) if path else None


def find_in_project(directory: Path) -> Path | None:
    """Return the file of the project that a directory belongs to, if there is one."""
    return _find_in(find_project(directory))


def user_directory() -> Path:
    """Return the user's own directory for configuration."""
    from platformdirs import user_config_path

    return user_config_path("ragpg", appauthor=False)


def _find_in(directory: Path | None) -> Path | None:
    if directory is None:
        return None
    path = directory / FILE_NAME
    try:
        return path if path.is_file() else None
    except PermissionError:
        return None


def _parse(content: bytes, path: Path) -> dict[str, Any]:
    import tomllib

    text = _decode(content, path)
    try:
        return parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        problem, place = _explain(error, text)
        raise ConfigurationError(f"{path}, {place}: {problem}") from error
    except (ValueError, RecursionError) as error:  # a number or a nesting beyond Python's limits
        raise ConfigurationError(f"{path} holds a number or a nesting that is too large") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
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
    if len(content) > MAX_BYTES:
        raise ConfigurationError(f"the configuration file {path} has more than {MAX_BYTES} bytes")
    return content


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
