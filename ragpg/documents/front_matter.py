"""What stands in front of a document's text: YAML between `---`, or TOML between `+++`."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from datetime import date, time
from typing import Any

LONGEST = 32_768
"""Characters; what is longer is text."""
DEEPEST = 50
LARGEST_BITS = 1024

_OPENING = re.compile(r"(---|\+\+\+)[ \t]*+(?:\r\n|\n|\r)")
_CLOSING = {
    "---": re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*+(?:\r\n|\n|\r|\Z)"),
    "+++": re.compile(r"(?<=[\r\n])\+\+\+[ \t]*+(?:\r\n|\n|\r|\Z)"),
}
_NEWLINE = re.compile(r"\r\n?")
# PostgreSQL's jsonb holds neither.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


def front_matter(text: str) -> tuple[dict[str, Any], int]:
    """The metadata, as JSON can hold it, and the offset at which the text begins.

    What cannot be read as front matter is text, as in a document that begins with a rule.
    """
    opening = _OPENING.match(text)
    closing = _CLOSING[opening[1]].search(text, opening.end()) if opening else None
    if not opening or not closing or closing.start() > LONGEST:
        return {}, 0
    written = _NEWLINE.sub("\n", text[opening.end() : closing.start()])
    try:
        read = _toml(written) if opening[1] == "+++" else _yaml(written)
        return (_object(read, 0), closing.end()) if isinstance(read, dict) else ({}, 0)
    except (ValueError, RecursionError):
        return {}, 0


def _toml(text: str) -> object:
    import tomllib

    return tomllib.loads(text)


def _yaml(text: str) -> object:
    """Read YAML; raises ValueError, also for aliases and depths that take forever to unfold."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
                raise ValueError("an alias, or too deep")
        read = yaml.load(text, Loader=loader)  # noqa: S506  (either is a safe loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return {} if read is None else read


def _object(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    return {_key(key): _json(member, depth + 1) for key, member in value.items()}


def _key(key: object) -> str:
    simple = _json(key, 0)
    return simple if isinstance(simple, str) else json.dumps(simple)


def _json(value: object, depth: int) -> Any:
    """A value as JSON and PostgreSQL can hold it."""
    if depth > DEEPEST:
        raise ValueError("too deep")
    match value:
        case None | bool():
            return value
        case dict():
            return _object(value, depth)
        case list() | tuple():
            return [_json(member, depth + 1) for member in value]
        case set():
            return sorted(str(_json(member, depth + 1)) for member in value)
        case _:
            return _scalar(value)


def _scalar(value: object) -> str | int | float:
    match value:
        case int() if value.bit_length() <= LARGEST_BITS:
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
