"""Results as text and tables for a person. Pure.

Everything from documents, models and file names passes through `literal` or `line` into `Text`,
which is never parsed as markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragpg.display.escape import line, literal
from ragpg.display.text import Passage, Table, Text
from ragpg.types import DocumentStatus, Finding, Hit, Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ragpg.display.links import Namer, Places
    from ragpg.types import (
        Answer,
        Claim,
        Conflict,
        HealthCheck,
        Locator,
        Place,
        Receipt,
        StoredDocument,
        StoreStatus,
    )

STYLES = {
    DocumentStatus.ADDED: "green",
    DocumentStatus.CHANGED: "yellow",
    DocumentStatus.RENAMED: "cyan",
    DocumentStatus.UNCHANGED: "dim",
    DocumentStatus.REMOVED: "magenta",
    DocumentStatus.MISSING: "yellow",
    DocumentStatus.FAILED: "bold red",
}
FINDINGS = {
    Finding.SUPPORTED: ("✓", "green"),
    Finding.CONTRADICTED: ("✗", "red"),
    Finding.PARTIAL: ("~", "yellow"),
    Finding.NOT_FOUND: ("?", "magenta"),
}
MISATTRIBUTED = ("!", "yellow")
"""For a claim that only another passage than the cited one supports."""
LEVELS = {Level.OK: "green", Level.WARNING: "yellow", Level.FAULT: "bold red"}


def format_location(hit: Hit | Place, *, name: Namer, place: Locator | None = None) -> str:
    """Format the location of a hit, such as `path:L10-L14`, or `path#page=12` if it has a place.

    `place` is that of a quote in it. The commit of a hit follows, if it has one.
    """
    locator = place or hit.place
    where = line(locator.fragment) if locator else f":L{hit.start_line}-L{hit.end_line}"
    commit = f" (at {line(hit.commit[:10])})" if isinstance(hit, Hit) and hit.commit else ""
    return f"{line(name(hit.source))}{where}{commit}"


def style_location(
    hit: Hit | Place, places: Places, place: Locator | None = None
) -> tuple[str, str]:
    """Format the location of a hit in its colour, on some terminals as a link."""
    return format_location(hit, name=places.name, place=place), places.style(hit, "cyan", place)


def format_headings(hit: Hit | Place) -> str:
    """Format the headings above a hit, or the title where there are none."""
    return " > ".join(line(heading) for heading in hit.heading) or line(hit.title)


def render_hits(
    hits: Iterable[Hit], *, terms: Iterable[str], places: Places
) -> Iterator[Text | Passage]:
    """Yield the location, headings, score and text of each hit; `terms` are highlighted."""
    stems = frozenset(terms)
    for hit in hits:
        head = (
            (f"{hit.rank}. ", "bold"),
            style_location(hit, places),
            "  ",
            format_headings(hit),
        )
        yield Text.of(*head, (f"  {hit.score:.4f}", "dim"))
        yield Passage(literal(hit.text), stems)


def render_sources(answer: Answer, *, cut: bool, places: Places) -> Iterator[Text]:
    """Yield a note if the answer was cut off, then the hits that it or a verdict cites.

    Where none of its claims is supported, these are the nearest passages.
    """
    if cut:
        yield Text.of(("[the answer breaks off here]", "bold red"))
    if answer.is_unfounded:
        yield from render_nearest(answer, places=places)
        return
    sources = {citation.number: (citation.hit, citation.place) for citation in answer.citations}
    supporting = {number for claim in answer.claims for number in claim.supported_by}
    others = [hit for hit in answer.hits if hit.rank in supporting - sources.keys()]
    sources |= {hit.rank: (hit, None) for hit in others}
    if sources:
        yield Text.of(("\nSources", "bold"))
    for number, (hit, place) in sources.items():
        yield render_source(hit, number=number, places=places, place=place)


def render_refusal(answer: Answer, *, places: Places) -> Iterator[Text]:
    """Yield the refusal, what no passage has, and the nearest passages."""
    yield Text.of("The documents don't say.")
    if answer.refusal and answer.refusal.is_specific:
        reason = line(answer.refusal.reason)
        yield Text.of(f"{reason[0].upper()}{reason[1:]}.")
    yield from render_nearest(answer, places=places)


def render_nearest(answer: Answer, *, places: Places) -> Iterator[Text]:
    """Yield the passages that were retrieved for a question."""
    if answer.hits:
        yield Text.of(("\nNearest passages", "bold"))
    for hit in answer.hits:
        yield render_source(hit, number=hit.rank, places=places)


def render_passages(answer: Answer, *, places: Places) -> Iterator[Text]:
    """Yield the passages of an answer: those that it cites, then the others."""
    cited = {citation.number for citation in answer.citations}
    for title, is_cited in (("Sources", True), ("Other passages", False)):
        hits = [hit for hit in answer.hits if (hit.rank in cited) is is_cited]
        if hits:
            yield Text.of((title, "bold"))
        for hit in hits:
            yield render_source(hit, number=hit.rank, places=places)


def render_passage(hit: Hit, *, places: Places) -> Iterator[Text | Passage]:
    """Yield the number, location and headings of a hit, and its text."""
    yield render_source(hit, number=hit.rank, places=places)
    yield Passage(literal(hit.text), frozenset())


def render_standalone(question: str) -> Text:
    """Make a line of what is searched for in place of what was typed."""
    return Text.of(("searched for: ", "bold"), (line(question), "dim"))


def render_source(hit: Hit, *, number: int, places: Places, place: Locator | None = None) -> Text:
    """Make one line of a hit: its number, location and headings; `place` is that of a quote."""
    return Text.of(
        (f"[{number}] ", "bold"),
        style_location(hit, places, place),
        "  ",
        format_headings(hit),
    )


def mark_claims(text: str, claims: Sequence[Claim]) -> Text:
    """Insert a mark after each claim that is not supported, in the colour of its finding."""
    result, end = Text(), 0
    for claim in claims:
        start = text.find(claim.text, end)
        following = start + len(claim.text) if start >= 0 else len(text)
        result.append(literal(text[end:following]))
        end = following
        if mark := format_verdict(claim):
            result.append(mark, f"bold {choose_mark(claim)[1]}")
    return result.append(literal(text[end:]))


def format_verdict(claim: Claim) -> str:
    """Format the mark after a claim, blank if it is supported."""
    if claim.verdict is Verdict.SUPPORTED:
        return ""
    why = f": {line(claim.why)}" if claim.why else ""
    return f" [{claim.verdict}{why}]"


def choose_mark(claim: Claim) -> tuple[str, str]:
    """Return the mark of a claim and its colour."""
    is_misattributed = claim.finding is Finding.SUPPORTED and claim.verdict is Verdict.UNSUPPORTED
    return MISATTRIBUTED if is_misattributed else FINDINGS[claim.finding]


def render_data_claims(claims: Iterable[Claim]) -> Iterator[Text]:
    """Yield each claim of a string that is not supported, behind its JSON Pointer."""
    for claim in claims:
        if verdict := format_verdict(claim):
            text = literal(" ".join(claim.text.split()))
            yield Text.of((line(claim.pointer or ""), "cyan"), f" {text}", (verdict, "bold red"))


def render_conflicts(conflicts: Iterable[Conflict], *, places: Places) -> Iterator[Text]:
    """Yield what differs in each pair of statements, and both, with their places."""
    for number, conflict in enumerate(conflicts, start=1):
        yield Text.of(
            (f"{number}. ", "bold"),
            (f"{conflict.kind}: ", "bold red"),
            (f"{line(conflict.first_says)} / {line(conflict.second_says)}", "red"),
            (f"  {conflict.score:.2f}", "dim"),
        )
        for place in (conflict.first, conflict.second):
            where = style_location(place, places)
            yield Text.of("  ", where, "  ", format_headings(place))
            yield Text.of((f"    {literal(' '.join(place.text.split()))}", "dim"))


def render_receipts(receipts: Sequence[Receipt], *, heading: str) -> Table:
    """Count documents and chunks by status."""
    table = Table((heading, "documents", "chunks", "embedded"), numbers=frozenset({1, 2, 3}))
    for status in DocumentStatus:
        if group := [receipt for receipt in receipts if receipt.status is status]:
            counts = (len(group), sum(r.chunks for r in group), sum(r.embedded for r in group))
            table.add((status.value, STYLES[status]), *map(str, counts))
    return table


def render_changes(receipts: Iterable[Receipt], *, name: Namer) -> Iterator[Text]:
    """Yield the planned change of each document that would change."""
    for receipt in receipts:
        if receipt.status is not DocumentStatus.UNCHANGED:
            before = receipt.previous_source
            renamed = f" (from {line(name(before))})" if before else ""
            status = (f"{receipt.status:9} ", STYLES[receipt.status])
            yield Text.of(status, line(name(receipt.source)) + renamed)


def render_change(receipt: Receipt, when: datetime, *, name: Namer) -> Text:
    """Make one line of what was just done with a document."""
    before = receipt.previous_source
    details = receipt.error or receipt.reason or ""
    if not details and receipt.status is not DocumentStatus.REMOVED:
        details = f"{receipt.chunks} chunks, {receipt.embedded} embedded"
    if receipt.warning:
        details += f"; {receipt.warning}"
    return Text.of(
        (f"{when.astimezone():%H:%M:%S}  ", "dim"),
        (f"{receipt.status:9} ", STYLES[receipt.status]),
        line(name(receipt.source)) + (f" (from {line(name(before))})" if before else ""),
        (f"  {line(details)}" if details else "", "dim"),
    )


def render_documents(documents: Iterable[StoredDocument], *, name: Namer) -> Table:
    """Make the table of documents."""
    head = ("source", "title", "chunks", "bytes", "ingested")
    table = Table(head, numbers=frozenset({2, 3}), folded=frozenset({0}))
    for document in documents:
        table.add(
            (line(name(document.source)), "cyan"),
            line(document.title),
            str(document.chunks),
            str(document.size),
            f"{document.ingested.astimezone():%Y-%m-%d %H:%M}",
        )
    return table


def render_status(place: Mapping[str, Any], *, table: str, status: StoreStatus | None) -> Table:
    """Make the table of a store's location, settings, counts and sizes."""
    rows = {"store" if key == "kind" else key: value for key, value in place.items()}
    rows["table"] = table
    if status:
        rows |= {"model": f"{status.model.name} ({status.model.dimension} dimensions)"}
        rows |= {"language": status.language, **status.server}
        rows |= status.counts
        rows |= {f"{name} size": format_size(size) for name, size in status.sizes.items()}
    grid = Table(folded=frozenset({1}))
    for key, value in rows.items():
        grid.add((key, "bold"), line(str(value)))
    return grid


def format_size(size: float) -> str:
    """Format a number of bytes with a unit."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.4g} {unit}"
        size /= 1000
    return f"{size:.4g} GB"


def render_checks(checks: Iterable[HealthCheck]) -> Iterator[Text]:
    """Yield the result of each health check, and what to do about it."""
    for check in checks:
        level = (f"{check.level:8} ", LEVELS[check.level])
        text = Text.of(level, line(f"{check.name}: {check.message}"))
        if check.action:
            text.append(f"\n         {line(check.action)}", "bold")
        yield text
