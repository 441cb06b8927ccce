"""What an answer holds, by what the documents look like where it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import new_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import Project

PAGES = {
    "passes.md": """# Passes

## Swimming pass

- Valid in the lido and in the indoor pool.
- Children swim with it for 3 euros, up to ten times.

## Skating pass

- Valid on the ice rink from November on.
- Children skate with it for 5 euros, up to twelve times.
""",
    "mill.md": """# The mill

## Finding the flour

The miller looks for flour in three places:

1. The bin below the chute.
2. The sacks at the wall.
3. The neighbour's cellar.

Flour is taken from the first place in the order above that has some.

## Grinding by night

To grind by night, add these lines to `mill.conf`:

```
lamps = on
brake = soft
```

## Leaving brass weights behind

The mill has always come with brass weights. They were made for scales without a spring.

Since last spring, we no longer add those, since hardly anybody weighs by hand now.

## How long flour keeps

By default, flour keeps in the silo for 80 days.

It can be changed with the `keepDays` option:

```
keepDays: 12
```
""",
    "settings.md": """# Settings of the loom

`tension`
: (`int`) How tight the warp threads are pulled, in newtons. Threads of wool tear easily. You may
need less of it for fine cloth. Default is `45`.

`selvage`
: (`bool`) Whether the edges are woven twice. Note that silk edges are never woven twice.
""",
    "visits.md": """# Visits

## Are cameras allowed in the tower?

No. Pictures are sold at the desk.

<div class="hint"><p>The tower closes when the wind is over 60 km/h.</p></div>

![The tower in spring](https://pictures.example.org/archive/tower/spring-0012.jpg)

Guided visits of the tower cost 7 euros.

## Old entries

<!-- Guided visits of the bell cost 2 euros. -->
Guided visits of the bell cost 9 euros.
""",
    "dye.md": """# 染坊

## 设备

染缸的水温保持在65度。学徒不得打开蓝色的门。
""",
}
ANSWERS = {
    "For how much do children skate with the skating pass?": "5 euros",
    "In which order is flour looked for?": "2. The sacks at the wall.",
    "How do I grind by night?": "lamps = on\nbrake = soft",
    "Are brass weights still added to the mill?": "we no longer add those",
    "How long does flour keep by default?": "80 days",
    "What is the default tension of the warp threads?": "Default is `45`",
    "Are silk edges woven twice?": "silk edges are never woven twice",
    "Are cameras allowed in the tower?": "No. Pictures",
    "At which wind does the tower close?": "closes when the wind is over 60 km/h",
    "What do guided visits of the tower cost?": "7 euros",
    "What do guided visits of the bell cost?": "9 euros",
    "染缸的水温是多少？": "65度",  # noqa: RUF001
}


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory, shared_data_dir: Path) -> Project:
    """A project with all pages."""
    project = new_project(tmp_path_factory.mktemp("village"), data_dir=shared_data_dir)
    for name, text in PAGES.items():
        project.write(name, text)
    project.ok("ingest", ".")
    return project


@pytest.fixture(scope="module")
def answers(village: Project) -> dict[str, Any]:
    """What is said to all questions, by question."""
    questions = "".join(f"{question}\n" for question in ANSWERS)
    result = village.run("ask", "--batch", "-", "--json", stdin=questions.encode())
    return {answer["question"]: answer for answer in map(json.loads, result.out.splitlines())}


@pytest.mark.parametrize(("question", "said"), ANSWERS.items())
def test_the_answer_has_what_is_asked_for(
    answers: dict[str, Any], question: str, said: str
) -> None:
    """Sections, lists, code, definitions, HTML and other scripts: what answers is quoted."""
    assert answers[question]["answer"] is not None
    assert said in answers[question]["answer"]


def test_what_no_reader_sees_is_not_said(answers: dict[str, Any]) -> None:
    """Neither comments nor tags nor the addresses of pictures; what is cited stays verbatim."""
    text = "".join(answer["answer"] for answer in answers.values())
    assert not any(hidden in text for hidden in ("2 euros", "<p>", "pictures.example.org", "<!--"))
    for answer in answers.values():
        for citation in answer["citations"]:
            assert citation["quote"] in PAGES[citation["source"]]


def test_what_is_merely_asked_is_not_stated(village: Project) -> None:
    """A heading asks it, and the text below says no, whatever the next sentence is about."""
    text = "Cameras are allowed in the tower.\n\nCameras are not allowed in the tower.\n"
    claims = village.run("verify", "-", "--json", stdin=text.encode()).json["claims"]
    assert [claim["verdict"] for claim in claims] == ["unsupported", "supported"]


def test_the_version_that_is_named_is_answered_for(tmp_path: Path, shared_data_dir: Path) -> None:
    """Its number stands in the heading alone, and all releases are told of in like words."""
    news = {
        "5.3.0": "wheels got wider",
        "5.2.1": "pens",
        "5.2.0": "a rounder hull",
        "5.1.0": "oars",
    }
    releases = (
        f"## [{version}]\n\nNew in this release of the cart: {new}.\n\n### Maintenance\n\n"
        + "".join(
            f"* part {n} of the cart was renewed, see note {n}{version[2]}\n" for n in range(30)
        )
        for version, new in news.items()
    )
    project = new_project(tmp_path, data_dir=shared_data_dir)
    project.write("news.md", "# Releases\n\n" + "\n".join(releases))
    project.ok("ingest", ".")
    for version, new in news.items():
        answer = project.run("ask", f"What is new in cart {version}?").out
        assert new in answer
        assert not any(other in answer for other in news.values() if other != new)
