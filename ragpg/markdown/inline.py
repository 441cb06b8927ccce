"""Markup inside a block: where it stands, and what is read in its place."""

from __future__ import annotations

import re
from bisect import bisect_left
from html import unescape
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Mark: TypeAlias = tuple[int, int, str]
"""Start and end of a piece of markup, and the words that a reader sees instead."""
Span: TypeAlias = tuple[int, int]

# Every quantifier is bounded by a character that cannot repeat inside of it, or possessive:
# the scan stays linear whatever the text.
_SHORTCODE = r"\{\{?[<%][^{}]{0,300}[>%]\}\}?"
_MARKUP = re.compile(
    rf"""
    (?P<escape>\\(?:[!-/:-@\[-`{{-~]|(?=[\r\n])))
  | (?P<code>`+)
  | (?P<comment><!--)
  | (?P<hidden><(?:script|style)\b)
  | (?P<tag></?[a-z](?:{_SHORTCODE}|[^<>])*+>)
  | (?P<shortcode>\{{\{{[<%]|\{{%)
  | (?P<attributes>\{{[#:.][^{{}}\r\n]*+\}})
  | (?P<entity>&(?:\#\d{{1,7}}|\#x[0-9a-f]{{1,6}}|[a-z][a-z0-9]{{1,31}});)
  | (?P<address>https?://[^\s<>()\[\]`"'|]*[^\s<>()\[\]`"'|.,;:!?*_])
  | (?P<note>\[\^[^\[\]\s]{{1,60}}\]:?)
  | (?P<open>!?\[)
  | (?P<close>\])
  | (?P<emphasis>
        (?<![*\w])\*{{1,3}}(?=[^\s*]) | (?<=[^\s*])\*{{1,3}}(?![*\w])
      | (?<![^\W_])(?<!_)_{{1,3}}(?=[^\s_]) | (?<=[^\s_])_{{1,3}}(?!\w)
      | ~~(?=\S) | (?<=\S)~~ )
  | (?P<inside>(?<=[^\s*])\*\*(?=[^\s*]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BACKTICKS = re.compile(r"`+")
_DESTINATION = re.compile(
    rf"""\(\s*+(?:<[^<>\r\n]*+>|(?:{_SHORTCODE}|[^\s()])*+(?:\([^\s()]*+\)[^\s()]*+)*+)
        (?:\s++(?:"[^"]*+"|'[^']*+'|\([^()]*+\)))?+\s*+\)""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"\[[^\[\]]{0,200}\]")
_NUMBER = re.compile(r"\d{1,9}")
_STRONG_AHEAD = re.compile(r"[^*\r\n]{0,300}[^*\s]\*\*")
_SHORTCODE_WORDS = re.compile(r"""\b(?:text|title|caption|heading|term_id)[ =]["“]([^"”]*)["”]""")
_ALTERNATIVE = re.compile(r"""\balt=["']([^"']*)""", re.IGNORECASE)
_WITHIN_WORDS = re.compile(
    r"</?(?:a|abbr|b|code|em|i|kbd|mark|s|small|span|strong|sub|sup|u|var)\b", re.IGNORECASE
)
_SHORTCODE_ENDS = {"{{<": ">}}", "{{%": "%}}", "{%": "%}"}


class Inline:
    """The markup of `text[start:end]`: `marks` in order, and the spans that are one thing each."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.marks: list[Mark] = []
        self.whole: list[Span] = []
        self._text, self._start, self._end = text, start, end
        self._openers: list[Span] = []
        self._strong = False
        self._missing: set[str] = set()
        self._backticks: dict[int, list[int]] | None = None
        position = start
        while match := _MARKUP.search(text, position, end):
            position = getattr(self, f"_{match.lastgroup}")(match)
        self.marks.sort()
        self.whole.sort()

    def _replace(self, start: int, end: int, words: str) -> int:
        self.marks.append((start, end, words))
        self.whole.append((start, end))
        return end

    def _find(self, closing: str, position: int) -> int:
        """Where `closing` ends, or -1; what was once not found is not looked for again."""
        if closing in self._missing:
            return -1
        found = self._text.find(closing, position, self._end)
        if found < 0:
            self._missing.add(closing)
            return -1
        return found + len(closing)

    def _hide(self, match: re.Match[str], closing: str) -> int:
        end = self._find(closing, match.end())
        return match.end() if end < 0 else self._replace(match.start(), end, " ")

    def _escape(self, match: re.Match[str]) -> int:
        self.marks.append((match.start(), match.start() + 1, ""))
        return match.end()

    def _code(self, match: re.Match[str]) -> int:
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
        self.marks += [(start, after, ""), (runs[index], end, "")]
        self.whole.append((start, end))
        return end

    def _comment(self, match: re.Match[str]) -> int:
        return self._hide(match, "-->")

    def _hidden(self, match: re.Match[str]) -> int:
        return self._hide(match, f"</{match.group()[1:].lower()}>")

    def _tag(self, match: re.Match[str]) -> int:
        tag = match.group()
        if ("://" in tag or "@" in tag or "mailto:" in tag) and " " not in tag:
            self.marks += [
                (match.start(), match.start() + 1, ""),
                (match.end() - 1, match.end(), ""),
            ]
            self.whole.append(match.span())
            return match.end()
        alternative = _ALTERNATIVE.search(tag)
        between = "" if _WITHIN_WORDS.match(tag) else " "
        return self._replace(*match.span(), alternative.group(1) if alternative else between)

    def _shortcode(self, match: re.Match[str]) -> int:
        end = self._find(_SHORTCODE_ENDS[match.group()], match.end())
        if end < 0:
            return match.end()
        words = _SHORTCODE_WORDS.search(self._text, match.end(), end)
        return self._replace(match.start(), end, words.group(1) if words else "")

    def _attributes(self, match: re.Match[str]) -> int:
        return self._replace(*match.span(), "")

    def _note(self, match: re.Match[str]) -> int:
        return self._replace(*match.span(), "")

    def _entity(self, match: re.Match[str]) -> int:
        return self._replace(*match.span(), unescape(match.group()))

    def _address(self, match: re.Match[str]) -> int:
        self.whole.append(match.span())
        return match.end()

    def _open(self, match: re.Match[str]) -> int:
        self._openers.append(match.span())
        return match.end()

    def _close(self, match: re.Match[str]) -> int:
        if not self._openers:
            return match.end()
        opener = self._openers.pop()
        tail = _DESTINATION.match(self._text, match.end(), self._end)
        if not tail and not _NUMBER.fullmatch(self._text, opener[1], match.start()):
            tail = _REFERENCE.match(self._text, match.end(), self._end)
        if not tail:
            return match.end()
        self.marks += [(*opener, ""), (match.start(), tail.end(), "")]
        self.whole.append((opener[0], tail.end()))
        return tail.end()

    def _emphasis(self, match: re.Match[str]) -> int:
        if match.group() == "**":
            before = self._text[match.start() - 1] if match.start() > self._start else " "
            self._strong = before.isspace() or not self._strong
        self.marks.append((*match.span(), ""))
        return match.end()

    def _inside(self, match: re.Match[str]) -> int:
        """`**` between two words, which is markup only where it has a counterpart."""
        if self._strong or _STRONG_AHEAD.match(self._text, match.end(), self._end):
            self._strong = not self._strong
            self.marks.append((*match.span(), ""))
        return match.end()


def apart(marks: list[Mark]) -> list[Mark]:
    """Sort marks and leave out those that begin inside another."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: mark[0]):
        if not kept or mark[0] >= kept[-1][1]:
            kept.append(mark)
    return kept


def clip(marks: list[Mark] | tuple[Mark, ...], start: int, end: int) -> tuple[Mark, ...]:
    """The marks of `start` to `end`; one that is cut is read where it begins."""
    index = bisect_left(marks, (start,))
    clipped: list[Mark] = []
    if index and marks[index - 1][1] > start:
        clipped.append((start, min(end, marks[index - 1][1]), ""))
    while index < len(marks) and marks[index][0] < end:
        mark = marks[index]
        clipped.append((mark[0], min(end, mark[1]), mark[2]))
        index += 1
    return tuple(clipped)


class Inside:
    """Answers whether a place lies within one of some spans, sorted by their start."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in spans:
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __call__(self, place: int) -> bool:
        """Whether a place is neither before, nor behind, nor between spans."""
        index = bisect_left(self._starts, place) - 1
        return index >= 0 and place < self._ends[index]

    def begin(self, place: int, after: int) -> int:
        """Where the span around a place begins, or the place itself: but behind `after`."""
        index = bisect_left(self._starts, place) - 1
        around = index >= 0 and place < self._ends[index]
        return self._starts[index] if around and self._starts[index] > after else place
