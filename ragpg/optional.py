"""Packages that ragpg-slim leaves out: whether one is installed, and how to install it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from ragpg.errors import ConfigurationError

FULL, SLIM = "ragpg", "ragpg-slim"
"""The two distributions of this program: either has all of it."""

INSTALL_FULL = "in a checkout, run: pip install ."
"""How to install the full distribution: it is on no package index yet."""
INSTALL_EXTRA = f"run: pip install '{SLIM}[{{}}]'"
"""How to install an extra of ragpg-slim where that is installed, from wherever it came."""
INSTALL_FULL_EXTRA = "in a checkout, run: pip install '.[{}]'"
"""How to install an extra of the full distribution."""


@dataclass(frozen=True, slots=True)
class OptionalPackage:
    """A package by the name of its module; `extra` is the extra of ragpg-slim that brings it.

    The full distribution has it by itself where it is `in_full`, and as the same extra otherwise.
    """

    module: str
    extra: str
    in_full: bool = True

    @property
    def is_installed(self) -> bool:
        """Whether the package is installed; it is not imported."""
        return find_spec(self.module) is not None

    def require(self, user: str) -> None:
        """Raise ConfigurationError if the package is missing; `user` is what needs it."""
        if self.is_installed:
            return
        name = self.module.replace("_", "-")
        raise ConfigurationError(
            f"{user} needs {name}, which is not installed",
            hint=self.describe_installation(),
        )

    def describe_missing(self, what: str) -> str | None:
        """Say in a sentence that `what` needs the package, and how to install it; None if it is."""
        if self.is_installed:
            return None
        name = self.module.replace("_", "-")
        return f"{what} needs {name}, which is not installed; {self.describe_installation()}"

    def describe_installation(self) -> str:
        """Say how to install the package beside the distribution that is there."""
        if is_distributed_as(SLIM):
            return INSTALL_EXTRA.format(self.extra)
        return INSTALL_FULL if self.in_full else INSTALL_FULL_EXTRA.format(self.extra)


TORCH = OptionalPackage("torch", "sentence-transformers")
SENTENCE_TRANSFORMERS = OptionalPackage("sentence_transformers", "sentence-transformers")
TOKENIZERS = OptionalPackage("tokenizers", "sentence-transformers")
HUGGINGFACE_HUB = OptionalPackage("huggingface_hub", "sentence-transformers")
LITELLM = OptionalPackage("litellm", "litellm")
JSONSCHEMA = OptionalPackage("jsonschema", "schema")
LITEPARSE = OptionalPackage("liteparse", "formats", in_full=False)
DOCLING = OptionalPackage("docling_rs", "formats", in_full=False)
MCP = OptionalPackage("mcp", "mcp", in_full=False)
WATCHFILES = OptionalPackage("watchfiles", "watch", in_full=False)
MILVUS = OptionalPackage("pymilvus", "milvus", in_full=False)


def is_distributed_as(name: str) -> bool:
    """Return whether a distribution is installed."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
