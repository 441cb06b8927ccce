"""Annotations for GitHub Actions: commands in the log, and a summary of the job. Pure.

A runner takes each line for a command that begins with `::name`, or that holds `##[name]` anywhere.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ragpg.display.escape import line, literal
from ragpg.types.annotations import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ragpg.types.annotations import Annotation, Location, RelatedPassage

LONGEST_SUMMARY = 1_000_000
"""Bytes; a runner refuses more than a mebibyte for a step."""
HEAD = ("where", "finding", "subject", "passages")


def stop_commands(token: str) -> str:
    """Return the line behind which a runner takes nothing for a command, up to `::token::`."""
    return f"::stop-commands::{token}"


def resume_commands(token: str) -> str:
    """Return the line that ends `stop_commands`."""
    return f"::{token}::"


def format_commands(annotations: Iterable[Annotation]) -> Iterator[str]:
    """Yield the line that annotates the lines of a file, for each annotation."""
    for annotation in annotations:
        properties = {"title": annotation.rule.title}
        if annotation.location:
            properties["file"] = annotation.location.path
            if region := annotation.location.file_region:
                properties |= {"line": str(region.start_line), "endLine": str(region.end_line)}
        written = ",".join(f"{key}={escape_property(v)}" for key, v in properties.items())
        message = "\n".join(map(line, annotation.lines))
        yield f"::{annotation.severity.value} {written}::{escape_data(message)}"


def escape_data(text: str) -> str:
    """Escape the data of a command: it ends with its line."""
    return literal(text).replace("%", "%25").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escape a property of a command, which ends at a colon or a comma, too."""
    return escape_data(line(text)).replace(":", "%3A").replace(",", "%2C")


def format_summary(
    heading: str, annotations: Sequence[Annotation], *, room: int = LONGEST_SUMMARY
) -> str:
    """Return the summary of a job, of at most `room` bytes: a heading, and a row an annotation.

    The table is HTML without a blank line, in which Markdown sees one block and no markup. Foreign
    text is `<code>` there: GitHub looks for names, references and addresses in all other text.
    """
    parts = [f"### {escape(heading)}\n"]
    if annotations:
        parts += ["\n<table>\n", format_row(HEAD, cell="th")]
        left = room - sum(len(part.encode()) for part in parts) - 200
        rows = [format_annotation(annotation) for annotation in annotations]
        shown = 0
        while shown < len(rows) and (left := left - len(rows[shown].encode())) >= 0:
            shown += 1
        parts += [*rows[:shown], "</table>\n"]
        if shown < len(rows):
            parts.append(f"\nand {len(rows) - shown} more, which the log names\n")
    return "".join((*parts, "\n"))


def format_annotation(annotation: Annotation) -> str:
    """Format the row of an annotation."""
    reasons = "".join(f"<br>{format_code(reason)}" for reason in annotation.reasons)
    passages = "<br>".join(map(format_passage, annotation.related))
    location = annotation.location
    where = format_link(format_code(str(location)), location) if location else ""
    title = escape(annotation.rule.title)
    return format_row((where, title, format_code(shorten(annotation.subject)) + reasons, passages))


def format_passage(passage: RelatedPassage) -> str:
    """Format where a passage is, and what it says."""
    where = format_code(f"{passage.label} {passage.location}")
    return f"{format_link(where, passage.location)} {format_code(shorten(passage.quote))}"


def format_link(content: str, location: Location) -> str:
    """Make HTML a link to a location, if that has an address."""
    return f'<a href="{escape(location.url)}">{content}</a>' if location.url else content


def format_row(cells: Iterable[str], *, cell: str = "td") -> str:
    """Format a row of HTML."""
    return f"<tr>{''.join(f'<{cell}>{content}</{cell}>' for content in cells)}</tr>\n"


def format_code(text: str) -> str:
    """Format foreign text as it is, on one line."""
    return f"<code>{escape(' '.join(literal(text).split()))}</code>"
