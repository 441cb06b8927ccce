"""The JSON that commands print: each shape is defined here, once."""

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
    from datetime import datetime

    from ragpg.acceptance import AcceptedClaim
    from ragpg.conversation.history import Exchange
    from ragpg.errors import RagpgError
    from ragpg.evaluation.comparison import Comparison
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import CaseResult
    from ragpg.pipeline.prompt import Prompt
    from ragpg.types import (
        Answer,
        CheckedFile,
        Citation,
        Claim,
        Conflict,
        ConflictReport,
        HealthCheck,
        Hit,
        LocatedClaim,
        Locator,
        Mode,
        Place,
        Receipt,
        Refusal,
        StoredDocument,
        StoreStatus,
        TableContents,
        Verification,
    )
    from ragpg.types.gaps import Gap

Shape = dict[str, Any]


def dumps(shape: object) -> str:
    """Write JSON on one line; what could control a terminal is escaped, all else is readable."""
    return UNSAFE.sub(escape, json.dumps(shape, ensure_ascii=False, allow_nan=False))


def escape(match: re.Match[str]) -> str:
    """Write a code point as JSON's escape: a surrogate pair above U+FFFF."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    return "".join(f"\\u{unit}" for unit in units)


def shape_error(error: RagpgError) -> Shape:
    """Shape an error."""
    return {"type": error.kind, "message": error.message, "hint": error.hint}


def shape_time(time: datetime) -> str:
    """Shape a time as ISO 8601 in UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def shape_hit(hit: Hit) -> Shape:
    """Shape a ranked passage."""
    place = shape_locator(hit.place)
    commit = {"commit": hit.commit} if hit.commit else {}
    return {"rank": hit.rank, **shape_place(hit), "score": hit.score, "place": place, **commit}


def shape_place(place: Hit | Place) -> Shape:
    """Shape a part of a document, verbatim, with its place."""
    converted = {"converted": True} if place.converted else {}
    return {
        "source": place.source,
        "title": place.title,
        "heading": list(place.heading),
        "start": place.start,
        "end": place.end,
        "start_line": place.start_line,
        "end_line": place.end_line,
        "text": place.text,
        **converted,
    }


def shape_locator(locator: Locator | None) -> Shape | None:
    """Shape the page, slide or cells of a converted document."""
    return {"kind": locator.kind.value, "label": locator.label} if locator else None


def shape_search(query: str, *, mode: Mode, hits: Sequence[Hit]) -> Shape:
    """Shape the result of a search."""
    return {"query": query, "mode": mode.value, "hits": [shape_hit(hit) for hit in hits]}


def shape_citation(citation: Citation) -> Shape:
    """Shape a citation: its hit, its number and the quote."""
    return {
        **shape_hit(citation.hit),
        "place": shape_locator(citation.place),
        "number": citation.number,
        "quote": citation.quote,
    }


def shape_claim(claim: Claim) -> Shape:
    """Shape a claim with its verdict."""
    return {
        "text": claim.text,
        "citations": list(claim.citations),
        "verdict": claim.verdict.value,
        "score": claim.score,
        "why": claim.why,
        "supported_by": list(claim.supported_by),
        "finding": claim.finding.value,
        "cited_by": claim.cited_by.value if claim.citations else None,
        **({"pointer": claim.pointer} if claim.pointer is not None else {}),
    }


def shape_answer(answer: Answer, *, has_data: bool = False) -> Shape:
    """Shape an answer; with its `data`, or null for a refusal, where a schema was given."""
    return {
        "question": answer.question,
        "answered": answer.answered,
        "answer": answer.text,
        **({"data": answer.data} if has_data else {}),
        "model": answer.model,
        "citations": [shape_citation(citation) for citation in answer.citations],
        "claims": [shape_claim(claim) for claim in answer.claims],
        "hits": [shape_hit(hit) for hit in answer.hits],
        "refusal": shape_refusal(answer.refusal) if answer.refusal else None,
        "usage": dict(answer.usage) if answer.usage is not None else None,
        "timings": asdict(answer.timings),
    }


def shape_exchange(exchange: Exchange) -> Shape:
    """Shape a question of a conversation, as typed and as it stands alone, and its answer."""
    return {
        **(shape_answer(exchange.answer) if exchange.answer else {}),
        "question": exchange.question,
        "standalone": exchange.standalone,
    }


