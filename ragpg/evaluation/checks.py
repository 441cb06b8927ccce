"""Checks of an answer against what its case requires. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from ragpg.evaluation.cases import Span
from ragpg.evaluation.timed_expression import MATCH_SECONDS
from ragpg.types import parse_locator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ragpg.evaluation.cases import Case
    from ragpg.markdown.anchors import Section
    from ragpg.types import Answer, Citation

    FindSections = Callable[[str], Sequence[Section] | None]
    """From a document's source to its sections; None where there is no such document."""

MAX_QUOTED = 120
"""Characters of an answer that a failure quotes."""


def find_failures(case: Case, answer: Answer, *, find_sections: FindSections) -> Iterator[str]:
    """Yield the reasons why an answer fails its case."""
    if not answer.answered:
        if case.refuses is False:
            yield "refuses: the documents don't say"
        yield from (f"cites {cited}: the documents don't say" for cited in case.cites)
        yield from (f"contains {pattern}: the documents don't say" for pattern in case.contains)
        return
    text = answer.text or ""
    if case.refuses:
        yield f"refuses: the answer is {shorten(text)}"
    for cited in case.cites:
        if why := explain_missing_citation(cited, answer, find_sections=find_sections):
            yield f"cites {cited}: {why}"
    yield from find_wrong_words(case, text)


def find_wrong_words(case: Case, text: str) -> Iterator[str]:
    """Yield what an answer's text lacks, and what it should not have."""
    checks = (("contains", case.contains, True), ("excludes", case.excludes, False))
    for key, patterns, is_wanted in checks:
        for pattern in patterns:
            try:
                if pattern.matches(text) is not is_wanted:
                    yield f"{key} {pattern}: the answer is {shorten(text)}"
            except TimeoutError:
                limit = f"{MATCH_SECONDS} s in the answer {shorten(text)}"
                yield f"{key} {pattern}: looking for it takes more than {limit}"


def explain_missing_citation(
    cited: str, answer: Answer, *, find_sections: FindSections
) -> str | None:
    """Return why `path.md#anchor`, or `path.pdf#page=2`, is not cited; None if it is."""
    path, _, anchor = cited.partition("#")
    sections = find_sections(path)
    if sections is None:
        return "there is no such document"
    spans = [quoted_span(citation) for citation in answer.citations]
    places = sorted(map(describe_place, answer.citations))
    why = f"the answer cites {', '.join(places) or 'nothing'}"
    if not anchor:
        return None if any(span.source == path for span in spans) else why
    if locator := parse_locator(anchor):
        named = (c.place for c in answer.citations if c.hit.source == path)
        return None if any(place and locator.meets(place) for place in named) else why
    name = unquote(anchor).lower()
    parts = [section for section in sections if section.anchor == name]
    if not parts:
        return "there is no such heading"
    inside = any(
        span.source == path and span.start < part.end and span.end > part.start
        for part in parts
        for span in spans
    )
    return None if inside else why


def describe_place(citation: Citation) -> str:
    """Name the line or the place that a citation begins at."""
    if citation.place:
        return f"{citation.hit.source}{citation.place.fragment}"
    return f"{citation.hit.source}:L{citation.hit.start_line}"


def quoted_span(citation: Citation) -> Span:
    """Return the span of a quotation in its document."""
    hit = citation.hit
    place = hit.start + max(0, hit.text.find(citation.quote))
    return Span(hit.source, place, place + len(citation.quote))


def shorten(text: str) -> str:
    """Return the beginning of an answer on one line, in quotation marks."""
    words = " ".join(text.split())
    return f'"{words}"' if len(words) <= MAX_QUOTED else f'"{words[:MAX_QUOTED].rstrip()}…"'
