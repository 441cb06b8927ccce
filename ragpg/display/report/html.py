"""HTML and SVG from elements; whatever is no element is text, and escaped."""

from __future__ import annotations

from html import escape

from ragpg.display.escape import literal

VOID = frozenset({"meta", "input", "line", "rect", "circle", "path", "polyline"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: object) -> Html:
    """Make an element; `class_` stands for class, `stroke_width` for stroke-width.

    An attribute that is None is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(literal(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{given}/>")
    return Html(f"<{name}{given}>{join(*content)}</{name}>")


def join(*content: str) -> Html:
    """Put elements and texts in a row."""
    return Html("".join(one if isinstance(one, Html) else escape(literal(one)) for one in content))