def shape_prompt(prompt: Prompt) -> Shape:
    """Shape the messages for a language model, as OpenAI's protocol has them."""
    return {
        "question": prompt.question,
        "messages": [{"role": m.role, "content": m.content} for m in prompt.messages],
        "hits": [shape_hit(hit) for hit in prompt.hits],
        "refusal": shape_refusal(prompt.refusal) if prompt.refusal else None,
    }


def shape_refusal(refusal: Refusal) -> Shape:
    """Shape the reason why a question is not answered."""
    return {"reason": refusal.reason, "missing": list(refusal.missing)}


def shape_verification(verification: Verification) -> Shape:
    """Shape the claims of a text with their verdicts."""
    return {
        "claims": [shape_located(located) for located in verification.claims],
        "citations": [shape_citation(citation) for citation in verification.citations],
        "supported": verification.supported,
        "unsupported": verification.unsupported,
    }


def shape_located(located: LocatedClaim) -> Shape:
    """Shape a claim with its place in a text, and that it is accepted, if it is."""
    return {
        **shape_claim(located.claim),
        "start": located.start,
        "end": located.end,
        "start_line": located.start_line,
        "end_line": located.end_line,
        **({"accepted": True} if located.is_accepted else {}),
    }


def shape_files(files: Sequence[CheckedFile]) -> Shape:
    """Shape the verification of several files; one that was not read has its error."""
    return {
        "files": [
            {"file": file.name, "error": shape_error(file.error)}
            if file.error
            else {"file": file.name, **shape_verification(file.verification)}
            for file in files
        ],
        "supported": sum(file.verification.supported for file in files),
        "unsupported": sum(file.verification.unsupported for file in files),
    }


def shape_unmatched(entries: Iterable[AcceptedClaim]) -> Shape:
    """Shape the accepted claims that match nothing, to be added if there are any."""
    unmatched = [{"file": entry.file, "claim": entry.claim} for entry in entries]
    return {"unmatched": unmatched} if unmatched else {}


def shape_conflicts(report: ConflictReport) -> Shape:
    """Shape the conflicts among documents, best first, and what was compared."""
    return {
        "conflicts": [shape_conflict(conflict) for conflict in report.conflicts],
        "documents": report.documents,
        "chunks": report.chunks,
        "statements": report.statements,
        "skipped": report.skipped,
    }


def shape_conflict(conflict: Conflict) -> Shape:
    """Shape two statements that contradict each other."""
    return {
        "kind": conflict.kind.value,
        "what": {"a": conflict.first_says, "b": conflict.second_says},
        "score": conflict.score,
        "a": {**shape_place(conflict.first), "place": shape_locator(conflict.first.place)},
        "b": {**shape_place(conflict.second), "place": shape_locator(conflict.second.place)},
    }


def shape_receipt(receipt: Receipt) -> Shape:
    """Shape the receipt of a document."""
    return {
        "source": receipt.source,
        "origin": receipt.origin,
        "status": receipt.status.value,
        "previous_source": receipt.previous_source,
        "chunks": receipt.chunks,
        "embedded": receipt.embedded,
        "reused": receipt.reused,
        "error": receipt.error,
        "warning": receipt.warning,
        "reason": receipt.reason,
    }


def shape_ingest(
    receipts: Sequence[Receipt],
    *,
    seconds: float,
    outdated: int,
    other_suffixes: Mapping[str, int],
) -> Shape:
    """Shape an ingest; the totals count the documents that are in the table afterwards.

    `outdated` documents keep an older chunking; `other_suffixes` counts the files that are no
    documents.
    """
    present = [receipt for receipt in receipts if receipt.status not in ABSENT]
    return {
        "documents": [shape_receipt(receipt) for receipt in receipts],
        "totals": {
            "documents": len(present),
            "chunks": sum(receipt.chunks for receipt in present),
            "embedded": sum(receipt.embedded for receipt in present),
            "reused": sum(receipt.reused for receipt in present),
            "seconds": round(seconds, 3),
        },
        "outdated": outdated,
        "other_files": {
            "total": sum(other_suffixes.values()),
            "suffixes": dict(other_suffixes),
        },
    }


ABSENT = frozenset({DocumentStatus.REMOVED, DocumentStatus.MISSING, DocumentStatus.FAILED})


def shape_documents(documents: Iterable[StoredDocument]) -> Shape:
    """Shape the list of documents."""
    return {"documents": [shape_document(document) for document in documents]}


def shape_document(document: StoredDocument) -> Shape:
    """Shape a stored document."""
    return {
        "source": document.source,
        "origin": document.origin,
        "title": document.title,
        "chunks": document.chunks,
        "bytes": document.size,
        "ingested": shape_time(document.ingested),
        "modified": shape_time(document.modified) if document.modified else None,
        "converted": document.converted,
        **({"commit": document.commit} if document.commit else {}),
    }


