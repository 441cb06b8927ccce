"""Lines that open or close a container: admonitions, tabs, components, shortcodes, Liquid tags."""

from __future__ import annotations

import re
from typing import NamedTuple

from ragpg.lexicon.admonitions import ADMONITION_TYPES, ADMONITION_WRAPPERS

CODE_TAGS = frozenset({"code", "codeblock", "code-toggle", "highlight", "mermaid"})
"""Shortcodes and Liquid tags whose content is code."""
COMMENT_TAG = "comment"
MAX_TAG_LENGTH = 2000
"""Characters; a longer line is text, so that no pattern below can take long."""

DIRECTIVES = frozenset(
    {
        *("card", "container", "details", "div", "dropdown", "grid", "grid-item-card", "margin"),
        *("sidebar", "tab-item", "tab-set", "tabs", "topic"),
    }
)
"""Directives of MyST whose content is text, besides admonitions."""

_STRING = r""""(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'"""
_ATTRIBUTE = re.compile(rf"([\w-]+)\s*+[=:]\s*+\{{?({_STRING})")
_POSITIONAL = re.compile(rf"(?<![=:\w])(?:{_STRING})")
_INDENTED = re.compile(
    r"""(?:(?:!!!|\?\?\?\+?)(?P<type>(?:[ \t]++[\w-]++)*)|===[!+]*+)
        (?P<title>[ \t]++(?:".*"|'.*'))?+[ \t]*+$""",
    re.VERBOSE,
)
_FENCED = re.compile(
    r"""(?P<fence>:{3,}+|/{3,}+|`{3,}+(?=\{[\w-]+\}))[ \t]*+
        (?:[{]?[.]?(?P<type>\w[\w-]*+)[}]?)?+(?P<rest>.*)$""",
    re.VERBOSE,
)
_BRACKETED = re.compile(r"\[([^\[\]]*+)\]")
_SHORTCODE = re.compile(
    r"""(?:\{\{[<%]-?|(?P<liquid>\{%-?))[ \t]*+(?P<close>/|end(?=\w))?+[ \t]*+
        (?P<name>[\w.-]++)(?P<attributes>.*?)(?P<empty>/)?[ \t]*+-?(?:[>%]\}\}|%\})[ \t]*+$""",
    re.VERBOSE,
)
_COMPONENT = re.compile(
    rf"""<(?P<close>/)?+(?P<name>[A-Z][\w.:-]*+)
        (?P<attributes>(?:{_STRING}|\{{[^{{}}]*+\}}|[^<>"'{{}}/]|/(?!>)|=>)*+)
        (?P<empty>/)?+>[ \t]*+""",
    re.VERBOSE,
)
_CALLOUT = re.compile(r"((?:>[ \t]?)++)\[!([\w-]++)(?:\|[^\]]*+)?\][+-]?[ \t]*+(.*)$")
_TITLE_MARKUP = re.compile(r"[`*]|<[^<>]*+>|!?\[|\](?:\([^()]*+\))?+|:[a-z]++-[a-z0-9-]++:")
_TITLE_ATTRIBUTES = ("title", "label", "summary", "heading", "header", "caption")
_NAME_ATTRIBUTES = ("name", "path", "query", "body", "value")
"""Attributes that a tab, or a field of an API, shows."""
_TYPE_ATTRIBUTES = ("type", "kind", "style", "color", "variant", "level", "status")


class ContainerTag(NamedTuple):
    """What a line says about a container.

    `key` is what the opening and the closing tag have in common; it is empty for a container that
    ends with its indentation. `title` is what a reader sees, `is_own` that it was written and does
    not just name the type of an admonition.
    """

    key: str
    closes: bool = False
    title: str = ""
    is_own: bool = False
    is_admonition: bool = False
    name: str = ""


def parse_container_tags(line: str) -> list[ContainerTag]:
    """Return the tags that a line, without blanks around it, is made of; none if it has others."""
    if len(line) > MAX_TAG_LENGTH:
        return []
    match line[:1]:
        case "!" | "?" | "=":
            return _parse_indented(line)
        case ":" | "/" | "`":
            return _parse_fenced(line)
        case "{":
            return _parse_shortcode(line)
        case "<":
            return _parse_components(line)
    return []


def is_directive(tags: list[ContainerTag]) -> bool:
    """Return whether the tag of a fence, such as ```{note}, opens a container and not code."""
    return any(tag.is_admonition or tag.name in DIRECTIVES for tag in tags)


