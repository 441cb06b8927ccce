"""Checked texts for a person: the verdict on each claim, and counts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.display.escape import line, literal
from ragpg.display.render import choose_mark, render_source
from ragpg.display.text import Text, count
from ragpg.types import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.display.links import Places
    from ragpg.types import CheckedFile, Citation, LocatedClaim, Verification


def render_verification(verification: Verification, *, places: Places) -> Iterator[Text]:
    """Yield each claim with its finding, the reason and the quotes that it is based on."""
    for located in verification.claims:
        yield from render_claim(located, places=places)
    yield Text.of((summarise([verification]), "bold"))


def render_files(files: Sequence[CheckedFile], *, places: Places) -> Iterator[Text]:
    """Yield each claim of several files, behind its file and line, and the counts of all."""
    for file in files:
        for located in file.verification.claims:
            place = Text.of((f"{line(file.name)}:{located.start_line}: ", "cyan"))
            yield from render_claim(located, places=places, place=place)
    yield Text.of((summarise_files(files), "bold"))


def render_claim(
    located: LocatedClaim, *, places: Places, place: Text | None = None
) -> Iterator[Text]:
    """Yield a claim with its finding, the reason and the quotes that it is based on."""
    claim = located.claim
    mark, colour = choose_mark(claim)
    accepted = " [accepted]" if located.is_accepted else ""
    text = literal(" ".join(claim.text.split()))
    yield Text.of(place or "", (f"{mark} ", f"bold {colour}"), text, (accepted, "dim"))
    if claim.why:
        yield Text.of(("  ", ""), (line(claim.why), colour))
    for quote in select_quotes(located):
        source = render_source(quote.hit, number=quote.number, places=places, place=quote.place)
        yield Text.of("  ", source)
        yield Text.of((f"    {literal(' '.join(quote.quote.split()))}", "dim"))


def summarise(verifications: Sequence[Verification]) -> str:
    """Count the claims by verdict, and those without support by finding; then those accepted."""
    findings = {str(f).replace("_", " "): f for f in list(Finding)[1:]}
    counts = {name: sum(v.count(f) for v in verifications) for name, f in findings.items()}
    named = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    details = f" ({named})" if named else ""
    supported = sum(v.supported for v in verifications)
    unsupported = sum(v.unsupported for v in verifications)
    accepted = sum(located.is_accepted for v in verifications for located in v.claims)
    of_these = f", {accepted} of them accepted" if accepted else ""
    return f"{supported} supported, {unsupported} unsupported{details}{of_these}"


def summarise_files(files: Sequence[CheckedFile]) -> str:
    """Count the claims of several files, and the files."""
    read = [file.verification for file in files if not file.error]
    failed = len(files) - len(read)
    unread = f", {failed} not read" if failed else ""
    return f"{summarise(read)} in {count(len(read), 'file')}{unread}"


def select_quotes(located: LocatedClaim) -> list[Citation]:
    """Return the quotes that support a claim or that the reason refers to."""
    claim = located.claim
    return [
        quote
        for quote in located.quotes
        if quote.number in claim.supported_by or f"[{quote.number}]" in (claim.why or "")
    ]
