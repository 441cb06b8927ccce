"""What admonitions are called in the dialects of Markdown."""

from __future__ import annotations

ADMONITION_TYPES = frozenset(
    {
        *("abstract", "attention", "bug", "caution", "danger", "deprecated", "error", "example"),
        *("failure", "faq", "hint", "important", "info", "information", "note", "question"),
        *("quote", "seealso", "success", "summary", "tip", "tldr", "todo", "warn", "warning"),
    }
)
"""Types that a reader is shown where an admonition has no title."""
ADMONITION_WRAPPERS = frozenset({"admonition", "alert", "aside", "callout", "notice"})
"""Names of components and shortcodes that take the type as an attribute."""
