"""Keys are fields of dataclasses; their metadata is listed as `Setting` objects."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ragpg.config.rules import Rule

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: its place in the file, its rule, and the attribute that holds its value.

    `table` is "" at the top level; `section` is "" where `Config` itself holds the value. A
    `default` of None means that the key is absent.
    """

    table: str
    key: str
    rule: Rule
    default: Any
    about: str
    section: str
    attribute: str

    @property
    def name(self) -> str:
        """The dotted key, such as "llm.apiBase"."""
        return f"{self.table}.{self.key}" if self.table else self.key

    @property
    def variable(self) -> str:
        """The environment variable, such as "RAGPG_LLM_API_BASE"."""
        snake = re.sub(r"(?=[A-Z])", "_", self.name.replace(".", "_"))
        return f"RAGPG_{snake.upper()}"


def setting(key: str, rule: Rule, *, default: T, about: str) -> T:
    """Declare a key with a default; None: absent."""
    metadata = {"key": key, "rule": rule, "about": about}
    declared: T = field(default=default, repr=not rule.private, metadata=metadata)
    return declared


def section(values: type[T], *, table: str, about: str) -> T:
    """Return the field for a table of Config.toml; `values` is the dataclass of its keys."""
    metadata = {"values": values, "table": table, "about": about}
    declared: T = field(default_factory=values, metadata=metadata)
    return declared


def list_settings(config: type[Any]) -> Iterator[Setting]:
    """Yield every declared key in the order of the fields."""
    for part in fields(config):
        if "rule" in part.metadata:
            yield _setting(part, table="", section="")
        elif "values" in part.metadata:
            table = part.metadata["table"]
            for inner in fields(part.metadata["values"]):
                yield _setting(inner, table=table, section=part.name)


def _setting(declared: Field[Any], *, table: str, section: str) -> Setting:
    return Setting(
        table=table,
        default=declared.default,
        section=section,
        attribute=declared.name,
        **declared.metadata,
    )
