"""Values that are paths, or may be."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ragpg.config.rules import String


class Directory(String):
    """A path."""

    wants = "a path"

    def resolve(self, value: object, directory: Path) -> object:
        """Return the absolute path; `~` is the home directory."""
        return _absolute(str(value), directory)


class Certificate(String):
    """A file of certificates, or "system"."""

    wants = 'a path or "system"'

    def resolve(self, value: object, directory: Path) -> object:
        """Return the absolute path as text, or "system" as it is."""
        return value if value == "system" else str(_absolute(str(value), directory))


class Model(String):
    """The name of a model, or the path of its directory."""

    wants = "the name or the path of a model"

    def resolve(self, value: object, directory: Path) -> object:
        """Return the absolute path as text where the value is one, the name as it is otherwise."""
        name = str(value)
        path = _absolute(name, directory)
        is_path = name.startswith((".", "~")) or ("/" in name and _is_directory(path))
        return str(path) if is_path else name


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _absolute(text: str, directory: Path) -> Path:
    path = Path(text)
    with suppress(RuntimeError):  # nobody's home
        path = path.expanduser()
    return Path(directory, path).absolute()
