"""What README shows is what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.command_line import Project

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
ANSWER = """\
At most five unused days of annual leave can be encashed. Paternity leave is 10 weeks.
"""


def test_the_output_in_readme_is_real(project: Project) -> None:
    """Every command in a console block prints, on both streams, what stands below it."""
    project.write("leave_policy.md", (ROOT / "leave_policy.md").read_bytes())
    project.write("answer.txt", ANSWER)
    blocks = re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    commands = re.findall(r"^\$ ragpg (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks), re.MULTILINE)
    assert len(commands) == 5
    for command, expected in commands:
        result = project.run(*shlex.split(command))
        assert result.out + result.err == expected


def test_the_commands_in_readme_exist() -> None:
    """The two commands that README begins with are targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^    make (\w+)$", README, re.MULTILINE)
    assert targets == ["run", "test"]
    assert all(f"\n{target}: " in makefile for target in targets)
