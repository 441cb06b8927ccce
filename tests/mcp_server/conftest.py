"""Projects that servers in processes of their own serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import Project, new_project
from tests.support.embedded import await_end

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def alone(tmp_path: Path, data_dir: Path) -> Project:
    """A project with a document, and with an embedded PostgreSQL that nobody else uses."""
    project = new_project(tmp_path, data_dir=data_dir)
    project.write("boats.md", "# Boats\n\nA boat needs a licence and a lamp.\n")
    project.ok("ingest", "boats.md")
    await_end(data_dir)
    return project
