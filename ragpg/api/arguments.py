"""What a program may pass to the Python interface."""

from __future__ import annotations

from ragpg.config import SETTINGS
from ragpg.config.suggest import suggest_key
from ragpg.errors import ConfigurationError, UsageError
from ragpg.text import utf8
from ragpg.types import Mode

MAX_TOP_K = 1000
"""As in topK of [retrieval]."""


def check_key(key: str) -> None:
    """Raise ConfigurationError unless there is such a setting."""
    if key not in SETTINGS:
        table, _, name = key.rpartition(".")
        raise ConfigurationError(f"unknown setting {key!r}", hint=suggest_key(name, table))


def check_text(text: str, name: str) -> str:
    """Return a question as it can be searched for; raises UsageError where it is blank."""
    if not text.strip():
        raise UsageError(f"the {name} is blank")
    return utf8.sanitise(text)


def check_top_k(top_k: int | None) -> int | None:
    """Raise UsageError unless a number of passages is possible; None means the configured one."""
    if top_k is not None and not 1 <= top_k <= MAX_TOP_K:
        raise UsageError(f"top_k is {top_k}, and must be 1 to {MAX_TOP_K}")
    return top_k


def parse_mode(mode: str | None) -> Mode | None:
    """Return the mode that a text names; raises UsageError. None means the configured one."""
    if mode is None:
        return None
    if mode not in list(Mode):
        raise UsageError(f"mode is {mode!r}, and must be one of {', '.join(Mode)}")
    return Mode(mode)
