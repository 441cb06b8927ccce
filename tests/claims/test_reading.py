"""What a small model reads, beside what is compared word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ragpg.claims import check_text
from ragpg.embedding import model_files
from ragpg.embedding.pair_reader import PairReader
from ragpg.types import Verdict
from tests.support.claims import make_hit

if TYPE_CHECKING:
    from collections.abc import Sequence

PAYROLL = make_hit(
    "Salaries are transferred on day 28 of each month. "
    "Advances are granted by the finance team, not by managers.",
    title="Payroll",
)


def test_a_claim_in_other_words_is_read() -> None:
    """The words alone cover too little of it."""
    reader = PairReader(model_files.find_default_model())
    claim = "The finance team decides about advances [1]."
    (alone,) = check_text(claim, [PAYROLL])
    (read,) = check_text(claim, [PAYROLL], read=reader.read_claim)
    assert (alone.verdict, read.verdict) == (Verdict.UNSUPPORTED, Verdict.SUPPORTED)
    (false,) = check_text("Managers grant advances [1].", [PAYROLL], read=reader.read_claim)
    assert false.verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    "claim",
    ["Salaries are transferred on day 25 of each month", "Salaries are not transferred on day 28"],
)
def test_no_reader_overrules_a_figure_or_a_negation(claim: str) -> None:
    """However sure it is."""
    (checked,) = check_text(f"{claim} [1].", [PAYROLL], read=lambda _, texts: [9.0] * len(texts))
    assert checked.verdict is Verdict.UNSUPPORTED


def test_what_a_reader_doubts_is_not_supported() -> None:
    """Though all words of the claim are there; the reason says who doubts."""
    claim = "The finance team: advances are granted [1]."
    (checked,) = check_text(claim, [PAYROLL], read=lambda _, texts: [-9.0] * len(texts))
    assert checked.verdict is Verdict.UNSUPPORTED
    assert checked.why == "[1] does not say so, as a small model reads it"
    (unread,) = check_text(claim, [PAYROLL], read=lambda _, texts: [None] * len(texts))
    assert unread.verdict is Verdict.SUPPORTED


def test_spans_are_read_below_their_headings_between_their_neighbours() -> None:
    """A question with its answer is not: what "no" denies is found word by word."""
    seen: list[tuple[str, str]] = []

    def read(_: str, texts: Sequence[tuple[str, str]]) -> list[float | None]:
        seen.extend(texts)
        return [None] * len(texts)

    text = "Is the pool heated? No. It is cold. Towels are there. Bring soap."
    check_text("Towels are there [1].", [make_hit(text, title="Pool")], read=read)
    assert ("Pool", "It is cold. Towels are there. Bring soap.") in seen
    assert not any("heated" in text for _, text in seen)


def test_no_reader_doubts_what_is_there_word_for_word() -> None:
    """Unless the document makes a condition, or has a marker between the words."""
    text = "The mast needs a 75 ohm resistor. If it rains, the gate stays shut. Ann only sings."
    hits = [make_hit(text)]

    def judge(claim: str) -> Verdict:
        return check_text(f"{claim} [1].", hits, read=lambda _, ts: [-2.0] * len(ts))[0].verdict

    assert judge("The mast needs a 75 Ω resistor") is Verdict.SUPPORTED
    assert judge("The gate always stays shut") is Verdict.UNSUPPORTED
    assert judge("The gate stays shut") is Verdict.UNSUPPORTED


def test_a_sure_reader_settles_which_word_is_the_subject() -> None:
    """All of the claim is there; only the sentence begins with other words."""
    hits = [make_hit("Note that it copies the tape and then erases it.", title="Recorder")]
    claim = "The recorder copies the tape and then erases it [1]."
    (checked,) = check_text(claim, hits, read=lambda _, texts: [5.0] * len(texts))
    assert checked.verdict is Verdict.SUPPORTED


def test_the_neighbours_of_a_sentence_have_the_names_that_it_lacks() -> None:
    """They are read with it; names that none of them has stay missing."""
    hits = [make_hit("Tools such as `wc` see lists of names. It is the shell that expands them.")]

    def judge(claim: str) -> Verdict:
        return check_text(f"{claim} [1].", hits, read=lambda _, ts: [4.0] * len(ts))[0].verdict

    assert judge("The shell expands lists, so ZIP need not do it") is Verdict.UNSUPPORTED
    assert judge("It is the shell that expands lists for `wc_names`") is Verdict.UNSUPPORTED
    assert judge("It is the shell that expands lists of names for Tools") is Verdict.SUPPORTED
