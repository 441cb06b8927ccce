"""Values as TOML writes them."""

from __future__ import annotations

from pathlib import Path


def literal(value: object) -> str:
    """Write a value on one line; a table is only hinted at."""
    from tomli_w import dumps

    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, (str, Path)):
        value = str(value).encode(errors="backslashreplace").decode()
    return dumps({"": value}).removeprefix('"" = ').removesuffix("\n")
