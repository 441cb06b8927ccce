"""Whether a claim follows from a text, as a small model reads both. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

ReadTexts = Callable[[str, Sequence[tuple[str, str]]], Sequence[float | None]]
"""From a claim, and headings with a text each, to the log-odds that it follows; None: not known."""
