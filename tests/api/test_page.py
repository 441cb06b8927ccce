"""The program in docs/python.md runs, and prints what stands below it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support import pages

if TYPE_CHECKING:
    from tests.support.command_line import Project


def test_the_program_prints_what_the_page_says(project: Project) -> None:
    """To the letter, and nothing on standard error."""
    text = pages.read(pages.ROOT / "docs" / "python.md")
    [program], [output] = pages.fenced(text, "python"), pages.fenced(text, "text")
    project.write("leave_policy.md", (pages.ROOT / "leave_policy.md").read_bytes())
    project.write("program.py", program)
    printed = subprocess.run(
        [sys.executable, "program.py"],
        cwd=project.directory,
        env={**os.environ, **project.environment},
        check=True,
        capture_output=True,
        text=True,
    )
    assert (printed.stdout, printed.stderr) == (output, "")
