"""The HTML report of an evaluation: one page that loads nothing. Pure."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ragpg.display import evaluation
from ragpg.display.escape import line, literal
from ragpg.display.render import format_headings
from ragpg.display.report import plots
from ragpg.display.report.html import Html
from ragpg.evaluation import metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Template

    from ragpg.evaluation.cases import Case
    from ragpg.evaluation.comparison import Comparison
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import CaseResult
    from ragpg.types import Hit

HEADLINES = ("passed", "recall@5", "mrr@10", "ndcg@10", "token_precision@5", "refusal_auc")
MAX_SNIPPET = 240
"""Characters of a hit that are shown."""
MAX_HITS = 5
"""Hits of a case that are shown."""


def render_page(report: Report) -> str:
    """Render the page; its Content-Security-Policy admits its own style and script only."""
    style, script = read_resource("report.css"), read_resource("report.js")
    policy = (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = load_template().render(
        report=report, style=Html(style), script=Html(script), policy=policy, **to_context(report)
    )
    return f"{page}\n"


def load_template() -> Template:
    """Load the template; all values are escaped and their control characters made visible."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        finalize=make_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "METRICS": metrics.METRICS,
        "format_change": evaluation.format_change,
        "format_difference": evaluation.format_difference,
        "format_interval": evaluation.format_interval,
        "format_rank": format_rank,
        "format_value": evaluation.format_value,
        "format_headings": format_headings,
        "is_relevant": is_relevant,
        "line": line,
        "plots": plots,
        "shorten": shorten,
    }
    return environment.from_string(read_resource("report.html"))


def make_visible(value: object) -> object:
    """Make control characters of a value visible, unless it is HTML already."""
    return value if hasattr(value, "__html__") else literal(str(value))


def read_resource(name: str) -> str:
    """Read a file of this package."""
    return files("ragpg.display.report").joinpath(name).read_text("utf-8")


def digest(content: str) -> str:
    """Return the source expression that admits an inline style or script."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def to_context(report: Report) -> dict[str, Any]:
    """Prepare what the template shows besides the report itself."""
    checked = [result for result in report.results if result.passed is not None]
    passed = sum(result.passed is True for result in checked)
    cases = len(report.results)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    differences = report.comparison.differences if report.comparison else {}
    recall_at = {k: f"recall@{k}" for k in (1, 3, 5, 10)}
    questions = {result.case.id: result.case.question for result in report.results}
    heads = ["metric", "value", "", "95% interval", "cases"]
    return {
        "verdict": f"{passed} of {len(checked)} passed" if checked else f"{cases} measured",
        "about": [*report.about, ("cases", str(cases)), ("measured", now)],
        "headlines": [report.metrics[name] for name in HEADLINES if name in report.metrics],
        "heads": [*heads, "before", "change", "p"] if report.comparison else heads,
        "differences": differences,
        "recall_before": {
            k: differences[name].before for k, name in recall_at.items() if name in differences
        },
        "first_ranks": count_first_ranks(report.results),
        "refusal_rates": refusal_rates(report),
        "changes": list_changes(report.comparison, questions) if report.comparison else {},
        "cases": list(map(CaseView, sorted(report.results, key=lambda r: not r.failures))),
    }


def count_first_ranks(results: Iterable[CaseResult]) -> dict[str, int]:
    """Count the ranks of first relevant hits."""
    counts = dict.fromkeys([*map(str, range(1, 11)), "11+", "no"], 0)
    for result in results:
        if result.ranks:
            rank = result.first_relevant_rank
            counts["no" if rank is None else str(rank) if rank <= 10 else "11+"] += 1
    return counts


def refusal_rates(report: Report) -> tuple[float, float] | None:
    """Return the share of answerable and of unanswerable questions that were refused."""
    if not report.roc:
        return None
    return 1 - report.metrics["answered"].value, report.metrics["refused"].value


def list_changes(
    comparison: Comparison, questions: dict[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """List the questions that changed since the baseline, by kind, with the change of rank."""
    return {
        "Newly failing": [(questions[case], "") for case in comparison.newly_failing],
        "Newly fixed": [(questions[case], "") for case in comparison.newly_fixed],
        "Worse": [(questions[c], format_ranks(*ranks)) for c, ranks in comparison.worse.items()],
        "Better": [(questions[c], format_ranks(*ranks)) for c, ranks in comparison.better.items()],
    }


def format_ranks(before: int | None, after: int | None) -> str:
    """Format a change of rank; blank if the rank is the same."""
    if before == after:
        return ""
    return " rank " + " → ".join("none" if r is None else str(r) for r in (before, after))


def format_rank(rank: int | None) -> str:
    """Format the rank of a hit."""
    return "not found" if rank is None else f"rank {rank}"


def is_relevant(hit: Hit, case: Case) -> bool:
    """Return whether a hit covers a gold span or, without these, is in a gold document."""
    if case.evidence:
        return any(metrics.covers(hit, span) for span in case.evidence)
    return hit.source in case.documents


def shorten(text: str) -> str:
    """Return the beginning of a text on one line."""
    words = " ".join(text.split())
    return words[:MAX_SNIPPET] + ("…" if len(words) > MAX_SNIPPET else "")


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as the template shows it."""

    result: CaseResult

    @property
    def state(self) -> str:
        """The CSS class of the result."""
        return {True: "good", False: "bad", None: "none"}[self.result.passed]

    @property
    def label(self) -> str:
        """The result in a word."""
        if self.result.error:
            return "error"
        return {True: "passed", False: "failed", None: "measured"}[self.result.passed]

    @property
    def kinds(self) -> str:
        """The filters that show the case."""
        ranks = self.result.ranks
        missed = bool(ranks) and metrics.recall(ranks, MAX_HITS) < 1
        kinds = {"failed": self.result.failures, "missed": missed}
        return " ".join(kind for kind, applies in kinds.items() if applies)

    @property
    def rank_state(self) -> str:
        """The CSS class of the first relevant hit's rank."""
        rank = self.result.first_relevant_rank
        return "good" if rank == 1 else "bad" if rank is None or rank > MAX_HITS else "none"

    @property
    def gold(self) -> list[tuple[str, int | None]]:
        """The gold spans or documents with their ranks."""
        case = self.result.case
        spans = [f"{span.source} {span.start}-{span.end}" for span in case.evidence]
        return list(zip(spans or case.documents, self.result.ranks, strict=False))

    @property
    def hits(self) -> Sequence[Hit]:
        """The hits that are shown."""
        return self.result.hits[:MAX_HITS]
