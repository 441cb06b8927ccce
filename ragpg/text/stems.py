"""Words reduced to what their forms have in common. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = {
    form: word
    for word, forms in {
        "be": "been being",
        "become": "became",
        "begin": "began begun beginning",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "catch": "caught",
        "child": "children",
        "choose": "chose chosen",
        "come": "came",
        "draw": "drew drawn",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fall": "fell fallen",
        "feel": "felt",
        "fight": "fought",
        "find": "found",
        "fly": "flew flown",
        "foot": "feet",
        "forget": "forgot forgotten",
        "get": "got gotten",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown growth",
        "high": "height",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost losing",
        "make": "made making",
        "man": "men",
        "mean": "meant",
        "meet": "met",
        "pay": "paid",
        "person": "persons",
        "rise": "rose risen rising",
        "run": "ran",
        "say": "said",
        "see": "saw seen",
        "seek": "sought",
        "sell": "sold",
        "send": "sent",
        "shrink": "shrank shrunk",
        "sing": "sang sung",
        "speak": "spoke spoken",
        "spend": "spent",
        "stand": "stood",
        "steal": "stole stolen",
        "take": "took taken taking",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "throw": "threw thrown",
        "tooth": "teeth",
        "use": "used using uses",
        "agree": "agreed",
        "disagree": "disagreed",
        "guarantee": "guaranteed",
        "free": "freed",
        "win": "won winning",
        "woman": "women",
        "write": "wrote written writing",
        "good": "",
    }.items()
    for form in forms.split()
}
_SUFFIXES = (
    "ization",
    "isation",
    "ations",
    "ation",
    "ments",
    "ment",
    "nesses",
    "ness",
    "ingly",
    "edly",
    "ally",
    "ies",
    "ied",
    "ing",
    "est",
    "ily",
    "ely",
    "ed",
    "es",
    "ly",
    "er",
    "s",
)
_KEPT = frozenset(
    [
        "other",
        "under",
        "over",
        "after",
        "never",
        "water",
        "order",
        "paper",
        "number",
        "member",
        "offer",
        "power",
        "letter",
        "later",
        "river",
        "summer",
        "winter",
        "enter",
        "master",
        "matter",
        "lower",
        "upper",
        "former",
        "latter",
        "mother",
        "father",
        "brother",
        "sister",
        "daughter",
        "partner",
        "customer",
        "employer",
        "buyer",
        "seller",
        "sender",
        "user",
        "server",
    ]
)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What forms of a word share, in small letters: "encashed", "encashing"."""
    word = word.casefold()
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3 or word[0].isdigit() or word in _KEPT:
        return word
    for suffix in _SUFFIXES:
        root = word.removesuffix(suffix)
        if (
            root != word
            and len(root) >= (4 if len(suffix) > 3 else 3)
            and re.search(r"[aeiouy]", root)
        ):
            if suffix == "s" and root.endswith(("s", "u", "i")):
                continue
            if suffix in ("es", "ed") and root.endswith("e"):
                continue  # "employees" is employee + s, and "speed" no past
            return _tidied(root, suffix)
    return _tidied(word, "")


def _tidied(root: str, suffix: str) -> str:
    """A root without what its suffix has done to it."""
    if suffix in ("ies", "ied", "ily"):
        return f"{root}i"
    if suffix and len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsze":
        root = root[:-1]
    if root.endswith("y") and len(root) > 3:
        return f"{root[:-1]}i"
    return root.removesuffix("e") if len(root) > 3 else root
