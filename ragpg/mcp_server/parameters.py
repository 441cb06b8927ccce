"""The parameters of the tools: their limits, and what agents are told of them."""

# Pydantic reads these when a tool is registered, so nothing here is imported for types alone.
from typing import Annotated, Literal

from pydantic import Field

MAX_PASSAGES = 50
MAX_QUESTION = 2_000
MAX_TEXT = 100_000
MAX_LINES = 1_000
MAX_SOURCES = 20
MAX_NAME = 4_096
"""Characters of a path, the longest on Linux."""

Query = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION,
        description="What to look for: a question, a phrase, or keywords such as an option, a code "
        "or a name, in the language of the documents.",
    ),
]
Question = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION,
        description="One self-contained question: no 'it' that refers to the conversation.",
    ),
]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TEXT,
        description="The text to check, as it is: plain or Markdown. A claim may cite `[1]`, with "
        "a list of sources at the end, or `path:L10-L14`; it is then checked against that place.",
    ),
]
Passages = Annotated[
    int, Field(ge=1, le=MAX_PASSAGES, description="How many passages to retrieve at most.")
]
Mode = Annotated[
    Literal["hybrid", "dense", "keyword"],
    Field(
        description="hybrid: by meaning and words; dense: by meaning alone; keyword: by words "
        "alone, for identifiers and error messages."
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Sources = Annotated[
    tuple[Name, ...],
    Field(
        max_length=MAX_SOURCES,
        description="Only these documents: paths, directories, or globs such as docs/**/api*.md. "
        "Empty: all.",
    ),
]
Filter = Annotated[
    str,
    Field(
        max_length=MAX_QUESTION,
        description="Only where this holds of the front matter, source, title or heading: "
        "`tags == hr AND updated >= 2024-01-01`, `version in [2, 3]`. Empty: all.",
    ),
]
Source = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NAME,
        description="The document's path as the other tools show it; `path:L10-L14` reads these "
        "lines, whatever start_line and lines are.",
    ),
]
StartLine = Annotated[int, Field(ge=1, le=10**9, description="The first line to read.")]
Lines = Annotated[int, Field(ge=1, le=MAX_LINES, description="How many lines to read at most.")]
Offset = Annotated[int, Field(ge=0, le=10**9, description="How many documents to pass over.")]
