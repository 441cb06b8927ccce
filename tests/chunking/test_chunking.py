"""A document as chunks."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragpg.chunking import Limits, chunk_document
from ragpg.documents import parse_document
from ragpg.embedding.model_files import find_default_model
from ragpg.embedding.tokenizer import load_tokenizer
from ragpg.types import File
from tests.support.markdown import MARKDOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from ragpg.embedding.wordpiece import WordPieceTokenizer
    from ragpg.types import Chunk, Document

LIMITS = Limits(max_tokens=162, min_tokens=78)


class Counter:
    """The tokenizer of the default model."""

    window = 254

    @cached_property
    def _pieces(self) -> Tokenizer | WordPieceTokenizer:
        return load_tokenizer(find_default_model())

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of wordpieces of each text."""
        encoded = self._pieces.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encoded]


COUNTER = Counter()


class Characters:
    """A tokenizer for which every character is a token, and every newline ten."""

    window = 100

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of characters of each text."""
        return [len(text) + 9 * text.count("\n") for text in texts]


def document(text: str, source: str = "notes.md") -> Document:
    """Read a text as a document."""
    return parse_document(File(source, None, text.encode(), b""))


def chunks(text: str, limits: Limits = LIMITS) -> list[Chunk]:
    """Divide a text with the default model's tokenizer."""
    return chunk_document(document(text), tokenizer=COUNTER, limits=limits)


def check(read: Document, found: list[Chunk]) -> None:
    """Hold the chunks of a document against everything that is promised of them."""
    body = read.text[read.body_start :]
    assert "".join(chunk.text for chunk in found) == (body if body.strip() else "")
    assert [chunk.ordinal for chunk in found] == list(range(len(found)))
    place = read.body_start
    for chunk in found:
        assert (chunk.start, chunk.text) == (place, read.text[chunk.start : chunk.end])
        place = chunk.end
        solid = chunk.start + len(chunk.text) - len(chunk.text.lstrip())
        last = chunk.start + len(chunk.text.rstrip()) - 1
        assert (chunk.start_line, chunk.end_line) == (line(read.text, solid), line(read.text, last))
        assert len(chunk.text.strip()) <= 2000
    assert all(tokens <= 254 for tokens in COUNTER.counts([chunk.embedded_text for chunk in found]))


def line(text: str, offset: int) -> int:
    """The number of the line that a character stands in."""
    before = text[: offset + 1].replace("\r\n", " \n")
    shown = before[:-1].replace("\r", "\n")
    return shown.count("\n") + 1


