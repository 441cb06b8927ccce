"""Test cases: questions with the passages that answer them and checks of the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragpg.errors import UsageError
from ragpg.evaluation.timed_expression import is_found
from ragpg.markdown import strip_markup
from ragpg.text.scripts import normalize
from ragpg.text.suggestions import find_closest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a document, in code points of its file's text; `end` is exclusive."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextPattern:
    """Text, compared without case and white space, or a `/regular expression/`."""

    text: str

    @property
    def expression(self) -> str | None:
        """The expression between the slashes, None for text."""
        inside = re.fullmatch(r"/(.+)/", self.text, re.DOTALL)
        return inside[1] if inside else None

    def matches(self, text: str) -> bool:
        """Return whether a text contains it, with its Markdown or without.

        Raises TimeoutError if the expression takes too long.
        """
        texts = text, strip_markup(text)
        if self.expression is not None:
            return any(is_found(self.expression, variant) for variant in texts)
        return any(fold(self.text) in fold(variant) for variant in texts)

    def __str__(self) -> str:
        return self.text if self.expression is not None else f'"{self.text}"'


def fold(text: str) -> str:
    """Fold case and white space."""
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class Case:
    """A question; `location` is its file and line, such as `cases.toml:12`.

    `earlier` are the turns before it, if it belongs to a conversation.

    Measured: `evidence`, the parts of documents that answer, or `documents` as a whole, and
    `answerable`. Checked: `cites` (`path.md` or `path.md#anchor`), `contains`, `excludes` and
    `refuses`. `sources` are globs and `filter` an expression that restrict the search. `answer` is
    what a person would answer: it is shown beside the program's answer, and not compared with it.
    """

    location: str
    id: str
    question: str
    earlier: tuple[str, ...] = ()
    answer: str | None = None
    sources: tuple[str, ...] = ()
    filter: str | None = None
    documents: tuple[str, ...] = ()
    evidence: tuple[Span, ...] = ()
    answerable: bool | None = None
    cites: tuple[str, ...] = ()
    contains: tuple[TextPattern, ...] = ()
    excludes: tuple[TextPattern, ...] = ()
    refuses: bool | None = None

    @property
    def checked(self) -> bool:
        """Whether there is a check that the answer can fail."""
        return bool(self.cites or self.contains or self.excludes) or self.refuses is not None

    @property
    def expects_answer(self) -> bool | None:
        """Whether the documents answer the question, None if the case does not tell."""
        if self.answerable is not None:
            return self.answerable
        if self.refuses is not None:
            return not self.refuses
        return True if self.cites or self.contains else None

    @property
    def retrievable(self) -> bool:
        """Whether the case names documents that a search has to find."""
        return bool(self.documents) and self.expects_answer is not False


def resolve_documents(
    cases: Iterable[Case], *, sizes: Mapping[str, int], to_source: Callable[[str], str]
) -> list[Case]:
    """Replace the names of documents in cases by sources; `to_source` converts a path.

    `sizes` maps sources to bytes. Raises UsageError if a document with the answer is not there, or
    is shorter than its evidence.
    """
    known = {normalize(source): source for source in sizes}

    def resolve(name: str) -> str:
        names = normalize(name), normalize(to_source(name))
        return known.get(names[0]) or known.get(names[1]) or name

    return [_resolve_case(case, sizes=sizes, resolve=resolve) for case in cases]


def _resolve_case(case: Case, *, sizes: Mapping[str, int], resolve: Callable[[str], str]) -> Case:
    documents = tuple(dict.fromkeys(resolve(name) for name in case.documents))
    evidence = tuple(replace(span, source=resolve(span.source)) for span in case.evidence)
    for source in documents:
        if source not in sizes:
            similar = find_closest(source, sizes)
            raise UsageError(
                f"{case.location}: no document {source!r} in the table",
                hint=f"did you mean {similar!r}?"
                if similar
                else "`ragpg list` shows the documents",
            )
    for span in evidence:
        if span.end > sizes[span.source]:
            raise UsageError(
                f"{case.location}: evidence ends at {span.end}, behind {span.source!r}"
            )
    cites = tuple(
        "#".join((resolve(path), *rest)) for path, *rest in map(_split_anchor, case.cites)
    )
    return replace(case, documents=documents, evidence=evidence, cites=cites)


def _split_anchor(cited: str) -> list[str]:
    return cited.split("#", 1)
