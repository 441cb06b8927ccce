"""What `ragpg eval` measures, checks, compares and writes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested
from tests.support.provider import Provider, Reply

POLICY = (Path(__file__).parents[2] / "leave_policy.md").read_text("utf-8")
EVIL = '<script>alert("boats")</script>'
BOATS = f"""---
title: Boats
---
# Boats {EVIL}

A sloop \u202e has one mast, see [rigging](https://example.com/x.js). <img src=x onerror=alert(1)>
"""
SICK = POLICY.index("Everyone has 12 days of sick leave")
ENCASH = "Can I encash leave at year end?"
GOOD: list[dict[str, Any]] = [
    {
        "id": "encash",
        "question": ENCASH,
        "cites": "leave_policy.md#leave-encashment",
        "contains": ["at most 5 UNUSED days", r"/\b12 months\b/"],
        "excludes": ["10 days", "/[0-9]{3}/"],
        "answerable": True,
    },
    {"id": "share", "question": "What does a share cost today?", "refuses": True},
    {
        "id": "sick",
        "question": "How many days of sick leave are there?",
        "evidence": [{"doc": "leave_policy.md", "start": SICK, "end": SICK + 40}],
    },
    {"id": "boats", "question": "How many masts has a sloop?", "doc": ["boats.md"]},
]
BAD: list[dict[str, Any]] = [
    {
        "id": "bad",
        "question": ENCASH,
        "cites": ["leave_policy.md#sick-leave", "leave_policy.md#sik", "gone.md", "boats.md"],
        "contains": "10 weeks",
        "excludes": ["calendar year"],
        "refuses": True,
    },
    {
        "id": f"silent {EVIL}",
        "question": "What does a share cost today?",
        "contains": ["euros"],
        "cites": "boats.md",
        "refuses": False,
    },
]
KEYS = ["metrics", "intervals", "cases", "thresholds", "comparison", "curves", "totals"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with two documents in the table, and files of cases; tests only read them."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    ingested(project, {"leave_policy.md": POLICY, "boats.md": BOATS})
    for name, cases in (("good", GOOD), ("bad", BAD), ("all", GOOD + BAD)):
        project.write(f"{name}.jsonl", "\n".join(map(json.dumps, cases)))
    return project


@pytest.fixture(scope="module")
def good(corpus: Project) -> Any:
    """What comes of cases that pass."""
    return corpus.ok("eval", "good.jsonl", "--json").json


@pytest.fixture(scope="module")
def bad(corpus: Project) -> Any:
    """What comes of cases that fail."""
    result = corpus.run("eval", "bad.jsonl", "--json")
    assert result.code == 4
    return result.json


# --- figures and checks ---------------------------------------------------------------------


def test_the_shape(good: Any) -> None:
    """Metrics, cases with their verdicts, totals."""
    assert list(good) == KEYS
    assert [case["id"] for case in good["cases"]] == ["encash", "share", "sick", "boats"]
    assert [case["passed"] for case in good["cases"]] == [True, True, None, None]
    assert [case["first_relevant_rank"] for case in good["cases"]] == [None, None, 1, 1]
    assert all(case["failures"] == [] and case["error"] is None for case in good["cases"])
    totals = {key: value for key, value in good["totals"].items() if key != "seconds"}
    assert totals == {"cases": 4, "measured": 2, "passed": 2, "failed": 0, "errors": 0}


def test_the_metrics(good: Any) -> None:
    """Retrieval of what is measured, refusal of what is asked, characters beside recall."""
    metrics = good["metrics"]
    for name in ("recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "token_recall@5"):
        assert metrics[name] == 1
    assert 0 < metrics["token_iou@5"] == metrics["token_precision@5"] < 0.1
    assert 0 < metrics["characters@5"] <= metrics["characters@10"]
    for name in ("answered", "refused", "refusal_auc", "passed"):
        assert metrics[name] == 1
    assert good["intervals"]["recall@5"] == [1, 1]
    assert good["intervals"]["token_recall@5"] is None
    assert good["curves"]["recall"] == [[k, 1.0] for k in range(1, 11)]
    assert good["curves"]["roc"] == [[0, 0], [0, 1], [1, 1]]


def test_what_nothing_is_measured_by_is_null(bad: Any) -> None:
    """No gold passages: no recall."""
    assert bad["metrics"]["recall@5"] is None
    assert bad["metrics"]["token_iou@5"] is None
    assert bad["metrics"]["passed"] == 0
    assert bad["curves"]["recall"] == []


def test_failures(bad: Any) -> None:
    """A sentence for each check that does not hold."""
    answer = re.escape('"Unused annual leave can be exchanged for pay under these rules: ')
    wrong, silent = (case["failures"] for case in bad["cases"])
    expected = [
        rf"refuses: the answer is {answer}.*…\"",
        r"cites leave_policy\.md#sick-leave: the answer cites leave_policy\.md:L50",
        r"cites leave_policy\.md#sik: there is no such heading",
        r"cites gone\.md: there is no such document",
        r"cites boats\.md: the answer cites leave_policy\.md:L50",
        rf"contains \"10 weeks\": the answer is {answer}.*…\"",
        rf"excludes \"calendar year\": the answer is {answer}.*…\"",
    ]
    assert len(wrong) == len(expected)
    for failure, pattern in zip(wrong, expected, strict=True):
        assert re.fullmatch(pattern, failure)
    assert silent == [
        "refuses: the documents don't say",
        "cites boats.md: the documents don't say",
        'contains "euros": the documents don\'t say',
    ]


def test_paths_are_those_of_the_current_directory(corpus: Project) -> None:
    """A gold path is a source, or seen from where one stands; so is a case's source."""
    case = {**GOOD[3], "doc": "../boats.md", "source": "../boats.md"}
    (corpus.directory / "below").mkdir(exist_ok=True)
    corpus.write("below/c.jsonl", json.dumps(case))
    below = Project(corpus.directory / "below", corpus.environment)
    shape = below.ok("eval", "c.jsonl", "--json").json
    assert shape["cases"][0]["first_relevant_rank"] == 1
    elsewhere = json.dumps({**GOOD[3], "source": "leave*"})
    result = corpus.run("eval", "-", "--json", stdin=elsewhere.encode())
    assert result.json["metrics"]["recall@10"] == 0


def test_what_is_measured_is_what_a_search_shows(corpus: Project) -> None:
    """The first five of many hits are the five hits of a search of its own."""
    for question in (ENCASH, "sick leave", "masts"):
        few = corpus.ok("search", question, "-k", "5", "--json").json["hits"]
        many = corpus.ok("search", question, "-k", "50", "--json").json["hits"]
        assert few == many[:5]


def test_a_case_may_be_filtered(corpus: Project) -> None:
    """Where a filter leaves nothing that answers, a case finds nothing."""
    case = {"question": "How many masts has a sloop?", "doc": ["boats.md"]}
    lines = [json.dumps({**case, "id": t, "filter": f'title == "{t}"'}) for t in ("Boats", "Cars")]
    corpus.write("filtered.jsonl", "\n".join(lines))
    cases = corpus.ok("eval", "filtered.jsonl", "--json").json["cases"]
    assert [case["first_relevant_rank"] for case in cases] == [1, None]


# --- exit codes -----------------------------------------------------------------------------


def test_thresholds(corpus: Project) -> None:
    """What a metric has to reach; 4 where one does not, and it is said."""
    options = ("--min", "recall@5=1", "--min", "token_precision@5=0.9")
    result = corpus.run("eval", "good.jsonl", *options)
    assert result.code == 4
    assert re.search(r"^below token_precision@5 is 0\.0\d\d, not 0\.9$", result.out, re.MULTILINE)
    assert corpus.run("eval", "good.jsonl", "--min", "mrr@10=0.99").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["good.jsonl", "--min", "recal@5=1"], "--min 'recal@5=1': there is no metric 'recal@5'"),
        (["good.jsonl", "--min", "mrr@10"], "--min 'mrr@10' must be METRIC=VALUE, such as"),
        (["good.jsonl", "--min", "mrr@10=nan"], "--min 'mrr@10=nan' must be METRIC=VALUE"),
        (["bad.jsonl", "--min", "mrr@10=1"], "--min mrr@10: no case of bad.jsonl is measured"),
        (["good.jsonl", "--baseline", "good.jsonl"], "'good.jsonl' is no baseline"),
        (["good.jsonl", "--baseline", "odd.json"], "'odd.json' is no baseline"),
        (["gold.jsonl"], "gold.jsonl:1: no document 'boots.md' in the table"),
        (["filter.jsonl"], "filter.jsonl:1: "),
        (["empty.jsonl"], "empty.jsonl: no cases"),
    ],
)
def test_wrong_usage(corpus: Project, arguments: list[str], message: str) -> None:
    """Exit 2 and one line, in JSON as well."""
    corpus.write("gold.jsonl", '{"question": "a", "doc": "boots.md"}')
    corpus.write("filter.jsonl", '{"question": "a", "filter": "year >"}')
    corpus.write("empty.jsonl", "")
    odd = {"id": "sick", "passed": None, "first_relevant_rank": 1, "values": {"mrr@10": "nan"}}
    corpus.write("odd.json", json.dumps({"cases": [odd]}))
    result = corpus.run("eval", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {message}")
    as_json = corpus.run("eval", *arguments, "--json")
    assert as_json.code == 2
    assert as_json.json["error"]["message"].startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.jsonl"], "'gone.jsonl' cannot be read: No such file or directory"),
        (["good.jsonl", "--html", "gone/a"], "'gone/a' cannot be written: there is no such"),
        (["good.jsonl", "--junit", "."], "'.' cannot be written: it is a directory"),
    ],
)
def test_files_that_fail(corpus: Project, arguments: list[str], message: str) -> None:
    """Exit 1, before any case is looked at."""
    result = corpus.run("eval", *arguments)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"error: {message}")


