"""The model alone: embed passages with a library, in the fastest precision that is exact enough.

python bare_encoder.py MODEL PASSAGES.json torch|openvino
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ragpg.embedding.precision import choose_precision
from ragpg.embedding.sentence_transformer import BATCH_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragpg.types import Vectors


def embed_with_torch(directory: Path, texts: Sequence[str]) -> Vectors:
    """Embed texts with sentence-transformers."""
    # On a busy machine threads that spin while they wait halve the speed.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch
    from sentence_transformers import SentenceTransformer

    kind = getattr(torch, choose_precision("cpu"))
    model = SentenceTransformer(str(directory), model_kwargs={"dtype": kind}, local_files_only=True)
    vectors: Vectors = model.encode(texts, batch_size=BATCH_SIZE, show_progress_bar=False)
    return vectors


def embed_with_openvino(directory: Path, texts: Sequence[str]) -> Vectors:
    """Embed texts with the graph that ragpg builds."""
    from ragpg.embedding.bert_encoder import BertEncoder
    from ragpg.embedding.bert_openvino import OpenVinoBert

    return BertEncoder(
        directory, OpenVinoBert(directory, precision=choose_precision("cpu"))
    ).encode(texts)


EMBED = {"torch": embed_with_torch, "openvino": embed_with_openvino}

if __name__ == "__main__":
    model, passages, library = sys.argv[1:]
    print(EMBED[library](Path(model), json.loads(Path(passages).read_text("utf-8"))).shape)
