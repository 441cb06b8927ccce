"""Documents of other formats: ingested, cited at their place, and checked there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.formats import make_docx, make_pdf, make_pptx, make_xlsx

if TYPE_CHECKING:
    from tests.support.command_line import Project

PAGES = [
    ["The office opens at seven in the morning on weekdays."],
    ["Encashment of annual leave is limited to 12 days in a calendar year."],
    ["Parking is free for visitors who have registered at the gate."],
]
PLAN = {"A3": "Task", "B3": "Weeks", "A4": "Scaffolding", "B4": "3", "A5": "Roofing", "B5": "11"}


@pytest.fixture
def mixed(project: Project) -> Project:
    """A project with a document of each kind of place, and one without places."""
    project.write("docs/report.pdf", make_pdf(*PAGES))
    slides = ("Start", "Welcome to the meeting."), ("Budget", "The catering budget is 4000 euros.")
    project.write("docs/deck.pptx", make_pptx(*slides))
    project.write("docs/plan.xlsx", make_xlsx({"Site 1": PLAN}))
    project.write("docs/memo.docx", make_docx("# Badges", "Badges are renewed every 18 months."))
    project.write("docs/notes.md", "# Notes\n\nBoats float on water.\n")
    return project


def test_other_formats_are_read_when_they_are_asked_for(mixed: Project) -> None:
    """With --formats, with include, or when a file is named; `include` does not grow by itself."""
    assert "4 other files" in mixed.ok("ingest", "docs").out
    [only] = mixed.ok("list", "--json").json["documents"]
    assert (only["source"], only["converted"]) == ("docs/notes.md", False)
    mixed.ok("ingest", "docs/memo.docx")
    mixed.write("Config.toml", '[ingest]\ninclude = ["*.md", "*.pdf"]\n')
    mixed.ok("ingest", "docs")
    listed = mixed.ok("list", "--json").json["documents"]
    assert [d["source"] for d in listed if d["converted"]] == ["docs/memo.docx", "docs/report.pdf"]
    receipts = mixed.ok("ingest", "docs", "--formats", "--json").json["documents"]
    assert {r["source"]: r["status"] for r in receipts} == {
        "docs/deck.pptx": "added",
        "docs/memo.docx": "unchanged",
        "docs/notes.md": "unchanged",
        "docs/plan.xlsx": "added",
        "docs/report.pdf": "unchanged",
    }


def first_citation(project: Project, question: str) -> dict[str, Any]:
    """The first citation of the answer to a question."""
    citation: dict[str, Any] = project.ok("ask", question, "--json").json["citations"][0]
    return citation


def test_places_of_citations(mixed: Project) -> None:
    """Pages, slides and cells are printed, are in the JSON, and quotes are verbatim."""
    mixed.ok("ingest", "docs", "--formats")
    expected = {
        "How many days of annual leave can be encashed?": ("report.pdf", "page", "2"),
        "What is the catering budget?": ("deck.pptx", "slide", "2"),
        "How many weeks does roofing take?": ("plan.xlsx", "sheet", "Site 1!A3:B5"),
    }
    for question, (name, kind, label) in expected.items():
        citation = first_citation(mixed, question)
        assert citation["source"] == f"docs/{name}"
        assert citation["place"] == {"kind": kind, "label": label}, question
        assert citation["quote"] in citation["text"]
        printed = mixed.ok("ask", question).out
        assert f"docs/{name}#{kind}={label.replace(' ', '%20')}" in printed
    assert first_citation(mixed, "When are badges renewed?")["place"] is None
    assert "docs/memo.docx:L1-L3" in mixed.ok("ask", "When are badges renewed?").out
    [hit, *_] = mixed.ok("search", "visitors parking", "--json").json["hits"]
    assert hit["place"] == {"kind": "page", "label": "1"}  # the pages are short: one passage
    [hit, *_] = mixed.ok("search", "boats float", "--json").json["hits"]
    assert hit["place"] is None


def test_citations_of_places_are_checked(mixed: Project) -> None:
    """A claim is held against the page that it cites: inline, and in a list of sources."""
    mixed.ok("ingest", "docs", "--formats")
    text = (
        "Encashment of annual leave is limited to 12 days (docs/report.pdf#page=2).\n\n"
        "The catering budget is 4000 euros [1].\n\n"
        "Roofing takes 11 weeks [2].\n\n"
        "Sources\n[1] docs/deck.pptx#slide=2\n[2] docs/plan.xlsx#sheet=Site%201!A3:B9\n"
    )
    checked = mixed.ok("verify", "-", "--json", stdin=text.encode()).json
    assert [claim["verdict"] for claim in checked["claims"]] == ["supported"] * 3
    assert [c["source"] for c in checked["citations"]] == [
        "docs/report.pdf",
        "docs/deck.pptx",
        "docs/plan.xlsx",
    ]
    wrong = text.replace("#slide=2", "#slide=7")
    result = mixed.run("verify", "-", "--json", stdin=wrong.encode())
    assert result.code == 4
    assert result.json["claims"][1]["verdict"] == "unsupported"


def test_a_case_may_name_a_place(mixed: Project) -> None:
    """`cites` of a case is a page as well as a heading."""
    mixed.ok("ingest", "docs", "--formats")
    question = "How many days of annual leave can be encashed?"
    for page, code in (("2", 0), ("3", 4)):
        case = f'[[case]]\nquestion = "{question}"\ncites = "docs/report.pdf#page={page}"\n'
        mixed.write("cases.toml", case)
        assert mixed.run("eval", "cases.toml").code == code


def test_what_has_not_changed_is_not_converted(
    mixed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where no converter is left; --rebuild goes by the text in the table."""
    mixed.ok("ingest", "docs", "--formats")
    before = first_citation(mixed, "What is the catering budget?")
    monkeypatch.setitem(sys.modules, "docling_rs", None)
    monkeypatch.setitem(sys.modules, "liteparse", None)
    totals = mixed.ok("ingest", "docs", "--formats", "--json").json["totals"]
    assert (totals["documents"], totals["embedded"]) == (5, 0)
    mixed.ok("ingest", "--rebuild")
    assert first_citation(mixed, "What is the catering budget?") == before


