"""Front matter: YAML between `---`, or TOML between `+++`, before the text of a document."""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from datetime import date, time
from typing import Any, NamedTuple

from ragpg.text.toml import parse_toml

MAX_LENGTH = 32_768
"""Characters; anything longer is text."""
MAX_DEPTH = 50
"""Levels of nested lists and mappings."""
MAX_INTEGER_BITS = 1024
MAX_REASON_LENGTH = 120
"""Characters of a parser's message."""

_OPENING = re.compile(r"(---|\+\+\+)[ \t]*+(?:\r\n|\n|\r)")
_CLOSING = {
    "---": re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*+(?:\r\n|\n|\r|\Z)"),
    "+++": re.compile(r"(?<=[\r\n])\+\+\+[ \t]*+(?:\r\n|\n|\r|\Z)"),
}
_KEY = {
    "---": re.compile(r"""(?:#|["']?\w[\w .@/-]*+["']?[ \t]*+:(?:\s|$))"""),
    "+++": re.compile(r"""(?:#|["']?\w[\w.-]*+["']?[ \t]*+=|\[\[?[\w.-]++\])"""),
}
"""How the first line of front matter begins: `---` may be a rule as well."""
_CONTINUED = re.compile(r"[ \t]|- |\]|\}")
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\n|\r|\Z)")
_TOML_LINE = re.compile(r"\(at line (\d+)")
_NEWLINE = re.compile(r"\r\n?")
# PostgreSQL's jsonb stores neither NUL nor surrogates.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


class FrontMatter(NamedTuple):
    """The metadata as JSON values, and the offset at which the body begins.

    `warning` says in which line of the file and why front matter could not be parsed: it is left
    out, and neither metadata nor body.
    """

    metadata: dict[str, Any]
    body_start: int
    warning: str | None = None


def parse_front_matter(text: str) -> FrontMatter:
    """Read the front matter of a text, if it has any."""
    opening = _OPENING.match(text)
    if not opening:
        return FrontMatter({}, 0)
    mark = opening[1]
    has_keys = _KEY[mark].match(text, opening.end()) is not None
    closing = _CLOSING[mark].search(text, opening.end())
    if not closing or closing.start() > MAX_LENGTH:
        end = _find_end_of_unclosed(text, opening.end(), _KEY[mark]) if has_keys else 0
        warning = f"line 1: the front matter has no closing {mark} and is left out"
        return FrontMatter({}, end, warning if end else None)
    block = _NEWLINE.sub("\n", text[opening.end() : closing.start()])
    try:
        value = _parse_toml(block) if mark == "+++" else _parse_yaml(block)
        if isinstance(value, dict):
            return FrontMatter(_to_object(value, 0), closing.end())
    except _NotParsedError as error:
        language = "TOML" if mark == "+++" else "YAML"
        reason = " ".join(str(error).split())[:MAX_REASON_LENGTH]
        warning = f"line {error.line}: the front matter is not valid {language} and is left out"
        warning += f": {reason}"
    except (ValueError, RecursionError):
        warning = "line 1: the front matter has values that cannot be stored, and is left out"
    else:
        return FrontMatter({}, 0)
    return FrontMatter({}, closing.end(), warning) if has_keys else FrontMatter({}, 0)


def _find_end_of_unclosed(text: str, start: int, key: re.Pattern[str]) -> int:
    """Return the end of the lines that look like front matter; 0 if other text follows at once."""
    position = start
    while position < min(len(text), start + MAX_LENGTH):
        line = _LINE.match(text, position)
        if not line or not line[0].strip():
            break
        if not key.match(line[0]) and not _CONTINUED.match(line[0]):
            return 0
        position = line.end()
    return position


class _NotParsedError(ValueError):
    """Front matter that is neither YAML nor TOML; `line` counts from the file's first."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def _parse_toml(text: str) -> object:
    import tomllib

    try:
        return parse_toml(text)
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        reason = _TOML_LINE.split(str(error))[0].strip()
        raise _NotParsedError(reason, int(line[1]) + 1 if line else 1) from error


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
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise _NotParsedError(error.problem or "unknown", line) from error
    except yaml.YAMLError as error:
        raise _NotParsedError(str(error), 1) from error
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
