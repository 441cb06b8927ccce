"""Questions to answers: quoted or generated, checked, or refused."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from ragpg.errors import ProviderError
from ragpg.llm.prompt import NOT_IN_DOCUMENTS
from ragpg.pipeline.ask import EXTRACTIVE, ask, with_marker
from ragpg.pipeline.ingest import ingest
from ragpg.pipeline.search import Searcher, SearchOptions
from ragpg.quoting import Excerpt
from ragpg.types import Answer, Asked, Citation, Hit, Mode, Sentence, Verdict
from tests.support.pipeline import CHUNKER, HashingEmbedder, ScriptedLLM, file, measure, new_table

if TYPE_CHECKING:
    from ragpg.store.statements import Connection

QUESTION = "How many days of leave can be encashed?"
RULE = "At most five unused days of annual leave can be encashed."
WRONG = "At most seven unused days of annual leave can be encashed."
TEXT = f"# Leave\n\n{RULE} Encashment takes place at the end of the year.\n"
ALWAYS, NEVER = -math.inf, math.inf


@pytest.fixture(scope="module")
def searcher(connection: Connection) -> Searcher:
    """A retriever that never refuses; tests only read its table."""
    table, embedder = new_table(connection), HashingEmbedder()
    files = [
        file("leave.md", TEXT),
        file("tea.md", "# Tea\n\nThe kitchen has green and black tea for everybody.\n"),
    ]
    list(ingest(files, work=measure(files), store=table, embedder=embedder, chunker=CHUNKER))
    return Searcher(table, embedder, SearchOptions(refusal_threshold=ALWAYS))


def run(searcher: Searcher, llm: ScriptedLLM | None = None) -> tuple[list[Sentence], Answer]:
    """Ask the question; the sentences, and the answer at the end."""
    events = list(ask(QUESTION, searcher=searcher, llm=llm))
    *sentences, answer = events[1:] if isinstance(events[0], Asked) else events
    assert isinstance(answer, Answer)
    assert all(isinstance(sentence, Sentence) for sentence in sentences)
    return [s for s in sentences if isinstance(s, Sentence)], answer


def test_an_answer_is_quoted_without_a_model(searcher: Searcher) -> None:
    """Its words are the document's own, and every quotation is a supported claim."""
    [sentence], answer = run(searcher)
    assert answer.model == EXTRACTIVE
    assert answer.text == sentence.text
    assert RULE in answer.text
    assert sentence.claims == answer.claims
    assert {claim.verdict for claim in answer.claims} == {Verdict.SUPPORTED}
    assert all(citation.quote in citation.hit.text for citation in answer.citations)


def test_an_answer_is_generated_and_checked(searcher: Searcher) -> None:
    """Sentences are yielded as they are finished; together they are the answer."""
    pieces = [*f"{RULE} [1] ".split(" "), *f"{WRONG} [1]".split(" ")]
    llm = ScriptedLLM([f"{piece} " for piece in pieces])
    sentences, answer = run(searcher, llm)
    assert "".join(sentence.text for sentence in sentences) == answer.text
    assert [claim.verdict for claim in answer.claims] == [Verdict.SUPPORTED, Verdict.UNSUPPORTED]
    assert [claim for sentence in sentences for claim in sentence.claims] == list(answer.claims)
    assert (answer.model, answer.usage) == ("scripted", {"total_tokens": len(pieces)})
    [(_, message)] = llm.prompts
    assert message.content.endswith(f"Question: {QUESTION}")
    assert RULE in message.content


def test_a_refusal_calls_no_model(searcher: Searcher) -> None:
    """Below the threshold there is no answer, whoever would give it; the hits are still told."""
    strict = searcher.with_options(refusal_threshold=NEVER)
    for llm in (None, ScriptedLLM([RULE])):
        sentences, answer = run(strict, llm)
        assert (sentences, answer.text, answer.answered) == ([], None, False)
        assert answer.hits[0].source == "leave.md"
        assert llm is None or llm.prompts == []


@pytest.mark.parametrize("mode", [Mode.DENSE, Mode.KEYWORD])
def test_one_retriever_alone_does_not_refuse(searcher: Searcher, mode: Mode) -> None:
    """In every mode a question has the answerability that both retrievers give it together."""
    _, both = run(searcher)
    _, alone = run(searcher.with_options(mode=mode))
    assert alone.answerability == both.answerability


def test_a_model_that_says_it_does_not_know(searcher: Searcher) -> None:
    """Its non-answer is no answer, and nothing is cited."""
    _, answer = run(searcher, ScriptedLLM([NOT_IN_DOCUMENTS]))
    assert (answer.text, answer.claims, answer.citations) == (None, (), ())


def test_a_model_that_fails_in_the_middle(searcher: Searcher) -> None:
    """What it had said is yielded, checked, before its error is raised."""
    llm = ScriptedLLM([f"{RULE} [1] And"], error=ProviderError("gone", hint="try again"))
    events: list[Asked | Sentence | Answer] = []
    with pytest.raises(ProviderError, match="gone"):
        events.extend(ask(QUESTION, searcher=searcher, llm=llm))
    assert isinstance(events[-1], Answer)
    assert events[-1].text == f"{RULE} [1] And"
    assert events[-1].claims[0].verdict is Verdict.SUPPORTED


def test_an_answer_that_was_cut(searcher: Searcher) -> None:
    """The answer is yielded first, then the user is told which setting cut it."""
    llm = ScriptedLLM([f"{RULE} [1]"], finish_reason="length")
    events: list[Asked | Sentence | Answer] = []
    with pytest.raises(ProviderError, match="was cut at maxTokens"):
        events.extend(ask(QUESTION, searcher=searcher, llm=llm))
    assert events[0] == Asked("scripted", None)
    assert [event.text for event in events if not isinstance(event, Asked)] == [f"{RULE} [1]"] * 2
    assert isinstance(events[-1], Answer)


def test_timings_add_up(searcher: Searcher) -> None:
    """Retrieving and generating take the whole time."""
    _, answer = run(searcher)
    timings = answer.timings
    assert timings.retrieve > 0
    assert timings.retrieve + timings.generate == pytest.approx(timings.total)


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("A sentence.", "A sentence. [3]"),
        ("| a | b |", "| a | b |\n[3]"),
        ("```\ncode\n```", "```\ncode\n```\n[3]"),
    ],
)
def test_a_marker_is_no_part_of_a_quotation(quote: str, expected: str) -> None:
    """It is put below a table row or code, where it would become a cell or a part of the code."""
    hit = Hit(3, "a.md", "A", (), 0, len(quote), 1, 1, quote, 1.0)
    assert with_marker(Excerpt(3, (Citation(hit, 3, quote),))) == expected