def test_nothing_ingested(project: Project) -> None:
    """Exit 1 with the command to run, and nothing is made."""
    project.write("good.jsonl", json.dumps(GOOD[0]))
    for _ in range(2):
        result = project.run("eval", "good.jsonl")
        assert result.code == 1
        assert result.err == (
            'error: nothing has been ingested into the table "ragpg" yet\n'
            "hint: run `ragpg ingest PATH`\n"
        )


def test_a_failing_model_fails_its_case_alone(corpus: Project) -> None:
    """Exit 1; the case tells why, and the others are measured."""
    with Provider(Reply(status=401)) as provider:
        configured = corpus.within(
            {
                "RAGPG_LLM_MODEL": "openai/fake",
                "RAGPG_LLM_API_BASE": provider.url,
                "OPENAI_API_KEY": "sk-x",
                "RAGPG_LLM_RETRIES": "0",
            }
        )
        result = configured.run("eval", "good.jsonl", "--json")
    assert result.code == 1
    first, share, sick, _ = result.json["cases"]
    assert (first["passed"], first["error"]["type"]) == (False, "provider")
    error = first["error"]
    assert first["failures"] == [f"error: {error['message']}: {error['hint']}"]
    assert (share["passed"], sick["first_relevant_rank"]) == (True, 1)
    assert result.json["totals"]["errors"] == 1


