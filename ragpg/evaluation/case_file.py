"""Files of cases: JSON Lines or TOML, read strictly; other keys than a case's are ignored."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from ragpg.errors import UsageError
from ragpg.evaluation.cases import Case, Span, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

QUOTED = 60
"""Characters of a wrong value that are quoted."""
HEADER = re.compile(r"^[ \t]*\[\[[ \t]*[\"']?case[\"']?[ \t]*\]\]", re.MULTILINE)
NOT_TEXT = re.compile("[\0\ud800-\udfff]")


def parse(content: bytes, *, name: str) -> list[Case]:
    """Read a file of cases; raises UsageError with its name and the line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: not UTF-8", hint="save the file as UTF-8") from error
    tables = _json_lines(text, name) if _is_json(text, name) else _toml(text, name)
    cases = [_case(place, table) for place, table in tables]
    if not cases:
        raise UsageError(f"{name}: no cases", hint='a line each: {"question": "…", "doc": ["…"]}')
    _refuse_doubles(cases)
    return cases


def _is_json(text: str, name: str) -> bool:
    suffix = name.rpartition(".")[2].lower()
    return suffix in ("jsonl", "ndjson", "json") or (suffix != "toml" and text.lstrip()[:1] == "{")


def _json_lines(text: str, name: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        place = f"{name}:{number}"
        if line.strip():
            try:
                yield place, json.loads(line)
            except (ValueError, RecursionError) as error:
                what = getattr(error, "msg", "nested too deep")
                raise UsageError(f"{place}: not JSON: {what}") from error


def _toml(text: str, name: str) -> Iterator[tuple[str, Any]]:
    import tomllib

    try:
        found = tomllib.loads(text).get("case", [])
    except (ValueError, RecursionError) as error:
        what, _, at = str(error).partition(" (at line ")
        line = int(at.partition(",")[0]) if at else text.count("\n") + 1
        what = what.removesuffix(" (at end of document)")
        raise UsageError(f"{name}:{line}: not TOML: {what[:1].lower()}{what[1:]}") from error
    if not isinstance(found, list):
        raise UsageError(f"{name}: case must be [[case]], in double brackets")
    lines = [text.count("\n", 0, header.start()) + 1 for header in HEADER.finditer(text)]
    for index, table in enumerate(found):
        yield f"{name}:{lines[index] if index < len(lines) else 1}", table


def _case(place: str, table: Any) -> Case:
    if not isinstance(table, dict):
        raise _wrong(place, "a case", "an object", table)
    fields = _Fields(place, table)
    question = fields.text("question")
    if not question or not question.strip():
        raise UsageError(f"{place}: question is missing or blank")
    evidence = fields.evidence()
    return Case(
        place=place,
        id=fields.name() or question,
        question=question,
        answer=fields.answer(),
        sources=fields.texts("source"),
        filter=fields.text("filter"),
        documents=tuple(dict.fromkeys((*fields.texts("doc"), *(e.source for e in evidence)))),
        evidence=evidence,
        answerable=fields.truth("answerable"),
        cites=fields.texts("cites"),
        contains=fields.wanted("contains"),
        excludes=fields.wanted("excludes"),
        refuses=fields.truth("refuses"),
    )


def _refuse_doubles(cases: list[Case]) -> None:
    [(name, count)] = Counter(case.id for case in cases).most_common(1)
    if count > 1:
        first, second, *_ = (case.place for case in cases if case.id == name)
        raise UsageError(
            f"{second}: {_literal(name)} is there already, at {first}",
            hint="give each case an id of its own",
        )


class _Fields:
    """The keys of one case, each of its kind; null is as good as absent."""

    def __init__(self, place: str, table: Mapping[str, Any]) -> None:
        self.place = place
        self.table = table

    def text(self, key: str) -> str | None:
        value = self.table.get(key)
        return None if value is None else self._text(key, value)

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise _wrong(self.place, key, "text", value)
        if NOT_TEXT.search(value):
            raise UsageError(f"{self.place}: {key} holds a character that is no text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key)
        if value is None:
            return ()
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            raise _wrong(self.place, key, "text or a list of texts", value)
        return tuple(self._text(key, one) for one in found)

    def name(self) -> str:
        value = self.table.get("id")
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise _wrong(self.place, "id", "text", value)
        return "" if value is None else self._text("id", str(value))

    def answer(self) -> str | None:
        value = self.table.get("answer")
        return value if isinstance(value, str) else None

    def truth(self, key: str) -> bool | None:
        value = self.table.get(key)
        if not isinstance(value, bool | None):
            raise _wrong(self.place, key, "true or false", value)
        return value

    def wanted(self, key: str) -> tuple[Wanted, ...]:
        found = tuple(map(Wanted, self.texts(key)))
        for one in found:
            try:
                re.compile(one.expression or "")
            except (re.error, RecursionError, OverflowError) as error:
                message = f"{self.place}: {key} {_quoted(str(one))} is no regular expression"
                raise UsageError(f"{message}: {error}") from error
        return found

    def evidence(self) -> tuple[Span, ...]:
        value = self.table.get("evidence")
        if not isinstance(value, list | None):
            raise _wrong(self.place, "evidence", "a list", value)
        return tuple(self._span(one) for one in value or ())

    def _span(self, value: Any) -> Span:
        wants = '{"doc", "start", "end"} with 0 ≤ start < end'
        match value:
            case {"doc": str(source), "start": int(start), "end": int(end)} if (
                source and 0 <= start < end and type(start) is type(end) is int
            ):
                return Span(self._text("evidence", source), start, end)
        raise _wrong(self.place, "evidence", wants, value)


def _wrong(place: str, key: str, wants: str, value: Any) -> UsageError:
    return UsageError(f"{place}: {key} must be {wants}, not {_literal(value)}")


def _literal(value: Any) -> str:
    return _quoted(json.dumps(value, ensure_ascii=False, default=str))


def _quoted(text: str) -> str:
    return text if len(text) <= QUOTED else text[:QUOTED] + "…"
