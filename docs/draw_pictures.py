"""Draw what commands print on a terminal, as SVG in docs/pictures: `make pictures`.

The program runs in a real pseudo-terminal, with a project of leave_policy.md alone.
"""

from __future__ import annotations

import errno
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 88, 60
"""Columns and lines of the terminal."""
CURSOR = re.compile(r"\x1b\[\?25[hl]")
"""Hides the cursor, or shows it."""
LINE_UP = re.compile(r"\n\r?\x1b\[1A")
ERASE_LINE = "\x1b[2K"
DRAFT = """\
At most 5 unused days of annual leave can be encashed. Encashment is possible at any time.
"""
COMMANDS = {
    "ask": [
        ["ingest", "leave_policy.md"],
        ["ask", "Can I encash leave at year end?"],
    ],
    "search": [["search", "sick leave without a certificate", "-k", "2"]],
    "verify": [["verify", "draft.md"]],
    "refusal": [["ask", "Which laptop do new employees get?"]],
}
"""What each picture shows; the documents stay in the table from one to the next."""


def main() -> None:
    """Draw all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ragpg-pictures-", dir="/tmp") as name:
        project = Path(name)
        project.chmod(0o755)  # PostgreSQL's user must reach its data
        shutil.copy(ROOT / "leave_policy.md", project)
        (project / "draft.md").write_text(DRAFT, "utf-8")
        (project / ".git").mkdir()  # makes a project of the directory
        environment = make_environment(project / "data")
        for picture, commands in COMMANDS.items():
            draw(PICTURES / f"{picture}.svg", commands, project, environment)


def make_environment(data: Path) -> dict[str, str]:
    """Return the environment of the commands, without what the user has set for ragpg."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAGPG_")}
    return kept | {"TERM": "xterm-256color", "RAGPG_DATA_DIR": os.fspath(data)}


def draw(
    picture: Path,
    commands: Sequence[Sequence[str]],
    project: Path,
    environment: Mapping[str, str],
) -> None:
    """Write a picture of commands and of what they print."""
    from rich.console import Console
    from rich.terminal_theme import NIGHT_OWLISH
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    for command in commands:
        prompt = Text.assemble(("$ ", "bold green"), ("ragpg " + shlex.join(command), "bold"))
        console.print(prompt, soft_wrap=True)
        console.print(Text.from_ansi(run(command, project, environment)), "", sep="\n")
    picture.write_text(console.export_svg(title="ragpg", theme=NIGHT_OWLISH), "utf-8")


def run(command: Sequence[str], project: Path, environment: Mapping[str, str]) -> str:
    """Run a command in a terminal of its own, and return what it left on the screen."""
    program = Path(sys.executable).with_name("ragpg")
    main_end, terminal = pty.openpty()
    ioctl(terminal, TIOCSWINSZ, pack("HHHH", HEIGHT, WIDTH, 0, 0))
    with subprocess.Popen(  # noqa: S603
        [program, *command],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    ):
        os.close(terminal)
        printed = read_all(main_end)
    return forget_overwritten(printed.decode())


def read_all(descriptor: int) -> bytes:
    """Return what is printed until the program has ended."""
    printed = b""
    try:
        while piece := os.read(descriptor, 65_536):
            printed += piece
    except OSError as error:
        if error.errno != errno.EIO:  # Linux reports the end of a terminal so
            raise
    finally:
        os.close(descriptor)
    return printed


def forget_overwritten(printed: str) -> str:
    """Return the last state of each line: progress is erased, and drawn over itself."""
    lines = LINE_UP.sub("", CURSOR.sub("", printed)).replace("\r\n", "\n").split("\n")
    return "\n".join(line.rpartition(ERASE_LINE)[2].rpartition("\r")[2] for line in lines).strip()


if __name__ == "__main__":
    main()
