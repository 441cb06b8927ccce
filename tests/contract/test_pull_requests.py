"""SARIF files and GitHub's annotations of `ragpg verify` and `ragpg eval`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested
from tests.support.sarif import assert_valid

if TYPE_CHECKING:
    from pathlib import Path

BOATS = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"
HOSTILE = """\
\ufeff# 😀

😀 A schooner has
three masts.

::add-mask::A sloop has two masts, {0}, 100% of them, [so](https://example.com), ##[add-mask]x.

A sloop has one mast [2], <img src=x> and @everyone.

[2] docs/boats.md
"""
CASES = """\
[[case]]
question = "How many masts does a sloop have?"
contains = "one mast"

[[case]]
question = "::add-mask:: How many masts does a schooner have?"
contains = ["three ::masts::", "100%"]
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with a document in the table; its texts and cases want to be obeyed."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    ingested(project, {"docs/boats.md": BOATS})
    project.write("answers/a b,c:%.md", HOSTILE)
    project.write("cases.toml", CASES)
    return project


def read_sarif(project: Project, name: str) -> Any:
    """The only run of a SARIF file, which is valid."""
    log = json.loads((project.directory / name).read_text("utf-8"))
    assert_valid(log)
    [run] = log["runs"]
    return run


@pytest.fixture(scope="module")
def run(corpus: Project) -> Any:
    """The run of a verification."""
    assert corpus.run("verify", "answers", "gone.md", "--sarif", "out.sarif").code == 1
    return read_sarif(corpus, "out.sarif")


def test_results(run: Any) -> None:
    """Each claim without support has a rule, a level, and a message with the reason and place."""
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    contradicted, *_, unreadable = run["results"]
    assert rules[0] == "claim-contradicted"
    assert set(rules[1:-1]) == {"claim-unsupported", "claim-partial"}
    assert rules[-1] == "file-unreadable"
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [r["ruleId"] for r in run["results"]]
    assert (contradicted["ruleId"], contradicted["level"]) == ("claim-contradicted", "error")
    assert contradicted["message"]["text"] == (
        'Contradicted claim: "😀 A schooner has three masts."\n'
        "three masts: [3] says two masts\n"
        "[3] docs/boats.md:L1-L3: A schooner has two masts."
    )
    assert unreadable["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "gone.md", "uriBaseId": "%SRCROOT%"}}}
    ]
    assert run["automationDetails"]["id"] == "ragpg/verify/"


def test_links_to_the_web(corpus: Project) -> None:
    """With a template, results, passages, JSON and the summary lead to the pages, encoded."""
    web = "https://example.org/blob/main"
    linked = corpus.within({"RAGPG_LINKS_URL": f"{web}/{{path}}#L{{start}}-L{{end}}"})
    arguments = ("--sarif", "linked.sarif", "--github", "--json")
    summary = corpus.directory / "summary.md"
    verified = linked.run("verify", "answers", *arguments, GITHUB_STEP_SUMMARY=str(summary))
    page, passage = f"{web}/answers/a%20b%2Cc%3A%25.md#L3-L4", f"{web}/docs/boats.md#L1-L3"
    contradicted, *_ = read_sarif(corpus, "linked.sarif")["results"]
    assert contradicted["hostedViewerUri"] == page
    assert contradicted["relatedLocations"][0]["properties"] == {"url": passage}
    [file] = verified.json["files"]
    assert {citation["url"] for citation in file["citations"]} == {passage}
    text = summary.read_text("utf-8")
    assert f'<a href="{page}"><code>answers/a b,c:%.md:L3-L4</code></a>' in text
    assert f'<a href="{passage}"><code>[3] docs/boats.md:L1-L3</code></a>' in text
    assert {hit["url"] for hit in linked.ok("search", "masts", "--json").json["hits"]} == {passage}
    assert "url" not in corpus.ok("search", "masts", "--json").json["hits"][0]


def test_locations(run: Any) -> None:
    """Paths are encoded and relative to the repository; columns count UTF-16 units."""
    assert run["columnKind"] == "utf16CodeUnits"
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {
        "uri": "answers/a%20b%2Cc%3A%25.md",
        "uriBaseId": "%SRCROOT%",
    }
    assert place["region"] == {"startLine": 3, "endLine": 4, "startColumn": 1, "endColumn": 13}
    [related] = run["results"][0]["relatedLocations"]
    assert related["physicalLocation"] == {
        "artifactLocation": {"uri": "docs/boats.md", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1, "endLine": 3},
    }
    second = run["results"][1]["locations"][0]["physicalLocation"]["region"]
    assert second["startLine"] == second["endLine"] == 6


def test_messages_hold_neither_placeholders_nor_links(run: Any) -> None:
    """What SARIF would interpret in a claim is taken apart."""
    text = run["results"][1]["message"]["text"]
    assert "{{0}}" in text
    assert "[so] (https://example.com)" in text


def test_fingerprints_stay_when_lines_move(corpus: Project, run: Any) -> None:
    """They depend on the claim and its file; what is said twice has two."""
    path = corpus.directory / "answers/a b,c:%.md"
    claim = "😀 A schooner has three masts."
    path.write_text(f"Masts:\n\n{claim}\n\n{claim}\n", "utf-8")
    corpus.run("verify", "answers", "--sarif", "moved.sarif")
    path.write_text(HOSTILE, "utf-8")
    before = run["results"][0]["partialFingerprints"]["subject/v1"]
    first, second = (
        result["partialFingerprints"]["subject/v1"]
        for result in read_sarif(corpus, "moved.sarif")["results"]
    )
    assert first == before
    assert second == f"{before.removesuffix(':1')}:2"


def test_from_a_directory_below(corpus: Project) -> None:
    """Paths are those of the repository, wherever the command runs."""
    inside = Project(corpus.directory / "answers", corpus.environment)
    inside.run("verify", ".", "--sarif", "../below.sarif")
    place = read_sarif(corpus, "below.sarif")["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "answers/a%20b%2Cc%3A%25.md"
    result = inside.run("verify", ".", "--github")
    assert ",file=answers/a b%2Cc%3A%25.md,line=3," in result.out


def test_nothing_to_say(corpus: Project) -> None:
    """Without findings there is a run without results, and without rules."""
    corpus.write("good.md", "A schooner has two masts.\n")
    result = corpus.ok("verify", "good.md", "--sarif", "good.sarif", "--github")
    run = read_sarif(corpus, "good.sarif")
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])
    assert "::error" not in result.out


