"""What a reader sees in place of a tag."""

from __future__ import annotations

import re

ALTERNATIVE = re.compile(r"""\balt=(?:"([^"]*)|'([^']*))""", re.IGNORECASE)
_WITHIN_WORDS = re.compile(
    r"</?(?:a|abbr|b|code|em|i|kbd|mark|s|small|span|strong|sub|sup|u|var)\b", re.IGNORECASE
)
_TAG_NAME = re.compile(r"</?([a-zA-Z][\w.:-]*+)")
_COMPONENT_WORDS = re.compile(
    r"""\s(title|label|name|role|alt|text|caption|heading|description|summary|content)\s*+="""
    r"""\s*+\{?(?:"([^"]*+)"|'([^']*+)')"""
)
_CELL, _DEFINED = ("td", "th"), "dd"
_SHOWN = {"pre": "\n", "img": ""}
"""By the names of elements; others are shown as a blank."""


def read_tag(tag: str) -> str:
    """Return what a reader sees in place of a tag."""
    if _WITHIN_WORDS.match(tag):
        return ""
    found = _TAG_NAME.match(tag)
    name = found[1] if found else ""
    if name[:1].isupper():
        shown = _read_attributes(tag)
        return f" {shown}{'' if tag.endswith('/>') or not shown else ':'} "
    if name.lower() in _CELL and not tag.startswith("</"):
        return " | "
    if name.lower() == _DEFINED and not tag.startswith("</"):
        return ": "
    alternative = read_alternative(tag)
    return _SHOWN.get(name.lower(), " ") if alternative is None else alternative


def read_alternative(markup: str) -> str | None:
    """Return the alternative text among attributes; None where there is no such attribute."""
    found = ALTERNATIVE.search(markup)
    return (found[1] or found[2] or "") if found else None


def _read_attributes(tag: str) -> str:
    """Return the attributes of a component that it probably shows."""
    found = _COMPONENT_WORDS.findall(tag)
    values = ((name, double or single) for name, double, single in found)
    # `name` and `role` are often identifiers of the component's own.
    return ", ".join(
        value
        for name, value in values
        if name not in ("name", "role") or value.istitle() or " " in value
    )
