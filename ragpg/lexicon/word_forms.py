"""Irregular forms of words, and suffixes."""

from __future__ import annotations

IRREGULAR = {
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
}
"""Words and their forms that no suffix rule explains."""
UNINFLECTED = frozenset(
    """
    other under over after never water order paper number member offer power letter later river
    summer winter enter master matter lower upper former latter mother father brother sister
    daughter partner customer employer buyer seller sender user server
    https ftps smtps imaps ldaps
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that keep an "er" or "s" although it looks like an ending: "server", "https"."""
INFLECTIONAL_SUFFIXES = tuple(
    """
    ization isation ations ation ments ment nesses ness ingly edly ally ies ied ing est ily ely ed
    es ly er s
    """.split()  # noqa: SIM905 - far easier to read
)
"""Tried in this order."""
