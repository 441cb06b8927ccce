"""Which statements of documents contradict each other, and which only look like it."""

from __future__ import annotations

import numpy as np
import pytest

from ragpg.conflicts import find_conflicts, read_statements
from ragpg.types import ChunkedText, ChunkSpan, Conflict, ConflictKind

FILLER = [
    "The garden has a pond with many old fish and a wooden bench.",
    "Bring your own cup when you visit the kitchen on the second floor.",
    "Our librarian sorts returned books by author every evening.",
    "A bicycle is parked behind the shed near the northern gate.",
]
"""Other statements: without them no word would be rare."""


def find(**texts: str) -> list[Conflict]:
    """Return the conflicts among documents, given by name, one chunk each."""
    documents = [*texts.items(), ("filler", "# Filler\n\n" + "\n\n".join(FILLER))]
    statements = [
        statement
        for row, (name, text) in enumerate(documents)
        for statement in read_statements(
            ChunkedText(f"{name}.md", title(text), text, 0, (ChunkSpan(row, 0, len(text)),))
        )
    ]
    vectors = np.ones((len(documents), 1), np.float32)
    return list(find_conflicts(statements, vectors))


def title(text: str) -> str:
    """Return the first line of a document as its title."""
    return text.partition("\n")[0].lstrip("# ").strip()


def between(first: str, second: str) -> list[Conflict]:
    """Return the conflicts between two sentences, each in a document of its own."""
    return find(leave=f"# Leave\n\n{first}\n", handbook=f"# Handbook of leave\n\n{second}\n")


@pytest.mark.parametrize(
    ("first", "second", "kind", "says"),
    [
        (
            "Employees may keep 5 unused days of annual leave.",
            "Employees may keep 10 unused days of annual leave.",
            ConflictKind.DURATION,
            ("5 unused days", "10 unused days"),
        ),
        (
            "Fathers get two weeks of paternity leave.",
            "For paternity leave, fathers get two months.",
            ConflictKind.DURATION,
            ("two weeks", "two months"),
        ),
        (
            "Requests for leave must be filed by 15 March.",
            "Requests for leave must be filed by 31 March.",
            ConflictKind.DATE,
            ("15 March", "31 March"),
        ),
        (
            "The allowance for the canteen is 250 euros a year.",
            "The yearly allowance for the canteen is 300 euros a year.",
            ConflictKind.FIGURE,
            ("250 euros", "300 euros"),
        ),
        (
            "Visitors must wear a badge inside the laboratory.",
            "Inside the laboratory visitors may wear a badge.",
            ConflictKind.OBLIGATION,
            ("must", "may"),
        ),
        (
            "Phones are allowed in the meeting rooms of the laboratory.",
            "Phones are forbidden in the meeting rooms of the laboratory.",
            ConflictKind.OBLIGATION,
            ("allowed", "forbidden"),
        ),
        (
            "The laboratory is not open to visitors on public holidays.",
            "On public holidays the laboratory is open to visitors.",
            ConflictKind.NEGATION,
            ("not open", "is open"),
        ),
        (
            "Salaries of the staff are paid by Vistra every month.",
            "Salaries of the staff are paid by Trinet every month.",
            ConflictKind.NAME,
            ("Vistra", "Trinet"),
        ),
    ],
)
def test_one_thing_differs(
    first: str, second: str, kind: ConflictKind, says: tuple[str, str]
) -> None:
    """Figures, durations, dates, duties, negations and names, in the same words or others."""
    [conflict] = between(first, second)
    assert (conflict.kind, conflict.first_says, conflict.second_says) == (kind, *says)
    assert 0.5 < conflict.score <= 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # the same in another form
        ("The room closes after 90 minutes of silence.", "After 1.5 hours of silence it closes."),
        ("Staff may take two weeks of study leave.", "Staff may take 2 weeks of study leave."),
        # bounds that leave room for each other
        (
            "A password of the laboratory has at least 8 characters.",
            "A password of the laboratory has 12 characters.",
        ),
        # another subject
        ("Fathers get two weeks of paternity leave.", "Mothers get six weeks of maternity leave."),
        # other cases
        (
            "If you have worked for 5 years, you get a laptop of the laboratory.",
            "If you have worked for 9 years, you get a laptop of the laboratory.",
        ),
        (
            "When a badge is provided, the laboratory uses the name on the badge.",
            "When a badge is not provided, the laboratory uses the name on the badge.",
        ),
        # what an item of a list describes
        (
            "true - the laboratory keeps the lights of the corridor as they are.",
            "false - the laboratory keeps the lights of the corridor as they are.",
        ),
        # what this is stands elsewhere
        (
            "This requires laboratory software 90 or later.",
            "This requires laboratory software 106 or later.",
        ),
        (
            "Visitors of the laboratory may use the lockers of the hall.",
            "Tell the laboratory when visitors must use the lockers of the hall.",
        ),
        # what something makes possible is no permission
        (
            "A longer cable allows moving the lamps of the laboratory.",
            "You must move the lamps of the laboratory with a longer cable.",
        ),
        # things that are told apart
        (
            "Meetings that are in service of the laboratory are billable hours.",
            "Meetings that are not in service of the laboratory are billable hours.",
        ),
        (
            "Staff of the laboratory can request up to 104 hours of advanced sick leave.",
            "Staff of the laboratory can request up to 56 hours of advanced annual leave.",
        ),
        # authors and documents speak of themselves
        (
            "I answer questions about the laboratory within 2 days.",
            "I answer questions about the laboratory within 5 days.",
        ),
        (
            "Exceptions to this leave are approved by the laboratory within 2 days.",
            "Exceptions to this leave are approved by the laboratory within 5 days.",
        ),
        # code
        (
            "`scale deployment laboratory replicas to 1`",
            "`scale deployment laboratory replicas to 3`",
        ),
        # examples and questions
        (
            "For example, the laboratory closes after 30 minutes.",
            "The laboratory closes after 45 minutes.",
        ),
        (
            "Does the laboratory close after 30 minutes?",
            "The laboratory closes after 45 minutes.",
        ),
        # the parts of a text are counted
        (
            "Step 3: commit the changes to the local repository.",
            "Step 4: commit the changes to the local repository.",
        ),
    ],
)
def test_no_conflict(first: str, second: str) -> None:
    """Statements that can both be right."""
    assert between(first, second) == []


