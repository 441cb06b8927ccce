"""Words that may be one word, misspelt. Pure."""

from __future__ import annotations


def differ_by_one(first: str, second: str) -> bool:
    """Return whether words with the same first letter differ by a letter, or by two swapped."""
    if first[:1] != second[:1] or abs(len(first) - len(second)) > 1:
        return False
    length = min(len(first), len(second))
    start = next((i for i in range(length) if first[i] != second[i]), length)
    one, two = first[start:], second[start:]
    swapped = len(one) > 1 and len(two) > 1 and one[:2] == two[1::-1] and one[2:] == two[2:]
    return swapped or one[1:] == two[1:] or one[1:] == two or one == two[1:]
