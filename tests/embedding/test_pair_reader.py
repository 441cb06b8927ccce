"""The small model that reads a claim or a question together with a passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.embedding import model_files, pair_reader
from ragpg.embedding.bert_numpy import map_safetensors
from ragpg.embedding.pair_reader import PairReader
from ragpg.embedding.tokenizer import load_tokenizer
from ragpg.evaluation.thorough_reader import ThoroughReader
from ragpg.optional import OptionalPackage

if TYPE_CHECKING:
    from ragpg.protocols import Reader

HEADING = "Lighthouse > Watch"
TEXT = (
    "The keeper lights the lamp at dusk. Visitors may climb the tower on Sundays, unless the wind "
    "is over 50 km/h. The foghorn is tested once a month."
)
PASSAGES = [
    (HEADING, TEXT.split(". ")),
    ("Lighthouse > Boats", ["Two boats lie at the pier.", "They are painted every spring."]),
]


@pytest.fixture(scope="module")
def reader() -> PairReader:
    """The reader with the weights of the package."""
    return PairReader(model_files.find_default_model())


@pytest.mark.parametrize(
    ("follows", "does_not"),
    [
        ("The finance team decides about advances.", "Managers grant advances."),
        ("Your manager cannot give you an advance.", "Managers give you an advance."),
        ("People get paid every month.", "People get paid every week."),
    ],
)
def test_what_follows_is_told_from_what_does_not(
    reader: PairReader, follows: str, does_not: str
) -> None:
    """In other words, where the false claim has as many of the passage's."""
    text = (
        "Salaries are transferred on the last working day of each month. "
        "Advances are granted by the finance team, not by managers."
    )
    [true], [false] = (reader.read_claim(c, [("Payroll", text)]) for c in (follows, does_not))
    assert true is not None
    assert false is not None
    assert true > false


def test_what_answers_is_told_from_what_does_not(reader: PairReader) -> None:
    """Two questions about the same things, one of which the passages answer."""
    answered = reader.read_question("How often do they try the foghorn?", PASSAGES)
    unanswered = reader.read_question("Who built the foghorn?", PASSAGES)
    assert answered is not None
    assert unanswered is not None
    assert answered > unanswered


def test_reading_ends_where_the_first_passage_is_enough(reader: PairReader) -> None:
    """Otherwise the others count as well, and so they do where the confidence is told."""
    question = "How often are the boats painted?"
    [first, both] = (reader.read_question(question, p) for p in (PASSAGES[:1], PASSAGES))
    assert first is not None
    assert both is not None
    assert first < both

    def read(by: Reader, enough: float) -> float | None:
        return by.read_question(question, PASSAGES, is_enough=lambda odds: odds >= enough)

    assert read(reader, first - 0.1) == pytest.approx(first, rel=1e-5)
    assert read(reader, first + 0.1) == pytest.approx(both, rel=1e-5)
    assert read(ThoroughReader(reader), first - 0.1) == pytest.approx(both, rel=1e-5)


def test_judgements_do_not_depend_on_what_else_is_read(reader: PairReader) -> None:
    """Neither on the other texts of a call nor on the calls before."""
    texts = [(HEADING, TEXT), ("", "The lamp is old."), (HEADING, TEXT * 9)]
    together = reader.read_claim("The lamp is lit at dusk.", texts)
    alone = PairReader(reader.directory)
    for text, expected in reversed(list(zip(texts, together, strict=True))):
        [read] = alone.read_claim("The lamp is lit at dusk.", [text])
        assert read == pytest.approx(expected, rel=1e-5)
    assert reader.read_claim("The lamp is lit at dusk.", texts) == together


def test_only_english_is_read(reader: PairReader) -> None:
    """The model has learned from English alone."""
    text = "Der Wärter zündet in der Dämmerung die Lampe an, und zwar das ganze Jahr über."
    assert reader.read_claim("Die Lampe brennt nachts.", [("Leuchtturm", text)]) == [None]
    assert reader.read_question("Wann wird die Lampe angezündet?", [("Leuchtturm", [text])]) is None
    assert reader.read_question("When?", [("", []), ("", ["灯塔守护人在黄昏时点灯。"])]) is None


def test_a_passage_that_is_too_long_is_read_to_the_window(reader: PairReader) -> None:
    """What is beyond it counts for nothing, even where a segment begins there."""
    segments = ["The lamp of the tower is cleaned with a cloth."] * 60
    read = reader.read_question("How is the lamp cleaned?", [(HEADING, segments)])
    longer = reader.read_question("How is the lamp cleaned?", [(HEADING, segments * 2)])
    assert read == longer


@pytest.mark.parametrize("is_installed", [True, False])
def test_long_texts_are_read_by_the_tokenizer_that_cuts_queries(
    monkeypatch: pytest.MonkeyPatch, *, is_installed: bool
) -> None:
    """It is loaded already; what it cuts off a text is there all the same."""
    monkeypatch.setattr(OptionalPackage, "is_installed", property(lambda _: is_installed))
    reader = PairReader(model_files.find_default_model())
    for length in (1, 255, 256, 257, 600):
        assert len(reader._tokenize("lamp " * length)) == length
    window = model_files.read_window(reader.directory)
    assert reader._tokenizer is load_tokenizer(reader.directory, max_tokens=window)


def test_numpy_reads_as_pytorch_does(reader: PairReader) -> None:
    """The same log-odds from transformers, with the types of both texts."""
    tensors = pair_reader.dequantize(map_safetensors(pair_reader.WEIGHTS))
    import torch  # seconds, which only the worker that runs this has to spend
    from transformers import AutoModel

    bert = AutoModel.from_pretrained(reader.directory, add_pooling_layer=False)
    layers = {k: torch.tensor(v) for k, v in tensors.items() if k.startswith("encoder.")}
    assert bert.load_state_dict(layers, strict=False).unexpected_keys == []
    bert.eval()
    tokenizer = reader._tokenizer
    claim = "The lamp is lit at dusk."
    first = [101, *tokenizer.encode(claim, add_special_tokens=False).ids, 102]
    second = tokenizer.encode(f"{HEADING}: {TEXT}", add_special_tokens=False).ids
    ids = torch.tensor([[*first, *second, 102]])
    types = torch.tensor([[0] * len(first) + [1] * (len(second) + 1)])
    with torch.no_grad():
        states = bert(ids, token_type_ids=types).last_hidden_state[0]
    means = torch.cat([states[: len(first)].mean(0), states[len(first) :].mean(0)]).numpy()
    expected = tensors["claim.weight"][0] @ means + tensors["claim.bias"][0]
    [read] = reader.read_claim(claim, [(HEADING, TEXT)])
    assert read == pytest.approx(expected, abs=1e-3)


def test_the_weights_are_small() -> None:
    """They are part of the package that everybody installs."""
    assert pair_reader.WEIGHTS.stat().st_size < 12_000_000
