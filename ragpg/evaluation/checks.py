"""Whether an answer passes what a case wants of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from ragpg.evaluation.cases import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ragpg.evaluation.cases import Case
    from ragpg.markdown.anchors import Section
    from ragpg.types import Answer, Citation

    Contents = Callable[[str], Sequence[Section] | None]
    """From a document's source to its sections; None where there is no such document."""

SHOWN = 120
"""Characters of an answer that a failure quotes."""


def failures(case: Case, answer: Answer, *, contents: Contents) -> Iterator[str]:
    """Yield what an answer fails in, a sentence each."""
    if not answer.answered:
        if case.refuses is False:
            yield "refuses: the documents don't say"
        yield from (f"cites {wanted}: the documents don't say" for wanted in case.cites)
        yield from (f"contains {wanted}: the documents don't say" for wanted in case.contains)
        return
    text = answer.text or ""
    if case.refuses:
        yield f"refuses: the answer is {shortened(text)}"
    for cited in case.cites:
        if why := uncited(cited, answer, contents=contents):
            yield f"cites {cited}: {why}"
    yield from (
        f"contains {wanted}: the answer is {shortened(text)}"
        for wanted in case.contains
        if not wanted.is_in(text)
    )
    yield from (
        f"excludes {wanted}: the answer is {shortened(text)}"
        for wanted in case.excludes
        if wanted.is_in(text)
    )


def uncited(cited: str, answer: Answer, *, contents: Contents) -> str | None:
    """Say why `path.md#anchor` is not cited; None: it is."""
    path, _, anchor = cited.partition("#")
    found = contents(path)
    if found is None:
        return "there is no such document"
    spans = [quoted(citation) for citation in answer.citations]
    places = sorted({f"{c.hit.source}:L{c.hit.start_line}" for c in answer.citations})
    why = f"the answer cites {', '.join(places) or 'nothing'}"
    if not anchor:
        return None if any(span.source == path for span in spans) else why
    wanted = unquote(anchor).lower()
    parts = [section for section in found if section.anchor == wanted]
    if not parts:
        return "there is no such heading"
    inside = any(
        span.source == path and span.start < part.end and span.end > part.start
        for part in parts
        for span in spans
    )
    return None if inside else why


def quoted(citation: Citation) -> Span:
    """Where a quotation stands in its document."""
    hit = citation.hit
    place = hit.start + max(0, hit.text.find(citation.quote))
    return Span(hit.source, place, place + len(citation.quote))


def shortened(text: str) -> str:
    """The beginning of an answer on one line, in quotation marks."""
    words = " ".join(text.split())
    return f'"{words}"' if len(words) <= SHOWN else f'"{words[:SHOWN].rstrip()}…"'
