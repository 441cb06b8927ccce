"""What a terminal shows while an answer grows."""

from __future__ import annotations

import io
import time
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import pytest

from ragpg.cli.answers import show_wait, stream
from ragpg.display.terminal import Terminal
from ragpg.types import Answer, Asked, Claim, Sentence, Timings, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A terminal without colours, 20 columns wide."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    return Screen()


def sentence(text: str, verdict: Verdict | None = Verdict.SUPPORTED) -> Sentence:
    """A sentence that claims what it says, or nothing."""
    claims = (Claim(text.strip(), (1,), verdict, 1.0),) if verdict else ()
    return Sentence(text, claims)


def answer(text: str | None) -> Answer:
    """An answer as a whole."""
    nothing = Timings(0.0, 0.0, 0.0)
    return Answer("?", text, "model", (), (), (), None, nothing)


def print_events(screen: Screen, *events: Sentence | Answer) -> list[str]:
    """What the terminal shows after each event, and at the end."""
    seen = []
    with redirect_stdout(screen):
        for event in stream(iter(events), Terminal()):
            assert event in events
            seen.append(screen.getvalue())
    return [*seen, screen.getvalue()]


def test_sentences_are_shown_as_they_come(screen: Screen) -> None:
    """Each is there before the next one is asked for."""
    events = sentence("One. "), sentence("Two."), answer("One. Two.")
    assert print_events(screen, *events) == ["One.", "One. Two.", "One. Two.", "One. Two.\n"]


def test_lines_break_between_words(screen: Screen) -> None:
    """Wherever a sentence begins, no word is torn apart at the end of a line."""
    events = [sentence("It rains a lot. "), sentence("It always pours.\n"), sentence("- Often.")]
    assert print_events(screen, *events)[-1] == "It rains a lot. It\nalways pours.\n\n • Often.\n"
    assert print_events(screen, sentence("Nevertheless. "), sentence("Incomprehensibilities."))[
        -1
    ].endswith("Nevertheless.\nIncomprehensibilitie\ns.\n")


def test_marks_are_shown_with_their_claims(screen: Screen) -> None:
    """A claim that nothing backs is marked at once."""
    events = sentence("Pigs fly.", Verdict.UNCITED), sentence(" Dogs bark.")
    assert print_events(screen, *events)[:2] == [
        "Pigs fly.\x1b[1m [uncited]\x1b[0m",
        "Pigs fly.\x1b[1m [uncited]\x1b[0m\nDogs bark.",
    ]


def test_a_refusal_is_not_shown_twice(screen: Screen) -> None:
    """What claims nothing is held back until something is claimed, or the answer is one."""
    refusal = sentence("They don't say.", None)
    assert print_events(screen, refusal, answer(None)) == ["", "", ""]
    greeting = sentence("Well: ", None)
    assert print_events(screen, greeting, sentence("One."))[:2] == ["", "Well: One."]


def test_claims_are_not_needed_for_an_answer(screen: Screen) -> None:
    """What never claims anything is shown once it is known to be the answer."""
    assert print_events(screen, sentence("Hello!", None), answer("Hello!")) == [
        "",
        "Hello!",
        "Hello!\n",
    ]


def test_a_terminal_shows_what_is_waited_for(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Model and host, and for how long, until the first words; markup in a name is none."""
    events: list[Sentence | Answer] = []

    def slow(host: str | None, seconds: float) -> Iterator[Asked | Sentence | Answer]:
        yield Asked("openai/[red]x", host)
        time.sleep(seconds)
        yield sentence("One.")

    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "80")
    for terminal in (Terminal(), Terminal(quiet=True)):
        events.extend(show_wait(slow("models.example:81", 1.5 - terminal.quiet), terminal))
        shown = screen.getvalue()
        is_shown = "waiting 1 s for openai/[red]x at models.example:81" in shown
        assert is_shown is not terminal.quiet
        screen.truncate(0)
    events.extend(show_wait(slow(None, 0), Terminal()))
    assert screen.getvalue() == ""  # what comes at once was not waited for
    assert events == [sentence("One.")] * 3


def test_what_breaks_off_ends_its_line(screen: Screen) -> None:
    """After a failure the next line begins at the left."""

    def broken() -> Iterator[Sentence | Answer]:
        yield sentence("One. ")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), redirect_stdout(screen):
        list(stream(broken(), Terminal()))
    assert screen.getvalue() == "One.\n"
