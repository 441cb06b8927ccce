"""What a person reads: values to text and tables. Pure.

Everything that comes from documents, models and file names passes through `literal` or `line`,
and into `Text`, which is never read as markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ragpg.display.escape import line, literal
from ragpg.display.text import Passage, Table, Text
from ragpg.types import DocumentStatus, Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ragpg.types import (
        Answer,
        Citation,
        Claim,
        HealthCheck,
        Hit,
        LocatedClaim,
        Receipt,
        StoredDocument,
        StoreStatus,
        Verification,
    )

    Namer = Callable[[str], str]
    """From a document's source to the name that it has in the current directory."""

STYLES = {
    DocumentStatus.ADDED: "green",
    DocumentStatus.CHANGED: "yellow",
    DocumentStatus.RENAMED: "cyan",
    DocumentStatus.UNCHANGED: "dim",
    DocumentStatus.REMOVED: "magenta",
    DocumentStatus.MISSING: "yellow",
    DocumentStatus.FAILED: "bold red",
}
LEVELS = {Level.OK: "green", Level.WARNING: "yellow", Level.FAULT: "bold red"}


def place(hit: Hit, *, name: Namer) -> str:
    """Where a passage stands, as `path:L10-L14`."""
    return f"{line(name(hit.source))}:L{hit.start_line}-L{hit.end_line}"


def path(hit: Hit) -> str:
    """The headings that a passage stands under; its title where there are none."""
    return " > ".join(line(heading) for heading in hit.heading) or line(hit.title)


def hits(found: Iterable[Hit], *, terms: Iterable[str], name: Namer) -> Iterator[Text | Passage]:
    """Ranked passages, each with its place, its headings and its score; `terms` are marked."""
    stems = frozenset(terms)
    for hit in found:
        head = (f"{hit.rank}. ", "bold"), (place(hit, name=name), "cyan"), "  ", path(hit)
        yield Text.of(*head, (f"  {hit.score:.4f}", "dim"))
        yield Passage(literal(hit.text), stems)


def footnotes(answer: Answer, *, cut: bool, name: Namer) -> Iterator[Text]:
    """What stands below an answer: that it broke off, and the passages that it or a mark names."""
    if cut:
        yield Text.of(("[the answer breaks off here]", "bold red"))
    cited = {citation.number: citation.hit for citation in answer.citations}
    told = {number for claim in answer.claims for number in claim.supported_by}
    shown = cited | {hit.rank: hit for hit in answer.hits if hit.rank in told - cited.keys()}
    if shown:
        yield Text.of(("\nSources", "bold"))
    for number, hit in shown.items():
        yield source(hit, number=number, name=name)


def refusal(answer: Answer, *, name: Namer) -> Iterator[Text]:
    """What is said where the documents don't: the passages that come nearest."""
    yield Text.of("The documents don't say.")
    if answer.hits:
        yield Text.of(("\nNearest passages", "bold"))
    for hit in answer.hits:
        yield source(hit, number=hit.rank, name=name)


def source(hit: Hit, *, number: int, name: Namer) -> Text:
    """A passage on one line: its number, place and headings."""
    return Text.of((f"[{number}] ", "bold"), (place(hit, name=name), "cyan"), "  ", path(hit))


def marked(text: str, claims: Sequence[Claim]) -> Text:
    """An answer with a mark behind each claim that no passage backs."""
    result, end = Text(), 0
    for claim in claims:
        found = text.find(claim.text, end)
        following = found + len(claim.text) if found >= 0 else len(text)
        result.append(literal(text[end:following]))
        end = following
        if mark := verdict(claim):
            result.append(mark, "bold red")
    return result.append(literal(text[end:]))


def verdict(claim: Claim) -> str:
    """What is put behind a claim: nothing where it is supported."""
    if claim.verdict is Verdict.SUPPORTED:
        return ""
    why = f": {line(claim.why)}" if claim.why else ""
    return f" [{claim.verdict}{why}]"


def verified(checked: Verification, *, name: Namer) -> Iterator[Text]:
    """Each claim with its mark, and below it the reason and the quotations it speaks of."""
    for each in checked.claims:
        backed = each.claim.verdict is Verdict.SUPPORTED
        mark = ("✓ ", "bold green") if backed else ("✗ ", "bold red")
        yield Text.of(mark, literal(" ".join(each.claim.text.split())))
        if each.claim.why:
            yield Text.of(("  ", ""), (line(each.claim.why), "red"))
        for quote in spoken_of(each):
            yield Text.of("  ", source(quote.hit, number=quote.number, name=name))
            yield Text.of((f"    {literal(' '.join(quote.quote.split()))}", "dim"))
    yield Text.of((f"{checked.supported} supported, {checked.unsupported} unsupported", "bold"))


def spoken_of(located: LocatedClaim) -> list[Citation]:
    """The quotations that a verdict is about."""
    claim = located.claim
    return [
        quote
        for quote in located.quotes
        if quote.number in claim.supported_by or f"[{quote.number}]" in (claim.why or "")
    ]


def receipts(done: Sequence[Receipt], *, heading: str) -> Table:
    """How many documents and chunks there were of each status."""
    table = Table((heading, "documents", "chunks", "embedded"), numbers=frozenset({1, 2, 3}))
    for status in DocumentStatus:
        if those := [receipt for receipt in done if receipt.status is status]:
            counts = (len(those), sum(r.chunks for r in those), sum(r.embedded for r in those))
            table.add((status.value, STYLES[status]), *map(str, counts))
    return table


def changes(done: Iterable[Receipt], *, name: Namer) -> Iterator[Text]:
    """What would become of each document that does not stay as it is."""
    for receipt in done:
        if receipt.status is not DocumentStatus.UNCHANGED:
            before = receipt.previous_source
            renamed = f" (from {line(name(before))})" if before else ""
            status = (f"{receipt.status:9} ", STYLES[receipt.status])
            yield Text.of(status, line(name(receipt.source)) + renamed)


def documents(stored: Iterable[StoredDocument], *, name: Namer) -> Table:
    """The table of documents."""
    head = ("source", "title", "chunks", "bytes", "ingested")
    table = Table(head, numbers=frozenset({2, 3}), folded=frozenset({0}))
    for document in stored:
        table.add(
            (line(name(document.source)), "cyan"),
            line(document.title),
            str(document.chunks),
            str(document.size),
            f"{document.ingested.astimezone():%Y-%m-%d %H:%M}",
        )
    return table


def status(place: Mapping[str, Any], *, table: str, found: StoreStatus | None) -> Table:
    """Where documents are kept, and how many there are."""
    rows = {"store" if key == "kind" else key: value for key, value in place.items()}
    rows["table"] = table
    if found:
        rows |= {"model": f"{found.model.name} ({found.model.dimension} dimensions)"}
        rows |= {"language": found.language, **found.server}
        rows |= found.counts
        rows |= {f"{name} size": size_of(size) for name, size in found.sizes.items()}
    grid = Table(folded=frozenset({1}))
    for key, value in rows.items():
        grid.add((key, "bold"), line(str(value)))
    return grid


def size_of(size: float) -> str:
    """A number of bytes in a unit that suits it."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.4g} {unit}"
        size /= 1000
    return f"{size:.4g} GB"


def checks(results: Iterable[HealthCheck]) -> Iterator[Text]:
    """What was checked, and what to do where something is wrong."""
    for result in results:
        level = (f"{result.level:8} ", LEVELS[result.level])
        text = Text.of(level, line(f"{result.name}: {result.message}"))
        if result.action:
            text.append(f"\n         {line(result.action)}", "bold")
        yield text