def body(words: int) -> str:
    """A paragraph of sentences of eight words."""
    return " ".join(["This is a sentence of just eight words."] * (words // 8))


@given(MARKDOWN, st.sampled_from([LIMITS, Limits(20, 5), Limits(400, 300)]))
@settings(max_examples=300)
def test_chunks_of_any_text(text: str, limits: Limits) -> None:
    """Chunks partition the body, spans and lines are exact, the window holds."""
    read = document(text)
    check(read, chunk_document(read, tokenizer=COUNTER, limits=limits))


@given(
    st.lists(MARKDOWN, min_size=5, max_size=30), st.sampled_from(["---\na: 1\n---\n", "", "\ufeff"])
)
@settings(max_examples=60)
def test_chunks_of_long_texts(texts: list[str], front: str) -> None:
    """The same for texts of several chunks, with and without front matter."""
    read = document(front + "\n\n".join(text + body(60) for text in texts))
    check(read, chunk_document(read, tokenizer=COUNTER, limits=LIMITS))


@given(MARKDOWN)
@settings(max_examples=50)
def test_tokens_that_do_not_add_up(text: str) -> None:
    """The window holds also where the whole has more tokens than its parts."""
    read = document(text * 5)
    found = chunk_document(read, tokenizer=Characters(), limits=Limits(80, 40))
    assert all(
        tokens <= 100 for tokens in Characters().counts([chunk.embedded_text for chunk in found])
    )
    assert "".join(chunk.text for chunk in found) in (read.text[read.body_start :], "")


@pytest.mark.parametrize(
    "text", ["", "\n\n", " \t\r\n", "---\ntitle: A\n---\n", "---\ntitle: A\n---\n\n \n"]
)
def test_a_blank_document_has_no_chunks(text: str) -> None:
    """Nothing to search, no failure."""
    assert chunks(text) == []


def test_a_document_of_one_line() -> None:
    """A chunk knows where it stands; without headings it has none."""
    (only,) = chunks("Just one line.")
    assert (only.heading, only.start_line, only.end_line) == ((), 1, 1)
    assert (only.context, only.content) == ("notes", "Just one line.")


def test_front_matter_is_left_out() -> None:
    """The first chunk begins behind the front matter, and lines count from the file's first."""
    (only,) = chunks("---\ntitle: The Title\n---\n\n\nText.\n\n")
    assert (only.start, only.text, only.start_line, only.end_line) == (25, "\n\nText.\n\n", 6, 6)
    assert only.context == "The Title"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines(newline: str) -> None:
    """Lines count whatever they end with."""
    text = f"# A\n\n{body(100)}\n\n# B\n\n{body(100)}\n".replace("\n", newline)
    assert [(chunk.start_line, chunk.end_line) for chunk in chunks(text)] == [(1, 3), (5, 7)]


def test_sections_are_chunks() -> None:
    """A section of the right length is a chunk under its own heading; its words stay in place."""
    first, second = chunks(f"# Top\n\n## One\n\n{body(96)}\n\n## Two\n\n{body(96)}\n")
    assert (first.heading, second.heading) == (("Top", "One"), ("Top", "Two"))
    assert (first.context, second.context) == ("Top > One", "Top > Two")
    assert first.content.startswith("Top\nOne\nThis is")
    assert second.content.startswith("Two\nThis is")


def test_small_siblings_are_merged() -> None:
    """Sections of a line each share a chunk, which stands under the first one's heading."""
    text = "# Top\n\n" + "".join(f"## Part {n}\n\nOnly a few words here.\n\n" for n in range(6))
    (only,) = chunks(text)
    assert only.heading == ("Top", "Part 0")
    assert "Part 5\nOnly a few words here." in only.content


def test_no_chunk_inherits_a_heading() -> None:
    """What stands before the first heading is under none, also in a later document part."""
    first, second = chunks(f"{body(120)}\n\n# Leave\n\n{body(120)}\n")
    assert (first.heading, second.heading) == ((), ("Leave",))


def test_a_rule_stays_with_its_heading() -> None:
    """Whatever the length of what stands around it, no chunk ends with a heading."""
    for words in range(8, 240, 16):
        text = "".join(f"## Rule {n}\n\n{body(words)}\n\n- At most {n} days.\n\n" for n in range(6))
        for chunk in chunks(text):
            assert not chunk.text.strip().splitlines()[-1].startswith("#")
            assert chunk.heading == (chunk.content.split("\n")[0],) or not chunk.text.startswith(
                "#"
            )


def test_the_leave_policy() -> None:
    """The rules of carrying forward and of encashment are found under their headings."""
    policy = Path(__file__).parents[2] / "leave_policy.md"
    found = chunks(policy.read_text(encoding="utf-8"))
    for heading, words in (
        ("Carrying days forward", "5 unused days"),
        ("Leave encashment", "12 months"),
    ):
        (rule,) = [chunk for chunk in found if heading in chunk.content]
        assert words in rule.content.partition(heading)[2]
    assert all(chunk.heading[0] == "Company Leave Policy" for chunk in found)


def test_a_heading_at_the_end_goes_with_what_stands_before_it() -> None:
    """The last heading has no text of its own."""
    found = chunks(f"# A\n\n{body(150)}\n\n## Last\n")
    assert found[-1].text.rstrip().endswith("## Last")
    assert found[-1].heading == ("A",)


def test_a_document_of_headings() -> None:
    """Headings alone are chunks of headings."""
    (only,) = chunks("# A\n\n## B\n\n## C\n")
    assert (only.heading, only.content) == (("A",), "A\nB\nC")


def test_a_long_table_repeats_its_head() -> None:
    """Each part of a table says what its columns are; the head stands with the first row."""
    rows = "".join(
        f"| Person {n} | {n} days of leave | approved by the manager |\n" for n in range(40)
    )
    found = chunks(f"# T\n\n| Who | How long | State |\n|---|---|---|\n{rows}\nAfter.\n")
    assert len(found) > 3
    assert found[0].content.startswith("T\nWho | How long | State\nPerson 0 | 0 days")
    for chunk in found[1:]:
        assert chunk.content.startswith("Who | How long | State\nPerson ")
        assert "Who" not in chunk.text
    assert all(count <= 162 for count in COUNTER.counts([chunk.content for chunk in found]))


def test_another_table_has_its_own_head() -> None:
    """A head is repeated for its own rows only."""
    rows = "".join(f"| {n} | some words for a row of the table |\n" for n in range(30))
    found = chunks(f"| A | B |\n|---|---|\n{rows}\n{body(40)}\n\n| C | D |\n|---|---|\n{rows}")
    heads = [chunk.content.split("\n")[0] for chunk in found if chunk.text.startswith("| ")]
    assert heads == sorted(heads)
    assert set(heads) == {"A | B", "C | D"}


def test_code_and_items_stay_whole_where_they_fit() -> None:
    """A chunk begins with an item or a block, not inside of one."""
    item = "- " + body(40) + "\n"
    code = "```\n" + "x = compute(y)\n" * 12 + "```\n"
    for chunk in chunks((item * 3 + "\n" + code + "\n") * 4):
        assert chunk.text.startswith(("- ", "```"))


def test_lengths() -> None:
    """Running text falls into chunks of about the target."""
    counts = COUNTER.counts([chunk.content for chunk in chunks(body(4000))])
    assert all(78 <= count <= 162 for count in counts)
    assert 110 <= sum(counts) / len(counts) <= 130


def test_limits_are_kept() -> None:
    """Other limits give other lengths, and nothing is over the greatest."""
    for limits in (Limits(60, 20), Limits(230, 130)):
        counts = COUNTER.counts([chunk.content for chunk in chunks(body(4000), limits)])
        assert max(counts) <= limits.max_tokens
        assert abs(sum(counts) / len(counts) - limits.target) < 20


@pytest.mark.parametrize("word", ["heading ", "漢", "x", "한국"])
def test_a_heading_that_is_longer_than_the_window(word: str) -> None:
    """It is shortened where it introduces a chunk: half of the window is left for the text."""
    read = document(f"# {word * 3000}\n\n## {word * 500}\n\n{body(400)}\n")
    found = chunk_document(read, tokenizer=COUNTER, limits=LIMITS)
    check(read, found)
    assert max(COUNTER.counts([chunk.context for chunk in found])) <= 127
    assert found[-1].content.endswith("eight words.")


def test_a_title_is_not_repeated() -> None:
    """The only first heading is the title; a title of the front matter stands before headings."""
    assert chunks("# One\n\nText.\n")[0].context == "One"
    assert chunks("---\ntitle: one\n---\n# One\n\nText.\n")[0].context == "One"
    assert chunks("---\ntitle: Zero\n---\n# One\n\nText.\n")[0].context == "Zero > One"


def test_chunks_depend_on_the_document_alone() -> None:
    """The same text gives the same chunks, and a change leaves distant ones as they are."""
    parts = [f"## Section {n}\n\n{body(96)}\n\n" for n in range(6)]
    before, again = chunks("".join(parts)), chunks("".join(parts))
    after = chunks("".join([*parts[:2], "## New\n\nShort.\n\n", *parts[2:]]))
    assert before == again
    assert [chunk.embedded_text for chunk in before][-3:] == [
        chunk.embedded_text for chunk in after
    ][-3:]


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("# h\n\ntext here\n\n" * 10_000, 300),
        ("# h\n" * 10_000, 100),
        ("word " * 400_000, 2_000),
        ("x" * 2_000_000, 1_000),
        ("- a\n" * 10_000, 100),
        ("\n" * 500_000 + "a" + "\n" * 500_000, 1),
    ],
    ids=[
        "10,000 sections",
        "10,000 headings",
        "one line",
        "one word",
        "10,000 items",
        "blank lines",
    ],
)
def test_big_documents(text: str, least: int) -> None:
    """Extreme texts take time in proportion to their length."""
    read = document(text)
    begun = time.process_time()
    found = chunk_document(read, tokenizer=COUNTER, limits=LIMITS)
    assert time.process_time() - begun < 20
    assert len(found) >= least
    assert all(len(chunk.text.strip()) <= 2000 for chunk in found)
    assert "".join(chunk.text for chunk in found) == text
