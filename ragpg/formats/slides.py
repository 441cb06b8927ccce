"""The titles of slides: each begins its slide, also where it is a box of text like the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_TOP = 0.25
MIN_WIDTH = 0.5
"""Where the box of a title begins, as a share of the slide's height, and its share of the width."""
MAX_WORDS = 20
"""Words of such a title; all three were chosen by hand."""


def take_title(slide: Any, document: Any) -> str:
    """Take the title out of what is on a slide, a group of docling's; empty if it has none."""
    items = [(child, child.resolve(document)) for child in slide.children]
    titles = [item for _, item in items if item.label == "title"]
    size = document.pages[number_slide(slide)].size
    titles = titles or find_title_box([item for _, item in items], size, document)
    if not titles:
        return ""
    slide.children = [child for child, item in items if item not in titles]
    return " ".join(word for item in titles for word in item.text.split())


def number_slide(slide: Any) -> int:
    """Return the number of a slide, from 1."""
    return int(slide.name.removeprefix("slide-")) + 1


def find_title_box(items: Sequence[Any], size: Any, document: Any) -> list[Any]:
    """Return the paragraphs of a wide box with few words at the top, if something is below it."""
    placed = [(item.prov[0].bbox, item) for item in list_placed(items, document)]
    if not placed:
        return []
    top = min((box for box, _ in placed), key=lambda box: float(box.t))
    titles = [item for box, item in placed if box == top]
    words = sum(len(getattr(item, "text", "").split()) for item in titles)
    is_title = (
        top.t < size.height * MAX_TOP
        and top.r - top.l > size.width * MIN_WIDTH
        and all(item in items and item.label == "paragraph" for item in titles)
        and 0 < words <= MAX_WORDS
        and len(titles) < len(placed)
    )
    return titles if is_title else []


def list_placed(items: Sequence[Any], document: Any) -> Iterator[Any]:
    """Yield the items that have a place on the slide, those of lists as well."""
    for item in items:
        if getattr(item, "prov", None):
            yield item
        else:
            yield from list_placed([child.resolve(document) for child in item.children], document)
