"""The tokenizer in Python: the same tokens as from the package tokenizers."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from ragpg.embedding.model_files import find_default_model
from ragpg.embedding.tokenizer import ModelTokenizer, load_tokenizer
from ragpg.embedding.wordpiece import WordPieceTokenizer
from ragpg.errors import ConfigurationError
from tests.support import pages
from tests.support.markdown import MARKDOWN

if TYPE_CHECKING:
    from pathlib import Path

DIRECTORY = find_default_model()
THEIRS = Tokenizer.from_file(str(DIRECTORY / "tokenizer.json"))
THEIRS.no_padding()
THEIRS.no_truncation()
RECLASSIFIED = "\u166d\u1734\u1885\u1886"
"""What Unicode has put into another category since the tables of tokenizers."""
TEXTS = st.text(" aA.é\u0301ﬀ字Σ\u1100한İ\x1c\t\u00a0#'") | st.sampled_from(
    ["[SEP]", "[MASK]x", "[CLS", "electroencephalographically", "naïve"]
)


def is_older(character: str) -> bool:
    """Return whether Unicode has had a character, as it is, since long before those tables."""
    category = unicodedata.ucd_3_2_0.category(character)
    return category not in ("Cn", "Co", "Cs") and character not in RECLASSIFIED


def read_own(directory: Path = DIRECTORY) -> WordPieceTokenizer:
    """Return the tokenizer of a directory; it must be one of wordpieces."""
    tokenizer = WordPieceTokenizer.from_file(directory / "tokenizer.json")
    assert tokenizer is not None
    return tokenizer


OURS = read_own()


def assert_same(text: str) -> None:
    """Tokens, spans and words are the same."""
    ours, theirs = OURS.encode(text), THEIRS.encode(text)
    assert ours.ids == theirs.ids
    assert ours.offsets == theirs.offsets
    assert ours.word_ids == theirs.word_ids


@given(MARKDOWN | st.lists(TEXTS, max_size=9).map("".join))
@settings(max_examples=300)
def test_texts_have_the_same_tokens(text: str) -> None:
    """Accents, ideographs, marks, special tokens within a text: all as in tokenizers."""
    assert_same("".join(filter(is_older, text)))


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_documents_have_the_same_tokens(page: Path) -> None:
    """So it is in real documents, and in words that are longer than the model reads."""
    assert_same(pages.read(page) + " " + "x" * 100 + " " + "x" * 101)


def test_every_older_character_is_read_alike() -> None:
    """Whatever character stands in a word, but for those that tokenizers does not know."""
    older = [f"a{letter}b" for letter in map(chr, range(sys.maxunicode)) if is_older(letter)]
    for text, theirs in zip(older, THEIRS.encode_batch_fast(older), strict=True):
        assert OURS.encode(text).ids == theirs.ids


def test_encodings_are_truncated_alike() -> None:
    """The limit counts special tokens, where there are any."""
    ours, theirs = read_own(), load_tokenizer(DIRECTORY, max_tokens=5)
    ours.enable_truncation(5)
    for special in (True, False):
        [mine] = ours.encode_batch(["a b c d e f"], add_special_tokens=special)
        [their] = theirs.encode_batch(["a b c d e f"], add_special_tokens=special)
        assert mine.ids == their.ids
        assert len(mine) == 5
        whole = OURS.encode("a b c d e f", add_special_tokens=False).ids
        rests = [[t for rest in each.overflowing for t in rest.ids] for each in (mine, their)]
        if not special:
            assert [*mine.ids, *rests[0]] == [*their.ids, *rests[1]] == whole
    assert ours.encode("a b c").overflowing == ()


def test_case_and_accents_may_be_kept(tmp_path: Path) -> None:
    """A model of cased text reads capitals and accents as they are."""
    content = json.loads((DIRECTORY / "tokenizer.json").read_text("utf-8"))
    content["normalizer"]["lowercase"] = False
    content["model"]["vocab"] |= {"É": 30_522, "Z": 30_523}
    (tmp_path / "tokenizer.json").write_text(json.dumps(content))
    text = "É Z z e\u0301"
    assert read_own(tmp_path).encode(text).ids == load_tokenizer(tmp_path).encode(text).ids


def test_counts_need_no_tokenizers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package, tokens are counted by our own."""
    counted = ModelTokenizer(DIRECTORY)
    texts = ["Annual leave is 20 days.", "", "naïve 字"]
    expected = counted.window, counted.counts(texts)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    own = ModelTokenizer(DIRECTORY)
    assert isinstance(own._tokenizer, WordPieceTokenizer)
    assert (own.window, own.counts(texts)) == expected


def test_another_kind_of_tokenizer_needs_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not made of wordpieces is refused by naming the missing package."""
    (tmp_path / "tokenizer.json").write_text('{"normalizer": null, "model": {"type": "BPE"}}')
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ConfigurationError) as error:
        load_tokenizer(tmp_path)
    assert error.value.message == (
        f"the tokenizer of the embedding model in '{tmp_path}' needs tokenizers, "
        "which is not installed"
    )
