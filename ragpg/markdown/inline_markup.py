"""Markup inside a block: emphasis, code, links, tags, entities, templates."""

from __future__ import annotations

import re
from bisect import bisect_left
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from ragpg.markdown.spans import NO_SPANS, SpanIndex
from ragpg.markdown.tag_words import read_alternative, read_tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from ragpg.markdown.spans import MarkupSpan, Span

# Every quantifier is bounded by a character that cannot repeat inside of it, or possessive:
# the scan stays linear whatever the text.
_SHORTCODE = r"(?:\{\{[^{}]{0,300}\}\}|\{%[^{}]{0,300}%\})"
_MARKUP = re.compile(
    rf"""
    (?=[\\`<{{&h!\[\]*_~%:])(?:  # this alone is tried at most characters
    (?P<escape>\\(?:[!-/:-@\[-`{{-~]|(?=[\r\n])))
  | (?P<code>`+)
  | (?P<comment><!--|\{{/\*|\{{\{{/\*|(?<!\S)%%(?=[^%]))
  | (?P<hidden><(?:script|style)\b)
  | (?P<tag></?[a-z](?:{_SHORTCODE}|[^<>])*+>)
  | (?P<shortcode>\{{\{{[<%]|\{{%)
  | (?P<attributes>\{{(?:[#:.]|(?<=[)\]]\{{)[a-z-]++=)[^{{}}\r\n]*+\}})
  | (?P<entity>&(?:\#\d{{1,7}}|\#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,31}});)
  | (?P<address>https?://[^\s<>()\[\]`"'|]*[^\s<>()\[\]`"'|.,;:!?*_])
  | (?P<note>\[\^[^\[\]\s]{{1,60}}\]:?)
  | (?P<wiki>!?\[\[[^\[\]\r\n]{{1,300}}\]\](?!\())
  | (?P<open>!?\[)
  | (?P<close>\])
  | (?P<emphasis>
        (?<![*\w])\*{{1,3}}(?=[^\s*]) | (?<=[^\s*])\*{{1,3}}(?![*\w])
      | (?<![^\W_])(?<!_)_{{1,3}}(?=[^\s_]) | (?<=[^\s_])_{{1,3}}(?!\w)
      | ~~(?=\S) | (?<=\S)~~ )
  | (?P<inside>(?<=[^\s*])\*\*(?=[^\s*]))
  | (?P<icon>:(?:fontawesome|material|octicons|simple)-[a-z0-9-]++:) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAY_BE_MARKUP = re.compile(r"[\\`<{&hH!\[\]*_~%:](?:(?<![hH])|(?i:ttps?://))")
"""What any markup begins with: a set alone is searched for many times faster than `_MARKUP`."""
_BACKTICKS = re.compile(r"`+")
_DESTINATION = re.compile(
    rf"""\(\s*+(?:<[^<>\r\n]*+>|(?:{_SHORTCODE}|[^\s()])*+(?:\([^\s()]*+\)[^\s()]*+)*+)
        (?:\s++(?:"[^"]*+"|'[^']*+'|\([^()]*+\)))?+\s*+\)""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"\[[^\[\]]{0,200}\]")
_NUMBER = re.compile(r"\d{1,9}")
_STRONG_AHEAD = re.compile(r"[^*\r\n]{0,300}[^*\s]\*\*")
_SHORTCODE_WORDS = re.compile(
    r"""\b(?:text|title|caption|heading|content|term_id)[ =]["“]([^"”]*)["”]"""
)
_TAB = re.compile(r"""\s*+tab\s[^<>"]{0,200}?(?:name|title|header|label)\s*=\s*"([^"]*)["]""")
_COMMENT_TAG = re.compile(r"\{(?:\{[<%]|%-?)\s*+comment\b")
_MEDIA = re.compile(r"\.(?:avif|bmp|gif|jpe?g|mp[34]|pdf|png|svg|webm|webp)\b", re.IGNORECASE)
_COMMENT_ENDS = {"<!--": "-->", "{/*": "*/}", "{{/*": "*/}}", "%%": "%%"}
_SHORTCODE_ENDS = {"{{<": ">}}", "{{%": "%}}", "{%": "%}"}


class InlineMarkup(NamedTuple):
    """The markup of a block, sorted, and the spans that must stay whole, such as links."""

    markup: list[MarkupSpan]
    unbreakable: SpanIndex


def parse_inline(text: str, start: int, end: int) -> InlineMarkup:
    """Find the markup of `text[start:end]` in one scan from left to right."""
    first = _MAY_BE_MARKUP.search(text, start, end)
    match = _MARKUP.search(text, first.start(), end) if first else None
    if not match:
        return InlineMarkup([], NO_SPANS)
    parser = _Parser(text, start, end)
    while match:
        position = _HANDLERS[match.lastgroup or ""](parser, match)
        match = _MARKUP.search(text, position, end)
    return InlineMarkup(sorted(parser.markup), SpanIndex(sorted(parser.unbreakable)))


class _Parser:
    """The state of a scan; each handler returns the offset at which the scan goes on."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.markup: list[MarkupSpan] = []
        self.unbreakable: list[Span] = []
        self._text, self._start, self._end = text, start, end
        self._openers: list[Span] = []
        self._strong = False
        self._missing: set[str] = set()
        self._backticks: dict[int, list[int]] | None = None

    def escape(self, match: re.Match[str]) -> int:
        self.markup.append((match.start(), match.start() + 1, ""))
        return match.end()

    def code(self, match: re.Match[str]) -> int:
        start, after = match.span()
        if self._backticks is None:
            self._backticks = {}
            for run in _BACKTICKS.finditer(self._text, start, self._end):
                self._backticks.setdefault(run.end() - run.start(), []).append(run.start())
        runs = self._backticks.get(after - start, [])
        index = bisect_left(runs, after)
        if index == len(runs):
            return after
        end = runs[index] + after - start
        self.markup += [(start, after, ""), (runs[index], end, "")]
        self.unbreakable.append((start, end))
        return end

    def comment(self, match: re.Match[str]) -> int:
        return self._hide_until(_COMMENT_ENDS[match.group()], match)

    def hidden(self, match: re.Match[str]) -> int:
        return self._hide_until(f"</{match.group()[1:].lower()}>", match)

    def tag(self, match: re.Match[str]) -> int:
        tag = match.group()
        is_autolink = ("://" in tag or "@" in tag or "mailto:" in tag) and " " not in tag
        if is_autolink:
            start, end = match.span()
            self.markup += [(start, start + 1, ""), (end - 1, end, "")]
            self.unbreakable.append((start, end))
            return end
        return self._replace(*match.span(), read_tag(tag))

    def wiki(self, match: re.Match[str]) -> int:
        target, _, alias = match.group().strip("![]").partition("|")
        words = alias.strip() or target.replace("#", " > ").strip(" >")
        if match.group().startswith("!") and _MEDIA.search(target):
            words = "" if _NUMBER.match(alias) else alias
        return self._replace(*match.span(), words)

    def shortcode(self, match: re.Match[str]) -> int:
        end = self._find_end(_SHORTCODE_ENDS[match.group()], match.end())
        if end < 0:
            return match.end()
        if _COMMENT_TAG.match(self._text, match.start(), end):
            name = "endcomment" if match.group() == "{%" else "/comment"
            name_end = self._find_end(name, end)
            closing = self._find_end(_SHORTCODE_ENDS[match.group()], max(name_end, end))
            if min(name_end, closing) >= 0:
                return self._replace(match.start(), closing, " ")
        if tab := _TAB.match(self._text, match.end(), end):
            return self._replace(match.start(), end, f" {tab[1]}: ")
        words = _SHORTCODE_WORDS.search(self._text, match.end(), end)
        return self._replace(match.start(), end, words.group(1) if words else "")

    def attributes(self, match: re.Match[str]) -> int:
        alternative = read_alternative(match.group())
        return self._replace(*match.span(), f" {alternative}" if alternative else "")

    def remove(self, match: re.Match[str]) -> int:
        return self._replace(*match.span(), "")

    def entity(self, match: re.Match[str]) -> int:
        return self._replace(*match.span(), unescape(match.group()))

    def address(self, match: re.Match[str]) -> int:
        self.unbreakable.append(match.span())
        return match.end()

    def open(self, match: re.Match[str]) -> int:
        self._openers.append(match.span())
        return match.end()

    def close(self, match: re.Match[str]) -> int:
        if not self._openers:
            return match.end()
        opener = self._openers.pop()
        tail = _DESTINATION.match(self._text, match.end(), self._end)
        if not tail and not _NUMBER.fullmatch(self._text, opener[1], match.start()):
            tail = _REFERENCE.match(self._text, match.end(), self._end)
        if not tail:
            return match.end()
        self.markup += [(*opener, ""), (match.start(), tail.end(), "")]
        self.unbreakable.append((opener[0], tail.end()))
        return tail.end()

    def emphasis(self, match: re.Match[str]) -> int:
        if match.group() == "**":
            before = self._text[match.start() - 1] if match.start() > self._start else " "
            self._strong = before.isspace() or not self._strong
        self.markup.append((*match.span(), ""))
        return match.end()

    def inside(self, match: re.Match[str]) -> int:
        # `**` between two words is markup only where it has a counterpart.
        if self._strong or _STRONG_AHEAD.match(self._text, match.end(), self._end):
            self._strong = not self._strong
            self.markup.append((*match.span(), ""))
        return match.end()

    def _replace(self, start: int, end: int, words: str) -> int:
        self.markup.append((start, end, words))
        self.unbreakable.append((start, end))
        return end

    def _hide_until(self, closing: str, match: re.Match[str]) -> int:
        end = self._find_end(closing, match.end())
        return match.end() if end < 0 else self._replace(match.start(), end, " ")

    def _find_end(self, closing: str, position: int) -> int:
        """Return the end of `closing`, or -1; the text is searched for a missing one only once."""
        if closing in self._missing:
            return -1
        start = self._text.find(closing, position, self._end)
        if start < 0:
            self._missing.add(closing)
            return -1
        return start + len(closing)


_HANDLERS: dict[str, Callable[[_Parser, re.Match[str]], int]] = {
    "escape": _Parser.escape,
    "code": _Parser.code,
    "comment": _Parser.comment,
    "hidden": _Parser.hidden,
    "tag": _Parser.tag,
    "shortcode": _Parser.shortcode,
    "attributes": _Parser.attributes,
    "entity": _Parser.entity,
    "address": _Parser.address,
    "note": _Parser.remove,
    "wiki": _Parser.wiki,
    "open": _Parser.open,
    "close": _Parser.close,
    "emphasis": _Parser.emphasis,
    "inside": _Parser.inside,
    "icon": _Parser.remove,
}
"""By the groups of `_MARKUP`."""
