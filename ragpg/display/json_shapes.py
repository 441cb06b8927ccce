"""Every JSON shape, once."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING, Any

from ragpg.display.escape import UNSAFE
from ragpg.types import DocumentStatus

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping, Sequence

    from ragpg.errors import RagpgError
    from ragpg.evaluation.comparison import Comparison
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import CaseResult
    from ragpg.types import (
        Answer,
        Citation,
        Claim,
        HealthCheck,
        Hit,
        Mode,
        Receipt,
        StoredDocument,
        StoreStatus,
        Verification,
    )

Shape = dict[str, Any]


def dumps(shape: Mapping[str, Any]) -> str:
    """Write JSON on one line; what could control a terminal is escaped, all else is readable."""
    return UNSAFE.sub(escaped, json.dumps(shape, ensure_ascii=False, allow_nan=False))


def escaped(match: re.Match[str]) -> str:
    """Write a code point as JSON's escape: a surrogate pair above U+FFFF."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    return "".join(f"\\u{unit}" for unit in units)


def error(failure: RagpgError) -> Shape:
    """Shape a failure."""
    return {"type": failure.kind, "message": failure.message, "hint": failure.hint}


def hit(found: Hit) -> Shape:
    """Shape a ranked passage."""
    return {
        "rank": found.rank,
        "source": found.source,
        "title": found.title,
        "heading": list(found.heading),
        "start": found.start,
        "end": found.end,
        "start_line": found.start_line,
        "end_line": found.end_line,
        "text": found.text,
        "score": found.score,
    }


def search(query: str, *, mode: Mode, hits: Sequence[Hit]) -> Shape:
    """Shape the result of a search."""
    return {"query": query, "mode": mode.value, "hits": [hit(found) for found in hits]}


def citation(quotation: Citation) -> Shape:
    """Shape a quotation: its passage, the number it is cited by, and the words."""
    return {**hit(quotation.hit), "number": quotation.number, "quote": quotation.quote}


def claim(checked: Claim) -> Shape:
    """Shape a checked statement."""
    return {
        "text": checked.text,
        "citations": list(checked.citations),
        "verdict": checked.verdict.value,
        "score": checked.score,
        "why": checked.why,
        "supported_by": list(checked.supported_by),
    }


def ask(answer: Answer) -> Shape:
    """Shape an answer."""
    return {
        "question": answer.question,
        "answered": answer.answered,
        "answer": answer.text,
        "model": answer.model,
        "citations": [citation(quotation) for quotation in answer.citations],
        "claims": [claim(checked) for checked in answer.claims],
        "hits": [hit(found) for found in answer.hits],
        "usage": dict(answer.usage) if answer.usage is not None else None,
        "timings": asdict(answer.timings),
    }


def verify(checked: Verification) -> Shape:
    """Shape what became of the claims of a text."""
    return {
        "claims": [
            {**claim(each.claim), "start": each.start, "end": each.end} for each in checked.claims
        ],
        "citations": [citation(quotation) for quotation in checked.citations],
        "supported": checked.supported,
        "unsupported": checked.unsupported,
    }


def receipt(done: Receipt) -> Shape:
    """Shape what became of one document."""
    return {
        "source": done.source,
        "origin": done.origin,
        "status": done.status.value,
        "previous_source": done.previous_source,
        "chunks": done.chunks,
        "embedded": done.embedded,
        "reused": done.reused,
        "error": done.error,
    }


def ingest(receipts: Sequence[Receipt], *, seconds: float) -> Shape:
    """Shape an ingest; the totals count what the table holds of these documents afterwards."""
    present = [done for done in receipts if done.status not in ABSENT]
    return {
        "documents": [receipt(done) for done in receipts],
        "totals": {
            "documents": len(present),
            "chunks": sum(done.chunks for done in present),
            "embedded": sum(done.embedded for done in present),
            "reused": sum(done.reused for done in present),
            "seconds": round(seconds, 3),
        },
    }


ABSENT = frozenset({DocumentStatus.REMOVED, DocumentStatus.MISSING, DocumentStatus.FAILED})


def listing(documents: Iterable[StoredDocument]) -> Shape:
    """Shape the table of documents."""
    return {"documents": [document(stored) for stored in documents]}


def document(stored: StoredDocument) -> Shape:
    """Shape one row of the table of documents."""
    return {
        "source": stored.source,
        "origin": stored.origin,
        "title": stored.title,
        "chunks": stored.chunks,
        "bytes": stored.size,
        "ingested": stored.ingested.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def removal(sources: Sequence[str]) -> Shape:
    """Shape what was removed."""
    return {"removed": list(sources)}


def status(place: Mapping[str, Any], *, table: str, found: StoreStatus | None) -> Shape:
    """Shape the state of the store; without a table nothing is known but the place."""
    if found is None:
        empty = {"documents": 0, "chunks": 0}
        return {
            "server": None,
            "store": dict(place),
            "table": table,
            "model": None,
            "counts": empty,
            "sizes": {},
            "checks": [],
        }
    return {
        "server": dict(found.server),
        "store": dict(place),
        "table": found.table,
        "model": {
            "name": found.model.name,
            "dimension": found.model.dimension,
            "fingerprint": found.model.fingerprint.hex(),
            "language": found.language,
        },
        "counts": dict(found.counts),
        "sizes": dict(found.sizes),
        "checks": [check(result) for result in found.checks],
    }


def check(result: HealthCheck) -> Shape:
    """Shape what was checked."""
    return {
        "name": result.name,
        "level": result.level.value,
        "message": result.message,
        "action": result.action,
    }


def evaluation(report: Report) -> Shape:
    """Shape what came out of a file of cases; a metric that nothing was measured by is null."""
    from ragpg.evaluation.metrics import METRICS

    values = report.metrics
    return {
        "metrics": {**dict.fromkeys(METRICS), **{n: f.value for n, f in values.items()}},
        "intervals": {**dict.fromkeys(METRICS), **{n: f.interval for n, f in values.items()}},
        "cases": [case(result) for result in report.results],
        "thresholds": [
            {"metric": t.metric, "min": t.minimum, "met": t.is_met(values)}
            for t in report.thresholds
        ],
        "comparison": comparison(report.comparison) if report.comparison else None,
        "curves": {"recall": report.recall_curve, "roc": report.roc},
        "totals": {
            "cases": len(report.results),
            "measured": sum(bool(result.ranks) for result in report.results),
            "passed": sum(result.passed is True for result in report.results),
            "failed": sum(result.passed is False for result in report.results),
            "errors": sum(result.error is not None for result in report.results),
            "seconds": round(report.seconds, 3),
        },
    }


def case(result: CaseResult) -> Shape:
    """Shape what became of a case."""
    answer = result.answer
    return {
        "id": result.case.id,
        "question": result.case.question,
        "passed": result.passed,
        "first_relevant_rank": result.first_relevant_rank,
        "failures": list(result.failures),
        "answered": answer.answered if answer else None,
        "confidence": answer.answerability if answer else None,
        "values": dict(result.values),
        "error": error(result.error) if result.error else None,
    }


def comparison(found: Comparison) -> Shape:
    """Shape what changed since a baseline."""
    return {
        "baseline": found.name,
        "shared": found.shared,
        "newly_failing": list(found.newly_failing),
        "newly_fixed": list(found.newly_fixed),
        "better": list(found.better),
        "worse": list(found.worse),
        "differences": {name: asdict(moved) for name, moved in found.differences.items()},
    }