def test_versions_and_regions_have_values_of_their_own() -> None:
    """Headings, titles and paths that name another version, year or region make another subject."""
    one, other = "The allowance is 250 euros a month.", "The allowance is 300 euros a month."
    for first, second in (("Version 2.1", "Version 2.2"), ("Germany", "France"), ("2023", "2024")):
        parts = f"# Allowances\n\n## {first}\n\n{one}\n\n## {second}\n\n{other}\n"
        assert find(allowance=parts) == []
        texts = {"one": f"# {first}\n\n{one}\n", "other": f"# {second}\n\n{other}\n"}
        assert find(**texts) == []
    assert find(v1_2=f"# Allowance\n\n{one}\n", **{"2.0/x": f"# Allowance\n\n{other}\n"}) == []


def test_changelogs_are_left_out() -> None:
    """What a changelog or a post says was right then."""
    text = "The export is limited to 50 rows of the table."
    other = text.replace("50", "80")
    assert find(CHANGELOG=f"# Export\n\n{text}\n", export=f"# Export\n\n{other}\n") == []
    assert find(guide=f"# Export\n\n{text}\n", export=f"# Export\n\n{other}\n") != []


def test_what_stands_in_one_section_is_meant() -> None:
    """Neighbours in a section, items of a list and rows of a table are alternatives."""
    items = "- Small plans keep backups for 5 days.\n- Small plans keep backups for 9 days.\n"
    assert find(plans=f"# Plans\n\n{items}") == []


