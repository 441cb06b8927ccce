"""The languages of fenced code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragpg.text.fenced_code import find_languages


@pytest.mark.parametrize(
    ("fence", "language"),
    [
        ("```python", "python"),
        ("~~~ Python", "python"),
        ("````c++", "c++"),
        ("```C#", "c#"),
        ('```python title="a.py" {1,3}', "python"),
        ("```js{1,3}", "js"),
        ("```python:main.py", "python"),
        ("```{.python .numberLines}", "python"),
        ("```{r}", "r"),
        ("```{code-block} rust", "rust"),
        ("- ```sh", "sh"),
        ("> 1. ```sh", "sh"),
        ('```title="a.py"', None),
        ("```{=html}", None),
        ("```", None),
        (f"```{'x' * 41}", None),
        ("```python``` is inline", None),
        ("``python", None),
    ],
)
def test_info_strings(fence: str, language: str | None) -> None:
    """It is the first word after the fence, however a dialect writes it, in lower case."""
    expected = (language,) if language else ()
    assert find_languages(f"Text.\n\n{fence}\ncode\n", [0]) == [expected]


def test_parts() -> None:
    """A block that is divided belongs to all of its parts, and to no other."""
    parts = [
        "Before.\r\n",
        "```python\r\na\r\n",
        "b\r\n",
        "c\r\n```\r\n",
        "After.\r\n````md\r\n```sh\r\n```\r\n````\r\n",
        "~~~sql\r\n~~~\r\n```\r\nplain\r\n```\r\n```awk\r\n```\r\n",
    ]
    starts = [sum(map(len, parts[:number])) for number in range(len(parts))]
    expected = [(), ("python",), ("python",), ("python",), ("md",), ("awk", "sql")]
    assert find_languages("".join(parts), starts) == expected
    assert find_languages("".join(parts).replace("\r\n", "\r"), [0]) == [
        ("awk", "md", "python", "sql")
    ]


@given(st.text("`~ab\n{}. =", max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_any_text(text: str, starts: list[int]) -> None:
    """Every part has an answer, whatever the text."""
    assert len(find_languages(text, sorted(starts))) == len(starts)
