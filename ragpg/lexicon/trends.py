"""Words that claims use of the figures in a table."""

from __future__ import annotations

RISING = frozenset(
    """
    rise rose increase grow grew climb higher more up gain improve exceed larger greater jump surge
    """.split()  # noqa: SIM905 - far easier to read
)
FALLING = frozenset(
    """
    fall fell decrease decline drop lower less down shrink reduce smaller sink slump lost
    """.split()  # noqa: SIM905 - far easier to read
)
COMPUTED = frozenset(
    """
    difference change sum total together combined altogether ratio times average between gap
    compared twice double triple spread growth
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that say that a figure is computed from others."""
VALUE_NOUNS = frozenset(
    """
    figure stand amount number value total come equal record report period row column table entry
    reach
    """.split()  # noqa: SIM905 - far easier to read
)
"""Words that only say that a cell has a value."""
