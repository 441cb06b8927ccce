"""Results as text for a language model. Pure.

Text from documents is made harmless as for a terminal. Its lines stand behind their numbers, are
indented or marked as quotations, so that none can pass for a line of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.display.escape import line, literal
from ragpg.display.render import format_headings, format_location, mark_claims
from ragpg.display.verification import summarise
from ragpg.pipeline.ask import EXTRACTIVE
from ragpg.types import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.errors import RagpgError
    from ragpg.types import (
        Answer,
        Citation,
        Claim,
        Document,
        Hit,
        LocatedClaim,
        Locator,
        StoredDocument,
        Verification,
    )

MAX_CHARACTERS = 80_000
"""Characters of a result: some 20,000 tokens, what common clients let pass; chosen by hand."""
MAX_LISTED = 500
"""Documents in one answer of the tool `list`."""

FINDINGS = {
    Finding.SUPPORTED: "SUPPORTED",
    Finding.CONTRADICTED: "CONTRADICTED",
    Finding.PARTIAL: "ONLY PARTLY SUPPORTED",
    Finding.NOT_FOUND: "NOT FOUND",
}
MISATTRIBUTED = "NOT SAID WHERE IT CITES, BUT ELSEWHERE"


def describe_error(error: RagpgError) -> str:
    """Return the message of an error and, on the next line, its hint."""
    hint = f"\nhint: {line(error.hint)}" if error.hint else ""
    return line(error.message) + hint


def describe_hits(hits: Sequence[Hit]) -> str:
    """Return the passages of a search, each with its location, headings and numbered lines."""
    if not hits:
        return "No passage matches."
    return join_blocks(
        [f"{hit.rank}. {describe_location(hit)}\n{number_lines(hit)}" for hit in hits],
        left_out="{} more passages are left out: ask for fewer, or read them.",
    )


def describe_answer(answer: Answer) -> str:
    """Return an answer with its marked claims and its sources, or why there is none."""
    if answer.text is None:
        return describe_refusal(answer)
    blocks = [quote_lines(mark_claims(answer.text, answer.claims).plain)]
    failed = sum(claim.verdict is not Verdict.SUPPORTED for claim in answer.claims)
    if failed:
        blocks.append(
            f"Marked in brackets: {failed} of {len(answer.claims)} claims are not supported by "
            "the passages. Do not repeat these as facts."
        )
    blocks.append("\n".join(["Sources", *describe_sources(answer)]))
    return join_blocks(blocks)


def describe_sources(answer: Answer) -> list[str]:
    """Return the passages that an answer, or a verdict on it, refers to.

    Those of a model's answer have the quote with them; the others are quoted in the answer.
    """
    if answer.model == EXTRACTIVE:
        hits = {citation.number: citation.hit for citation in answer.citations}
        return [describe_hit(hit) for hit in hits.values()]
    cited = {citation.number for citation in answer.citations}
    supporting = {number for claim in answer.claims for number in claim.supported_by}
    others = [hit for hit in answer.hits if hit.rank in supporting - cited]
    return [*map(describe_quote, dict.fromkeys(answer.citations)), *map(describe_hit, others)]


def describe_refusal(answer: Answer) -> str:
    """Say that the documents don't answer a question, what they lack, and what is nearest."""
    blocks = ["The documents don't say."]
    if answer.refusal and answer.refusal.is_specific:
        blocks[0] += f" Reason: {line(answer.refusal.reason)}."
    if answer.refusal and answer.refusal.missing:
        missing = ", ".join(map(line, answer.refusal.missing))
        blocks.append(f"No passage found mentions: {missing}")
    if answer.hits:
        nearest = map(describe_hit, answer.hits)
        blocks.append("\n".join(["Nearest passages, which do not answer it", *nearest]))
    return join_blocks(blocks)


def describe_verification(verification: Verification) -> str:
    """Return the verdict on each claim, with the reason and the nearest quotes.

    Where not all have room, supported claims are left out first.
    """
    if not verification.claims:
        return "The text states nothing that could be checked."
    summary = summarise([verification])
    blocks = [describe_claim(number, c) for number, c in enumerate(verification.claims, start=1)]
    if sum(map(len, blocks)) > MAX_CHARACTERS:
        blocks = [
            block
            for block, located in zip(blocks, verification.claims, strict=True)
            if located.claim.verdict is not Verdict.SUPPORTED
        ]
        summary += "; the supported ones are not listed"
    return join_blocks([summary, *blocks], left_out="{} more claims are left out: check less.")


