"""What README shows is what the program prints."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.command_line import Project

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


def test_documentation_tests(project: Project) -> None:
    """The shell example of documentation tests runs, in a shell, with the cases above it."""
    section = README.partition("\n## Documentation tests\n")[2].partition("\n## ")[0]
    blocks = dict(re.findall(r"^```(toml|sh)\n(.*?)^```", section, re.DOTALL | re.MULTILINE))
    project.write("leave_policy.md", (ROOT / "leave_policy.md").read_bytes())
    project.write("cases.toml", blocks["toml"])
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(
        ["sh", "-ec", blocks["sh"]],
        cwd=project.directory,
        env={**os.environ, **project.environment, "PATH": path},
        check=True,
    )
    made = {file.name for file in project.directory.glob("report.*")}
    assert made == {"report.xml", "report.html"}


def test_the_commands_in_readme_exist() -> None:
    """The two commands that README begins with are targets of the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^    make (\w+)$", README, re.MULTILINE)
    assert targets == ["run", "test"]
    assert all(f"\n{target}: " in makefile for target in targets)
