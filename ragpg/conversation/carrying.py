"""Turns a follow-up into a question that stands alone, by carrying words over. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ragpg.conversation.turns import Turn, is_content
from ragpg.lexicon import follow_ups

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CARRIED = 40
"""Words of one turn that are carried over; chosen by hand."""


def carry_over(typed: str, earlier: Sequence[str]) -> str:
    """Return a turn as a question that stands alone; `earlier` are the turns before it, in order.

    What stands alone is left as it is. Otherwise what it goes on with is the last turn that stood
    alone, and the turn just before it. A turn that is no clause changes the question before it; any
    other is a question of its own, and what it is about follows in parentheses.
    """
    turn = Turn.parse(typed)
    chain = find_chain([Turn.parse(text) for text in earlier])
    if not chain or turn.stands_alone:
        return typed
    context = describe_context(chain)
    if turn.is_unspaced or chain[0].is_unspaced:
        return "\uff1f".join((*context, turn.text))
    if turn.rest.is_fragment:
        *context, question = context
        text = change_question(question, turn)
    else:
        text = f"{strip_end(turn.text)}?"
    return f"{text} ({'; '.join(context)})" if context else text


def find_chain(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns since the last one that stood alone, itself included."""
    for place in range(len(turns) - 1, -1, -1):
        if turns[place].stands_alone or not place:
            return list(turns[place:])
    return []


def describe_context(chain: Sequence[Turn]) -> list[str]:
    """Return the topic of a chain of turns, and what the last turn adds to it, if anything."""
    topic, *others = chain
    question = strip_end(shorten(topic.text))
    if not others or not others[-1].content:
        return [question]
    last = others[-1]
    if last.rest.is_fragment:
        return [strip_end(change_question(question, last))]
    return [question, strip_end(shorten(last.rest.text))]


def change_question(question: str, turn: Turn) -> str:
    """Return a question with what a turn changes in it, or adds to it."""
    changed = replace_phrase(question, turn.rest)
    return changed or f"{question}, {strip_end(shorten(turn.text))}?"


def strip_end(text: str) -> str:
    """Return a text without the mark at its end."""
    return text.rstrip(" ?.\uff1f\u3002")


def shorten(text: str) -> str:
    """Keep the first words of a long turn."""
    return " ".join(text.split(" ")[:MAX_CARRIED])


def replace_phrase(question: str, fragment: Turn) -> str | None:
    """Replace the phrase of a question that a fragment is parallel to: "for engineers".

    Both begin with the same preposition; None where there is no such phrase. "One" in a fragment
    stands for the last word of the phrase.
    """
    preposition = fragment.words[0].casefold() if fragment.words else ""
    if preposition not in follow_ups.PREPOSITIONS:
        return None
    words = question.split(" ")
    places = [place for place, word in enumerate(words) if word.casefold() == preposition]
    if not places or places[-1] + 1 == len(words):
        return None
    start = places[-1]
    end = find_end(words, start)
    noun = words[end - 1].strip(",.;:")
    phrase = [noun if word.casefold() in {"one", "ones"} else word for word in fragment.words]
    return " ".join((*words[:start], *phrase, *words[end:])) + "?"


def find_end(words: Sequence[str], start: int) -> int:
    """Return where the phrase ends that begins with the preposition at `start`."""
    stops = (
        follow_ups.PREPOSITIONS
        | follow_ups.VERBS
        | follow_ups.QUESTION_WORDS
        | follow_ups.SUBJECTS
        | {"if", "and", "or", "wenn", "und", "oder"}
    )
    end = start + 1
    while end < len(words) and words[end].casefold() not in stops:
        end += 1
        if re.search(r"[,;:.]$", words[end - 1]):
            break
    while end < len(words) and end > start + 2 and not is_content(words[end - 1]):
        end -= 1
    return end
