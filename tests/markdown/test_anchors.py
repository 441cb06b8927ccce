"""GitHub's anchors of headings, and the sections below them."""

from __future__ import annotations

import pytest

from ragpg.markdown.anchors import find_sections


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Leave encashment", "leave-encashment"),
        ("What's *new* in `v1.29.3`?", "whats-new-in-v1293"),
        ("Über Größe_2 / kurz & gut", "über-größe_2--kurz--gut"),
        ("[Links](https://example.com) too", "links-too"),
        ("日本語 の 見出し", "日本語-の-見出し"),
    ],
)
def test_anchors_as_github_makes_them(heading: str, anchor: str) -> None:
    """Lower case, no punctuation, a hyphen for each blank, markup left out."""
    assert [section.anchor for section in find_sections(f"## {heading}\n\nText.\n")] == [anchor]


def test_sections() -> None:
    """A section ends at the next heading that is no deeper; a name that was given gets a number."""
    text = "Before.\n\n# A\n\na\n\n## B\n\nb\n\n## B\n\nc\n\nA\n=\n\n```\n# no heading\n```\n"
    sections = {
        section.anchor: text[section.start : section.end] for section in find_sections(text)
    }
    assert list(sections) == ["a", "b", "b-1", "a-1"]
    assert sections["a"].endswith("c\n\n")
    assert sections["b"] == "## B\n\nb\n\n"
    assert sections["a-1"].startswith("A\n=")
    assert text.endswith(sections["a-1"])
