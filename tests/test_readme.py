"""What README and the pages of docs/ show is what the program prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support import pages

if TYPE_CHECKING:
    from tests.support.command_line import Project

README = pages.read(pages.ROOT / "README.md")
POLICY = pages.ROOT / "leave_policy.md"
ANSWER = """\
At most five unused days of annual leave can be encashed. Paternity leave is 10 weeks.
"""
CONSOLE = {page.name: pages.console(pages.read(page)) for page in pages.PAGES}


@pytest.mark.parametrize("page", [name for name, commands in CONSOLE.items() if commands])
def test_the_output_in_pages_is_real(page: str, project: Project) -> None:
    """Every command in a console block prints, on both streams, what is written below it."""
    project.write("leave_policy.md", POLICY.read_bytes())
    project.write("answer.txt", ANSWER)
    if not CONSOLE[page][0][0].startswith("ingest"):
        project.ok("ingest", "leave_policy.md")
    for command, expected in CONSOLE[page]:
        result = project.run(*shlex.split(command))
        assert result.out + result.err == expected


def test_there_is_output_to_check() -> None:
    """The console blocks are found: none loses its check by being written in another way."""
    found = {name: len(commands) for name, commands in CONSOLE.items() if commands}
    assert found["README.md"] == 5
    assert found == {name: pages.read(path(name)).count("$ ragpg ") for name in found}


def test_documentation_tests(project: Project) -> None:
    """The shell example of documentation tests runs, in a shell, with the cases above it."""
    text = pages.read(path("evaluation.md"))
    cases, script = pages.fenced(text, "toml")[0], pages.fenced(text, "sh")[0]
    project.write("leave_policy.md", POLICY.read_bytes())
    project.write("cases.toml", cases)
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(
        ["sh", "-ec", script],
        cwd=project.directory,
        env={**os.environ, **project.environment, "PATH": programs},
        check=True,
    )
    made = {file.name for file in project.directory.glob("report.*")}
    assert made == {"report.xml", "report.html"}


def test_filters_in_pages_are_filters() -> None:
    """Every filter that a page shows is one that the program reads."""
    from ragpg import filters

    shown = re.findall(r"--filter '(.*?)'", "".join(map(pages.read, pages.PAGES)))
    assert len(shown) >= 2
    for written in shown:
        filters.parse_filter(written)


def test_configuration_in_pages_is_configuration(tmp_path: Path) -> None:
    """Every TOML block is a Config.toml that the program reads, or cases of `eval`."""
    from ragpg.config import load

    blocks = [block for page in pages.PAGES for block in pages.fenced(pages.read(page), "toml")]
    settings = [block for block in blocks if "[[case]]" not in block]
    assert len(settings) >= 7
    for block in settings:
        file = tmp_path / "Config.toml"
        file.write_text(block)
        load(explicit=file, overrides={}, environ={}, directory=tmp_path)


def test_workflows_in_pages_are_yaml() -> None:
    """Every YAML block is a list, as a workflow's steps and pre-commit's hooks are."""
    blocks = [block for page in pages.PAGES for block in pages.fenced(pages.read(page), "yaml")]
    assert len(blocks) >= 4
    assert all(isinstance(yaml.safe_load(block), list) for block in blocks)


def test_the_commands_in_readme_exist() -> None:
    """The two commands that README begins with are targets of the Makefile."""
    makefile = (pages.ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^    make (\w+)$", README, re.MULTILINE)
    assert targets == ["run", "test"]
    assert all(f"\n{target}: " in makefile for target in targets)


def path(name: str) -> Path:
    """Return the file of a page."""
    return next(page for page in pages.PAGES if page.name == name)
