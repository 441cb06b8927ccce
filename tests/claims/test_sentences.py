"""Texts as sentences, also while they arrive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragpg.claims import find_open_table_header, split_finished
from ragpg.claims.sentences import split_sentences

PARTS = [
    "You may encash 5 days [1]. ",
    "Ask Mr. Smith at approx. 3.5 hours. [1] [2] ",
    "It is so.[3] ",
    "Yes. It is so [1]. ",
    "Why not? ",
    "\n\n- An item [1]\n- Another. With two. [2]\n\n",
    "\n\n| A | B |\n| --- | --- |\n| 1 [1] | 2 |\n\n",
    "\n\n## A heading\n\n",
    "\n\n```\ncode. More code.\n```\n\n",
]


@given(st.text(alphabet=st.sampled_from("aB1 .!\n-|[]*#>`\r\té。"), max_size=80))
def test_sentences_partition_any_text(text: str) -> None:
    """Sentences follow each other without a gap, and so do finished ones and the rest."""
    sentences = split_sentences(text)
    assert "".join(text[start:end] for _, start, end in sentences) == text
    finished, rest = split_finished(text)
    assert "".join([*finished, rest]) == text


@given(st.lists(st.sampled_from(PARTS), max_size=6), st.data())
def test_a_sentence_is_finished_once(parts: list[str], data: st.DataObject) -> None:
    """However the text arrives, its sentences are those of the whole text."""
    text = "".join(parts)
    received: list[str] = []
    rest, position = "", 0
    while position < len(text):
        step = data.draw(st.integers(1, 8))
        finished, rest = split_finished(rest + text[position : position + step])
        received += finished
        position += step
    whole = [text[start:end] for _, start, end in split_sentences(text)]
    assert [part.strip() for part in [*received, rest] if part.strip()] == [
        part.strip() for part in whole if part.strip()
    ]


def test_a_sentence_waits_for_its_marker() -> None:
    """A marker after the full stop belongs to its sentence."""
    assert split_finished("It is so. ") == ([], "It is so. ")
    assert split_finished("It is so. [1") == ([], "It is so. [1")
    assert split_finished("It is so. [1, ") == ([], "It is so. [1, ")
    assert split_finished("It is so. [1] Ne") == ([], "It is so. [1] Ne")
    assert split_finished("It is so. [1] Next ") == (["It is so. [1] "], "Next ")


def test_text_after_a_table_is_no_row() -> None:
    """A table is no longer open after a blank line."""
    table = "| a | b |\n| --- | --- |\n| c | 5 |\n"
    assert find_open_table_header(table) == "| a | b |\n| --- | --- |\n"
    assert find_open_table_header(f"{table}\n") == ""
