"""TOML of files from anywhere."""

from __future__ import annotations

import re
from typing import Any

MAX_KEY_PARTS = 50
"""Parts of a dotted key, for each of which tomllib walks all those before it."""

_LONG_KEY = re.compile(
    rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MAX_KEY_PARTS}}}"""
)


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML; raises tomllib.TOMLDecodeError, ValueError or RecursionError."""
    import tomllib

    if _LONG_KEY.search(text):
        raise ValueError(f"a key of more than {MAX_KEY_PARTS} parts")
    return tomllib.loads(text)