# --- baselines ------------------------------------------------------------------------------


def test_a_baseline(corpus: Project, good: Any, bad: Any) -> None:
    """What newly fails or passes, what is found earlier or later, and how sure that is."""
    before = {**good, "cases": [*good["cases"], *bad["cases"]]}
    before = json.loads(json.dumps(before))
    encash, share, sick, boats, wrong, _ = before["cases"]
    encash["passed"], wrong["passed"], share["id"] = False, True, "another"
    sick["first_relevant_rank"], sick["values"]["mrr@10"] = 4, 0.25
    boats["values"]["recall@5"] = 2.0
    corpus.write("base.json", json.dumps(before))
    result = corpus.run("eval", "all.jsonl", "--baseline", "base.json", "--json")
    assert result.code == 4
    found = result.json["comparison"]
    assert (found["baseline"], found["shared"]) == ("base.json", 5)
    assert (found["newly_failing"], found["newly_fixed"]) == (["bad"], ["encash"])
    assert (found["better"], found["worse"]) == (["sick"], ["boats"])
    moved = found["differences"]["mrr@10"]
    assert (moved["before"], moved["after"], moved["cases"]) == (0.625, 1, 2)
    assert moved["p"] == 1 / 2 or moved["p"] > 0.9
    printed = corpus.run("eval", "all.jsonl", "--baseline", "base.json").out
    assert "newly failing bad\nnewly fixed encash\n1 cases find" in printed


# --- reports --------------------------------------------------------------------------------


def test_junit(corpus: Project) -> None:
    """A test case for each case with checks and each threshold; counts that agree."""
    corpus.run("eval", "all.jsonl", "--junit", "junit.xml", "--min", "recall@5=1")
    root = ElementTree.parse(corpus.directory / "junit.xml").getroot()
    [suite] = root
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("all.jsonl", "5", "2")
    assert (suite.get("errors"), suite.get("skipped")) == ("0", "0")
    cases = suite.findall("testcase")
    names = ["encash", "share", "bad", f"silent {EVIL}", "recall@5 ≥ 1"]
    assert [case.get("name") for case in cases] == names
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert failed == ["bad", f"silent {EVIL}"]
    assert suite.find("properties/property[@name='recall@5']") is not None
    assert cases[1].findtext("system-out", "").endswith("The documents don't say.")


class Reader(HTMLParser):
    """Collects a page's elements and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def test_html(corpus: Project, good: Any) -> None:
    """One page with plots that loads nothing; what documents say is text and nothing else."""
    corpus.write("base.json", json.dumps(good))
    corpus.run("eval", "all.jsonl", "--html", "a.html", "--baseline", "base.json")
    content = (corpus.directory / "a.html").read_text("utf-8")
    page = Reader()
    page.feed(content)
    assert content.count("<script") == 1
    assert {"svg", "table", "details", "style"} <= page.tags
    assert not page.tags & {"img", "link", "iframe", "a", "object", "base"}
    names = {name for name, _ in page.attributes}
    assert not names & {"src", "href", "style", "srcset", "action"}
    assert not [name for name in names if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://(?!example\.com/x\.js)", content)
    assert EVIL in page.text
    assert "\u202e" not in content
    policy = next(value for name, value in page.attributes if name == "content")
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    for title in ("Recall by the number of hits", "Refusal: all thresholds", "Since base.json"):
        assert title in page.text


def test_nothing_but_results_is_written(corpus: Project) -> None:
    """No drafts are left behind, and a pipe can be written to as well."""
    corpus.ok("eval", "good.jsonl", "--html", "b.html", "--junit", "/dev/null")
    assert not list(corpus.directory.glob(".*.part"))


def test_quiet_and_table(corpus: Project) -> None:
    """The shared options hold: another table has nothing in it."""
    result = corpus.run("eval", "good.jsonl", "--table", "other", "-q")
    assert (result.code, result.out) == (1, "")
    assert 'table "other"' in result.err