def test_documents_of_one_form_are_about_two_things() -> None:
    """Where titles differ and much is copied, values differ on purpose; not in a copy of a page."""
    copied = (
        "Tell the manager of the team about every absence early.\n\n"
        "Payroll sends a letter with the exact amount to each employee.\n\n"
        "Contact the desk of human resources with all questions about the letter.\n\n"
    )
    long, short = (f"{copied}The total period of absence is {n} weeks.\n" for n in (16, 4))
    assert find(parents=f"# Parents\n\n{long}", illness=f"# Illness\n\n{short}") == []
    [conflict] = find(old=f"# Parents\n\n{long}", new=f"# Parents\n\n{short}")
    assert {conflict.first_says, conflict.second_says} == {"16 weeks", "4 weeks"}


def test_headings_of_one_form_name_two_things() -> None:
    """Titles with most words in common, each with others, are those of two subjects."""
    text = "# {} message library\n\nThe library is small, with just {} functions for programs.\n"
    assert find(papi=text.format("Counting", 4), power=text.format("Power", 3)) == []
    assert find(papi=text.format("Counting", 4), power=text.format("Counting", 3)) != []


def test_numbered_sections_are_siblings() -> None:
    """A number makes a heading another one, also where it stands there already."""
    part = "## Part 2, session {}\n\nThe open questions of the laboratory take {} minutes.\n\n"
    assert find(agenda=f"# Agenda\n\n{part.format(1, 20)}{part.format(2, 15)}") == []


def test_cells_of_tables() -> None:
    """A cell is read with its row's label and its column's name, and quoted as a row."""
    head = "# Leave\n\n| Leave | Length | Notice |\n| --- | --- | --- |\n"
    table = head + "| Paternity leave | {} | 8 weeks |\n"
    [conflict] = find(a=table.format("10 days"), b=table.format("15 days"))
    assert (conflict.kind, conflict.first_says) == (ConflictKind.DURATION, "10 days")
    assert conflict.first.text == "| Paternity leave | 10 days | 8 weeks |"
    assert (conflict.first.start_line, conflict.first.end_line) == (5, 5)


def test_cells_are_about_what_stands_above_their_table() -> None:
    """The same row of tables on two objects has a value for each."""
    head = "# {0}\n\n| Field | Type | Description |\n| --- | --- | --- |\n"
    row = "| name | string | the displayed name, at most {1} latin characters |\n"
    command, sound = (head + row).format("Command", 32), (head + row).format("Sound", 64)
    assert find(command=command, sound=sound) == []
    assert find(command=command, sound=sound.replace("# Sound", "# Command")) != []
    parts = sound.replace("# Sound", "## Command name")
    assert find(command=f"{command}\n{parts}") == []


def test_names_of_sections_are_no_statements() -> None:
    """An item of a list that is also a heading, and one that is a link, name what follows."""
    rule = "Decisions of the council about money must not be made in private.\n"
    name = "Decisions of the council about money must be made in private"
    for item in (name, f"[{name}](private.md)"):
        contents = f"# Council\n\n- {item}\n\n## {name}\n\nThey are rare.\n"
        assert find(contents=contents, rules=f"# Council\n\n{rule}") == []
    assert find(contents=f"# Council\n\n- {name}\n", rules=f"# Council\n\n{rule}") != []


def test_many_values_are_those_of_many_cases() -> None:
    """Of statements with more than two values none is reported, of copies one pair is."""
    text = "# Limits\n\nThe upload limit of the portal is {} megabytes.\n"
    assert find(a=text.format(5), b=text.format(10), c=text.format(20)) == []
    [conflict] = find(a=text.format(5), b=text.format(10), c=text.format(10))
    assert {conflict.first_says, conflict.second_says} == {"5 megabytes", "10 megabytes"}


def test_the_best_comes_first_and_places_are_exact() -> None:
    """Offsets are those of the whole file, newlines as they are."""
    first = "# Rooms\r\n\r\nThe blue room has 12 chairs and a large round table.\r\n"
    second = first.replace("The blue", "There are pictures. The blue").replace("12", "14")
    [conflict] = find(a=first, b=second)
    for place, text in ((conflict.first, first), (conflict.second, second)):
        assert text[place.start : place.end] == place.text
        assert place.text.startswith("The blue room")
        assert place.start_line == 3
