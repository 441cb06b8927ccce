"""Reads values strictly and explains what is wrong with one; a password is never quoted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragpg.config.database import may_contain_password, redact_url
from ragpg.config.rules import Address, Secret
from ragpg.config.settings import SETTINGS, TABLES
from ragpg.config.suggest import suggest_key
from ragpg.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ragpg.config.declaration import Setting

QUOTED_LENGTH = 80
"""Characters of a wrong value that a message quotes."""
FOREIGN = "ballerina"
"""Keys and tables that begin with this are ignored: programs in the language Ballerina read a
Config.toml too, so that one file can serve both."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """A value and the words for where it was set; None: set to nothing by an empty text."""

    value: Any
    origin: str


def from_file(document: Mapping[str, object], path: Path) -> dict[str, SetValue]:
    """Read a parsed file; relative paths count from its directory."""
    directory = path.absolute().parent
    values: dict[str, SetValue] = {}
    for key, value in _list_keys(document, path):
        setting = SETTINGS[key]
        checked = _check(setting, value, origin=f"{key} in {path}")
        if checked.value is not None:
            values[key] = _resolve(setting, checked, directory)
    return values


def from_environment(environ: Mapping[str, str], directory: Path) -> dict[str, SetValue]:
    """Read the variables of all keys; an empty one counts as unset."""
    values: dict[str, SetValue] = {}
    for key, setting in SETTINGS.items():
        if text := environ.get(setting.variable):
            origin = f"{setting.variable} ({key})"
            values[key] = _resolve(setting, from_text(setting, text, origin=origin), directory)
    return values


def from_options(options: Mapping[str, object], directory: Path) -> dict[str, SetValue]:
    """Read what the command line gave, by dotted key; None: the option was left out."""
    values = read_options(options)
    return {key: _resolve(SETTINGS[key], value, directory) for key, value in values.items()}


def read_options(options: Mapping[str, object]) -> dict[str, SetValue]:
    """Read what the command line gave and leave relative paths as they are."""
    return {
        key: from_text(SETTINGS[key], value, origin=f"{key} on the command line")
        for key, value in options.items()
        if value is not None
    }


def from_text(setting: Setting, value: object, *, origin: str) -> SetValue:
    """Parse text by the rule of a setting, then check the value."""
    parsed = setting.rule.parse(value) if isinstance(value, str) and value else value
    return _check(setting, parsed, origin=origin)


def refuse_contradictions(values: Mapping[str, SetValue]) -> None:
    """Raise ConfigurationError where two settings exclude each other, or minTokens > maxTokens."""
    present = {key: value for key, value in values.items() if value.value is not None}
    if url := present.get("dbUrl"):
        parts = ["dbHost", "dbPort", "dbUser", "dbName"]
        if may_contain_password(url.value):
            parts.append("dbPassword")
        for key in parts:
            if part := present.get(key):
                message = f"{url.origin} and {part.origin} exclude each other"
                raise ConfigurationError(message, hint=f"keep dbUrl or {key}")
    low, high = present.get("chunking.minTokens"), present.get("chunking.maxTokens")
    max_tokens = high.value if high else SETTINGS["chunking.maxTokens"].default
    if low and low.value > max_tokens:
        message = f"{low.origin} is {low.value}, above chunking.maxTokens, which is {max_tokens}"
        raise ConfigurationError(message, hint="lower minTokens or raise maxTokens")


def to_toml(value: object) -> str:
    """Return a value as TOML writes it, on one line; a table is only hinted at."""
    from tomli_w import dumps

    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(to_toml(item) for item in value)}]"
    if isinstance(value, (str, Path)):
        value = str(value).encode(errors="backslashreplace").decode()
    return dumps({"": value}).removeprefix('"" = ').removesuffix("\n")


def _list_keys(document: Mapping[str, object], path: Path) -> Iterator[tuple[str, object]]:
    """Yield every dotted key with its value; raises ConfigurationError at an unknown one."""
    for name, value in document.items():
        if name in TABLES:
            if not isinstance(value, dict):
                message = f"{name} in {path} must be a table, [{name}], not {to_toml(value)}"
                raise ConfigurationError(message)
            for key, inner in value.items():
                yield _dotted_key(key, table=name, path=path), inner
        elif not name.startswith(FOREIGN):
            yield _dotted_key(name, table="", path=path), value


def _dotted_key(key: str, *, table: str, path: Path) -> str:
    name = f"{table}.{key}" if table else key
    if name in SETTINGS and SETTINGS[name].key == key:
        return name
    raise ConfigurationError(f"unknown key {to_toml(name)} in {path}: {suggest_key(key, table)}")


def _check(setting: Setting, value: object, *, origin: str) -> SetValue:
    if value == "" and setting.default is None:
        return SetValue(None, origin)
    try:
        return SetValue(setting.rule.read(value), origin)
    except ValueError:
        message = f"{origin} must be {setting.rule.wants}{_but_is(setting, value)}"
        raise ConfigurationError(message) from None


def _resolve(setting: Setting, checked: SetValue, directory: Path) -> SetValue:
    if checked.value is None:
        return checked
    return SetValue(setting.rule.resolve(checked.value, directory), checked.origin)


def _but_is(setting: Setting, value: object) -> str:
    if isinstance(value, dict):
        return ", not a table"
    if isinstance(setting.rule, Secret):
        return ""
    text = to_toml(value)
    if isinstance(setting.rule, Address):
        text = redact_url(text)
    return f", not {text if len(text) <= QUOTED_LENGTH else text[:QUOTED_LENGTH] + '…'}"
