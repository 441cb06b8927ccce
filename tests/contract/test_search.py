"""The results of `ragpg search` and `ragpg ask`, in JSON and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import Project, new_project
from tests.support.documents import ingested
from tests.support.provider import Provider, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HIT = [
    "rank",
    "source",
    "title",
    "heading",
    "start",
    "end",
    "start_line",
    "end_line",
    "text",
    "score",
    "place",
]
CLAIM = ["text", "citations", "verdict", "score", "why", "supported_by", "finding", "cited_by"]
ASK = [
    *("question", "answered", "answer", "model", "citations", "claims", "hits", "refusal"),
    *("usage", "timings"),
]
SMALL_CHUNKS = {"RAGPG_CHUNKING_MAX_TOKENS": "32", "RAGPG_CHUNKING_MIN_TOKENS": "0"}
SECTIONS = "# Animals\n\n" + "\n".join(
    f"## The {name}\n\nThe {name} 🦊 is *quite* an animal - naïve, perhaps; it eats {food}.\n"
    for name, food in [("fox", "mice"), ("whale", "krill"), ("panda", "bamboo"), ("bee", "nectar")]
)
FILES = {
    "plain.md": SECTIONS.encode(),
    "crlf.md": SECTIONS.replace("\n", "\r\n").encode(),
    "cr.md": SECTIONS.replace("\n", "\r").encode(),
    "bom.md": b"\xef\xbb\xbf" + SECTIONS.encode(),
    "front.md": b"---\ntitle: Beasts\n---\n" + SECTIONS.encode(),
    "mixed.md": SECTIONS.replace(".\n", ".\r\n").encode(),
    "docs/deep/boats.md": b"# Boats\n\nA schooner has two masts. A sloop has one mast.\n",
    "docs/cars.md": b"# Cars\n\nA car has four wheels.\n",
    "st*r.md": b"# Stars\n\nThe sun is a star.\n",
    "stir.md": b"# Stirring\n\nStir the star anise into the soup.\n",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project whose documents are in the table; tests only read it."""
    project = new_project(tmp_path_factory.mktemp("library"), data_dir=shared_data_dir)
    return ingested(project.within(SMALL_CHUNKS), FILES)


def search(project: Project, *arguments: str) -> list[Any]:
    """The hits of a search that finds some."""
    hits: list[Any] = project.ok("search", *arguments, "--json").json["hits"]
    return hits


def sources(project: Project, *arguments: str) -> list[str]:
    """The sources of the hits, each once."""
    return sorted({hit["source"] for hit in search(project, *arguments)})


# --- search ---------------------------------------------------------------------------------


