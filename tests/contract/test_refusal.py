"""What a question is about must be mentioned somewhere, or it is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import new_project

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = """# Bakery guide

## Ovens

The Vesta oven has two programs: `gentle`, the default, and `crisp`. Set `program: crisp` for rolls.
Fault F32 means that the door is open. The setting `steam_seconds` is 15 by default.

## Deliveries

Send the order with `bake ship` to the depot in Lund or to that in Aarhus. Delivery level 1 takes
three days, delivery level 2 takes one day.

## Releases

Release 4.1.7 dropped the paper slips. Release 4.1.70 brought them back.
"""


UNKNOWN = {
    "How do I set the crisp program of the Etna oven?": "Etna",
    "What does fault F34 mean?": "F34",
    "What is the default of steam_secs?": "steam_secs",
    "What is the default of `steamSecond`?": "steamSecond",
    "How do I send the order to the depot in Bergen?": "Bergen",
    "How many days does delivery level 3 take?": "level 3",
    "What does release 4.1.71 bring back?": "4.1.71",
    "What does bake --force-ship do?": "--force-ship",
}
KNOWN = {
    "How do I set the crisp program of the Vesta oven?": "program: crisp",
    "What does fault f32 mean?": "the door is open",
    "What is the default of steamSeconds?": "15 by default",
    "How do I send the order to the depot in Lund?": "bake ship",
    "How many days does delivery level 2 take?": "one day",
    "What does release v4.1.7 drop?": "dropped the paper slips",
    "What does release 4.1.70 change?": "brought them back",
    "wat dos F32 meen": "the door is open",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> dict[str, Any]:
    """What is said to all questions, by question."""
    project = new_project(tmp_path_factory.mktemp("bakery"), data_dir=shared_data_dir)
    project.write("guide.md", GUIDE)
    project.ok("ingest", "guide.md")
    questions = "".join(f"{question}\n" for question in (*UNKNOWN, *KNOWN))
    result = project.run("ask", "--batch", "-", "--json", stdin=questions.encode())
    assert result.code == 3
    return {answer["question"]: answer for answer in map(json.loads, result.out.splitlines())}


@pytest.mark.parametrize(("question", "name"), UNKNOWN.items())
def test_a_name_that_stands_nowhere(answers: dict[str, Any], question: str, name: str) -> None:
    """Its neighbour is no answer, though all other words fit; the refusal names it."""
    answer = answers[question]
    assert (answer["answered"], answer["answer"]) == (False, None)
    assert answer["refusal"]["missing"][0] == name
    assert answer["refusal"]["reason"].startswith(f"no passage mentions `{name}`")


def test_the_nearest_code(answers: dict[str, Any]) -> None:
    """A code that is spelled much like the missing one may be what is meant."""
    reason = answers["What is the default of steam_secs?"]["refusal"]["reason"]
    assert reason == "no passage mentions `steam_secs`; nearest: `steam_seconds`"


@pytest.mark.parametrize(("question", "said"), KNOWN.items())
def test_a_name_that_stands_there(answers: dict[str, Any], question: str, said: str) -> None:
    """In another case, with other separators or with a "v", it is the same name."""
    answer = answers[question]
    assert answer["answered"]
    assert said in answer["answer"]
    assert answer["refusal"] is None
