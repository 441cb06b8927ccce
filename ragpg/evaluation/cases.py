"""Cases: questions, and what is known about where and how they are answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ragpg.errors import UsageError
from ragpg.markdown import strip_markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a document, in code points of its file's text; `end` is exclusive."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words, in whatever case and with whatever blanks, or a `/regular expression/`."""

    written: str

    @property
    def expression(self) -> str | None:
        """What stands between slashes."""
        inside = re.fullmatch(r"/(.+)/", self.written, re.DOTALL)
        return inside[1] if inside else None

    def is_in(self, text: str) -> bool:
        """Whether a text has it: as it stands there, or as a reader sees it, without markup."""
        texts = text, strip_markup(text)
        if self.expression is not None:
            return any(re.search(self.expression, one) for one in texts)
        return any(folded(self.written) in folded(one) for one in texts)

    def __str__(self) -> str:
        return self.written if self.expression is not None else f'"{self.written}"'


def folded(text: str) -> str:
    """A text with its case and its blanks made alike."""
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class Case:
    """A question; `place` is where it stands, as `cases.toml:12`.

    Measured: `evidence`, the parts of documents that answer, or `documents` as a whole, and
    `answerable`. Checked: `cites` (`path.md` or `path.md#anchor`), `contains`, `excludes` and
    `refuses`. `sources` are globs and `filter` an expression that restrict the search.
    """

    place: str
    id: str
    question: str
    answer: str | None = None
    sources: tuple[str, ...] = ()
    filter: str | None = None
    documents: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()
    answerable: bool | None = None
    cites: tuple[str, ...] = ()
    contains: tuple[Wanted, ...] = ()
    excludes: tuple[Wanted, ...] = ()
    refuses: bool | None = None

    @property
    def checked(self) -> bool:
        """Whether the answer passes or fails."""
        return bool(self.cites or self.contains or self.excludes) or self.refuses is not None

    @property
    def expects_answer(self) -> bool | None:
        """Whether the documents answer, as far as is known."""
        if self.answerable is not None:
            return self.answerable
        if self.refuses is not None:
            return not self.refuses
        return True if self.cites or self.contains else None

    @property
    def retrievable(self) -> bool:
        """Whether it is known what a search has to find."""
        return bool(self.documents) and self.expects_answer is not False


def located(
    cases: Iterable[Case], *, sizes: Mapping[str, int], meant: Callable[[str], str]
) -> list[Case]:
    """Find the documents that cases name: sources, or paths that `meant` makes sources of.

    `sizes` maps sources to bytes. Raises UsageError where a document with the answer is not there,
    or is shorter than its evidence.
    """
    known = {source: source for source in sizes}

    def find(typed: str) -> str:
        return known.get(typed) or known.get(meant(typed)) or typed

    return [_located(case, sizes=sizes, find=find) for case in cases]


def _located(case: Case, *, sizes: Mapping[str, int], find: Callable[[str], str]) -> Case:
    documents = tuple(dict.fromkeys(find(typed) for typed in case.documents))
    evidence = tuple(replace(span, source=find(span.source)) for span in case.evidence)
    for source in documents:
        if source not in sizes:
            near = get_close_matches(source, sizes, n=1)
            raise UsageError(
                f"{case.place}: no document {source!r} in the table",
                hint=f"did you mean {near[0]!r}?" if near else "`ragpg list` shows the documents",
            )
    for span in evidence:
        if span.end > sizes[span.source]:
            raise UsageError(f"{case.place}: evidence ends at {span.end}, behind {span.source!r}")
    cites = tuple("#".join((find(path), *rest)) for path, *rest in map(_split, case.cites))
    return replace(case, documents=documents, evidence=evidence, cites=cites)


def _split(cited: str) -> list[str]:
    return cited.split("#", 1)
