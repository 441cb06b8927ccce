"""`ragpg verify` through the command line and the real database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested

if TYPE_CHECKING:
    from pathlib import Path

LEAVE = (
    "# Leave\n\nEmployees may encash up to 5 unused days of annual leave.\n"
    "Sick leave is reported before 9 AM.\n\n## Bereavement\n\n"
    "Staff may take up to 5 working days. Proof may be asked for.\n"
)
BOATS = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with two documents in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    return ingested(project, {"leave.md": LEAVE, "docs/boats.md": BOATS})


def verify(project: Project, text: str, *options: str, code: int) -> Any:
    """Verify a text from standard input."""
    result = project.run("verify", "-", "--json", *options, stdin=text.encode())
    assert (result.code, result.err) == (code, "")
    return result.json


def test_claims_are_looked_up(corpus: Project) -> None:
    """The passage that supports a claim becomes its citation, with a quotation."""
    shape = verify(corpus, "A schooner has two masts.", code=0)
    [claim] = shape["claims"]
    assert (claim["verdict"], claim["why"], claim["citations"]) == ("supported", None, [1])
    assert (claim["start"], claim["end"], claim["supported_by"]) == (0, 25, [1])
    [citation] = shape["citations"]
    assert (citation["number"], citation["rank"], citation["source"]) == (1, 1, "docs/boats.md")
    assert citation["quote"] == "A schooner has two masts."
    assert (shape["supported"], shape["unsupported"]) == (1, 0)


def test_an_ordinal_is_no_other(corpus: Project) -> None:
    """Each claim has its own verdict, and a supported one names its passage."""
    text = "Proof may be asked for by the first day."
    [claim] = verify(corpus, text, code=4)["claims"]
    assert (claim["verdict"], claim["supported_by"]) == ("unsupported", [])


def test_a_claim_without_support(corpus: Project) -> None:
    """Exit code 4, and the reason names what the nearest passage says, which is quoted."""
    shape = verify(corpus, "A schooner has three masts. It sails to Mars.", code=4)
    first, second = shape["claims"]
    assert (first["verdict"], first["citations"]) == ("unsupported", [])
    assert first["why"] == "three masts: [1] says two masts"
    assert second["verdict"] == "unsupported"
    assert {"number": 1, "quote": "A schooner has two masts."}.items() <= (
        shape["citations"][0].items()
    )
    assert (shape["supported"], shape["unsupported"]) == (0, 2)


TEXT = """\
A sloop has one mast [2]. Employees may encash up to 5 unused days [1].
Employees may encash up to 5 unused days [2].
Sick leave is reported before 9 AM (leave.md:L3-L4). A schooner has two masts.

Sources
[1] leave.md:L1-L4  Leave
[2] docs/boats.md
"""


def test_citations_of_the_text(corpus: Project) -> None:
    """Citations are checked against the documents they name; new numbers follow the text's own."""
    shape = verify(corpus, TEXT, code=4)
    found = [(c["verdict"], c["citations"], c["supported_by"]) for c in shape["claims"]]
    assert found[:2] == [("supported", [2], [2]), ("supported", [1], [1])]
    assert found[2][:2] == ("unsupported", [2])
    assert shape["claims"][2]["why"].startswith("misattributed: ")
    [elsewhere] = found[2][2]
    assert elsewhere > 2
    assert [verdict for verdict, _, _ in found[3:]] == ["supported", "supported"]
    for claim in shape["claims"]:
        assert TEXT[claim["start"] : claim["end"]] == claim["text"]
    numbers = {citation["number"] for citation in shape["citations"]}
    assert {n for claim in shape["claims"] for n in claim["supported_by"]} <= numbers
    for citation in shape["citations"]:
        assert citation["quote"] in citation["text"]
        assert citation["rank"] == citation["number"]


def test_a_source_that_is_not_there(corpus: Project) -> None:
    """A citation of a document that nobody ingested supports nothing."""
    shape = verify(corpus, "Cheese is old [1].\n\n[1] cheese.md:L1-L2\n", code=4)
    [claim] = shape["claims"]
    assert (claim["verdict"], claim["citations"]) == ("unsupported", [1])
    assert claim["why"] == "not in the documents: cheese.md:L1-L2"


def test_source_restricts_what_is_looked_up(corpus: Project) -> None:
    """A glob or a directory, as in search."""
    text = "A schooner has two masts."
    for place in ("docs/*", "docs", "docs/", ".", "..", "/"):
        assert verify(corpus, text, "--source", place, code=0)["supported"] == 1
    assert verify(corpus, text, "--source", "leave.md", code=4)["supported"] == 0


