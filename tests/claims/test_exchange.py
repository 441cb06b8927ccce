"""What belongs to one thing and is said of another, and what is only written in another way."""

from __future__ import annotations

import pytest

from tests.support.claims import judge_alone

TAGS = (
    "When a tag is added to a page, all of its parent tags are added, "
    "and when a tag is removed, all of its child tags are removed."
)
KEYS = "The red key opens the cellar, and the blue key locks it."
SIGNS = "A plus sign expands the callout by default, and a minus sign collapses it instead."
LETTERS = (
    "The collector itself does not read your letters. "
    "It alerts a sorting machine that a new letter is there."
)
BAGS = "| | Small bag | Large bag |\n| --- | --- | --- |\n| Tag file | `tag.txt` | `_tag.txt` |\n"


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        (
            "Mount the sensor on the wall and not on the ceiling.",
            "The sensor is mounted on the ceiling rather than on the wall",
        ),
        (
            "Do not order from Hartmann but Lindqvist.",
            "Order from Hartmann instead of Lindqvist",
        ),
        (
            "Invoices go to the branch, not to headquarters.",
            "Invoices go to headquarters, not to the branch",
        ),
        (
            "The outer valve is checked every 6 months and the inner valve every 2 years.",
            "The outer valve is checked every 2 years and the inner valve every 6 months",
        ),
        (
            "A trainee earns 1,200 euros, a journeyman 2,400 euros.",
            "A trainee earns 2,400 euros, a journeyman 1,200 euros",
        ),
        (TAGS, "Adding a tag to a page adds all of its child tags"),
        (KEYS, "The red key locks the cellar"),
        (KEYS, "The blue key opens the cellar"),
        (LETTERS, "The sorting machine alerts the collector that a new letter is there"),
        ("Der Wert `x-for` steht vor `x-if`.", "Der Wert x-if steht vor x-for"),
        (BAGS, "The tag file of a large bag is tag.txt"),
    ],
)
def test_things_that_changed_places(passage: str, claim: str) -> None:
    """Each thing of the claim is in the passage, with the other one's words."""
    assert judge_alone(claim, passage) == "unsupported"


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        (
            "Mount the sensor on the wall and not on the ceiling.",
            "The sensor is mounted on the wall rather than on the ceiling",
        ),
        ("Do not order from Hartmann but Lindqvist.", "Order from Lindqvist instead of Hartmann"),
        (TAGS, "Adding a tag to a page adds all of its parent tags"),
        (TAGS, "Removing a tag removes all of its child tags"),
        (KEYS, "The red key opens the cellar"),
        (KEYS, "The blue key locks the cellar"),
        (SIGNS, "A minus sign collapses the callout"),
        (LETTERS, "The collector alerts a sorting machine that a new letter is there"),
        (BAGS, "The tag file of a large bag is _tag.txt"),
        (BAGS, "The tag file of a small bag is tag.txt"),
        (
            "The outer valve is checked every 6 months, while the inner one is cleaned in May.",
            "The inner one is cleaned in May, the outer valve checked every 6 months",
        ),
        (
            "The outer valve is checked every 6 months and the inner valve every 2 years.",
            "The outer and inner valve are checked every 6 months and every 2 years respectively",
        ),
        ("The filter arrived in v4.2.1.", "The filter arrived in version 4.2.1"),
        ("Support ends with version 7.", "Support ends with v7"),
        ("SLAs are reviewed twice a yr.", "An SLA is reviewed twice a year"),
    ],
)
def test_the_same_in_other_words(passage: str, claim: str) -> None:
    """Nothing has changed places, or only the spelling has."""
    assert judge_alone(claim, passage) == "supported"


def test_another_version_is_another_version() -> None:
    """However both are written."""
    assert judge_alone("The filter arrived in version 4.3.1", "The filter arrived in v4.2.1.") == (
        "unsupported"
    )