def test_the_shape_of_a_search(corpus: Project) -> None:
    """The question, the mode, and the hits with all their keys, ranked from 1."""
    shape = corpus.ok("search", "what do whales eat?", "--json").json
    assert list(shape) == ["query", "mode", "hits"]
    assert (shape["query"], shape["mode"]) == ("what do whales eat?", "hybrid")
    assert len(shape["hits"]) == 5
    assert all(list(hit) == HIT for hit in shape["hits"])
    assert [hit["rank"] for hit in shape["hits"]] == [1, 2, 3, 4, 5]
    scores = [hit["score"] for hit in shape["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert shape["hits"][0]["heading"] == ["Animals", "The whale"]


@pytest.mark.parametrize("name", ["plain.md", "crlf.md", "cr.md", "bom.md", "front.md", "mixed.md"])
def test_a_hit_is_the_file_to_the_letter(corpus: Project, name: str) -> None:
    """Offsets are code points of the text without its BOM, newlines as they are; lines from 1."""
    text = FILES[name].decode("utf-8-sig")
    hits = search(corpus, "animal", "-k", "100", "--source", name)
    assert len(hits) >= 2
    hits += search(corpus, "animal", "-k", "100", "--source", name, "--mode", "dense")
    assert len(hits) >= 6
    for hit in hits:
        assert hit["text"] == text[hit["start"] : hit["end"]]
        assert hit["text"] == hit["text"].strip()
        before = text[: hit["start"]].replace("\r\n", "\n").replace("\r", "\n")
        within = hit["text"].replace("\r\n", "\n").replace("\r", "\n")
        assert hit["start_line"] == before.count("\n") + 1
        assert hit["end_line"] == hit["start_line"] + within.count("\n")
    assert {hit["title"] for hit in hits} == {"Beasts" if name == "front.md" else "Animals"}


def test_modes(corpus: Project) -> None:
    """Dense, keyword and hybrid search; words that no document has find nothing."""
    [hit] = search(corpus, "--mode", "keyword", "sloop")
    assert hit["source"] == "docs/deep/boats.md"
    assert corpus.ok("search", "--mode", "keyword", "sloop", "--json").json["mode"] == "keyword"
    assert search(corpus, "--mode", "dense", "sailing ships")[0]["source"] == "docs/deep/boats.md"
    nothing = corpus.run("search", "--mode", "keyword", "zebra", "--json")
    assert nothing.code == 3
    assert nothing.json == {"query": "zebra", "mode": "keyword", "hits": []}
    for mode in ("dense", "hybrid"):
        assert corpus.run("search", "--mode", mode, "zebra").code == 0


def test_nothing_found(corpus: Project) -> None:
    """Without a hit, stderr says so and stdout stays empty."""
    result = corpus.run("search", "--mode", "keyword", "zebra")
    assert (result.code, result.out, result.err) == (3, "", "nothing found\n")
    assert corpus.run("search", "fox", "--source", "nowhere/*").code == 3


def test_the_number_of_hits(corpus: Project) -> None:
    """-k sets the number of hits, also above the default number of candidates."""
    assert len(search(corpus, "animal", "-k", "1")) == 1
    assert len(search(corpus, "animal", "--top-k", "4")) == 4
    all_of_them = search(corpus, "animal", "-k", "1000", "--mode", "dense")
    assert len({(hit["source"], hit["start"]) for hit in all_of_them}) == len(all_of_them) >= 28


def test_globs(corpus: Project) -> None:
    """`*` stops at a slash, `**` does not; several globs add up; what exists is no glob."""
    many = ("-k", "100", "has is the", "--source")
    assert sources(corpus, *many, "docs/*") == ["docs/cars.md"]
    assert sources(corpus, *many, "docs/**") == ["docs/cars.md", "docs/deep/boats.md"]
    assert sources(corpus, *many, "**/boats.md") == ["docs/deep/boats.md"]
    assert sources(corpus, *many, "docs/cars.md", "--source", "docs/deep/*") == [
        "docs/cars.md",
        "docs/deep/boats.md",
    ]
    assert sources(corpus, *many, "st?r.md") == ["st*r.md", "stir.md"]
    assert sources(corpus, *many, "st*r.md") == ["st*r.md"]
    assert sources(corpus, *many, "docs/[a-c]ars.md") == ["docs/cars.md"]
    assert sources(corpus, *many, "docs/[!a-b]*") == ["docs/cars.md"]
    inside = Project(corpus.directory / "docs", corpus.environment)
    assert sources(inside, *many, "cars.md") == ["docs/cars.md"]
    assert sources(inside, *many, "deep/*") == ["docs/deep/boats.md"]


def test_a_search_as_text(corpus: Project) -> None:
    """Each hit has its place, its headings and its score, then its text."""
    hit = search(corpus, "-k", "1", "sloop")[0]
    assert corpus.ok("search", "-k", "1", "sloop").out == (
        f"1. docs/deep/boats.md:L1-L3  Boats  {hit['score']:.4f}\n{hit['text']}\n\n"
    )


@pytest.mark.parametrize("command", ["search", "ask"])
@pytest.mark.parametrize("question", ["", " \n "])
def test_a_blank_question(corpus: Project, command: str, question: str) -> None:
    """A blank question is a usage error."""
    result = corpus.run(command, question, "--json")
    assert result.code == 2
    assert result.json["error"]["type"] == "usage"


@pytest.mark.parametrize(
    "question", ["?!", "the", "\U0001f98a", "'; DROP TABLE ragpg; --", "a\x00b", "caf\udce9"]
)
def test_odd_questions(corpus: Project, question: str) -> None:
    """Any text is a valid question: it never causes an error."""
    for command in (("search",), ("search", "--mode", "keyword")):
        result = corpus.run(*command, question, "--json")
        assert result.code in {0, 3}, result
        assert result.json["query"]


def test_the_same_question_finds_the_same(corpus: Project) -> None:
    """The same question gets the same answer."""
    first = corpus.ok("search", "fox", "--json").json
    assert corpus.ok("search", "fox", "--json").json == first


# --- ask, with quotations -------------------------------------------------------------------


def test_the_shape_of_an_answer(corpus: Project) -> None:
    """Citations are hits with a number and a verbatim quote."""
    shape = corpus.ok("ask", "What does the whale eat?", "--source", "plain.md", "--json").json
    assert list(shape) == ASK
    assert (shape["answered"], shape["model"], shape["usage"]) == (True, "extractive", None)
    assert "krill" in shape["answer"]
    assert list(shape["timings"]) == ["retrieve", "generate", "total"]
    assert [list(claim) for claim in shape["claims"]] == [CLAIM] * len(shape["claims"])
    assert {claim["verdict"] for claim in shape["claims"]} == {"supported"}
    assert shape["citations"]
    for citation in shape["citations"]:
        assert list(citation) == [*HIT, "number", "quote"]
        assert citation["number"] == citation["rank"]
        assert citation["quote"] in citation["text"]
        assert f"[{citation['number']}]" in shape["answer"]
        assert {key: citation[key] for key in HIT} == shape["hits"][citation["rank"] - 1]


def test_an_answer_as_text(corpus: Project) -> None:
    """The answer with its numbers, then the places that it cites."""
    result = corpus.ok("ask", "How many masts does a sloop have?")
    assert result.out == (
        "A schooner has two masts. A sloop has one mast. [1]\n\n"
        "Sources\n[1] docs/deep/boats.md:L1-L3  Boats\n"
    )
    assert result.err == ""


def test_what_the_documents_do_not_say(corpus: Project) -> None:
    """Refused with exit code 3, and with what was retrieved."""
    question = "When was the treaty of Tordesillas signed?"
    shape = corpus.run("ask", question, "--json")
    assert shape.code == 3
    assert list(shape.json) == ASK
    assert (shape.json["answered"], shape.json["answer"]) == (False, None)
    assert (shape.json["citations"], shape.json["claims"]) == ([], [])
    assert shape.json["refusal"] == {
        "reason": "no passage mentions `Tordesillas`",
        "missing": ["Tordesillas", "treaty", "signed"],
    }
    assert len(shape.json["hits"]) == 5
    result = corpus.run("ask", question)
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(
        "The documents don't say.\nNo passage mentions `Tordesillas`.\n\nNearest passages\n[1] "
    )


def test_a_source_that_is_nowhere(corpus: Project) -> None:
    """A question restricted to no document is refused."""
    result = corpus.run("ask", "What does the whale eat?", "--source", "nowhere", "--json")
    assert (result.code, result.json["answered"], result.json["hits"]) == (3, False, [])


# --- ask, with a language model -------------------------------------------------------------


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider that answers from the passages, and beyond them."""
    with Provider(Reply("A sloop has one mast [1]. A sloop has nine engines [1].")) as started:
        yield started


def within(project: Project, provider: Provider) -> Project:
    """A project that uses a provider."""
    key = {"OPENAI_API_KEY": "sk-very-secret", "RAGPG_LLM_RETRIES": "0"}
    return project.within({"RAGPG_LLM_API_BASE": provider.url, **key})


QUESTION = ("ask", "How many masts does a sloop have?", "--model", "openai/test")


def test_an_answer_of_a_model(corpus: Project, provider: Provider) -> None:
    """Its claims are checked one by one, and marked in the text."""
    with_model = within(corpus, provider)
    shape = with_model.ok(*QUESTION, "--json").json
    assert list(shape) == ASK
    assert shape["model"] == "openai/test"
    assert shape["answer"] == "A sloop has one mast [1]. A sloop has nine engines [1]."
    assert [claim["verdict"] for claim in shape["claims"]] == ["supported", "unsupported"]
    assert all(0 <= claim["score"] <= 1 for claim in shape["claims"])
    why = shape["claims"][1]["why"]
    text = with_model.ok(*QUESTION)
    assert f"A sloop has nine engines [1]. [unsupported: {why}]" in text.out
    assert with_model.run(*QUESTION, "--strict").code == 4
    assert with_model.run(*QUESTION, "--strict", "--json").json["answered"] is True
    extractive = with_model.ok(*QUESTION, "--extractive", "--json").json
    assert extractive["model"] == "extractive"
    assert len(provider.requests) == 4


def test_an_answer_that_breaks_off(corpus: Project) -> None:
    """A partial answer is printed, its unfinished sentence too, with the error; exit code 1."""
    with Provider(Reply("A sloop has one mast [1]. A schooner has", broken=True)) as provider:
        with_model = within(corpus, provider)
        result = with_model.run(*QUESTION, "--json")
        assert result.code == 1
        assert {"error", "partial"} <= result.json.keys()
        assert result.json["error"]["type"] == "provider"
        assert result.json["partial"]["answer"] == "A sloop has one mast [1]. A schooner has"
        assert list(result.json["partial"]) == ASK
        text = with_model.run(*QUESTION)
        assert text.code == 1
        assert text.out.startswith("A sloop has one mast [1]. A schooner has")
        assert "[the answer breaks off here]" in text.out
        assert text.err.startswith("error: ")


@pytest.mark.parametrize("reply", [Reply(""), Reply(status=500), Reply(status=401)])
def test_a_model_that_fails(corpus: Project, reply: Reply) -> None:
    """No quotations take its place, an empty answer is a failure, and the key is not shown."""
    with Provider(reply) as provider:
        result = within(corpus, provider).run(*QUESTION, "--json")
    assert result.code == 1
    assert list(result.json) == ["error"]
    assert result.json["error"]["type"] == "provider"
    assert "openai/test" in result.json["error"]["message"]
    assert "sk-very-secret" not in result.out + result.err
    if reply.status == 401:
        assert "OPENAI_API_KEY" in result.out


def test_a_model_without_its_key(corpus: Project) -> None:
    """The error names the variable."""
    result = corpus.within({"OPENAI_API_KEY": ""}).run(*QUESTION, "--json")
    assert result.code in {1, 2}
    assert "OPENAI_API_KEY" in result.out


def test_a_model_that_says_that_it_is_not_there(corpus: Project) -> None:
    """A refusal by the model counts as a refusal of the program."""
    with Provider(Reply("The documents don't say.")) as provider:
        result = within(corpus, provider).run(*QUESTION, "--json")
    assert (result.code, result.json["answered"], result.json["answer"]) == (3, False, None)
    assert result.json["hits"]


def test_a_found_file_cannot_send_documents_away(project: Project) -> None:
    """A Config.toml that nobody named may not name a foreign address by itself."""
    project.write(
        "Config.toml", '[llm]\nmodel = "openai/x"\napiBase = "https://evil.example.com"\n'
    )
    for command in ("ask", "search"):
        result = project.run(command, "x", "--json")
        assert result.code == 2
        assert "is not trusted" in result.json["error"]["message"]


def test_a_rule_keeps_its_heading(project: Project) -> None:
    """A heading is in one chunk with what it heads, below those that it belongs to."""
    filler = "It has many a word that fills the page until it is too long for one passage. " * 9
    rule = "Five days are {} into the new year."
    project.write(
        "policy.md",
        f"Before any heading.\n\n# Policy\n\n{filler}\n\n## Annual leave\n\n{filler}\n\n"
        f"### Carry forward\n\n{rule.format('carried')}\n\n{filler}\n\n"
        f"## Encashment\n\n{rule.format('encashed')}\n\n{filler}\n",
    )
    project.ok("ingest", "policy.md")
    for word, heading in {
        "carried": ["Policy", "Annual leave", "Carry forward"],
        "encashed": ["Policy", "Encashment"],
    }.items():
        hit = search(project, f"Five days {word}")[0]
        assert hit["heading"] == heading
        head = f"{'#' * len(heading)} {heading[-1]}\n\n{rule.format(word)}"
        assert hit["text"].startswith(head)
    [first] = [hit for hit in search(project, "before", "-k", "50") if hit["start"] == 0]
    assert first["heading"] == []
