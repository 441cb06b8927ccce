"""Checked cases as JUnit's XML, which CI servers read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ragpg.display.escape import line, literal

if TYPE_CHECKING:
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import CaseResult

NOT_XML = re.compile("[\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold, besides those that `literal` replaces."""


def to_junit(report: Report) -> bytes:
    """Make a document with a test case for each checked case and for each threshold."""
    checked = [result for result in report.results if result.passed is not None or result.error]
    errors = sum(result.error is not None for result in checked)
    failed = sum(bool(result.failures) for result in checked) - errors
    counts = {
        "tests": str(len(checked) + len(report.thresholds)),
        "failures": str(failed + len(report.unmet)),
        "errors": str(errors),
        "time": f"{report.seconds:.3f}",
    }
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {"name": clean(report.name), "skipped": "0", **counts})
    properties = SubElement(suite, "properties")
    for name, metric in report.metrics.items():
        SubElement(properties, "property", {"name": name, "value": f"{metric.value:.6g}"})
    for result in checked:
        add_case(suite, result, name=report.name)
    for threshold in report.thresholds:
        attributes = {
            "classname": clean(report.name),
            "name": f"{threshold.metric} ≥ {threshold.minimum:g}",
        }
        case = SubElement(suite, "testcase", attributes)
        if not threshold.is_met(report.metrics):
            SubElement(case, "failure", {"message": describe_metric(report, threshold.metric)})
    indent(root)
    written: bytes = tostring(root, "utf-8", xml_declaration=True)
    return written + b"\n"


def describe_metric(report: Report, name: str) -> str:
    """Return the value of a metric in words."""
    measured = report.metrics.get(name)
    return f"{name} is {measured.value:.6g}" if measured else f"{name} was not measured"


def add_case(suite: Element, result: CaseResult, *, name: str) -> None:
    """Add a test case with its failures and the answer."""
    attributes = {"classname": clean(name), "name": clean(result.case.id)}
    case = SubElement(suite, "testcase", attributes)
    if result.failures:
        kind = "error" if result.error else "failure"
        reasons = [clean(reason) for reason in result.failures]
        failure = SubElement(case, kind, {"message": reasons[0]})
        failure.text = "\n".join([clean(result.case.location), *reasons])
    if result.answer is not None:
        output = SubElement(case, "system-out")
        text = result.answer.text or "The documents don't say."
        output.text = NOT_XML.sub("", literal(f"{result.case.question}\n\n{text}"))


def clean(text: str) -> str:
    """Return text on one line, without characters that XML cannot hold."""
    return NOT_XML.sub("", line(text))
