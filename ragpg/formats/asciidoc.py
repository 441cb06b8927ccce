"""AsciiDoc is converted a section at a time, and what only other programs need is taken out first.

docling-rs puts many paragraphs and lists behind all headings, those of a section among themselves
are in order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ragpg.formats.asciidoc_tables import TABLE, open_table, write_table
from ragpg.formats.converter import UnreadableFormatError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Section(NamedTuple):
    """A heading as Markdown, which is empty at the beginning of a document, and its AsciiDoc."""

    heading: str
    body: str


_DELIMITER = re.compile(r"(?:([-.=+*_/])\1{3,}|--|```\w*|[|,:!]===)\s*")
_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ATTRIBUTE = re.compile(r":([\w-]+):(?:\s+(.*))?")
_DIRECTIVE = re.compile(
    r"//(?!/)|(?:ifn?def|ifeval|endif|include|toc|image|video|audio)::|\[\[.*\]\]\s*$"
)
"""Lines that show no words: comments, conditions, includes, pictures and anchors."""

_ITEM = re.compile(r"\s*(?:[*.]{1,5}|-|\d+\.)\s+\S")
_CHARACTERS = {"nbsp": " ", "sp": " ", "empty": "", "zwsp": "", "amp": "&", "lt": "<", "gt": ">"}
_REFERENCE = re.compile(r"\{([\w-]+)\}")
_REWRITTEN = (
    (re.compile(r"\s?\bimage:[^\s\[\]]+\[[^\]]*\]"), ""),
    (re.compile(r"\(\(\([^()]*\)\)\)"), ""),  # index terms that are not shown
    (re.compile(r"\(\(([^()]+)\)\)"), r"\1"),
    (re.compile(r"<<[^<>,]*,\s*([^<>]+)>>"), r"\1"),
    (re.compile(r"<<(?:[^<>#]*#)?([^<>,#]+)#?>>"), r"\1"),
    (re.compile(r"\{[\w-]+\}[^\s\[\]{}]*\[([^\[\]]+)\]"), r"\1"),  # an address in an attribute
)


def divide_sections(content: bytes) -> Iterator[Section]:
    """Yield the sections of a document in their order; raises UnreadableFormatError."""
    heading, lines, block = "", list[str](), ""
    table, bar = list[str](), ""
    attributes: dict[str, str] = dict(_CHARACTERS)
    for line in decode(content).splitlines():
        if block == TABLE:
            if line.strip() == TABLE:
                block, lines, table = "", [*lines, *write_table(table, bar), ""], []
            else:
                table.append(rewrite(line, attributes))
        elif block:
            block = "" if line.strip() == block else block
            lines.append(line)
        elif line.strip() == TABLE:
            block, bar = TABLE, open_table(lines)
        elif _DELIMITER.fullmatch(line):
            block = close(line.strip())
            lines.append(line)
        elif attribute := _ATTRIBUTE.fullmatch(line):
            attributes[attribute[1]] = (attribute[2] or "").strip()
        elif title := _HEADING.fullmatch(line):
            yield Section(heading, "\n".join(lines))
            heading, lines = f"{'#' * len(title[1])} {rewrite(title[2], attributes).strip()}", []
        elif not _DIRECTIVE.match(line):
            append(lines, rewrite(line, attributes))
    yield Section(heading, "\n".join(lines + write_table(table, bar)))


def decode(content: bytes) -> str:
    """Return the text of a document; raises UnreadableFormatError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFormatError(f"it is not UTF-8, from byte {error.start} on") from error


def append(lines: list[str], line: str) -> None:
    """Add a line; one that goes on with an item would be moved behind the list."""
    goes_on = line.strip() and line.strip() != "+" and not _ITEM.match(line)
    if goes_on and lines and _ITEM.match(lines[-1]):
        lines[-1] += f" {line.strip()}"
    else:
        lines.append(line)


def close(delimiter: str) -> str:
    """Return the line that ends a block; in blocks of text, lines are read like any others."""
    if delimiter == "--" or delimiter[0] in "=*_":
        return ""
    return "```" if delimiter.startswith("```") else delimiter


def rewrite(line: str, attributes: dict[str, str]) -> str:
    """Return what a reader sees of attributes, index terms and references of a line."""
    known = _REFERENCE.sub(lambda match: attributes.get(match[1], match[0]), line)
    for pattern, shown in _REWRITTEN:
        known = pattern.sub(shown, known)
    return known
