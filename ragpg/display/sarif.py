"""Annotations as SARIF 2.1.0, which code scanning and editors read. Pure.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ragpg.types.annotations import Annotation, Location, Region, RelatedPassage, Rule

Shape = dict[str, Any]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
HOME = "https://github.com/ragpg/ragpg"
ROOT = "%SRCROOT%"
"""The name by which code scanning knows the root of a repository."""
EMBEDDED_LINK = re.compile(r"\](?=\()")


def shape_sarif(annotations: Sequence[Annotation], *, command: str, version: str) -> Shape:
    """Shape a run of a command; `version` is that of ragpg.

    The run belongs to a category of its own for each command, so that code scanning keeps the
    results of one when those of another arrive.
    """
    rules = list(dict.fromkeys(annotation.rule for annotation in annotations))
    driver = {
        "name": "ragpg",
        "semanticVersion": version,
        "informationUri": HOME,
        "rules": [shape_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"ragpg/{command}/"},
        "columnKind": "utf16CodeUnits",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "results": list(shape_results(annotations, rules)),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def shape_rule(rule: Rule) -> Shape:
    """Shape a kind of annotation."""
    about = {"text": rule.about}
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": about,
        "help": about,
    }


def shape_results(annotations: Sequence[Annotation], rules: Sequence[Rule]) -> Iterator[Shape]:
    """Shape each annotation; what is said twice in a file has two fingerprints."""
    seen: Counter[str] = Counter()
    for annotation in annotations:
        digest = digest_subject(annotation)
        seen[digest] += 1
        text = "\n".join(annotation.lines)
        yield {
            "ruleId": annotation.rule.id,
            "ruleIndex": rules.index(annotation.rule),
            "level": annotation.severity.value,
            "message": shape_message(f"{annotation.rule.title}: {text}"),
            "locations": [shape_location(annotation.location)] if annotation.location else [],
            "relatedLocations": [
                shape_related(passage, id_=number)
                for number, passage in enumerate(annotation.related, start=1)
            ],
            **shape_viewer(annotation.location),
            "partialFingerprints": {"subject/v1": f"{digest}:{seen[digest]}"},
        }


def digest_subject(annotation: Annotation) -> str:
    """Return a digest of the subject and its file, which stays when lines move."""
    path = annotation.location.path if annotation.location else ""
    words = annotation.subject.split()
    return sha256("\0".join((path, *words)).encode(errors="replace")).hexdigest()


def shape_message(text: str) -> Shape:
    """Shape plain text, in which SARIF would see placeholders (3.11.5) and links (3.11.6)."""
    braces = text.replace("{", "{{").replace("}", "}}")
    return {"text": EMBEDDED_LINK.sub("] ", braces)}


def shape_location(location: Location) -> Shape:
    """Shape a part of a file."""
    physical: Shape = {"artifactLocation": shape_artifact(location.path)}
    if location.file_region:
        physical["region"] = shape_region(location.file_region)
    return {"physicalLocation": physical}


def shape_artifact(path: str) -> Shape:
    """Shape a path as a URI: relative to the root of the repository, absolute outside of it."""
    uri = quote(path, safe="/", errors="surrogateescape")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    if re.match("[A-Za-z]:/", path):
        return {"uri": f"file:///{path[0]}:{quote(path[2:], safe='/', errors='surrogateescape')}"}
    return {"uri": uri, "uriBaseId": ROOT}


def shape_region(region: Region) -> Shape:
    """Shape lines and, where they are known, columns."""
    shape = {"startLine": region.start_line, "endLine": region.end_line}
    if region.start_column is not None and region.end_column is not None:
        shape |= {"startColumn": region.start_column, "endColumn": region.end_column}
    return shape


def shape_viewer(location: Location | None) -> Shape:
    """Shape where a result can be seen on the web (3.27.19)."""
    return {"hostedViewerUri": location.url} if location and location.url else {}


def shape_related(passage: RelatedPassage, *, id_: int) -> Shape:
    """Shape a passage that explains an annotation."""
    shape = {"id": id_, **shape_location(passage.location), "message": shape_message(str(passage))}
    url = passage.location.url
    return {**shape, "properties": {"url": url}} if url else shape
