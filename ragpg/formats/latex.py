r"""What commands that pandoc does not know say: it leaves their arguments out.

Packages and classes define commands, such as "\gls{learning}" or "\jurparagraph{Fees}", that are
not in the file. Which of them pandoc leaves out, it is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_BEGIN = "\\begin{document}"
_ARGUMENT = r"\{(?P<argument>(?:[^{}]|\{[^{}]*\})*)\}(?![\[{])"
_COMMAND = re.compile(
    r"(?P<other>\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\)|\\verb(?P<mark>\W).*?(?P=mark)|\\[%$\\]|%[^\n]*"
    r"|\\begin\{(?P<name>(?:equation|align|alignat|gather|multline|eqnarray|displaymath|math|verbatim"
    r"|lstlisting|minted|tikzpicture)\*?)\}.*?\\end\{(?P=name)\})"
    rf"|(?P<before>\\(?P<command>[A-Za-z]{{2,}})\*?(?:\[[^\[\]\n]*\])?){_ARGUMENT}",
    re.DOTALL,
)
"""A command with one argument; formulas, code and comments are passed over."""
_USED = re.compile(r"\\([A-Za-z]{2,})\*?(?:\[[^\[\]\n]*\])?\{")
_DEFINED = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|(?:New|Renew|Declare)\w+|[egx]?def|let)\*?\s*\{?\\(\w+)"
)
_SILENT = re.compile(
    r"(?:\w*(?:ref|cite|citep|citet|index|label|space|skip|style|width|height|length|counter|color)"
    r"|(?:new|renew|provide|declare|set|add|use|def|include|input|bib|page|this|hyper|title|make)\w*"
    r"|begin|end|documentclass|geometry|graphicspath|nocite|phantom|vphantom|hphantom|markboth"
    r"|tikz|draw|node|path|ifthenelse|if\w*|fi|else|hyphenation|rule|and)",
)
"""Commands whose argument is no text."""


def keep_arguments(text: str, read: Callable[[str], str]) -> str:
    """Return LaTeX in which arguments stand for the commands that `read` leaves out."""
    preamble, begin, body = text.partition(_BEGIN)
    if not begin:
        preamble, body = "", text
    defined = {match[1] for match in _DEFINED.finditer(text)}
    used = set(_USED.findall(body)) - defined
    unknown = find_unknown(sorted(name for name in used if not _SILENT.fullmatch(name)), read)

    def show(match: re.Match[str]) -> str:
        name = match["command"]
        if not name:
            return match[0]
        argument = _COMMAND.sub(show, match["argument"])
        shown = argument or (name if is_name(name) else "")
        is_text = name in unknown and any(map(str.isalpha, shown))
        return f"{{{shown}}}" if is_text else f"{match['before']}{{{argument}}}"

    return preamble + begin + _COMMAND.sub(show, body) if unknown else text


def is_name(command: str) -> bool:
    r"""Return whether a command without argument shows its own name, such as "\TikZ{}"."""
    return any(map(str.isupper, command))


def find_unknown(names: Iterable[str], read: Callable[[str], str]) -> set[str]:
    """Return the commands whose argument is not in what is read of it."""
    probes = {name: f"probe{number}x" for number, name in enumerate(names)}
    shown = read("\n\n".join(f"\\{name}{{{probe}}}" for name, probe in probes.items()))
    return {name for name, probe in probes.items() if probe not in shown}