def describe_claim(number: int, located: LocatedClaim) -> str:
    """Return a claim with its verdict, the reason and the quotes that it is based on."""
    claim = located.claim
    lines = [f"{number}. {name_verdict(claim)}: {flatten(claim.text)}"]
    if claim.why:
        lines.append(f"   why: {line(claim.why)}")
    lines += [f"   {describe_quote(quote)}" for quote in located.quotes]
    return "\n".join(lines)


def name_verdict(claim: Claim) -> str:
    """Return in capitals what the documents say about a claim."""
    if claim.finding is Finding.SUPPORTED and claim.verdict is not Verdict.SUPPORTED:
        return MISATTRIBUTED
    return FINDINGS[claim.finding]


def describe_document(document: Document, *, first: int, count: int) -> str:
    """Return numbered lines of a document, from line `first` on, and how to go on."""
    lines = literal(document.text).split("\n")
    if lines[-1] == "":
        del lines[-1]
    name = line(document.source)
    if first > len(lines):
        return f"{name} has {len(lines)} lines; there is no line {first}."
    shown: list[str] = []
    size = 0
    for number, text in enumerate(lines[first - 1 : first - 1 + count], start=first):
        numbered = f"{number}\t{text}"
        size += len(numbered) + 1
        if size > MAX_CHARACTERS and shown:
            break
        shown.append(cut(numbered))
    last = first + len(shown) - 1
    more = f"\n\nGo on with start_line {last + 1}." if last < len(lines) else ""
    return f"{name}:L{first}-L{last} of {len(lines)} lines\n" + "\n".join(shown) + more


def describe_documents(documents: Sequence[StoredDocument], *, offset: int) -> str:
    """Return the sources, titles and sizes of documents, from the one at `offset` on."""
    if not documents:
        return "No document has been ingested yet: run `ragpg ingest PATH`."
    shown = documents[offset : offset + MAX_LISTED]
    blocks = [f"{len(documents)} documents, by path: title, size, time of ingest"]
    blocks += [
        f"{line(document.source)}: {line(document.title)}, {document.size} bytes, "
        f"{document.ingested.astimezone():%Y-%m-%d %H:%M}"
        for document in shown
    ]
    if offset + len(shown) < len(documents):
        blocks.append(f"Go on with offset {offset + len(shown)}.")
    return "\n".join(blocks)


def describe_location(hit: Hit, place: Locator | None = None) -> str:
    """Return `path:L10-L14` and the headings above a passage, or the place of a quote in it."""
    return f"{format_location(hit, name=str, place=place)}  {format_headings(hit)}"


def describe_hit(hit: Hit) -> str:
    """Return the number and location of a passage."""
    return f"[{hit.rank}] {describe_location(hit)}"


def describe_quote(citation: Citation) -> str:
    """Return the number and location of a quote, and the quote on one line."""
    location = describe_location(citation.hit, citation.place)
    return f"[{citation.number}] {location}\n       {flatten(citation.quote)}"


def number_lines(hit: Hit) -> str:
    """Return the lines of a passage, each behind its number in the file."""
    lines = literal(hit.text).split("\n")
    return "\n".join(f"{number}\t{text}" for number, text in enumerate(lines, hit.start_line))


def quote_lines(text: str) -> str:
    """Return text with a mark of quotation before each line."""
    return "\n".join(f"> {one}".rstrip() for one in text.split("\n"))


def flatten(text: str) -> str:
    """Return text on one line, harmless for a terminal."""
    return literal(" ".join(text.split()))


def join_blocks(blocks: Sequence[str], *, left_out: str = "{} more parts are left out.") -> str:
    """Join blocks by blank lines as far as there is room, and say how many are left out."""
    joined = cut(blocks[0])
    for number, block in enumerate(blocks[1:], start=1):
        if len(joined) + len(block) > MAX_CHARACTERS:
            return f"{joined}\n\n" + left_out.format(len(blocks) - number)
        joined += f"\n\n{block}"
    return joined


def cut(text: str) -> str:
    """Return text as far as there is room, and say where it is cut."""
    return text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] + " [cut here]"
