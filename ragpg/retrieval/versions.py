"""The versions that a question names. Pure.

All passages of a release stand below its number, so that the number tells little by its frequency;
but who asks for one wants no other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+)(?!\.?\w)", re.IGNORECASE | re.ASCII)
_RANGE = re.compile(
    r"\b(?:since|after|before|until|from|to|between|newer|older|later|earlier|upgrad\w*|migrat\w*)\b",
    re.IGNORECASE,
)
"""Words with which a question asks for more than the versions that it names."""


def find_asked_versions(question: str) -> frozenset[str]:
    """Return the versions that a question is about, if it is about no range of them."""
    return frozenset() if _RANGE.search(question) else find_versions(question)


def find_versions(text: str) -> frozenset[str]:
    """Return the versions in a text, without a "v"."""
    return frozenset(_VERSION.findall(text))


def names_any(text: str, versions: Collection[str]) -> bool:
    """Return whether a text names one of some versions, or one below it: 2.9.1 for 2.9."""
    named = find_versions(text) if versions else ()
    return any(f"{each}.".startswith(f"{version}.") for each in named for version in versions)
