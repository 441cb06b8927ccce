"""How well the score of the check ranks real claims by whether people found them supported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ragpg.api import factories
from ragpg.claims import split_statements
from ragpg.claims.support_search import assess
from ragpg.config import Config
from ragpg.evaluation import metrics

from benchmarks.claims.corpus import cut

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ragpg.types import Hit


def article(directory: Path, name: str) -> list[Hit]:
    """All passages of an article."""
    return cut(name, (directory / "docs" / name).read_bytes())


def scores(directory: Path) -> list[tuple[float, bool]]:
    """For each claim its score against the article that it cites, and whether it is supported."""
    result = []
    embed = factories.make_embedder(Config()).embed_query
    reader = factories.make_reader()
    read = reader.read_claim if reader else None
    with (directory / "claims.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            hits = article(directory, row["doc"])
            statements = [each.text for each in split_statements(row["claim"])] or [row["claim"]]
            assessed = (assess(text, hits, embed=embed, read=read) for text in statements)
            value = min(each.find_joint(hits).score for each in assessed)
            result.append((value, row["label"] == "supported"))
    return result


def auc(scored: Sequence[tuple[float, bool]]) -> float:
    """The chance that a supported claim scores above another one; ties count half."""
    right = [value for value, supported in scored if supported]
    wrong = [value for value, supported in scored if not supported]
    return metrics.auc(right, wrong)
