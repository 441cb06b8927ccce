"""What describes the server to registries and agents."""

from __future__ import annotations

import json

import yaml

from ragpg import __version__
from ragpg.cli.app import COMMANDS
from tests.support import pages


def test_the_registry_s_description_is_of_this_version() -> None:
    """Names, versions and limits that the registry's schema has are kept."""
    server = json.loads((pages.ROOT / "server.json").read_text("utf-8"))
    [package] = server["packages"]
    assert server["version"] == package["version"] == __version__
    assert len(server["description"]) <= 100
    assert server["name"].count("/") == 1
    assert (package["identifier"], package["transport"]) == ("ragpg", {"type": "stdio"})
    assert [argument.get("value") for argument in package["packageArguments"]] == ["mcp", None]


def test_the_skill_has_a_name_and_a_description() -> None:
    """Agents choose it by these; its commands exist."""
    text = (pages.ROOT / "skills/ragpg/SKILL.md").read_text("utf-8")
    _, front, body = text.split("---\n", 2)
    fields = yaml.safe_load(front)
    assert set(fields) == {"name", "description"}
    assert fields["name"] == "ragpg"
    assert len(fields["description"]) <= 1024
    named = {word.split()[1] for word in pages.inline_code(body) if word.startswith("ragpg ")}
    assert named <= set(COMMANDS)


def test_entries_for_agents_are_json() -> None:
    """Each starts this command."""
    page = pages.read(pages.ROOT / "docs" / "mcp.md") + pages.read(pages.ROOT / "README.md")
    entries = [
        json.loads(block) for block in pages.fenced(page, "json") if '"mcp", "--directory"' in block
    ]
    assert [next(iter(entry)) for entry in entries] == ["mcpServers", "servers"] * 2
    for entry in entries:
        [servers] = entry.values()
        assert (servers["ragpg"]["command"], servers["ragpg"]["args"][0]) == ("ragpg", "mcp")
