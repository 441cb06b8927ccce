"""What is ingested: files of a directory that is given, or such as are made up here."""

from __future__ import annotations

import random
import re
import shutil
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WORDS = """
the of and to in is that for on with as are by this be it from or an at which can not will have
server client request response table index query document section page user group role access policy
time day week month year hour start stop change update remove create add set get find read write
value name type size number list order level part point case example result reason problem answer
network address port service process memory storage volume file directory path version release
default option setting configuration command line message error warning log report limit rate
large small new old first last next same other many more most some any all each every only also
must should may might when where while before after during between under over within without
system application program tool library function object class method field record row column key
employee manager office travel leave salary contract holiday request approval budget expense payment
""".split()  # noqa: SIM905 - far easier to read


def choose(tree: Path, target: Path, *, files: int) -> None:
    """Copy some Markdown files of a directory tree, spread evenly over it."""
    found = sorted(path for path in tree.rglob("*.md") if path.is_file())
    count = min(files, len(found))
    for number in range(count):
        path = found[number * len(found) // count]
        copy = target / path.relative_to(tree)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def make_up(target: Path, *, files: int, sections: int, words: int) -> None:
    """Write Markdown files, the same each time: sections under headings, of so many words each."""
    for number in range(files):
        chance = random.Random(number)
        path = target / f"part-{number // 50:03}" / f"file-{number:05}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = [f"# {_title(chance)} {number}\n"]
        for section in range(sections):
            parts += [f"## {_title(chance)} {section}\n", text(chance, words=words)]
        path.write_text("\n".join(parts), "utf-8")


def text(chance: random.Random, *, words: int) -> str:
    """Paragraphs, with a list here and there; frequent words are frequent, as in English."""
    weights = list(accumulate(1 / (rank + 5) for rank in range(len(WORDS))))
    drawn = chance.choices(WORDS, cum_weights=weights, k=words)
    sentences = []
    while drawn:
        length = chance.randint(6, 18)
        sentence, drawn = " ".join(drawn[:length]), drawn[length:]
        sentences.append(sentence.capitalize() + ".")
    paragraphs = [sentences[start : start + 4] for start in range(0, len(sentences), 4)]
    return "".join(
        "\n".join(f"- {sentence}" for sentence in paragraph) + "\n\n"
        if chance.random() < 0.2
        else " ".join(paragraph) + "\n\n"
        for paragraph in paragraphs
    )


def _title(chance: random.Random) -> str:
    return " ".join(chance.sample(WORDS[30:], 3)).capitalize()


def questions(directory: Path, *, count: int) -> list[str]:
    """Make questions of headings, spread evenly over the files."""
    contents = (path.read_text("utf-8", "replace") for path in sorted(directory.rglob("*.md")))
    headings = [
        heading
        for content in contents
        for heading in re.findall(r"^#{1,4} +([\w ]{12,60})$", content, re.MULTILINE)
    ]
    step = max(1, len(headings) // count)
    return [f"What is said about {heading.strip().lower()}?" for heading in headings[::step]][
        :count
    ]
