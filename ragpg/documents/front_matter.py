"""Front matter: YAML between `---`, or TOML between `+++`, before the text of a document."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from datetime import date, time
from typing import Any

MAX_LENGTH = 32_768
"""Characters; anything longer is text."""
MAX_DEPTH = 50
"""Levels of nested lists and mappings."""
MAX_INTEGER_BITS = 1024

_OPENING = re.compile(r"(---|\+\+\+)[ \t]*+(?:\r\n|\n|\r)")
_CLOSING = {
    "---": re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*+(?:\r\n|\n|\r|\Z)"),
    "+++": re.compile(r"(?<=[\r\n])\+\+\+[ \t]*+(?:\r\n|\n|\r|\Z)"),
}
_NEWLINE = re.compile(r"\r\n?")
# PostgreSQL's jsonb stores neither NUL nor surrogates.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def parse_front_matter(text: str) -> tuple[dict[str, Any], int]:
    """Return the metadata as JSON values, and the offset at which the body begins.

    Front matter that cannot be parsed belongs to the body: `---` may be a rule as well.
    """
    opening = _OPENING.match(text)
    closing = _CLOSING[opening[1]].search(text, opening.end()) if opening else None
    if not opening or not closing or closing.start() > MAX_LENGTH:
        return {}, 0
    block = _NEWLINE.sub("\n", text[opening.end() : closing.start()])
    try:
        value = _parse_toml(block) if opening[1] == "+++" else _parse_yaml(block)
        return (_to_object(value, 0), closing.end()) if isinstance(value, dict) else ({}, 0)
    except (ValueError, RecursionError):
        return {}, 0


def _parse_toml(text: str) -> object:
    import tomllib

    return tomllib.loads(text)


def _parse_yaml(text: str) -> object:
    """Parse YAML; raises ValueError, also for aliases and nesting, which can grow without end."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > MAX_DEPTH:
                raise ValueError("an alias, or too deep")
        value = yaml.load(text, Loader=loader)  # noqa: S506  (either is a safe loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return {} if value is None else value


def _to_object(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    return {_to_key(key): _to_json(member, depth + 1) for key, member in value.items()}


def _to_key(key: object) -> str:
    simple = _to_json(key, 0)
    return simple if isinstance(simple, str) else json.dumps(simple)


def _to_json(value: object, depth: int) -> Any:
    """Convert a value to one that JSON and PostgreSQL can store; raises ValueError."""
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    match value:
        case None | bool():
            return value
        case dict():
            return _to_object(value, depth)
        case list() | tuple():
            return [_to_json(member, depth + 1) for member in value]
        case set():
            return sorted(str(_to_json(member, depth + 1)) for member in value)
        case _:
            return _to_scalar(value)


def _to_scalar(value: object) -> str | int | float:
    match value:
        case int() if value.bit_length() <= MAX_INTEGER_BITS:
            return value
        case int():
            raise ValueError("a number with too many digits")
        case float():
            return value if math.isfinite(value) else str(value)
        case date() | time():
            return value.isoformat()
        case bytes():
            return b64encode(value).decode()
        case _:
            return _NOT_STORABLE.sub("", str(value))
