"""The model alone: embed passages in the fastest precision that is exact enough.

python bare_encoder.py MODEL PASSAGES.json
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# On a busy machine threads that spin while they wait halve the speed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from ragpg.embedding.precision import choose_precision
from ragpg.embedding.sentence_transformer import BATCH_SIZE
from sentence_transformers import SentenceTransformer

directory, passages = sys.argv[1:]
kind = getattr(torch, choose_precision("cpu"))
model = SentenceTransformer(directory, model_kwargs={"dtype": kind}, local_files_only=True)
texts = json.loads(Path(passages).read_text("utf-8"))
print(model.encode(texts, batch_size=BATCH_SIZE, show_progress_bar=False).shape)
