"""The dialects of Markdown, rewritten line by line so that a CommonMark parser reads what is left.

Lines that a reader does not see (comments, tags of components and shortcodes, MDX imports) become
blank, the bodies of admonitions and components lose their indentation. The number of lines stays
the same, so that the blocks found in the rewritten text are those of the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.container_tags import (
    CODE_TAGS,
    COMMENT_TAG,
    MAX_TAG_LENGTH,
    ContainerTag,
    is_directive,
    parse_callout,
    parse_container_tags,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CONTAINERS = 20
"""Containers that are nested deeper have no title."""
MAX_TAG_LINES = 30
"""Lines of a component's opening tag."""

_MAY_NEED_REWRITING = re.compile(
    r"(?:^|[\r\n])[ \t>]*+"
    r"(?:<[A-Za-z!/]|\{|!!!|\?\?\?|:|///|===|%%|```\{|import\b|export\b|\[[\^!])"
)
_BLANKS = re.compile(r"[ \t]*+")
_ITEM = re.compile(r"[ \t]*+(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,4}|$)")
_FENCE = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+(`{3,}+(?=[^`]*+$)|~{3,}+)")
_IMPORT = re.compile(r"import\s*+(?:[\w*{][^\"';]*?[\s}]from\s*+)?[\"'][^\"']*+[\"'];?$")
_IMPORT_OPENING = re.compile(r"import\s*+\{[^}\"';]*+$")
_EXPORT = re.compile(r"export\s++(?:const|let|var|function|default|async|class|[*{])")
_OPEN_TAG = re.compile(r"<[A-Z][\w.:-]*+(?:\s[^<>]*+)?$")
_HTML_LINE = re.compile(
    r"</?(?:address|article|aside|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir"
    r"|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|h[1-6]|head|header|hr|html|iframe"
    r"|legend|li|link|main|menu|nav|ol|optgroup|option|p|param|search|section|summary|table|tbody"
    r"|td|tfoot|th|thead|title|tr|track|ul)(?=[\s/>]|$)",
    re.IGNORECASE,
)
"""How an HTML block of CommonMark begins that ends at a blank line."""
_RAW = re.compile(r"<(pre|script|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
_DEFINITION = re.compile(r":[ \t]++\S")
_FOOTNOTE = re.compile(r"[ ]{0,3}\[\^[^\[\]\s]{1,60}\]:[ \t]*+(?=\S)")
_LONG_MARKER = re.compile(r"-[ \t]{5,}")
_SUMMARY = re.compile(r"<summary\b[^<>]*+>(.*?)</summary", re.IGNORECASE)
_HTML_TAG = re.compile(r"<[^<>]*+>")
_TABLE = re.compile(r"</?table\b", re.IGNORECASE)
_CLOSING_NAMES = re.compile(
    r"(?:\{\{[<%]-?[ \t]*+/|(?P<liquid>\{%-?[ \t]*+end)|(?P<tag></))[ \t]*+([\w.:-]++)"
)
_COMMENTS = (("<!--", "-->"), ("{/*", "*/}"), ("{{/*", "*/}}"), ("{#", "#}"))
"""The beginning and the end of a comment that has lines of its own."""


class Mark(NamedTuple):
    """Lines from `first` to before `last` that no CommonMark parser sees.

    `words` are what a reader sees in their place; None for an HTML table.
    """

    first: int
    last: int
    words: str | None


class Dialects(NamedTuple):
    """The rewritten lines of a text, and by line what was taken from them.

    `titles` are those of the containers around each line. `groups` has the first line of the
    outermost admonition around each, or -1.
    """

    lines: Sequence[str]
    marks: Sequence[Mark]
    titles: Sequence[tuple[str, ...]]
    groups: Sequence[int]
    definitions: frozenset[int]
    footnotes: frozenset[int]


@dataclass(slots=True)
class _Container:
    """An open container; `shift` is the indentation of its body, None before its first line."""

    tag: ContainerTag
    indent: int
    titles: tuple[str, ...]
    group: int
    shift: int | None = None


def read_dialects(text: str, lines: Sequence[str]) -> Dialects:
    """Rewrite the lines of a text."""
    if not _MAY_NEED_REWRITING.search(text):
        count = len(lines)
        return Dialects(lines, (), ((),) * count, (-1,) * count, frozenset(), frozenset())
    return _Reader(text, lines).read()


class _Reader:
    """Reads the lines from the first to the last; each method returns the line to go on with."""

    def __init__(self, text: str, lines: Sequence[str]) -> None:
        self._lines = lines
        self._closing_names = {
            ("{%" if liquid else "<" if tag else "{{") + name
            for liquid, tag, name in _CLOSING_NAMES.findall(text)
        }
        self._rewritten: list[str] = []
        self._marks: list[Mark] = []
        self._titles: list[tuple[str, ...]] = []
        self._groups: list[int] = []
        self._definitions: set[int] = set()
        self._footnotes: set[int] = set()
        self._containers: list[_Container] = []
        self._fence = ""
        self._in_html = False
        self._after_blank = True
        self._item_offset = 0
        self._missing: set[str] = set()

    def read(self) -> Dialects:
        index = 0
        while index < len(self._lines):
            index = self._read_line(index)
        return Dialects(
            self._rewritten,
            self._marks,
            self._titles,
            self._groups,
            frozenset(self._definitions),
            frozenset(self._footnotes),
        )

    def _read_line(self, index: int) -> int:
        line = self._lines[index]
        stripped = line.strip()
        if not stripped:
            self._keep(line)
            self._in_html, self._after_blank = False, True
            return index + 1
        indent = _measure_indent(line)
        self._leave_containers(indent, stripped)
        line = self._shift(line, indent)
        following = self._read_fence(index, line, stripped)
        if following is None and not self._is_indented_code(line):
            following = self._read_special(index, indent, stripped)
        if following is None:
            self._keep(self._mark_note(index, line, stripped))
            following = index + 1
        self._after_blank = False
        return following

    def _is_indented_code(self, line: str) -> bool:
        """Return whether a line is code by its indentation; keeps track of lists on the way."""
        indent = _measure_indent(line)
        item = _ITEM.match(line)
        if item and indent < self._item_offset + 4:
            self._item_offset = item.end()
        elif indent < self._item_offset and self._after_blank:
            self._item_offset = indent if indent > 1 else 0
        return self._after_blank and indent >= self._item_offset + 4

    def _read_fence(self, index: int, line: str, stripped: str) -> int | None:
        """Keep a line of fenced code; None for any other line."""
        if self._fence:
            if stripped.startswith(self._fence) and not stripped.strip(self._fence[0]):
                self._fence = ""
            self._keep(line)
            return index + 1
        fence = _FENCE.match(stripped)
        if not fence or self._in_html:
            return None
        if self._containers and self._containers[-1].tag.key == stripped:
            self._close(stripped)
            return self._hide(index, index + 1)
        if stripped.startswith("```{") and is_directive(parse_container_tags(stripped)):
            return None
        self._is_indented_code(line)
        self._fence = fence[1]
        self._keep(line)
        return index + 1

    def _read_special(self, index: int, indent: int, stripped: str) -> int | None:
        match stripped[0]:
            case "<" | "{" | "%":
                return self._read_markup(index, indent, stripped)
            case "!" | "?" | "=" | ":" | "/" | "`":
                return self._read_tags(index, indent, stripped)
            case ">":
                return self._read_callout(index, indent, stripped)
            case "i" | "e" if indent == 0 and not self._in_html:
                return self._read_module_line(index, stripped)
        return None

    def _read_markup(self, index: int, indent: int, stripped: str) -> int | None:
        for opening, closing in _COMMENTS:
            if stripped.startswith(opening):
                return self._hide_comment(index, opening, closing)
        if stripped == "%%":
            return self._hide_until(index, "%%")
        if raw := _RAW.match(stripped):
            return self._keep_until(index, f"</{raw[1].lower()}")
        if _HTML_LINE.match(stripped):
            return self._read_html(index, indent, stripped)
        if self._in_html:
            return None
        return self._read_tags(index, indent, stripped)

    def _hide_comment(self, index: int, opening: str, closing: str) -> int | None:
        line = self._lines[index].strip()
        end = line.find(closing, len(opening))
        if end < 0:
            return self._hide_until(index, closing)
        if end + len(closing) < len(line):
            return None
        return self._hide(index, index + 1)

    def _hide_until(self, index: int, closing: str) -> int | None:
        """Hide the lines up to that with `closing`; None if there is none."""
        last = self._find_line(index + 1, closing)
        return None if last is None else self._hide(index, last + 1)

    def _keep_until(self, index: int, closing: str) -> int | None:
        last = self._find_line(index, closing)
        if last is None:
            return None
        for line in self._lines[index : last + 1]:
            self._keep(line)
        return last + 1

    def _find_line(self, index: int, closing: str) -> int | None:
        """Return the first line from `index` on with `closing`; looked for in vain only once."""
        if closing in self._missing:
            return None
        for last in range(index, len(self._lines)):
            if closing in self._lines[last].lower():
                return last
        self._missing.add(closing)
        return None

    def _hide(self, first: int, last: int, words: str | None = "") -> int:
        self._marks.append(Mark(first, last, words))
        for index in range(first, last):
            self._keep(_blank(self._lines[index]))
        return last

    def _read_html(self, index: int, indent: int, stripped: str) -> int | None:
        lowered = stripped[:200].lower()
        if lowered.startswith("<table"):
            return self._read_table(index)
        if lowered.startswith("<details"):
            self._open(index, indent, ContainerTag("<details"), shift=0)
        summary = _SUMMARY.search(stripped) if len(stripped) < MAX_TAG_LENGTH else None
        if summary and self._containers and self._containers[-1].tag.key == "<details":
            title = " ".join(_HTML_TAG.sub(" ", summary[1]).split())
            self._containers[-1].titles += (title,) if title else ()
        if lowered.startswith("</details"):
            self._close("<details")
        self._in_html = True
        return None

    def _read_table(self, index: int) -> int | None:
        """Take an HTML table as a whole, blank lines included; None if it has no end."""
        if "</table" in self._missing:
            return None
        depth = 0
        for last in range(index, len(self._lines)):
            for tag in _TABLE.findall(self._lines[last]):
                depth += -1 if tag.startswith("</") else 1
            if depth <= 0:
                return self._hide(index, last + 1, None)
        self._missing.add("</table")
        return None

    def _read_tags(self, index: int, indent: int, stripped: str) -> int | None:
        """Read a line of tags that open or close containers."""
        last = index + 1
        if _OPEN_TAG.match(stripped):
            last = self._find_tag_end(index)
            stripped = " ".join(line.strip() for line in self._lines[index:last])
        if stripped[0] == ":" and _DEFINITION.match(stripped):
            return None
        tags = parse_container_tags(stripped)
        if not tags or (len(tags) == 1 and not self._is_paired(tags[0])):
            return None
        tag = tags[0]
        if tag.name == COMMENT_TAG and not tag.closes:
            return self._hide_until(index, f"{'/' if tag.key.startswith('{{') else 'end'}comment")
        if tag.name in CODE_TAGS and stripped[0] == "{" and not tag.closes:
            return self._read_code(index, tag)
        for tag in tags:
            if tag.closes:
                self._close(tag.key)
            elif self._is_paired(tag):
                self._open(index, indent, tag)
        words = ", ".join(tag.title for tag in tags if tag.title)
        return self._hide(index, last, words)

    def _find_tag_end(self, index: int) -> int:
        for last in range(index + 1, min(index + MAX_TAG_LINES, len(self._lines))):
            if self._lines[last].rstrip().endswith(">"):
                return last + 1
        return index + 1

    def _is_paired(self, tag: ContainerTag) -> bool:
        """Return whether a tag is half of a pair, as far as the text tells."""
        if tag.closes:
            return True
        return tag.key[:1] not in ("{", "<") or tag.key in self._closing_names

    def _read_code(self, index: int, tag: ContainerTag) -> int | None:
        """Rewrite a shortcode around code as a fence."""
        closing = re.compile(rf"\{{[{{%][<%-]*+\s*+(?:/|end){re.escape(tag.name)}\b")
        if tag.key in self._missing:
            return None
        for last in range(index + 1, len(self._lines)):
            if closing.search(self._lines[last]):
                lines = self._lines[index : last + 1]
                fence = " " * _measure_indent(lines[0]) + "~~~~~~~~~~~~"
                for line in (fence + _ending(lines[0]), *lines[1:-1], fence + _ending(lines[-1])):
                    self._keep(line)
                return last + 1
        self._missing.add(tag.key)
        return None

    def _read_callout(self, index: int, indent: int, stripped: str) -> int | None:
        callout = parse_callout(stripped) if len(stripped) < MAX_TAG_LENGTH else None
        if not callout:
            return None
        marks, tag = callout
        self._open(index, indent, tag)
        self._hide(index, index + 1, tag.title)
        self._rewritten[-1] = marks.rstrip() + _ending(self._lines[index])
        return index + 1

    def _read_module_line(self, index: int, stripped: str) -> int | None:
        """Hide an import or export of MDX, up to a blank line outside of braces."""
        if not self._after_blank and not (self._marks and self._marks[-1].last == index):
            return None
        if _IMPORT.match(stripped):
            return self._hide(index, index + 1)
        is_module = _IMPORT_OPENING.match(stripped) or _EXPORT.match(stripped)
        if not is_module or "export" in self._missing:
            return None
        depth = 0
        for last in range(index, len(self._lines)):
            line = self._lines[last]
            if not line.strip() and depth <= 0:
                return self._hide(index, last)
            depth += sum(map(line.count, "{([")) - sum(map(line.count, "})]"))
        if depth <= 0:
            return self._hide(index, len(self._lines))
        self._missing.add("export")
        return None

    def _mark_note(self, index: int, line: str, stripped: str) -> str:
        """Write a footnote or a definition as a list item, to which indented lines belong."""
        if stripped[0] not in ":[" or self._in_html:
            return line
        if index and _DEFINITION.match(stripped):
            self._definitions.add(index)
            self._item_offset = _measure_indent(line) + 4
            return _LONG_MARKER.sub("-   ", line.replace(":", "-", 1), count=1)
        footnote = _FOOTNOTE.match(line)
        if footnote:
            self._footnotes.add(index)
            self._item_offset = 4
            return "-   " + line[footnote.end() :]
        return line

    def _open(self, index: int, indent: int, tag: ContainerTag, shift: int | None = None) -> None:
        if len(self._containers) >= MAX_CONTAINERS:
            return
        parent = self._containers[-1] if self._containers else None
        titles = parent.titles if parent else ()
        group = parent.group if parent else -1
        if tag.is_own and tag.title:
            titles = (*titles, tag.title)
        if tag.is_admonition and group < 0:
            group = index
        self._containers.append(_Container(tag, indent, titles, group, shift))

    def _close(self, key: str) -> None:
        """Close the innermost container with a key, else one with a fence of another length."""
        keys = [container.tag.key for container in self._containers]
        similar = [other for other in keys if key[0] in ":/" and other[:1] == key[0]]
        closed = key if key in keys else similar[-1] if similar else None
        if closed is not None:
            del self._containers[len(keys) - 1 - keys[::-1].index(closed) :]

    def _leave_containers(self, indent: int, stripped: str) -> None:
        """Close the containers that end with their indentation, or with the quote."""
        while self._containers:
            container = self._containers[-1]
            ends = container.tag.key == "" and indent <= container.indent
            if not ends and (container.tag.key != ">" or stripped.startswith(">")):
                break
            self._containers.pop()
            self._fence = "" if container.tag.key == "" else self._fence

    def _shift(self, line: str, indent: int) -> str:
        """Take the indentation of a container's body from a line."""
        if not self._containers:
            return line
        container = self._containers[-1]
        if container.shift is None:
            container.shift = max(0, indent - container.indent)
        shift = sum(container.shift or 0 for container in self._containers)
        return _dedent(line, shift) if shift else line

    def _keep(self, line: str) -> None:
        container = self._containers[-1] if self._containers else None
        self._rewritten.append(line)
        self._titles.append(container.titles if container else ())
        self._groups.append(container.group if container else -1)


def _measure_indent(line: str) -> int:
    """Return the columns of blanks before a line's text."""
    blanks = _BLANKS.match(line)
    return len(blanks[0].expandtabs(4)) if blanks else 0


def _dedent(line: str, columns: int) -> str:
    rest = line.lstrip(" \t")
    return " " * max(0, _measure_indent(line) - columns) + rest


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _blank(line: str) -> str:
    # One blank stays: CR of the line before and LF of this one must not become one line end.
    return " " + _ending(line)
