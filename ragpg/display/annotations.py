"""Failed checks to annotations of the files that they are about. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragpg.display.verification import select_quotes
from ragpg.markdown import find_line_starts
from ragpg.types import Finding
from ragpg.types.annotations import (
    Annotation,
    Location,
    Region,
    RelatedPassage,
    Rule,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ragpg.acceptance import AcceptedClaim
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import CaseResult
    from ragpg.types import CheckedFile, Citation, Conflict, Hit, LocatedClaim, Locator, Place

    Locate = Callable[[str], str]
    """Returns the path of a file from the root of the repository."""

CLAIM_RULES = {
    Finding.CONTRADICTED: Rule(
        "claim-contradicted",
        "Contradicted claim",
        "The documents speak of the same and say otherwise.",
    ),
    Finding.SUPPORTED: Rule(
        "claim-misattributed",
        "Misattributed claim",
        "Another passage than the cited one says it.",
    ),
    Finding.PARTIAL: Rule(
        "claim-partial", "Partly supported claim", "The documents say only a part of it."
    ),
    Finding.NOT_FOUND: Rule(
        "claim-unsupported", "Unsupported claim", "No passage of the documents says it."
    ),
}
"""By what all passages say about a claim without support, the worst first."""
UNREADABLE = Rule("file-unreadable", "Unreadable file", "A file could not be read.")
UNMATCHED = Rule(
    "accepted-unmatched",
    "Accepted claim without a match",
    "A claim that was accepted is gone, or its verdict or its passage has changed.",
)
CASE_FAILED = Rule("case-failed", "Failed case", "An answer fails a check of its case.")
CASE_ERROR = Rule("case-error", "Case without an answer", "A model did not answer a case.")
BELOW_MINIMUM = Rule(
    "metric-below-minimum", "Metric below its minimum", "A metric misses the value of --min."
)
CONFLICT = Rule("conflict", "Conflict", "Two documents say different things about one subject.")


def annotate_files(
    files: Iterable[CheckedFile],
    *,
    fails: Callable[[LocatedClaim], bool],
    to_path: Locate,
    to_document: Locate,
) -> Iterator[Annotation]:
    """Yield an annotation for each claim without support and for each file that was not read.

    It is an error if the claim `fails` the check. Accepted claims have none. `to_path` locates a
    file that was checked, and `to_document` a source.
    """
    for file in files:
        path = None if file.name == "-" else to_path(file.name)
        if file.error:
            where = Location(path) if path else None
            yield Annotation(UNREADABLE, Severity.ERROR, file.name, where, (file.error.message,))
        lines = find_line_starts(file.text)
        for located in file.verification.unsupported_claims:
            yield Annotation(
                CLAIM_RULES[located.claim.finding],
                Severity.ERROR if fails(located) else Severity.WARNING,
                located.claim.text,
                Location(path, find_region(file.text, lines, located)) if path else None,
                (located.claim.why,) if located.claim.why else (),
                tuple(
                    relate(quote, to_document=to_document)
                    for quote in select_quotes(located) or located.quotes[:1]
                ),
            )


def find_region(text: str, lines: Sequence[int], located: LocatedClaim) -> Region:
    """Return the lines and columns of a claim; `lines` has the offset of each line of its text."""
    first, last = lines[located.start_line - 1], lines[located.end_line - 1]
    return Region(
        located.start_line,
        located.end_line,
        start_column=1 + count_code_units(text[first : located.start]),
        end_column=1 + count_code_units(text[last : located.end]),
    )


def count_code_units(text: str) -> int:
    """Return the length of text in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def relate(quote: Citation, *, to_document: Locate) -> RelatedPassage:
    """Return the passage that a quote is a part of."""
    location = locate_place(quote.hit, to_document, locator=quote.place)
    return RelatedPassage(f"[{quote.number}]", location, quote.quote)


def annotate_unmatched(claims: Iterable[AcceptedClaim], *, path: str) -> Iterator[Annotation]:
    """Yield a warning for each accepted claim that matches nothing; `path` is their file's."""
    for claim in claims:
        location = Location(path, Region(claim.line, claim.line))
        yield Annotation(UNMATCHED, Severity.WARNING, claim.claim, location, (f"in {claim.file}",))


def annotate_conflicts(
    conflicts: Iterable[Conflict], *, severity: Severity, to_document: Locate
) -> Iterator[Annotation]:
    """Yield an annotation for each conflict, at its first place."""
    for conflict in conflicts:
        first, second = (locate_place(p, to_document) for p in (conflict.first, conflict.second))
        yield Annotation(
            CONFLICT,
            severity,
            conflict.first.text,
            first,
            (f"{conflict.kind}: {conflict.first_says} here, {conflict.second_says} there",),
            (RelatedPassage("[1]", second, conflict.second.text),),
        )


def locate_place(
    place: Hit | Place, to_document: Locate, *, locator: Locator | None = None
) -> Location:
    """Return the lines of a place in its document; `locator` is that of a quote in it."""
    return Location(
        to_document(place.source),
        Region(place.start_line, place.end_line),
        converted=place.converted,
        locator=locator or place.place,
    )


def annotate_report(report: Report, *, to_path: Locate) -> Iterator[Annotation]:
    """Yield an annotation for each failed case, at its line, and for each minimum not reached."""
    for result in report.failing:
        rule = CASE_ERROR if result.error else CASE_FAILED
        location = locate_case(result, name=report.name, to_path=to_path)
        yield Annotation(
            rule, Severity.ERROR, result.case.question, location, tuple(result.failures)
        )
    for threshold in report.unmet:
        metric = report.metrics.get(threshold.metric)
        value = f"is {metric.value:.3f}" if metric else "was not measured"
        reason = f"{threshold.metric} {value}, not {threshold.minimum:g}"
        where = None if report.name == "-" else Location(to_path(report.name))
        yield Annotation(BELOW_MINIMUM, Severity.ERROR, threshold.metric, where, (reason,))


def locate_case(result: CaseResult, *, name: str, to_path: Locate) -> Location | None:
    """Return the line of a case in its file; None for standard input."""
    if name == "-":
        return None
    line = int(result.case.location.rpartition(":")[2])
    return Location(to_path(name), Region(line, line))
