"""What litellm's list says of a model, without importing litellm.

The list is a JSON file of megabytes inside the package, an object with a line for each key. One
model's entry is cut out of it in a millisecond.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LIST = "model_prices_and_context_window_backup.json"
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_FINE_TUNING = re.compile(r"(:[^:]*){3}$")
_THRESHOLD = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model's entry; empty for a model that is not listed."""

    entry: Mapping[str, Any] = field(default_factory=dict)

    @property
    def context_tokens(self) -> int | None:
        """The context window in tokens, None if it is unknown."""
        tokens = self.entry.get("max_input_tokens")
        return None if tokens is None else int(tokens)

    def calculate_cost(self, usage: Mapping[str, float], *, now: datetime) -> float | None:
        """Return the cost in US dollars, None if there are no prices; `now` has a time zone."""
        if "input_cost_per_token" not in self.entry:
            return None
        prices, suffix = dict(self.entry), ""
        off_peak = prices.get("off_peak_pricing")
        if off_peak and _is_off_peak(off_peak["windows"], now.astimezone(UTC)):
            prices |= off_peak
        prompt_tokens = usage.get("prompt_tokens", 0)
        for key in self.entry:
            match = _THRESHOLD.fullmatch(key)
            if match and prompt_tokens > 1000 * int(match[1]):
                suffix = f"_above_{match[1]}k_tokens"
        prompt = prices[f"input_cost_per_token{suffix}"] * prompt_tokens
        completion = prices.get(f"output_cost_per_token{suffix}", 0) * usage.get(
            "completion_tokens", 0
        )
        return float(prompt + completion)


@cache
def find_listed_model(provider: str, model: str) -> ListedModel:
    """Return what is known of a provider's model, by its name without prefix.

    A dated or fine-tuned version that is not listed itself is taken for the model that it is of.
    """
    content = _read_list()
    origin = _FINE_TUNING.sub("", model) if model.startswith("ft:") else _DATE.sub("", model)
    for name in dict.fromkeys((f"{provider}/{model}", model, f"{provider}/{origin}", origin)):
        entry = _find_entry(content, name)
        if entry.get("litellm_provider") == provider:
            return ListedModel(entry)
    return ListedModel()


def _read_list() -> bytes:
    """Return the list's text; empty where litellm is not installed, or keeps it elsewhere."""
    spec = find_spec("litellm")
    for directory in spec.submodule_search_locations or () if spec else ():
        try:
            return (Path(directory) / LIST).read_bytes()
        except OSError:
            continue
    return b""


def _find_entry(content: bytes, name: str) -> Mapping[str, Any]:
    start = content.find(b"\n    %s: {" % json.dumps(name).encode())
    end = content.find(b"\n    }", start)
    if start < 0 or end < 0:
        return {}
    entry = json.loads(b"{%s}}" % content[start:end])[name]
    return entry if isinstance(entry, dict) else {}


def _is_off_peak(windows: list[dict[str, Any]], now: datetime) -> bool:
    """Return whether one of some windows of a week in UTC is open."""
    return any(
        now.isoweekday() in window.get("weekdays", range(1, 8))
        and any(_is_within(hours, f"{now:%H:%M}") for hours in _to_list(window["hours_utc"]))
        for window in windows
    )


def _is_within(hours: str, time: str) -> bool:
    start, _, end = hours.partition("-")
    return start <= time and (time < end or end == "00:00")


def _to_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
