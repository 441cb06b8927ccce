"""The pages that people read, and the examples in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "RELEASE.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
EXAMPLE = re.compile(
    r"^<!-- json: ragpg (?P<command>.*?)(?: \| (?P<part>[\w.]+))? -->\n"
    r"```json\n(?P<block>.*?)^```\n<!-- end -->$",
    re.MULTILINE | re.DOTALL,
)
"""A command and what it prints, or a part of that: the path of its keys and indices."""
WIDTH = 92
LONGEST_TEXT, LONGEST_LIST = 60, 3
VARYING = {
    "origin": "/home/you/handbook/leave_policy.md",
    "ingested": "2026-11-28T12:00:00.000000Z",
    "modified": "2026-11-27T09:30:00.000000Z",
    "fingerprint": "…",
    "host": "…",
    "at": "…",
    "database": "…",
    "project": "…",
    "version": "…",
    "pgvector": "…",
    "seconds": 0.5,
    "size": 21504,
}
"""What an example shows in place of values that differ from run to run."""
VARYING_OBJECTS: dict[str, dict[str, float]] = {
    "timings": {"retrieve": 0.3, "generate": 0.1, "total": 0.4},
    "sizes": {"table": 237568, "index": 131072, "total": 368640},
}
"""The same for objects of numbers; their keys are those that were printed."""


def read(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text("utf-8")


def fenced(text: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def console(text: str) -> list[tuple[str, str]]:
    """Return the commands of console blocks, without the program's name, and their output."""
    blocks = "".join(fenced(text, "console"))
    return re.findall(r"^\$ ragpg (.*)\n((?:(?!\$ ).*\n)*)", blocks, re.MULTILINE)


def inline_code(text: str) -> Iterator[str]:
    """Yield what is written in single backticks outside of fenced blocks."""
    outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", outside)


def pick(value: Any, path: str | None) -> Any:
    """Return the part of a JSON value at a path such as `hits.0.explain`."""
    for key in path.split(".") if path else ():
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def shorten(value: Any, key: str = "") -> Any:
    """Return a JSON value as an example shows it: rounded, cut, and the same in every run."""
    if key in VARYING and value is not None and not isinstance(value, dict | list):
        return VARYING[key]
    if isinstance(value, dict):
        fixed = VARYING_OBJECTS.get(key, {})
        return {name: fixed.get(name, shorten(inner, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [shorten(inner) for inner in value[:LONGEST_LIST]]
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[: LONGEST_TEXT - 1] + "…"
    return value


def layout(value: Any, indent: int = 0) -> str:
    """Write JSON with as much on a line as fits."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= WIDTH or not value or not isinstance(value, dict | list):
        return flat
    begin, end = ("{", "}") if isinstance(value, dict) else ("[", "]")
    names = [f"{json.dumps(name)}: " for name in value] if isinstance(value, dict) else None
    values = value.values() if isinstance(value, dict) else value
    inner = [layout(item, indent + 2) for item in values]
    lines = [f"{name}{item}" for name, item in zip(names or [""] * len(inner), inner, strict=True)]
    margin = " " * (indent + 2)
    return f"{begin}\n{margin}" + f",\n{margin}".join(lines) + f"\n{' ' * indent}{end}"
