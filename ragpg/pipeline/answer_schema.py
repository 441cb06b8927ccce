"""The shape that an answer is asked for: a JSON Schema, and what does not fit it."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from ragpg.errors import ConfigurationError
from ragpg.optional import JSONSCHEMA
from ragpg.text import utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MAX_BYTES = 100_000
"""Of a schema; a model is sent all of it."""
MAX_SHOWN = 200
"""Characters of what an error quotes."""

_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(.*)\n[ \t]*```\s*", re.DOTALL | re.IGNORECASE)
"""JSON between fences, as models write it that are not held to a schema."""


class NotFittingError(ValueError):
    """An answer that is no JSON, or not of the schema; the message is a part of a sentence."""


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """A JSON Schema, as it is sent to models."""

    definition: Mapping[str, Any]

    @classmethod
    def parse(cls, content: bytes, *, name: str) -> AnswerSchema:
        """Read a schema; raises ConfigurationError for what is none, or refers to another file."""
        JSONSCHEMA.require("--schema")
        if len(content) > MAX_BYTES:
            raise ConfigurationError(f"{name!r} is no schema: it is larger than {MAX_BYTES} bytes")
        try:
            definition = _load(utf8.decode(content))
        except ValueError as error:
            raise ConfigurationError(f"{name!r} is no JSON: {_shorten(str(error))}") from error
        except RecursionError as error:
            raise ConfigurationError(f"{name!r} is nested too deeply") from error
        if not isinstance(definition, dict):
            raise ConfigurationError(
                f"{name!r} is no schema: it is no object",
                hint='write one like {"type": "object", "properties": {"days": …}}',
            )
        _check(definition, name=name)
        return cls(definition)

    def read(self, text: str) -> Any:
        """Return the value that an answer stands for; raises NotFittingError."""
        fenced = _FENCED.fullmatch(text)
        try:
            value = _load(fenced[1] if fenced else text)
        except (ValueError, RecursionError):
            raise NotFittingError(f"is no JSON: {_shorten(text)!r}") from None
        from jsonschema.exceptions import best_match

        try:
            error = best_match(_make_validator(self.definition).iter_errors(value))
            list(iter_strings(value))
        except RecursionError:
            raise NotFittingError(f"is nested too deeply: {_shorten(text)!r}") from None
        if error:
            message = _shorten(error.message)
            raise NotFittingError(f"does not fit the schema at {error.json_path}: {message}")
        return value


def iter_strings(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield each string of a JSON value behind its JSON Pointer (RFC 6901)."""
    members: Iterable[tuple[object, Any]] = ()
    match value:
        case str():
            yield pointer, value
        case dict():
            members = value.items()
        case list():
            members = enumerate(value)
    for key, member in members:
        step = str(key).replace("~", "~0").replace("/", "~1")
        yield from iter_strings(member, f"{pointer}/{step}")


def _load(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse_constant, parse_float=_parse_float)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _parse_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        _refuse_constant(_shorten(digits))
    return number


def _check(definition: dict[str, Any], *, name: str) -> None:
    """Raise ConfigurationError for a malformed schema, or one that does not stand alone."""
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    try:
        _check_references(definition, name=name)
        validator_for(definition).check_schema(definition)
    except SchemaError as error:
        reason = f"{_shorten(error.message)} at {error.json_path}"
        raise ConfigurationError(f"{name!r} is no schema: {reason}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{name!r} is no schema: it is nested too deeply") from error


def _check_references(definition: dict[str, Any], *, name: str) -> None:
    """Raise ConfigurationError for a reference to what is not in the schema."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    schema = DRAFT202012.create_resource(definition)
    resolver = Registry().with_resource("", schema).crawl().resolver()
    for reference in _iter_references(definition):
        try:
            resolver.lookup(reference)
        except Unresolvable as error:
            raise ConfigurationError(
                f"{name!r} refers to {_shorten(reference)!r}, which is not in it",
                hint="write it into $defs, and refer to it by #/$defs/…",
            ) from error


def _make_validator(definition: Mapping[str, Any]) -> Any:
    """Make what checks a value; nothing is fetched from anywhere."""
    from jsonschema.validators import validator_for
    from referencing import Registry

    return validator_for(definition)(definition, registry=Registry())


def _iter_references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            if key in ("$ref", "$dynamicRef") and isinstance(member, str):
                yield member
            yield from _iter_references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _iter_references(member)


def _shorten(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[: MAX_SHOWN - 1]}…"
