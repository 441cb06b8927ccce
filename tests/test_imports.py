"""What costs time is imported when it is needed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from ragpg.cli.app import COMMANDS
from tests.support.command_line import Project, in_directory
from tests.support.provider import Provider, Reply

HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "litellm",
    "onnxruntime",
    "openvino",
    "numpy",
    "psutil",
    "psycopg",
    "tokenizers",
    "rich",
    "yaml",
    "jinja2",
    "mcp",
    "pydantic",
    "watchfiles",
}


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a command imports in a process of its own."""
    program = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from ragpg.cli.app import app\n"
        "app(sys.argv[1:])\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert result.stdout
    return set(result.stderr.split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str) -> None:
    """`ragpg --help` and `--version` answer at once: no model, no driver, no framework."""
    assert loaded_by(option) & HEAVY == set()


def test_a_search_in_a_pipe_imports_only_what_it_uses(project: Project) -> None:
    """Neither PyTorch nor what draws on terminals, nor what others validate their values with."""
    project.write("a.md", "# A\n\nSomething.\n")
    project.ok("ingest", "a.md")
    heavy = {"torch", "openvino", "transformers", "litellm", "rich", "pydantic", "jinja2", "mcp"}
    with in_directory(project.directory, project.environment):
        assert loaded_by("search", "something") & heavy == set()


def test_a_model_behind_openai_s_protocol_is_asked_without_litellm(project: Project) -> None:
    """Neither litellm nor OpenAI's library, nor what httpx brings along and does without."""
    project.write("a.md", "# A\n\nSomething is said here.\n")
    project.ok("ingest", "a.md")
    heavy = {"torch", "transformers", "litellm", "openai", "rich", "pygments", "pydantic"}
    heavy |= {"h2", "hpack"}
    with Provider(Reply("Something is said here [1].")) as provider:
        asking = project.within(
            {"RAGPG_LLM_MODEL": "openai/test", "RAGPG_LLM_API_BASE": provider.url}
        )
        with in_directory(asking.directory, asking.environment):
            assert loaded_by("ask", "What is said here?") & heavy == set()
        assert len(provider.requests) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_on_all_commands_says_what_each_says_itself(name: str) -> None:
    """What stands in the list, so that no command need be imported for it, is up to date."""
    place, about = COMMANDS[name]
    module, _, function = place.partition(":")
    documented = getattr(import_module(f"ragpg.cli.commands.{module}"), function).__doc__
    assert about == documented.partition("\n")[0]