def shape_removal(sources: Sequence[str]) -> Shape:
    """Shape the removed documents."""
    return {"removed": list(sources)}


def shape_export(contents: TableContents, *, file: str, size: int) -> Shape:
    """Shape the result of `ragpg export`; `size` is the file's, in bytes."""
    return {
        "file": file,
        "documents": contents.documents,
        "chunks": contents.chunks,
        "size": size,
    }


def shape_import(documents: int, chunks: int, *, embedded: int, seconds: float) -> Shape:
    """Shape the result of `ragpg import`: what is in the table, and what had to be embedded."""
    return {
        "documents": documents,
        "chunks": chunks,
        "embedded": embedded,
        "seconds": round(seconds, 3),
    }


def shape_gaps(gaps: Sequence[Gap]) -> Shape:
    """Shape the questions that failed, grouped by meaning; `reason` is the latest one's."""
    return {"gaps": [_shape_gap(gap) for gap in gaps]}


def _shape_gap(gap: Gap) -> Shape:
    first, last = gap.asked[0], gap.asked[-1]
    place = {"source": last.source, "start_line": last.start_line, "end_line": last.end_line}
    return {
        "question": gap.questions[0],
        "count": len(gap.asked),
        "first": shape_time(first.asked),
        "last": shape_time(last.asked),
        "reason": last.reason,
        "missing": list(gap.missing),
        "questions": list(gap.questions),
        "nearest": place if last.source else None,
    }


def shape_status(place: Mapping[str, Any], *, table: str, status: StoreStatus | None) -> Shape:
    """Shape the status of the store; `status` is None where there is no table."""
    if status is None:
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
        "server": dict(status.server),
        "store": dict(place),
        "table": status.table,
        "model": {
            "name": status.model.name,
            "dimension": status.model.dimension,
            "fingerprint": status.model.fingerprint.hex(),
            "language": status.language,
        },
        "counts": dict(status.counts),
        "sizes": dict(status.sizes),
        "checks": [shape_check(check) for check in status.checks],
    }


def shape_repair(done: Sequence[str], checks: Iterable[HealthCheck]) -> Shape:
    """Shape what a repair did, and the state that it left."""
    return {"repaired": list(done), "checks": [shape_check(check) for check in checks]}


def shape_check(check: HealthCheck) -> Shape:
    """Shape a health check."""
    return {
        "name": check.name,
        "level": check.level.value,
        "message": check.message,
        "action": check.action,
    }


def shape_evaluation(report: Report) -> Shape:
    """Shape an evaluation; a metric that applies to no case is null."""
    from ragpg.evaluation.metrics import METRICS

    values = report.metrics
    return {
        "metrics": {**dict.fromkeys(METRICS), **{n: f.value for n, f in values.items()}},
        "intervals": {**dict.fromkeys(METRICS), **{n: f.interval for n, f in values.items()}},
        "cases": [shape_case(result) for result in report.results],
        "thresholds": [
            {"metric": t.metric, "min": t.minimum, "met": t.is_met(values)}
            for t in report.thresholds
        ],
        "comparison": shape_comparison(report.comparison) if report.comparison else None,
        **({"between": shape_versions(report.between)} if report.between else {}),
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


def shape_versions(versions: Iterable[tuple[str, str]]) -> list[Shape]:
    """Shape the names of two versions and their commits."""
    return [{"ref": ref, "commit": commit} for ref, commit in versions]


def shape_case(result: CaseResult) -> Shape:
    """Shape the result of a case."""
    answer = result.answer
    return {
        "id": result.case.id,
        "question": result.case.question,
        "standalone": result.standalone,
        "passed": result.passed,
        "first_relevant_rank": result.first_relevant_rank,
        "failures": list(result.failures),
        "answered": answer.answered if answer else None,
        "confidence": answer.answerability if answer else None,
        "values": dict(result.values),
        "error": shape_error(result.error) if result.error else None,
    }


def shape_comparison(comparison: Comparison) -> Shape:
    """Shape the changes since a baseline."""
    return {
        "baseline": comparison.name,
        "shared": comparison.shared,
        "newly_failing": list(comparison.newly_failing),
        "newly_fixed": list(comparison.newly_fixed),
        "better": list(comparison.better),
        "worse": list(comparison.worse),
        "differences": {
            name: asdict(difference) for name, difference in comparison.differences.items()
        },
    }