def parse_callout(line: str) -> tuple[str, ContainerTag] | None:
    """Return the quote marks and the title of `> [!NOTE] Title`."""
    callout = _CALLOUT.match(line)
    if not callout:
        return None
    marks, type_, title = callout.groups()
    own = _strip_markup(title)
    shown = own or _to_name(type_)
    return marks, ContainerTag(">", title=shown, is_own=bool(own), is_admonition=True)


def _parse_indented(line: str) -> list[ContainerTag]:
    found = _INDENTED.match(line)
    if not found or (line.startswith("=") and not found["title"]):
        return []
    types = (found["type"] or "").split()
    title = _strip_markup((found["title"] or "").strip()[1:-1])
    is_own = found["title"] is not None
    shown = title if is_own or not types else _to_name(types[0])
    return [ContainerTag("", title=shown, is_own=is_own, is_admonition=line[0] != "=")]


def _parse_fenced(line: str) -> list[ContainerTag]:
    found = _FENCED.match(line)
    if not found:
        return []
    fence, type_, rest = found["fence"], (found["type"] or "").lower(), found["rest"].strip()
    if not type_ and not rest:
        return [ContainerTag(fence, closes=True)]
    bracketed = _BRACKETED.match(rest)
    attributes = _read_attributes(rest)
    title = bracketed[1] if bracketed else attributes.get("title", "")
    if not title and not rest.startswith(("{", "[")):
        title = rest.partition("{")[0].strip(" |\t")
    return [_make_tag(fence, type_.removeprefix("callout-"), title, attributes)]


def _parse_shortcode(line: str) -> list[ContainerTag]:
    found = _SHORTCODE.match(line)
    if not found or "}}" in found["attributes"] or "%}" in found["attributes"]:
        return []
    key = ("{%" if found["liquid"] else "{{") + found["name"]
    if found["close"]:
        return [ContainerTag(key, closes=True, name=found["name"])]
    if found["empty"]:
        return []
    attributes = _read_attributes(found["attributes"])
    title = _choose_title(found["name"], attributes)
    positional = _POSITIONAL.findall(found["attributes"])
    if not title and positional and not found["liquid"]:
        title = positional[-1][1:-1]
    words = found["attributes"].split()
    if words and words[0].isalpha():
        attributes.setdefault("type", words[0])
    return [_make_tag(key, found["name"], title, attributes)]


def _parse_components(line: str) -> list[ContainerTag]:
    tags: list[ContainerTag] = []
    position = 0
    while position < len(line):
        found = _COMPONENT.match(line, position)
        if not found:
            return []
        position = found.end()
        attributes = _read_attributes(found["attributes"])
        name = found["name"]
        if found["empty"]:
            return []
        if found["close"]:
            tags.append(ContainerTag(f"<{name}", closes=True, name=name))
        else:
            tags.append(_make_tag(f"<{name}", name, _choose_title(name, attributes), attributes))
    return tags


def _read_attributes(text: str) -> dict[str, str]:
    return {name.lower(): value[1:-1] for name, value in _ATTRIBUTE.findall(text)}


def _choose_title(name: str, attributes: dict[str, str]) -> str:
    for attribute in _TITLE_ATTRIBUTES:
        if attributes.get(attribute):
            return attributes[attribute]
    lowered = name.lower()
    has_name = (lowered.startswith("tab") and lowered != "tabs") or lowered.endswith("field")
    names = (attributes.get(attribute, "") for attribute in _NAME_ATTRIBUTES)
    return next(filter(None, names), "") if has_name else ""


def _make_tag(key: str, name: str, title: str, attributes: dict[str, str]) -> ContainerTag:
    """Make an opening tag; an admonition without a title has its type as title."""
    type_, title = name.lower(), _strip_markup(title)
    if type_ in ADMONITION_WRAPPERS:
        values = (attributes.get(attribute, "").lower() for attribute in _TYPE_ATTRIBUTES)
        type_ = next((value for value in values if value in ADMONITION_TYPES), type_)
    is_admonition = type_ in ADMONITION_TYPES or type_ in ADMONITION_WRAPPERS
    shown = title or (_to_name(type_) if type_ in ADMONITION_TYPES else "")
    return ContainerTag(
        key, title=shown, is_own=bool(title), is_admonition=is_admonition, name=name
    )


def _strip_markup(title: str) -> str:
    return " ".join(_TITLE_MARKUP.sub("", title).split())


def _to_name(type_: str) -> str:
    """Write an admonition's type as it is shown in place of a title."""
    return type_.replace("-", " ").capitalize()
