"""Rules for the values of keys.

A rule describes in words what it accepts, checks a TOML value, parses text (from the environment
or the command line), and makes relative paths absolute.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

from ragpg import types
from ragpg.errors import ConfigurationError
from ragpg.types.store import MAX_TABLE_NAME_BYTES

LARGEST = 2**31 - 1


class Rule(ABC):
    """What the value of a key may be."""

    wants: str
    private = False
    """The value may hold a password: no output shows it as it is."""

    @abstractmethod
    def read(self, value: object) -> object:
        """Return the checked value; raises ValueError where the rule does not accept it."""

    def parse(self, text: str) -> object:
        """Return the TOML value that a text stands for, or the text itself where there is none."""
        return text

    def resolve(self, value: object, _directory: Path) -> object:
        """Return the value; the rules for paths make it absolute."""
        return value


class String(Rule):
    """Text that PostgreSQL and UTF-8 can carry."""

    wants = "a non-empty string"

    def read(self, value: object) -> str:
        """Return the string, unless it is empty or has a NUL or a lone surrogate."""
        if not isinstance(value, str) or not value or "\0" in value:
            raise ValueError
        value.encode()
        return value


class Matching(String):
    """Text that matches a pattern."""

    def __init__(self, pattern: str, *, wants: str) -> None:
        self._pattern = pattern
        self.wants = wants

    def read(self, value: object) -> str:
        """Accept what matches."""
        text = super().read(value)
        if not re.fullmatch(self._pattern, text):
            raise ValueError
        return text


class Secret(Matching):
    """Text that is never shown."""

    private = True


class Address(Matching):
    """A URL, which may hold a password."""

    private = True


class TableName(String):
    """A table, or schema.table."""

    wants = (
        f'"table" or "schema.table", the table at most {MAX_TABLE_NAME_BYTES} bytes long, '
        "the schema none of PostgreSQL's own"
    )

    def read(self, value: object) -> str:
        """Accept the name of a table; raises ConfigurationError for one with a percent sign."""
        text = super().read(value)
        try:
            types.TableName.parse(text)
        except ConfigurationError as error:
            # `wants` does not mention the percent sign, but the error does.
            if "%" in text:
                raise
            raise ValueError from error
        return text


class LinkTemplate(Matching):
    """An address on the web with places for a path and lines; its host is written out."""

    def __init__(self) -> None:
        super().__init__(
            r"(?=.*\{path\})https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/"
            r"(?:[A-Za-z0-9_.~:/?#@!$&'()*+,;=%-]|\{(?:path|start|end)\})*",
            wants='an address such as "https://example.org/blob/main/{path}#L{start}-L{end}", '
            "which begins with https:// and has {path}",
        )


class Choice(Rule):
    """One of a few words."""

    def __init__(self, *choices: str) -> None:
        self._choices = choices
        quoted = [f'"{choice}"' for choice in choices]
        self.wants = ", ".join(quoted[:-1]) + f" or {quoted[-1]}"

    def read(self, value: object) -> str:
        """Return the value if it is one of the choices, case included."""
        if not isinstance(value, str) or value not in self._choices:
            raise ValueError
        return value


class Whole(Rule):
    """A whole number within bounds."""

    def __init__(self, low: int, high: int = LARGEST) -> None:
        self._low, self._high = low, high
        self.wants = f"a whole number from {low} to {high}"

    def read(self, value: object) -> int:
        """Accept an integer; a boolean is none."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError
        if not self._low <= value <= self._high:
            raise ValueError
        return value

    def parse(self, text: str) -> object:
        """Parse decimal digits."""
        if re.fullmatch(r"[+-]?[0-9]{1,30}", text.strip()):
            return int(text)
        return text


class Auto(Whole):
    """A whole number, or "auto", which leaves the choice to the program."""

    def __init__(self, low: int) -> None:
        super().__init__(low)
        self.wants = f'"auto" or {self.wants}'

    def read(self, value: object) -> int | str:  # type: ignore[override]  # wider on purpose
        """Accept "auto" too."""
        return value if value == "auto" and isinstance(value, str) else super().read(value)


class Number(Rule):
    """A number within bounds."""

    def __init__(self, low: float, high: float) -> None:
        self._low, self._high = low, high
        self.wants = f"a number from {low:g} to {high:g}"

    def read(self, value: object) -> float:
        """Accept an integer or a float; NaN lies within no bounds."""
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise ValueError
        if not self._low <= value <= self._high:
            raise ValueError
        return float(value)

    def parse(self, text: str) -> object:
        """Parse as Python does."""
        try:
            return float(text)
        except ValueError:
            return text


class Flag(Rule):
    """True or false."""

    wants = "true or false"

    def read(self, value: object) -> bool:
        """Accept a boolean only."""
        if not isinstance(value, bool):
            raise ValueError
        return value

    def parse(self, text: str) -> object:
        """Parse the words that are usual in environment variables."""
        word = text.strip().lower()
        if word in {"true", "yes", "on", "1"}:
            return True
        return False if word in {"false", "no", "off", "0"} else text


class Strings(Rule):
    """A list of strings."""

    wants = "a list of non-empty strings"

    def read(self, value: object) -> tuple[str, ...]:
        """Accept a TOML array, or a tuple."""
        if not isinstance(value, (list, tuple)):
            raise ValueError
        return tuple(String().read(item) for item in value)

    def parse(self, text: str) -> object:
        """Split at commas."""
        return [item.strip() for item in text.split(",") if item.strip()]


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
    with suppress(RuntimeError):  # there is no home directory
        path = path.expanduser()
    return Path(directory, path).absolute()


STRING, FLAG, STRINGS, MODEL = String(), Flag(), Strings(), Model()
SECRET = Secret(r"(?s:.+)", wants="a non-empty string")
SERVER_URL = Secret(r"postgres(ql)?://\S*", wants="an address that begins with postgresql://")
ADDRESS = Address(r"(?i:https?)://[^\s/?#]\S*", wants="an address that begins with http(s)://")
DAY = 86_400
