"""SVG from elements; everything else is text, and escaped."""

from __future__ import annotations

from html import escape

from ragpg.display.escape import literal

VOID = frozenset({"line", "rect", "circle", "path", "polyline"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell the template that nothing needs to be escaped."""
        return self


def element(name: str, /, *content: str, **attributes: object) -> Html:
    """Make an element; `class_` stands for class, `stroke_width` for stroke-width.

    An attribute that is None is left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(literal(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{written}/>")
    return Html(f"<{name}{written}>{join(*content)}</{name}>")


def join(*content: str) -> Html:
    """Concatenate elements and texts."""
    return Html(
        "".join(part if isinstance(part, Html) else escape(literal(part)) for part in content)
    )
