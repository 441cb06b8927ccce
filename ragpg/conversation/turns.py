"""A turn of a conversation as words, and whether it stands alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ragpg.lexicon import follow_ups, question_words, stop_words
from ragpg.text.scripts import count_words, drop_unspaced
from ragpg.text.terms import drop_stop_words

COMPLETE = 3
"""Content words from which a question without a sign of dependence stands alone."""
RESOLVED = 3
"""Content words before a pronoun from which it may stand for one of them."""
COMPLETE_UNSPACED = 4
"""Words of two characters each from which a question in Chinese or Japanese stands alone."""

_WORD = re.compile(r"[^\s?!,;:()\"“”„]+")
_IGNORED = (
    stop_words.LATE_INTERACTION
    | stop_words.CLAIMS
    | question_words.GENERIC
    | question_words.GERMAN
    | follow_ups.FILLERS
    | follow_ups.PRONOUNS
    | follow_ups.GERMAN_DEMONSTRATIVES
    | follow_ups.ADVERBS
    | follow_ups.CONDITIONS
    | {"that"}
    | follow_ups.ARTICLES
    | follow_ups.PREPOSITIONS
    | follow_ups.SUBJECTS
    | follow_ups.VERBS
    | follow_ups.QUESTION_WORDS
)


@dataclass(frozen=True)
class Turn:
    """What was typed, without what only greets or confirms."""

    text: str

    @classmethod
    def parse(cls, typed: str) -> Turn:
        """Strip fillers, such as "ok.", and blanks."""
        text = " ".join(typed.split())
        while match := re.match(r"(\w+)[\s.,;:!]+(?=\w)", text):
            if match[1].casefold() not in follow_ups.FILLERS:
                break
            text = text[match.end() :]
        return cls(text)

    @cached_property
    def opener(self) -> str:
        """The words at the beginning that go on with what was said before; "" if there are none."""
        folded = self.text.casefold()
        for opener in follow_ups.UNSPACED_OPENERS:
            if folded.startswith(opener):
                return opener
        for opener in follow_ups.OPENERS:
            if re.match(rf"{opener}\b", folded):
                return self.text[: len(opener)]
        return ""

    @cached_property
    def rest(self) -> Turn:
        """The turn without its openers."""
        text, turn = self.text, self
        while turn.opener:
            text = text[len(turn.opener) :].lstrip(" ,")
            turn = Turn(text)
        return turn

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words, without punctuation."""
        return tuple(word.rstrip(".…") for word in _WORD.findall(self.text) if word.strip(".…-"))

    @cached_property
    def content(self) -> tuple[str, ...]:
        """The words that say what it is about."""
        return tuple(word for word in self.words if is_content(word))

    @property
    def is_unspaced(self) -> bool:
        """Whether it is written without blanks, as Chinese is."""
        return is_unspaced_word(self.text)

    @cached_property
    def is_fragment(self) -> bool:
        """Whether it is no main clause: it only changes or adds something."""
        folded = [word.casefold() for word in self.words]
        if self.is_unspaced:
            return False
        if folded[:1] and folded[0] in follow_ups.CONDITIONS:
            return True
        clause = follow_ups.VERBS | follow_ups.QUESTION_WORDS | follow_ups.SUBJECTS
        return clause.isdisjoint(folded)

    @property
    def stands_alone(self) -> bool:
        """Whether it can be understood without what was said before."""
        if self.opener:
            return False
        if self.is_unspaced:
            return self._stands_alone_unspaced()
        if len(self.content) < COMPLETE - 1 or self._has_open_pronoun():
            return False
        is_definite = any(w.casefold() in follow_ups.DEFINITE_ARTICLES for w in self.words)
        return len(self.content) >= COMPLETE or not (self.is_fragment or is_definite)

    def _stands_alone_unspaced(self) -> bool:
        text = self.text.rstrip(" ?\uff1f\u3002")
        refers = any(pronoun in text for pronoun in follow_ups.UNSPACED_PRONOUNS)
        if refers or text.endswith(follow_ups.UNSPACED_ENDINGS):
            return False
        return count_words(drop_stop_words(text)) >= COMPLETE_UNSPACED

    def _has_open_pronoun(self) -> bool:
        """Return whether it has a pronoun that stands for nothing in the turn itself."""
        folded = self.text.casefold()
        for expletive in follow_ups.EXPLETIVES:
            folded = folded.replace(expletive, " ")
        words = [word.rstrip(".…") for word in _WORD.findall(folded)]
        nouns, before = 0, ""
        for word, after in pairwise((*words, "")):
            if nouns >= RESOLVED:
                return False
            # After a noun "that" begins a relative clause, and before a subject another one.
            is_conjunction = after != "" and (is_content(before) or _begins_clause(after))
            if (
                word in follow_ups.PRONOUNS
                or (word == "that" and not is_conjunction)
                or (word in follow_ups.GERMAN_DEMONSTRATIVES and not is_content(after))
            ):
                return True
            nouns, before = nouns + is_content(word), word
        return False


def _begins_clause(word: str) -> bool:
    return word in follow_ups.ARTICLES | follow_ups.SUBJECTS | {"it", "they", "there"}


def is_content(word: str) -> bool:
    """Return whether a word says what a question is about."""
    folded = re.sub("['\u2019]\\w+$", "", word.casefold()).strip("'\u2019`*.")
    return bool(folded) and folded not in _IGNORED


def is_unspaced_word(text: str) -> bool:
    """Return whether a text has characters of a script without blanks."""
    return drop_unspaced(text) != text
