"""Row 8: what is embedded again after a change."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from benchmarks import documents
from benchmarks.figures import Figure, limited
from benchmarks.measure import run

if TYPE_CHECKING:
    from benchmarks.workspace import Workspace


def reuse(workspace: Workspace) -> list[Figure]:
    """Row 8."""
    tree = workspace.project / "reuse"
    documents.make_up(tree, files=1, sections=50, words=100)
    (path,) = tree.rglob("*.md")
    embedded(workspace)
    figures = []

    # A section with other words, and nothing else.
    sections = path.read_text("utf-8").split("\n## ")
    title = sections[25].partition("\n")[0]
    sections[25] = f"{title}\n\n{documents.text(random.Random('another'), words=100)}"
    path.write_text("\n## ".join(sections), "utf-8")
    figures.append(("one changed section of 50", 1, embedded(workspace)))

    path = path.rename(path.with_name("renamed.md"))
    figures.append(("a renamed file", 0, embedded(workspace)))

    path.with_name("copied.md").write_bytes(path.read_bytes())
    figures.append(("a copied file", 0, embedded(workspace)))

    figures.append(("a second table", 0, embedded(workspace, table="reuse_again")))
    return [
        limited(8, f"embedded after: {what}", [count], limit=most, unit="chunks")
        for what, most, count in figures
    ]


def embedded(workspace: Workspace, *, table: str = "reuse") -> int:
    """Ingest the directory; the number of chunks that went through the model."""
    command = workspace.ragpg("ingest", "reuse", "--prune", "--json")
    result = run(command.within(RAGPG_TABLE_NAME=table))
    return int(json.loads(result.output)["totals"]["embedded"])