def test_standard_input_has_no_place(corpus: Project) -> None:
    """Its claims are reported without a file."""
    text = b"A schooner has three masts."
    result = corpus.run("verify", "--sarif", "stdin.sarif", "--github", stdin=text)
    assert read_sarif(corpus, "stdin.sarif")["results"][0]["locations"] == []
    assert "\n::error title=Contradicted claim::" in result.out


def test_a_level_follows_fail_on(corpus: Project) -> None:
    """Only what lets the check fail is an error."""
    result = corpus.run("verify", "answers", "--github", "--fail-on", "contradicted")
    kinds = re.findall(r"^::(error|warning) title=(\w+)", result.out, re.MULTILINE)
    assert set(kinds) >= {("error", "Contradicted"), ("warning", "Unsupported")}
    assert {kind for kind, title in kinds if title != "Contradicted"} == {"warning"}


def test_the_sarif_file_must_be_writable(corpus: Project) -> None:
    """That is said before anything is checked, and in JSON it is the only document."""
    result = corpus.run("verify", "answers", "--sarif", "nowhere/out.sarif", "--json")
    assert (result.code, list(result.json)) == (1, ["error"])


def commands(text: str) -> list[str]:
    """What a runner takes for commands: none between a stop and its token."""
    found: list[str] = []
    token = None
    for line in text.splitlines():
        if token is not None:
            token = None if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.lstrip().startswith("::") or "##[" in line:
            found.append(line.strip())
    assert token is None
    return found


