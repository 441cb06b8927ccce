"""Packages that ragpg-slim leaves out: what needs one says so, and how to install it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from ragpg import optional
from ragpg.embedding.model_files import find_default_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.command_line import Project

    Hide = Callable[..., None]

pytestmark = pytest.mark.framework  # what is missing here is there otherwise

LITELLM, TRANSFORMERS = "litellm", "sentence_transformers"


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch) -> Hide:
    """Lets packages seem not to be installed: to import one fails."""

    def hide(*modules: str) -> None:
        for module in modules:
            monkeypatch.setitem(sys.modules, module, None)

    return hide


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets a distribution be installed, of which there is only the metadata."""

    def install(name: str) -> None:
        folder = tmp_path / "site" / f"{name.replace('-', '_')}-0.1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
        monkeypatch.syspath_prepend(str(tmp_path / "site"))

    return install


@pytest.fixture
def ingested(project: Project) -> Project:
    """A project with a document."""
    project.write("a.md", "# A\n\nAnnual leave is 20 days.\n")
    project.ok("ingest", "a.md")
    return project


SETTINGS = {
    '[llm]\nmodel = "anthropic/claude"': (LITELLM, 'llm.model = "anthropic/claude" needs litellm'),
    '[embedding]\nprovider = "litellm"\nmodel = "cohere/embed"': (
        LITELLM,
        'embedding.provider = "litellm" needs litellm',
    ),
    '[embedding]\ndevice = "cuda"': ("torch", 'embedding.device = "cuda" needs torch'),
    '[embedding]\nmodel = "a/b"': (
        "huggingface_hub",
        "embedding.model: 'a/b' is no directory, and a model of the hub needs huggingface-hub",
    ),
    '[retrieval]\nreranker = "cross-encoder/ms-marco"': (
        TRANSFORMERS,
        'retrieval.reranker = "cross-encoder/ms-marco" needs sentence-transformers',
    ),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_that_needs_what_is_missing(setting: str, ingested: Project, hide: Hide) -> None:
    """It is a mistake of configuration, of one line, with the line that installs the package."""
    module, need = SETTINGS[setting]
    hide(module)
    ingested.write("Config.toml", setting)
    result = ingested.run("ask", "How long is annual leave?")
    assert (result.code, result.out) == (2, "")
    assert result.err == (f"error: {need}, which is not installed\nhint: {optional.INSTALL_FULL}\n")


def test_a_schema_needs_what_checks_it(ingested: Project, hide: Hide) -> None:
    """`ask --schema` is wrong usage without it."""
    hide("jsonschema")
    ingested.write("schema.json", "{}")
    result = ingested.run("ask", "Why?", "--model", "openai/test", "--schema", "schema.json")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: --schema needs jsonschema, which is not installed\n")


def test_a_check_with_a_model_that_needs_what_is_missing(ingested: Project, hide: Hide) -> None:
    """`verify` says it as well."""
    hide(TRANSFORMERS)
    ingested.write("Config.toml", '[verify]\nmodel = "cross-encoder/nli"')
    result = ingested.run("verify", "-", stdin=b"Annual leave is 20 days.")
    assert result.code == 2
    assert 'verify.model = "cross-encoder/nli" needs sentence-transformers' in result.err


def test_a_model_of_another_architecture_needs_pytorch(
    tmp_path: Path, ingested: Project, hide: Hide
) -> None:
    """Only a BERT is computed without PyTorch; `status` reports any other as a fault."""
    hide(TRANSFORMERS)
    model = tmp_path / "mpnet"
    model.mkdir()
    (model / "config.json").write_text(json.dumps({"model_type": "mpnet", "hidden_size": 8}))
    (model / "tokenizer.json").write_text("{}")
    need = f'embedding.model = "{model}", which is no BERT, needs sentence-transformers'
    ingested.write("Config.toml", f'[embedding]\nmodel = "{model}"')
    result = ingested.run("ingest", "a.md")
    assert (result.code, need in result.err) == (2, True)
    status = ingested.run("status", "--check", "--json")
    [check] = [check for check in status.json["checks"] if check["name"] == "configuration"]
    assert (status.code, check["level"], need in check["message"]) == (4, "fault", True)


def test_without_pytorch_any_number_of_texts_is_embedded(ingested: Project, hide: Hide) -> None:
    """So many that PyTorch would be worth loading are computed in numpy, with the same result."""
    hide("torch", "transformers", TRANSFORMERS, "tokenizers")
    text = "".join(f"# Part {part}\n\n{'It is about leave. ' * 30}\n\n" for part in range(60))
    ingested.write("many.md", text)
    result = ingested.ok("ingest", "many.md", "--json")
    assert result.json["totals"]["embedded"] > 48
    assert ingested.ok("status", "--check").code == 0


def test_in_ragpg_slim_an_extra_installs_it(
    ingested: Project, hide: Hide, installed: Callable[[str], None]
) -> None:
    """The hint is then a line for pip that takes the extra of what is there already."""
    hide(LITELLM)
    installed(optional.SLIM)
    result = ingested.run("ask", "--model", "anthropic/claude", "How long is annual leave?")
    assert (result.code, result.err.splitlines()[1]) == (
        2,
        "hint: run: pip install 'ragpg-slim[litellm]'",
    )


@pytest.mark.parametrize(
    ("distribution", "hint"),
    [
        (None, "in a checkout, run: pip install '.[mcp]'"),
        (optional.SLIM, "run: pip install 'ragpg-slim[mcp]'"),
    ],
)
def test_a_server_for_agents_needs_an_extra(
    distribution: str | None,
    hint: str,
    project: Project,
    hide: Hide,
    installed: Callable[[str], None],
) -> None:
    """Of either distribution, and nothing else does."""
    hide("mcp")
    if distribution:
        installed(distribution)
    result = project.run("mcp")
    assert (result.code, result.out) == (2, "")
    assert result.err == f"error: ragpg mcp needs mcp, which is not installed\nhint: {hint}\n"


def test_watching_needs_an_extra(project: Project, hide: Hide) -> None:
    """Of either distribution, and nothing else does."""
    hide("watchfiles")
    result = project.run("watch", ".")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "error: ragpg watch needs watchfiles, which is not installed\n"
        "hint: in a checkout, run: pip install '.[watch]'\n"
    )


def test_an_old_library_for_agents_is_told(
    project: Project, installed: Callable[[str], None]
) -> None:
    """Other packages may have brought its first version."""
    installed("mcp")
    result = project.run("mcp")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ragpg mcp needs mcp 2 or newer, and 0.1.0 is installed\n")


def test_two_distributions_are_too_many(project: Project, installed: Callable[[str], None]) -> None:
    """`status` warns on standard error when both are installed."""
    assert "ragpg-slim" not in project.ok("status").err
    for name in (optional.FULL, optional.SLIM):
        installed(name)
    result = project.ok("status", "--json")
    assert result.json["checks"] == []
    assert result.err.startswith(
        "warning: ragpg and ragpg-slim are both installed, each over the other's files: "
        "run `pip uninstall -y ragpg ragpg-slim`, and install one of them\n"
    )


def test_the_default_model_may_lie_within_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model in ragpg-slim is found first, the package with the model otherwise."""
    packaged = find_default_model()
    own = tmp_path / "all-MiniLM-L6-v2"
    monkeypatch.setattr("ragpg.embedding.model_files.DEFAULT_MODEL_FOLDER", own)
    assert find_default_model() != own
    own.symlink_to(packaged)
    assert find_default_model() == own
