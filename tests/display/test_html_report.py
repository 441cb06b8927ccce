"""The HTML report: whatever a case, a document or a model says is text and nothing else."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.display.escape import UNSAFE, literal
from ragpg.display.report.page import render_page
from ragpg.errors import ProviderError
from ragpg.evaluation.cases import Case, Span
from ragpg.evaluation.comparison import BaselineCase, compare
from ragpg.evaluation.report import Report, Threshold, summarise
from ragpg.evaluation.run import CaseResult
from ragpg.types import Answer, Hit, Timings

HOSTILE = st.text(alphabet=st.sampled_from("<>&\"'{}%#-/!= ab\x1b\u202e\x00\r\udcff"), max_size=30)


class Reader(HTMLParser):
    """Collects the structure of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and the names of its attributes."""
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text.append(data)


def make_page(text: str) -> Reader:
    """Render a report that has one text in every place."""
    gold = (Span(text, 0, 9),)
    case = Case(text, "id" + text, "q" + text, answer="x" + text, documents=(text,), evidence=gold)
    hit = Hit(1, text, text, (text, text), 0, 9, 1, 2, text, 0.5)
    answer = Answer(text, "a" + text, text, (), (), (hit,), None, Timings(0, 0, 0), 0.5)
    found = CaseResult(case, {"recall@5": 1.0, "mrr@10": 1.0}, (1,), (hit,), answer, ("f" + text,))
    failed = CaseResult(
        Case("b", "b", text, refuses=True), error=ProviderError(text), failures=(text,)
    )
    before = {case.id: BaselineCase(True, 3, {"recall@5": 0.0, "mrr@10": 0.3})}
    report = Report(
        name=text,
        results=(found, failed),
        metrics=summarise([found, failed]),
        thresholds=(Threshold("passed", 1.0),),
        comparison=compare([found, failed], before, name=text),
        about=((text, text),),
    )
    page = render_page(report)
    assert not UNSAFE.search(page)
    reader = Reader()
    reader.feed(page)
    return reader


@settings(max_examples=50)
@given(HOSTILE)
def test_no_text_becomes_markup(text: str) -> None:
    """The page's elements and attributes are the same whatever the texts, which can be read."""
    page, plain = make_page(text), make_page("a")
    assert page.tags == plain.tags
    assert "q" + literal(text) in page.text
    assert "a" + literal(text) in page.text


def test_a_template_in_a_document_is_text() -> None:
    """Braces of a document are not evaluated."""
    page = make_page("{{ 7 * 7 }}{% raw %}<b>")
    assert "q{{ 7 * 7 }}{% raw %}<b>" in page.text
