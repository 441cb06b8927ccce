"""One pass over the lines of a text: `dialects` says what comes of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.markdown.container_stack import ContainerStack, measure_indent
from ragpg.markdown.container_tags import (
    CODE_TAGS,
    COMMENT_TAG,
    MAX_TAG_LENGTH,
    ContainerTag,
    is_directive,
    parse_callout,
    parse_container_tags,
)
from ragpg.markdown.line_search import LineSearch
from ragpg.markdown.rewritten_lines import Mark, RewrittenLines

if TYPE_CHECKING:
    from collections.abc import Sequence

_ITEM = re.compile(r"[ \t]*+(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,4}|$)")
_FENCE = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*(`{3,}+(?=[^`]*+$)|~{3,}+)")
_IMPORT = re.compile(r"import\s*+(?:[\w*{][^\"';]*?[\s}]from\s*+)?[\"'][^\"']*+[\"'];?$")
_IMPORT_OPENING = re.compile(r"import\s*+\{[^}\"';]*+$")
_EXPORT = re.compile(r"export\s++(?:const|let|var|function|default|async|class|[*{])")
_OPEN_TAG = re.compile(r"<[A-Z][\w.:-]*+(?:\s[^<>]*+)?$")
_HTML_LINE = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*+)(?=[\s/>]|$)")
_HTML_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "col"),
        *("colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "frame", "head", "header", "hr", "html"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "iframe", "legend", "li", "link", "main", "menu"),
        *("nav", "ol", "optgroup", "option", "p", "param", "search", "section", "summary"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul"),
    }
)
"""Elements whose HTML block, in CommonMark, ends at a blank line."""
_RAW = re.compile(r"<(pre|script|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
_DEFINITION = re.compile(r":[ \t]++\S")
_FOOTNOTE = re.compile(r"[ ]{0,3}\[\^[^\[\]\s]{1,60}\]:[ \t]*+(?=\S)")
_LONG_MARKER = re.compile(r"-[ \t]{5,}")
_SUMMARY = re.compile(r"<summary\b[^<>]*+>(.*?)</summary", re.IGNORECASE)
_HTML_TAG = re.compile(r"<[^<>]*+>")
_CLOSING_NAMES = re.compile(
    r"(?:\{\{[<%]-?[ \t]*+/|(?P<liquid>\{%-?[ \t]*+end)|(?P<tag></))[ \t]*+([\w.:-]++)"
)
_OPTIONS = {
    "`": re.compile(r"[ \t]*+:[\w-]++:(?:\s|$)"),
    ":": re.compile(r"[ \t]*+:[\w-]++:(?:\s|$)"),
    "/": re.compile(r"[ ]{4,}[\w-]++:(?:\s|$)"),
}
"""The options below the opening line of a directive, by its first character."""
_COMMENTS = (
    ("<!--", "-->"),
    ("{/*", "*/}"),
    ("{{/*", "*/}}"),
    ("{# ", "#}"),
    ("{::comment", "{:/"),
)
"""The beginning and the end of a comment that has lines of its own."""


class DialectReader:
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
        self._shifts: list[int] = []
        self._definitions: set[int] = set()
        self._footnotes: set[int] = set()
        self._containers = ContainerStack()
        self._fence = ""
        self._tags_end = -1  # the line after tags that show nothing
        self._in_html = False
        self._after_blank = True
        self._item_offset = 0
        self._search = LineSearch(lines)

    def read(self) -> RewrittenLines:
        """Read all lines."""
        index = 0
        while index < len(self._lines):
            index = self._read_line(index)
        return RewrittenLines(
            self._rewritten,
            self._marks,
            self._titles,
            self._shifts,
            frozenset(self._definitions),
            frozenset(self._footnotes),
        )

    def _read_line(self, index: int) -> int:
        line = self._lines[index]
        stripped = line.strip()
        if not stripped:
            self._keep(line)
            self._tags_end += self._tags_end == index
            self._in_html, self._after_blank = False, True
            return index + 1
        indent = measure_indent(line)
        if self._containers.leave(indent, stripped):
            self._fence = ""
        line = self._containers.shift(line, indent)
        following = self._read_fence(index, line, stripped)
        if following is None and not self._is_indented_code(line):
            following = self._read_special(index, indent, stripped)
        if following is None:
            self._keep(self._mark_note(index, line, stripped))
            following = index + 1
        if self._containers.key == "<details" and "</details" in stripped.lower():
            self._containers.close("<details")
        self._after_blank = False
        return following

    def _is_indented_code(self, line: str) -> bool:
        """Return whether a line is code by its indentation; keeps track of lists on the way."""
        indent = measure_indent(line)
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
        if self._containers.key == stripped:
            self._containers.close(stripped)
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
        html = _HTML_LINE.match(stripped)
        if html and html[1].lower() in _HTML_BLOCKS:
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
        last = self._search.find(index + 1, closing)
        return None if last is None else self._hide(index, last + 1)

    def _keep_until(self, index: int, closing: str) -> int | None:
        last = self._search.find(index, closing)
        if last is None:
            return None
        for line in self._lines[index : last + 1]:
            self._keep(line)
        return last + 1

    def _hide(self, first: int, last: int, words: str | None = "") -> int:
        self._marks.append(Mark(first, last, words))
        for index in range(first, last):
            self._keep(_blank(self._lines[index]))
        return last

    def _read_html(self, index: int, indent: int, stripped: str) -> int | None:
        lowered = stripped[:200].lower()
        if lowered.startswith("<table"):
            end = self._search.find_table_end(index)
            return None if end is None else self._hide(index, end + 1, None)
        if lowered.startswith("<details"):
            self._containers.open(indent, ContainerTag("<details"), shift=0)
        summary = _SUMMARY.search(stripped) if len(stripped) < MAX_TAG_LENGTH else None
        if summary and self._containers.key == "<details":
            self._containers.add_title(" ".join(_HTML_TAG.sub(" ", summary[1]).split()))
        self._in_html = True
        return None

    def _read_tags(self, index: int, indent: int, stripped: str) -> int | None:
        """Read a line of tags that open or close containers."""
        last = index + 1
        if _OPEN_TAG.match(stripped):
            last = self._search.find_tag_end(index) + 1
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
                self._containers.close(tag.key)
            elif self._is_paired(tag):
                self._containers.open(indent, tag)
        last = self._skip_options(last, tag)
        words = ", ".join(tag.title for tag in tags if tag.title)
        follows_tags = not words and self._tags_end == index
        self._hide(index, last, words)
        if follows_tags:  # lines of tags without words are one block
            self._marks.pop()
            self._marks[-1] = self._marks[-1]._replace(last=last)
        self._tags_end = -1 if words else last
        return last

    def _skip_options(self, index: int, tag: ContainerTag) -> int:
        """Return the first line after the options of a directive, which are not shown."""
        pattern = None if tag.closes else _OPTIONS.get(tag.key[:1])
        while pattern and index < len(self._lines) and pattern.match(self._lines[index]):
            index += 1
        return index

    def _is_paired(self, tag: ContainerTag) -> bool:
        """Return whether a tag is half of a pair, as far as the text tells."""
        if tag.closes:
            return True
        return tag.key[:1] not in ("{", "<") or tag.key in self._closing_names

    def _read_code(self, index: int, tag: ContainerTag) -> int | None:
        """Rewrite a shortcode around code as a fence."""
        last = self._search.find(index + 1, f"{'end' if tag.key[1] == '%' else '/'}{tag.name}")
        if last is None:
            return None
        lines = self._lines[index : last + 1]
        fence = " " * measure_indent(lines[0]) + "~~~~~~~~~~~~"
        for line in (fence + _ending(lines[0]), *lines[1:-1], fence + _ending(lines[-1])):
            self._keep(line)
        return last + 1

    def _read_callout(self, index: int, indent: int, stripped: str) -> int | None:
        callout = parse_callout(stripped) if len(stripped) < MAX_TAG_LENGTH else None
        if not callout:
            return None
        marks, tag = callout
        self._containers.open(indent, tag)
        self._hide(index, index + 1, tag.title)
        self._rewritten[-1] = marks.rstrip() + _ending(self._lines[index])
        return index + 1

    def _read_module_line(self, index: int, stripped: str) -> int | None:
        """Hide an import or export of MDX, up to a blank line outside of braces."""
        if not self._after_blank and not (self._marks and self._marks[-1].last == index):
            return None
        if _IMPORT.match(stripped):
            return self._hide(index, index + 1)
        if not (_IMPORT_OPENING.match(stripped) or _EXPORT.match(stripped)):
            return None
        last = self._search.find_module_end(index)
        return None if last is None else self._hide(index, last + 1)

    def _mark_note(self, index: int, line: str, stripped: str) -> str:
        """Write a footnote or a definition as a list item, to which indented lines belong."""
        if stripped[0] not in ":[" or self._in_html:
            return line
        if index and _DEFINITION.match(stripped):
            self._definitions.add(index)
            self._item_offset = measure_indent(line) + 4
            return _LONG_MARKER.sub("-   ", line.replace(":", "-", 1), count=1)
        footnote = _FOOTNOTE.match(line)
        if footnote:
            self._footnotes.add(index)
            self._item_offset = 4
            return "-   " + line[footnote.end() :]
        return line

    def _keep(self, line: str) -> None:
        self._rewritten.append(line)
        self._titles.append(self._containers.titles)
        self._shifts.append(self._containers.columns)


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _blank(line: str) -> str:
    # One blank stays: CR of the line before and LF of this one must not become one line end.
    return " " + _ending(line)
