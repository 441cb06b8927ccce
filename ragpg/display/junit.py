"""Checked cases as JUnit's XML, which CI servers read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ragpg.display.escape import line, literal

if TYPE_CHECKING:
    from ragpg.evaluation.report import Report
    from ragpg.evaluation.run import Result

NOT_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 has no way to write, besides what `literal` has replaced."""


def document(report: Report) -> bytes:
    """One test case for each case with checks, and for each metric that has to reach something."""
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
    for name, figure in report.figures.items():
        SubElement(properties, "property", {"name": name, "value": f"{figure.value:.6g}"})
    for result in checked:
        add_case(suite, result, name=report.name)
    for wanted in report.thresholds:
        attributes = {
            "classname": clean(report.name),
            "name": f"{wanted.metric} ≥ {wanted.least:g}",
        }
        case = SubElement(suite, "testcase", attributes)
        if not wanted.met(report.figures):
            SubElement(case, "failure", {"message": below(report, wanted.metric)})
    indent(root)
    written: bytes = tostring(root, "utf-8", xml_declaration=True)
    return written + b"\n"


def below(report: Report, metric: str) -> str:
    """What a metric is that had to be more."""
    figure = report.figures.get(metric)
    return f"{metric} is {figure.value:.6g}" if figure else f"{metric} was not measured"


def add_case(suite: Element, result: Result, *, name: str) -> None:
    """Add a case, with what it failed in and what the answer was."""
    attributes = {"classname": clean(name), "name": clean(result.case.id)}
    case = SubElement(suite, "testcase", attributes)
    if result.failures:
        kind = "error" if result.error else "failure"
        reasons = [clean(reason) for reason in result.failures]
        found = SubElement(case, kind, {"message": reasons[0]})
        found.text = "\n".join([clean(result.case.place), *reasons])
    if result.answer is not None:
        said = SubElement(case, "system-out")
        text = result.answer.text or "The documents don't say."
        said.text = NOT_XML.sub("", literal(f"{result.case.question}\n\n{text}"))


def clean(text: str) -> str:
    """Text from anywhere as XML can hold it, on one line."""
    return NOT_XML.sub("", line(text))
