"""The GitHub Action and the pre-commit hooks: what of them is shell runs in a new repository."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ragpg.operating_system import WINDOWS
from tests.support import pages
from tests.support.sarif import assert_valid

if TYPE_CHECKING:
    from tests.support.command_line import Project

pytestmark = pytest.mark.skipif(WINDOWS, reason="the Action is for Linux and macOS")

ACTION = yaml.safe_load((pages.ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step for step in STEPS if "run" in step}
HOOKS = yaml.safe_load((pages.ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
INSTALL, INGEST, VERIFY, EVAL = SCRIPTS
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
BOATS = "# Boats\n\nA schooner has two masts. A sloop has one mast.\n"
CASES = '[[case]]\nquestion = "How many masts does a sloop have?"\ncontains = "{}"\n'


def environment(project: Project) -> dict[str, str]:
    """The environment of a job, with this ragpg on its path."""
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, **project.environment, "PATH": programs, "GITHUB_ACTIONS": "true"}


def run_step(name: str, project: Project, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does: inputs are nothing but values of its environment."""
    step = SCRIPTS[name]
    defaults = {key: str(value.get("default", "")) for key, value in ACTION["inputs"].items()}
    values = defaults | {key.replace("_", "-"): value for key, value in inputs.items()}
    given = {
        key: EXPRESSION.sub(lambda match: values[match[1].strip().removeprefix("inputs.")], value)
        for key, value in step.get("env", {}).items()
    }
    summary = str(project.directory.parent / "summary.md")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=project.directory,
        env={**environment(project), **given, "GITHUB_STEP_SUMMARY": summary},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(project: Project) -> Project:
    """A new git repository with documents, texts, and cases."""
    subprocess.run(["git", "init", "--quiet", "."], cwd=project.directory, check=True)
    project.write("docs/boats.md", BOATS)
    project.write("more docs/sea.md", "# Sea\n\nThe sea is salty.\n")
    project.write("answers/good.md", "A schooner has two masts.\n")
    project.write("cases.toml", CASES.format("one mast"))
    return project


def test_scripts_hold_no_expressions() -> None:
    """An input reaches a shell through its environment only, and each script is one."""
    for step in SCRIPTS.values():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
        subprocess.run(["bash", "-n", "-c", step["run"]], check=True)
    assert "--accept" not in (pages.ROOT / "action.yml").read_text("utf-8")


def test_inputs_are_declared_and_described() -> None:
    """Each input that a step uses is declared, and the page on CI names all of them."""
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(STEPS)))
    assert used == set(ACTION["inputs"])
    page = pages.read(pages.ROOT / "docs" / "ci.md")
    assert [name for name in ACTION["inputs"] if f"`{name}`" not in page] == []


def test_what_is_cached_is_where_ragpg_puts_it() -> None:
    """The step that installs sets the directory that the next one caches."""
    [cache] = [step for step in STEPS if "uses" in step]
    assert cache["with"]["path"] == "${{ env.RAGPG_DATA_DIR }}"
    assert "RAGPG_DATA_DIR=" in SCRIPTS[INSTALL]["run"]
    assert STEPS.index(cache) < STEPS.index(SCRIPTS[INGEST])
    assert (pages.ROOT / "packaging" / "slim" / "pyproject.toml").exists()
    assert (pages.ROOT / "constraints.txt").exists()


def test_a_workflow(repository: Project) -> None:
    """The steps ingest, check claims and run cases, and the job fails for what is wrong."""
    documents = "docs\n\nmore docs\n"
    assert run_step(INGEST, repository, documents=documents).returncode == 0
    inputs = {"verify": "answers", "cases": "cases.toml", "sarif": "sarif reports"}
    for name in (VERIFY, EVAL):
        done = run_step(name, repository, documents=documents, **inputs)
        assert done.returncode == 0, done.stdout + done.stderr
    logs = sorted((repository.directory / "sarif reports").iterdir())
    assert [log.name for log in logs] == ["eval.sarif", "verify.sarif"]
    for log in logs:
        assert_valid(json.loads(log.read_text("utf-8")))

    repository.write("answers/bad.md", "A schooner has three masts.\n")
    repository.write("cases.toml", CASES.format("four masts"))
    done = run_step(VERIFY, repository, **inputs)
    assert done.returncode == 4
    assert (
        "\n::error title=Contradicted claim,file=answers/bad.md,line=1,endLine=1::" in done.stdout
    )
    done = run_step(EVAL, repository, **inputs)
    assert done.returncode == 4
    assert "\n::error title=Failed case,file=cases.toml,line=1,endLine=1::" in done.stdout
    summary = (repository.directory.parent / "summary.md").read_text("utf-8")
    assert summary.count("### ragpg verify: ") == summary.count("### ragpg eval: ") == 2


def test_options_of_the_action(repository: Project) -> None:
    """`source` and `fail-on` reach the command, and no value is taken for an option or a script."""
    run_step(INGEST, repository, documents="docs")
    text = "A schooner has three masts.\n"
    repository.write("answers/--accept", text)
    repository.write("answers/$(touch evil).md", text)
    odd = {"verify": "answers/--accept\nanswers/$(touch evil).md"}
    assert run_step(VERIFY, repository, **odd).returncode == 4
    assert run_step(VERIFY, repository, **odd, source="none/**").returncode == 4
    outside = run_step(VERIFY, repository, **odd, source="none/**", fail_on="contradicted")
    assert outside.returncode == 0
    inside = replace(repository, directory=repository.directory / "answers")
    assert run_step(VERIFY, inside, verify="--accept").returncode == 4
    names = {path.name for path in repository.directory.iterdir()}
    assert not names & {"evil", ".ragpg-accepted.toml"}


def run_hook(name: str, project: Project, *, args: list[str], files: list[str]) -> int:
    """Run a hook as pre-commit does, and return its exit code."""
    [hook] = [hook for hook in HOOKS if hook["id"] == name]
    given = files if hook.get("pass_filenames", True) else []
    command = [*shlex.split(hook["entry"]), *args, *given]
    done = subprocess.run(
        command, cwd=project.directory, env=environment(project), check=False, capture_output=True
    )
    return done.returncode


def test_hooks(repository: Project) -> None:
    """The hooks ingest, check the changed files, and run the cases."""
    assert run_hook("ragpg-ingest", repository, args=["docs"], files=[]) == 0
    changed = ["answers/good.md"]
    assert run_hook("ragpg-verify", repository, args=[], files=changed) == 0
    assert run_hook("ragpg-eval", repository, args=["cases.toml"], files=changed) == 0
    repository.write("answers/bad.md", "A schooner has three masts.\n")
    repository.write("cases.toml", CASES.format("four masts"))
    changed.append("answers/bad.md")
    assert run_hook("ragpg-verify", repository, args=[], files=changed) == 4
    assert run_hook("ragpg-eval", repository, args=["cases.toml"], files=changed) == 4


def test_hooks_are_complete() -> None:
    """Each has what pre-commit needs to run it, in one process."""
    for hook in HOOKS:
        assert {"id", "name", "description", "entry", "language"} <= hook.keys()
        assert hook["language"] == "system"
        assert hook["require_serial"] is True
