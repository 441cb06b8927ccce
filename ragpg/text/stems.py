"""Words reduced to what their forms have in common. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from ragpg.lexicon.word_forms import INFLECTIONAL_SUFFIXES, IRREGULAR, UNINFLECTED

_BASE_FORMS = {form: word for word, forms in IRREGULAR.items() for form in forms.split()}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return what the forms of a word share, in lower case: "encash" of "encashing"."""
    word = word.casefold()
    word = _BASE_FORMS.get(word, word)
    if len(word) <= 3 or word[0].isdigit() or word in UNINFLECTED:
        return word
    for suffix in INFLECTIONAL_SUFFIXES:
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
            return _repair(root, suffix)
    return _repair(word, "")


def _repair(root: str, suffix: str) -> str:
    """Bring the ends of a root to one form: stopp and stop, carr(ied) and carry, writ and write."""
    if suffix in ("ies", "ied", "ily"):
        return f"{root}i"
    if suffix and len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsze":
        root = root[:-1]
    if root.endswith("y") and len(root) > 3:
        return f"{root[:-1]}i"
    return root.removesuffix("e") if len(root) > 3 else root
