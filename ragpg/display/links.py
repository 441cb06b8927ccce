"""Links to the parts of documents: on the web, by a template, and to files. Pure.

Only places make links, never text from documents: all that comes into an address is a document's
name, percent-encoded, and numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ragpg.types import Locator, LocatorKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ragpg.types import Hit, Place
    from ragpg.types.annotations import Annotation, Location

    Namer = Callable[[str], str]
    """Returns the path of a source as seen from the current directory."""
    Addresser = Callable[[Hit | Place, Locator | None], str | None]
    """Returns the address of a passage, or of the page, slide or cells of a quote in it, if any."""

_NOT_RELATIVE = re.compile(r"/|[A-Za-z]:/|(?:.*/)?\.{0,2}(?:/|\Z)", re.DOTALL)
"""A path that is absolute, or has a part that is empty, `.` or `..`."""


@dataclass(frozen=True, slots=True)
class WebLinks:
    """Addresses by a template with `{path}`, `{start}` and `{end}`."""

    template: str

    def to_url(
        self,
        source: str,
        start_line: int,
        end_line: int,
        *,
        converted: bool = False,
        locator: Locator | None = None,
    ) -> str | None:
        """Return the address of lines of a document; None for one outside of the project.

        In a document that was `converted` it is that of a page, slide or sheet, or of the document
        alone where that is not divided: lines of the converted text are none of the file's.
        """
        if _NOT_RELATIVE.match(source):
            return None
        url = self.template.replace("{start}", str(start_line)).replace("{end}", str(end_line))
        url = url.replace("{path}", quote(source, safe="/", errors="surrogateescape"))
        if converted:
            url = url.partition("#")[0] + (locator.fragment if locator else "")
        return url

    def locate(self, place: Hit | Place, locator: Locator | None = None) -> str | None:
        """Return the address of a passage; in a converted document, that of a page of it."""
        return self.to_url(
            place.source,
            place.start_line,
            place.end_line,
            converted=place.converted,
            locator=locator or place.place,
        )

    def add_to(self, shape: Any) -> Any:
        """Return JSON in which everything that has a source and lines has its `url`, too."""
        if isinstance(shape, list):
            return [self.add_to(part) for part in shape]
        if not isinstance(shape, dict):
            return shape
        linked = {key: self.add_to(value) for key, value in shape.items()}
        if {"source", "start_line", "end_line"} <= shape.keys() and shape["source"]:
            place = shape.get("place")
            linked["url"] = self.to_url(
                shape["source"],
                shape["start_line"],
                shape["end_line"],
                converted=shape.get("converted", False),
                locator=Locator(LocatorKind(place["kind"]), place["label"]) if place else None,
            )
        return linked


@dataclass(frozen=True, slots=True)
class Places:
    """How people read where a passage is: its path, and on some terminals a link."""

    name: Namer
    to_url: Addresser | None = None

    def style(self, place: Hit | Place, style: str, locator: Locator | None = None) -> str:
        """Add the link of a place to a style, as Rich writes it; `locator` is that of a quote."""
        url = self.to_url(place, locator) if self.to_url else None
        return f"{style} link {url}" if url else style


def knows_links(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal is known to understand OSC 8, by the variables that it sets.

    Others may print the address, or rubbish. `FORCE_HYPERLINK` decides where it is set; tmux passes
    links on since 3.4, screen does not. https://github.com/Alhadis/OSC8-Adoption
    """
    if environ.get("NO_COLOR"):
        return False
    if forced := environ.get("FORCE_HYPERLINK"):
        return forced != "0"
    terminal, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if terminal.startswith(("screen", "tmux")):
        version = re.match("([0-9]+)[.]([0-9]+)", environ.get("TERM_PROGRAM_VERSION", ""))
        return program == "tmux" and version is not None and _is_recent(version)
    return (
        program in PROGRAMS
        or terminal in TERMINALS
        or "WT_SESSION" in environ
        or _read_number(environ.get("VTE_VERSION")) >= VTE_SINCE
        or _read_number(environ.get("KONSOLE_VERSION")) >= KONSOLE_SINCE
    )


PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "mintty", "Hyper", "rio"})
"""Values of TERM_PROGRAM."""
TERMINALS = frozenset(
    {"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "contour", "wezterm"}
)
"""Values of TERM."""
VTE_SINCE, KONSOLE_SINCE, TMUX_SINCE = 5_000, 201_200, (3, 4)


def _is_recent(version: re.Match[str]) -> bool:
    return (int(version[1]), int(version[2])) >= TMUX_SINCE


def _read_number(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else 0


def link_annotations(
    annotations: Sequence[Annotation], to_url: Callable[[Location], str | None]
) -> list[Annotation]:
    """Give the locations of annotations their addresses on the web."""

    def link(location: Location) -> Location:
        return replace(location, url=to_url(location))

    return [
        replace(
            annotation,
            location=link(annotation.location) if annotation.location else None,
            related=tuple(
                replace(passage, location=link(passage.location)) for passage in annotation.related
            ),
        )
        for annotation in annotations
    ]