def test_github(corpus: Project) -> None:
    """Each line that a runner takes for a command is one of ours, on standard output."""
    result = corpus.run("verify", "answers", "--github")
    assert (result.code, result.err) == (4, "")
    found = commands(result.out)
    assert all(command.startswith("::error title=") for command in found)
    assert len(found) == len(re.findall("^::error ", result.out, re.MULTILINE)) >= 2
    assert found[0] == (
        "::error title=Contradicted claim,file=answers/a b%2Cc%3A%25.md,line=3,endLine=4::"
        '"😀 A schooner has three masts."%0A'
        "three masts: [3] says two masts%0A"
        "[3] docs/boats.md:L1-L3: A schooner has two masts."
    )
    assert "100%25 of them" in found[1]
    token = re.match(r"::stop-commands::(\w{32})\n", result.out)
    assert token
    assert token[1] not in corpus.run("verify", "answers", "--github").out


def test_github_beside_json(corpus: Project) -> None:
    """With --json the document alone is on standard output, the commands on standard error."""
    result = corpus.run("verify", "answers", "--github", "--json")
    assert list(result.json) == ["files", "supported", "unsupported"]
    assert all(command.startswith("::error title=") for command in commands(result.err))
    assert "::error title=Contradicted claim,file=" in result.err


def test_the_summary_of_a_job(corpus: Project, tmp_path: Path) -> None:
    """A table is appended, in which nothing of a claim is Markdown or HTML."""
    from markdown_it import MarkdownIt

    summary = tmp_path / "summary.md"
    summary.write_text("Before\n\n")
    corpus.run("verify", "answers", "--github", GITHUB_STEP_SUMMARY=str(summary))
    corpus.run("verify", "answers", GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text("utf-8")
    assert text.startswith("Before\n\n### ragpg verify: ")
    assert text.count("### ") == 1
    html = MarkdownIt("commonmark").render(text)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags == {"p", "h3", "table", "tr", "th", "td", "code", "br"}
    assert "&lt;img src=x&gt; and @everyone" in html
    assert "<code>😀 A schooner has three masts.</code>" in html


def test_a_summary_that_cannot_be_written(corpus: Project) -> None:
    """The check does not fail for its sake."""
    result = corpus.run("verify", "answers", "--github", GITHUB_STEP_SUMMARY="/nowhere/summary")
    assert result.code == 4
    assert result.err == (
        "warning: GITHUB_STEP_SUMMARY cannot be written: No such file or directory\n"
    )


def test_eval(corpus: Project, tmp_path: Path) -> None:
    """A failed case is annotated at its line, and a minimum that is missed in its file."""
    corpus.write(
        "measured.jsonl",
        '\n{"question": "How old is the sea?", "doc": "docs/boats.md", "contains": "old"}\n',
    )
    summary = tmp_path / "summary.md"
    options = ("--github", "--sarif", "eval.sarif")
    result = corpus.run("eval", "cases.toml", *options, GITHUB_STEP_SUMMARY=str(summary))
    assert result.code == 4
    [command] = commands(result.out)
    assert command.startswith(
        "::error title=Failed case,file=cases.toml,line=5,endLine=5::"
        '"::add-mask:: How many masts does a schooner have?"%0Acontains "three ::masts::": '
    )
    run = read_sarif(corpus, "eval.sarif")
    [failed] = run["results"]
    assert (failed["ruleId"], failed["level"]) == ("case-failed", "error")
    assert run["automationDetails"]["id"] == "ragpg/eval/"
    assert summary.read_text("utf-8").startswith("### ragpg eval: 1 of 2 cases passed\n")

    result = corpus.run("eval", "measured.jsonl", "--json", "--min", "token_iou@5=0.5", "--github")
    assert result.code == 2
    minimum = ("--min", "characters@5=1000000")
    result = corpus.run("eval", "measured.jsonl", "--json", *minimum, "--github")
    assert result.json["totals"]["failed"] == 1
    failed_case, below = commands(result.err)
    assert failed_case.startswith("::error title=Failed case,file=measured.jsonl,line=2,")
    assert below.startswith("::error title=Metric below its minimum,file=measured.jsonl::")
