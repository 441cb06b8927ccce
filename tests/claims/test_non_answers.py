"""Answers that say only that there is none."""

from __future__ import annotations

import pytest

from ragpg.claims import is_non_answer


@pytest.mark.parametrize(
    "text",
    [
        "The documents do not say.",
        "The documents do not say anything about that.",
        "The provided passages don't mention pensions.",
        "The documents don\u2019t say.",
        "I could not find any information about this in the documents.",
        "There is no information about pensions in the given context.",
        "The answer is not stated in the provided passages.",
        "None of the passages mention it.",
        "I don't know.",
        "I'm sorry, but the documents do not contain an answer to this question.",
        "Sorry. The documents do not say.",
        "The context is silent on this.",
        "The question cannot be answered from the given passages.",
        "Based on the provided documents, it's not possible to answer the question.",
        "The sources contain no information on this topic.",
        "Nothing in the documents says how much it costs.",
        "The documentation doesn't specify the 2025 budget.",
        "No information about pensions is provided.",
        "The passages do not cover this. They are about leave.",
        "The documents do not say [1].",
        "Passage [1] says nothing about pets.",
        "The documents do not say.\n\n(Note: passage [1] is about sick leave.)",
        "Based on the passages, I cannot determine that [1].",
        "The answer is not in the provided context.",
        "Contractors are not mentioned in the policy [1].",
        "It is not specified.",
        "Unknown.",
        "N/A",
    ],
)
def test_a_non_answer_is_recognised_in_any_words(text: str) -> None:
    """A model need not use the sentence that the prompt asks for."""
    assert is_non_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Unused leave is not carried over.",
        "No information about customers may be shared.",
        "Files are not stored in the pages directory.",
        "The policy does not cover dental care.",
        "You cannot answer for another person's actions at home.",
        "The documents do not mention that. They say this [1].",
        "The documents do not say.\n\n(Leave is 20 days [1].)",
        "Na.",
        "Leave is 20 days. The documents do not mention more.",
        "There are no data centres in Oslo.",
        "Nothing changes.",
    ],
)
def test_a_negative_answer_is_no_non_answer(text: str) -> None:
    """A text that denies something of the world, cites, or answers first is an answer."""
    assert not is_non_answer(text)