def test_what_is_missing_is_told(mixed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF fails with the line that installs the extra; markup is read as it is, with a warning.

    Once there is a converter, that is converted.
    """
    mixed.write("docs/page.html", "<h1>Page</h1>\n\n<p>Apples are red.</p>\n")
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "docling_rs", None)
        patch.setitem(sys.modules, "liteparse", None)
        result = mixed.run("ingest", "docs/report.pdf", "docs/page.html", "--json")
        assert result.code == 1
        pdf, page = result.json["documents"]
        assert pdf["status"] == "failed"
        assert pdf["error"].startswith("a PDF needs liteparse, which is not installed; ")
        assert "pip install" in pdf["error"]
        assert "[formats]" in pdf["error"]
        assert page["status"] == "added"
        assert page["warning"].startswith("read as it is: this format needs docling-rs")
    [receipt] = mixed.ok("ingest", "docs/page.html", "--json").json["documents"]
    assert receipt["status"] == "changed"
    [receipt] = mixed.ok("ingest", "docs/page.html", "--json").json["documents"]
    assert receipt["status"] == "unchanged"


def test_failures_are_told_one_by_one(mixed: Project) -> None:
    """Encrypted, scanned, broken and huge files fail, the others are kept."""
    mixed.write("docs/encrypted.pdf", make_pdf(["x"], encrypted=True))
    mixed.write("docs/scanned.pdf", make_pdf([], []))
    mixed.write("docs/broken.docx", make_docx("Words.")[:200])
    mixed.write("docs/huge.pdf", bytes(21 * 2**20))
    result = mixed.run("ingest", "docs", "--formats", "--json")
    assert result.code == 1
    errors = {d["source"]: d["error"] for d in result.json["documents"] if d["error"]}
    reasons = {
        "docs/broken.docx": "it is no .docx that can be read",
        "docs/encrypted.pdf": "it is encrypted: save it without a password",
        "docs/huge.pdf": f"its {21 * 2**20} bytes are more than maxFileBytes",
        "docs/scanned.pdf": "it has no text: its pages are pictures",
    }
    assert errors.keys() == reasons.keys()
    assert all(errors[source].startswith(reason) for source, reason in reasons.items())
    assert result.json["totals"]["documents"] == 5
    assert len(result.err.splitlines()) == 4


def test_front_matter_cannot_pretend_to_be_converted(project: Project) -> None:
    """Places come from converters alone."""
    project.write("a.md", '---\n"ragpg:places": [[1, "page", "7"]]\n---\nApples are red.\n')
    project.ok("ingest", "a.md")
    assert project.ok("list", "--json").json["documents"][0]["converted"] is False
    assert project.ok("search", "apples", "--json").json["hits"][0]["place"] is None


def test_places_survive_an_export(mixed: Project) -> None:
    """An imported table cites the same places, and its files are not converted again."""
    mixed.ok("ingest", "docs", "--formats")
    question = "How many days of leave can be encashed?"
    before = first_citation(mixed, question)
    assert before["place"] == {"kind": "page", "label": "2"}
    mixed.ok("export", "table.zst")
    mixed.ok("import", "table.zst", "--replace")
    assert first_citation(mixed, question) == before
    receipts = mixed.ok("ingest", "docs", "--formats", "--json").json["documents"]
    assert {receipt["status"] for receipt in receipts} == {"unchanged"}