def test_a_filter_restricts_what_is_looked_up(corpus: Project) -> None:
    """An expression, as in search."""
    text = "A schooner has two masts."
    assert verify(corpus, text, "--filter", "title == Boats", code=0)["supported"] == 1
    assert verify(corpus, text, "--filter", "title == Leave", code=4)["supported"] == 0
    result = corpus.run("verify", "-", "--filter", "title ==", stdin=text.encode())
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("text", ["", "\n", "# Boats\n", "What is a sloop?\n"])
def test_a_text_that_states_nothing(corpus: Project, text: str) -> None:
    """A text without claims passes."""
    shape = verify(corpus, text, code=0)
    assert shape == {"claims": [], "citations": [], "supported": 0, "unsupported": 0}
    result = corpus.ok("verify", "-", stdin=text.encode())
    assert (result.out, result.err) == ("", "the text states nothing that could be checked\n")


def test_for_people(corpus: Project) -> None:
    """Marks, reasons, and the quotations below them."""
    corpus.write("draft.md", "A schooner has two masts. A sloop has two masts.\n")
    result = corpus.run("verify", "draft.md")
    assert (result.code, result.err) == (4, "")
    assert result.out == (
        "✓ A schooner has two masts.\n"
        "  [1] docs/boats.md:L1-L3  Boats\n"
        "    A schooner has two masts.\n"
        "~ A sloop has two masts.\n"
        '  not in [1]: "two masts"\n'
        "  [1] docs/boats.md:L1-L3  Boats\n"
        "    A sloop has one mast.\n"
        "1 supported, 1 unsupported (1 partial)\n"
    )


def test_batch(corpus: Project) -> None:
    """Each line gets one object; a line that fails gets its error."""
    lines = [
        json.dumps({"text": "A sloop has one mast."}),
        json.dumps({"text": "A sloop has one mast.", "source": "leave.md"}),
        "no JSON",
        json.dumps({"source": "leave.md"}),
    ]
    result = corpus.run("verify", "--batch", "-", "--json", stdin="\n".join(lines).encode())
    assert result.code == 1
    good, elsewhere, broken, empty = result.lines
    assert (good["supported"], elsewhere["unsupported"]) == (1, 1)
    assert broken["text"] == "no JSON"
    assert broken["error"]["message"] == "not a JSON object: 'no JSON'"
    assert empty["error"]["message"] == 'no "text" in \'{"source": "leave.md"}\''
    two = "\n".join(lines[:2]).encode()
    assert corpus.run("verify", "--batch", "-", "--json", stdin=two).code == 4


def test_errors(corpus: Project) -> None:
    """A missing file and one that is not UTF-8 are errors."""
    corpus.write("latin.md", b"caf\xe9")
    missing, latin = (
        corpus.run("verify", "gone.md"),
        corpus.run("verify", "latin.md"),
    )
    assert (missing.code, missing.err) == (
        1,
        "error: 'gone.md' cannot be read: No such file or directory\n",
    )
    assert (latin.code, latin.err) == (1, "error: 'latin.md' is not UTF-8: byte 3 is invalid\n")


FINDINGS = {
    "A schooner has two masts.": "supported",
    "A schooner has three masts.": "contradicted",
    "A schooner has two masts and a wooden rudder.": "partial",
    "The moon is made of cheese.": "not_found",
    "A sloop has one mast [1].\n\n[1] leave.md": "supported",
}


@pytest.mark.parametrize(("text", "finding"), FINDINGS.items())
def test_findings(corpus: Project, text: str, finding: str) -> None:
    """What all passages say about a claim, whatever it cites."""
    code = 0 if finding == "supported" and "[1]" not in text else 4
    [claim] = verify(corpus, text, code=code)["claims"]
    assert claim["finding"] == finding


def test_fail_on_contradicted(corpus: Project) -> None:
    """Only what the documents deny lets the check fail then."""
    option = ("--fail-on", "contradicted")
    verify(corpus, "The moon is made of cheese.", *option, code=0)
    shape = verify(corpus, "A schooner has three masts.", *option, code=4)
    assert shape["unsupported"] == 1
    line = json.dumps({"text": "The moon is made of cheese."}) + "\n"
    result = corpus.run("verify", "--batch", "-", "--json", *option, stdin=line.encode())
    assert result.code == 0
