"""Where a construct ends that takes several lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TAG_LINES = 30
"""Lines of a component's opening tag."""

_TABLE = re.compile(r"</?table\b", re.IGNORECASE)


class LineSearch:
    """Looks for ends; each that is missing only once, so that the time stays linear."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._missing: set[str] = set()

    def find(self, first: int, closing: str) -> int | None:
        """Return the first line from `first` on that contains `closing`, in lower case."""
        if closing not in self._missing:
            for index in range(first, len(self._lines)):
                if closing in self._lines[index].lower():
                    return index
            self._missing.add(closing)
        return None

    def find_table_end(self, first: int) -> int | None:
        """Return the line in which the HTML table ends that begins at `first`."""
        depth = 0
        if "</table" not in self._missing:
            for index in range(first, len(self._lines)):
                for tag in _TABLE.findall(self._lines[index]):
                    depth += -1 if tag.startswith("</") else 1
                if depth <= 0:
                    return index
            self._missing.add("</table")
        return None

    def find_module_end(self, first: int) -> int | None:
        """Return the line before the blank line, outside of brackets, that ends an MDX export."""
        depth = 0
        if "export" not in self._missing:
            for index in range(first, len(self._lines)):
                line = self._lines[index]
                if not line.strip() and depth <= 0:
                    return index - 1
                depth += sum(map(line.count, "{([")) - sum(map(line.count, "})]"))
            if depth <= 0:
                return len(self._lines) - 1
            self._missing.add("export")
        return None

    def find_tag_end(self, first: int) -> int:
        """Return the line in which a component's opening tag ends; `first` if it does not."""
        for index in range(first + 1, min(first + MAX_TAG_LINES, len(self._lines))):
            if self._lines[index].rstrip().endswith(">"):
                return index
        return first
