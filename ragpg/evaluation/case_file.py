"""Parse files of cases: JSON Lines or TOML, strictly; unknown keys are ignored."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Any

from ragpg.errors import UsageError
from ragpg.evaluation.cases import Case, Span, TextPattern
from ragpg.evaluation.timed_expression import compile_expression
from ragpg.text import utf8
from ragpg.text.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_QUOTED = 60
"""Characters of a wrong value that are quoted."""
MAX_TURNS = 50
"""Turns of one conversation; chosen by hand."""
HEADER = re.compile(r"^[ \t]*\[\[[ \t]*[\"']?case[\"']?[ \t]*\]\]", re.MULTILINE)
NOT_TEXT = re.compile("[\0\ud800-\udfff]")


def parse_cases(content: bytes, *, name: str) -> list[Case]:
    """Parse a file of cases; raises UsageError with its name and the line."""
    try:
        text = utf8.decode(content)
    except utf8.NotUtf8Error as error:
        message = f"{name}:{error.line}: not UTF-8"
        raise UsageError(message, hint="save the file as UTF-8") from error
    tables = _parse_json_lines(text, name) if _is_json(text, name) else _parse_toml(text, name)
    cases = [_parse_case(location, table) for location, table in tables]
    if not cases:
        raise UsageError(f"{name}: no cases", hint='a line each: {"question": "…", "doc": ["…"]}')
    _refuse_duplicates(cases)
    return cases


def _is_json(text: str, name: str) -> bool:
    suffix = name.rpartition(".")[2].lower()
    return suffix in ("jsonl", "ndjson", "json") or (suffix != "toml" and text.lstrip()[:1] == "{")


def _parse_json_lines(text: str, name: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        location = f"{name}:{number}"
        if line.strip():
            try:
                yield location, json.loads(line)
            except (ValueError, RecursionError) as error:
                what = getattr(error, "msg", "nested too deep")
                raise UsageError(f"{location}: not JSON: {what}") from error


def _parse_toml(text: str, name: str) -> Iterator[tuple[str, Any]]:
    try:
        tables = parse_toml(text).get("case", [])
    except (ValueError, RecursionError) as error:
        what, _, at = str(error).partition(" (at line ")
        line = int(at.partition(",")[0]) if at else text.count("\n") + 1
        what = what.removesuffix(" (at end of document)")
        raise UsageError(f"{name}:{line}: not TOML: {what[:1].lower()}{what[1:]}") from error
    if not isinstance(tables, list):
        raise UsageError(f"{name}: case must be [[case]], in double brackets")
    ends = [end.start() for end in re.finditer("\n", text)]
    lines = [bisect_left(ends, header.start()) + 1 for header in HEADER.finditer(text)]
    for index, table in enumerate(tables):
        yield f"{name}:{lines[index] if index < len(lines) else 1}", table


def _parse_case(location: str, table: Any) -> Case:
    if not isinstance(table, dict):
        raise _type_error(location, "a case", "an object", table)
    fields = _Fields(location, table)
    *earlier, question = fields.turns()
    evidence = fields.evidence()
    return Case(
        location=location,
        id=fields.name() or " / ".join((*earlier, question)),
        question=question,
        earlier=tuple(earlier),
        answer=fields.answer(),
        sources=fields.texts("source"),
        filter=fields.text("filter"),
        documents=tuple(dict.fromkeys((*fields.texts("doc"), *(e.source for e in evidence)))),
        evidence=evidence,
        answerable=fields.boolean("answerable"),
        cites=fields.texts("cites"),
        contains=fields.patterns("contains"),
        excludes=fields.patterns("excludes"),
        refuses=fields.boolean("refuses"),
    )


def _refuse_duplicates(cases: list[Case]) -> None:
    [(name, count)] = Counter(case.id for case in cases).most_common(1)
    if count > 1:
        first, second, *_ = (case.location for case in cases if case.id == name)
        raise UsageError(
            f"{second}: {_to_json(name)} is there already, at {first}",
            hint="give each case an id of its own",
        )


class _Fields:
    """The values of a case, each checked for its type; null counts as absent."""

    def __init__(self, location: str, table: Mapping[str, Any]) -> None:
        self.location = location
        self.table = table

    def text(self, key: str) -> str | None:
        value = self.table.get(key)
        return None if value is None else self._text(key, value)

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise _type_error(self.location, key, "text", value)
        if NOT_TEXT.search(value):
            raise UsageError(f"{self.location}: {key} holds a character that is no text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key)
        if value is None:
            return ()
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(t, str) and t for t in texts):
            raise _type_error(self.location, key, "text or a list of texts", value)
        return tuple(self._text(key, text) for text in texts)

    def turns(self) -> tuple[str, ...]:
        """Return the turns of a conversation; a question alone is one."""
        question, turns = self.text("question"), self.texts("turns")
        if question is not None and turns:
            message = f"{self.location}: question and turns"
            raise UsageError(message, hint="the last of the turns is the question")
        if len(turns) > MAX_TURNS:
            raise UsageError(f"{self.location}: {len(turns)} turns, and {MAX_TURNS} at most")
        turns = turns or (question or "",)
        if not all(turn.strip() for turn in turns):
            raise UsageError(f"{self.location}: question is missing or blank")
        return turns

    def name(self) -> str:
        value = self.table.get("id")
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise _type_error(self.location, "id", "text", value)
        return "" if value is None else self._text("id", str(value))

    def answer(self) -> str | None:
        value = self.table.get("answer")
        return value if isinstance(value, str) else None

    def boolean(self, key: str) -> bool | None:
        value = self.table.get(key)
        if not isinstance(value, bool | None):
            raise _type_error(self.location, key, "true or false", value)
        return value

    def patterns(self, key: str) -> tuple[TextPattern, ...]:
        patterns = tuple(map(TextPattern, self.texts(key)))
        for pattern in patterns:
            try:
                compile_expression(pattern.expression or "")
            except (re.error, RecursionError, OverflowError) as error:
                message = (
                    f"{self.location}: {key} {_shorten(str(pattern))} is no regular expression"
                )
                raise UsageError(f"{message}: {error}") from error
        return patterns

    def evidence(self) -> tuple[Span, ...]:
        value = self.table.get("evidence")
        if not isinstance(value, list | None):
            raise _type_error(self.location, "evidence", "a list", value)
        return tuple(self._span(span) for span in value or ())

    def _span(self, value: Any) -> Span:
        expected = '{"doc", "start", "end"} with 0 ≤ start < end'
        match value:
            case {"doc": str(source), "start": int(start), "end": int(end)} if (
                source and 0 <= start < end and type(start) is type(end) is int
            ):
                return Span(self._text("evidence", source), start, end)
        raise _type_error(self.location, "evidence", expected, value)


def _type_error(location: str, key: str, expected: str, value: Any) -> UsageError:
    return UsageError(f"{location}: {key} must be {expected}, not {_to_json(value)}")


def _to_json(value: Any) -> str:
    return _shorten(json.dumps(value, ensure_ascii=False, default=str))


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else text[:MAX_QUOTED] + "…"
