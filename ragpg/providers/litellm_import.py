"""Importing litellm so that it fetches, logs and prints nothing by itself."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from ragpg.uninterrupted import run_uninterrupted, start_uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def import_litellm() -> Any:
    """Return the module litellm, imported and configured at the first call."""
    return run_uninterrupted(_import)


def import_in_background() -> None:
    """Start to import litellm, which takes seconds, while the caller goes on."""
    start_uninterrupted(import_litellm)


@contextmanager
def suppress_warnings() -> Iterator[None]:
    """Hide the warnings of litellm and pydantic, about which a user can do nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _import() -> Any:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
    # Otherwise it reads a `.env` file, whose author could send the documents to another server.
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    with suppress_warnings():
        import litellm

    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True
    litellm.suppress_debug_info = True
    litellm.disable_streaming_logging = True
    litellm.disable_hf_tokenizer_download = True
    litellm.REPEATED_STREAMING_CHUNK_LIMIT = 2**31  # LiteLLM.stream limits the answer's length
    return litellm
